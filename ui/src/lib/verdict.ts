// From the door's answer to what its screen says: one mood, one shape, one word, and what may be done next.
// Pure: the same answer always looks the same.

import type { Answer, Sound, Verdict } from "./backend/types";

/** The meaning of the whole surface. */
export type Mood = "go" | "warn" | "stop" | "unknown" | "undone";

export type Shape = "tick" | "triangle" | "octagon" | "square" | "back";

const MOODS: Record<Verdict, Mood> = {
  admitted: "go",
  excess: "warn",
  already_in: "stop",
  cancelled: "stop",
  stale_code: "stop",
  wrong_day: "stop",
  unknown: "unknown",
  invalid: "unknown",
};

const SHAPES: Record<Mood, Shape> = { go: "tick", warn: "triangle", stop: "octagon", unknown: "square", undone: "back" };

const SOUNDS: Record<Mood, Sound> = { go: "admitted", warn: "excess", stop: "refused", unknown: "unknown", undone: "undone" };

/** An undo answers with a negative quantity, or with `undone` where it had been undone before. */
export function isUndo(answer: Answer): boolean {
  return answer.cantidad < 0 || answer.detail === "undone";
}

export function moodOf(answer: Answer): Mood {
  if (isUndo(answer)) return "undone";
  return MOODS[answer.verdict];
}

export function shapeOf(mood: Mood): Shape {
  return SHAPES[mood];
}

export function soundOf(mood: Mood): Sound {
  return SOUNDS[mood];
}

/** Whether an entry was recorded: exactly where the answer names one. */
export function recorded(answer: Answer): boolean {
  return answer.escaneoId !== undefined && !isUndo(answer);
}

/** Whether nobody here knows the code. */
export function isForeign(answer: Answer): boolean {
  return answer.verdict === "unknown" || answer.verdict === "invalid";
}

/** Places left in the party; 0 where it is full or unknown. */
export function placesLeft(answer: Answer): number {
  return Math.max(0, (answer.numeroPersonas ?? 0) - (answer.asistenciaActual ?? 0));
}

/** Whether a person may decide against the verdict: there is a reservation, and the door refused it. */
export function mayOverride(answer: Answer): boolean {
  if (!answer.reservaId || recorded(answer) || isUndo(answer)) return false;
  return (
    answer.verdict === "wrong_day" ||
    answer.verdict === "cancelled" ||
    answer.verdict === "stale_code" ||
    answer.verdict === "already_in" ||
    (answer.verdict === "excess" && placesLeft(answer) === 0)
  );
}

/** Whether digits say how many enter: after an entry, or where a `negar` venue has some places left. */
export function mayChooseQuantity(answer: Answer): boolean {
  if (!answer.reservaId || isUndo(answer)) return false;
  return recorded(answer) || (answer.verdict === "excess" && placesLeft(answer) > 0);
}

/** How long a verdict fills the screen before the calm returns, in ms. Those that ask for an act stay longer. */
export function staysFor(answer: Answer): number {
  const mood = moodOf(answer);
  if (mood === "go") return 9_000;
  return mood === "undone" ? 5_000 : 12_000;
}

export type Note = { kind: "vip" | "allergy" | "note"; text: string };

/** Sorts a reservation's notes by what a door must not overlook: allergies, then VIP, then the rest. */
export function notesOf(details: readonly string[] | undefined): Note[] {
  const rank = { allergy: 0, vip: 1, note: 2 };
  return (details ?? [])
    .map((text): Note => {
      if (/al[eé]rgi|allerg|cel[ií]ac|coeliac|celiac/i.test(text)) return { kind: "allergy", text };
      return { kind: /\bv\.?i\.?p\b/i.test(text) ? "vip" : "note", text };
    })
    .sort((a, b) => rank[a.kind] - rank[b.kind]);
}
