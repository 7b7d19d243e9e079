// One arrival: the people of one reservation that came in together. A scan admits one at once; a digit pressed
// right after says how many there are in all, and the difference is recorded. Nothing is ever taken back this way.

import type { Answer } from "./backend/types";
import { isUndo, placesLeft, recorded } from "./verdict";

export type Arrival = {
  reservaId: string;
  /** People of this arrival that are recorded, by their entries. */
  entries: { escaneoId: string; cantidad: number }[];
};

export function total(arrival: Arrival | null): number {
  return arrival?.entries.reduce((sum, entry) => sum + entry.cantidad, 0) ?? 0;
}

/** The guest who is being shown was found once more, by another way: nothing was recorded. */
export function foundAgain(arrival: Arrival | null, answer: Answer): boolean {
  return !isUndo(answer) && arrival !== null && arrival.entries.some((entry) => entry.escaneoId === answer.escaneoId);
}

/** What an answer makes of the arrival before it. `more`: the answer adds to it, rather than being the next guest. */
export function next(before: Arrival | null, answer: Answer, more: boolean): Arrival | null {
  if (!answer.reservaId) return null;
  if (isUndo(answer)) {
    if (before?.reservaId !== answer.reservaId) return null;
    // The last entry of this arrival is the one that Z took back.
    return { ...before, entries: before.entries.slice(0, -1) };
  }
  const entry = answer.escaneoId && recorded(answer) ? [{ escaneoId: answer.escaneoId, cantidad: answer.cantidad }] : [];
  if (more && before?.reservaId === answer.reservaId) return { ...before, entries: [...before.entries, ...entry] };
  return { reservaId: answer.reservaId, entries: entry };
}

/** How many more to admit so that the arrival has `wanted`; 0: nothing to do. */
export function missing(arrival: Arrival | null, wanted: number): number {
  return Math.max(0, wanted - total(arrival));
}

/** The digits worth showing: up to the whole party, at least what came, at most nine. */
export function choices(arrival: Arrival | null, answer: Answer): number[] {
  const most = Math.min(9, Math.max(total(arrival) + placesLeft(answer), total(arrival), 1));
  return Array.from({ length: most }, (_, i) => i + 1);
}
