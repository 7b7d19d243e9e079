// Hand scanners ("keyboard wedges") type a code like a very fast person. This decides which key strokes are a
// scanner's and which a person's, by the time between them, with no clock and no DOM inside.
//
// A scanner sends physical keys as if the computer had the layout it was set up for, so on a Spanish keyboard the
// characters come out wrong. Each stroke therefore carries the character and the physical key, and the code is
// read every way a scanner may be set up until one is a ticket.

import { LAYOUTS, type Layout } from "./layouts";

export type Stroke = {
  /** `KeyboardEvent.key` */
  key: string;
  /** `KeyboardEvent.code` */
  code: string;
  shift: boolean;
  altGr: boolean;
  /** Milliseconds, monotonic. */
  time: number;
  /** Whether it went into a field where a person may be typing. */
  inField: boolean;
};

/** `texts`: what the code may be, the likeliest first; more than one only where layouts differ in Y and Z alone. */
export type Effect = { kind: "code"; texts: string[]; inField: boolean } | { kind: "typed"; strokes: Stroke[] };

/** Two strokes of a scanner are never further apart, in ms; two of a person's, over a whole code, always are. */
export const GAP = 80;
/** A scanner without Enter has ended when nothing came for so long, in ms. */
export const END = 130;
/** What began like a ticket and is not whole yet may stall for so long, in ms: a slow radio, a busy computer. */
export const STALL = 400;
/** The shortest burst that can be a code. */
const LEAST = 6;

const isText = (stroke: Stroke) => stroke.key.length === 1 || stroke.key === "Dead";
const isEnd = (stroke: Stroke) => stroke.key === "Enter" || stroke.key === "Tab";

export class Wedge {
  #strokes: Stroke[] = [];
  #last = -Infinity;
  /** It began like a ticket. */
  #ticket = false;
  /** Which reading each text of the last code came from. */
  #readBy = new Map<string, number>();
  /** The reading that a ticket was last accepted by: a scanner is set up once. */
  #layout: number | null = null;

  /** The door took this text for a ticket: codes are read that way from now on. */
  worked(text: string): void {
    this.#layout = this.#readBy.get(text) ?? this.#layout;
  }

  /**
   * `swallow`: it is known to be a scanner's, so that the page must not act on the stroke. `first`: it begins what
   * may become a burst.
   */
  on(stroke: Stroke): { swallow: boolean; first: boolean; effects: Effect[] } {
    if (!isText(stroke) && !isEnd(stroke)) {
      // Shift, AltGr and the like come between a scanner's characters; anything else ends a burst.
      return { swallow: false, first: false, effects: isModifier(stroke.key) ? [] : this.#finish() };
    }
    const effects = stroke.time - this.#last > (this.#patient() ? STALL : GAP) ? this.#finish() : [];
    this.#last = stroke.time;
    const first = this.idle;
    // No code begins so: whoever presses it need not wait, and may type on at once.
    if (this.idle && (stroke.key === "/" || stroke.key === "?")) {
      return { swallow: false, first, effects: [...effects, { kind: "typed", strokes: [stroke] }] };
    }
    if (isEnd(stroke)) {
      const burst = this.#finish();
      if (burst.some((effect) => effect.kind === "code")) return { swallow: true, first, effects: [...effects, ...burst] };
      return { swallow: false, first, effects: [...effects, ...burst, { kind: "typed", strokes: [stroke] }] };
    }
    this.#strokes.push(stroke);
    // Its beginning is in its first dozen characters, or it has none.
    const { length } = this.#strokes;
    if (length >= LEAST && length <= 12) this.#ticket ||= readings(this.#strokes).some(beginsLikeTicket);
    return { swallow: this.#scanning(), first, effects };
  }

  /** To be called when [`waits`] has passed without a stroke. */
  tick(now: number): Effect[] {
    return now - this.#last >= this.waits() ? this.#finish() : [];
  }

  /** How long after the last stroke it is decided, in ms. */
  waits(): number {
    if (this.#patient() && !readings(this.#strokes).some((text) => ticketIn(text) !== null)) return STALL;
    return this.#strokes.length >= LEAST ? END : GAP;
  }

  get idle(): boolean {
    return this.#strokes.length === 0;
  }

  /** What began like a ticket is waited for; outside a field even after its first character, which means nothing alone. */
  #patient(): boolean {
    const [first] = this.#strokes;
    return this.#ticket || (first !== undefined && !first.inField && first.code === "KeyP");
  }

  /** In a field a fast typist (or a program that fills it) has to be believed, so there it must begin like a ticket. */
  #scanning(): boolean {
    if (this.#strokes.length < LEAST) return false;
    return this.#ticket || !this.#strokes.some((stroke) => stroke.inField);
  }

  #finish(): Effect[] {
    const strokes = this.#strokes;
    this.#strokes = [];
    this.#ticket = false;
    if (strokes.length === 0) return [];
    const inField = strokes.some((stroke) => stroke.inField);
    if (strokes.length >= LEAST) {
      const texts = readings(strokes);
      const tickets = this.#tickets(texts);
      if (tickets.length > 0) return [{ kind: "code", texts: tickets, inField }];
      // Not a ticket in any layout: outside a field it is still a scanner's, and the door says what it is.
      if (!inField && texts[0]) return [{ kind: "code", texts: [texts[0]], inField }];
    }
    return [{ kind: "typed", strokes }];
  }

  #tickets(texts: string[]): string[] {
    this.#readBy.clear();
    for (const [layout, text] of texts.entries()) {
      const ticket = ticketIn(text);
      if (ticket === null) continue;
      if (layout === this.#layout) return [ticket];
      if (!this.#readBy.has(ticket)) this.#readBy.set(ticket, layout);
    }
    return [...this.#readBy.keys()];
  }
}

function isModifier(key: string): boolean {
  return key === "Shift" || key === "AltGraph" || key === "Alt" || key === "Control" || key === "CapsLock" || key === "NumLock";
}

/** Everything the strokes may have meant; what the system itself made of them first. */
function readings(strokes: Stroke[]): string[] {
  const asTyped = strokes.map((stroke) => (stroke.key === "Dead" ? "" : stroke.key)).join("");
  const asLayout = (layout: Layout) => strokes.map((stroke) => layout(stroke.code, stroke.shift, stroke.altGr) ?? "").join("");
  return [asTyped, ...LAYOUTS.map(asLayout)];
}

const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const SIGNED = /P1[0-9A-Z $%*+\-./:]{141}/;
const SIGNED_START = /^.{0,3}P1[0-9A-Z $%*+\-./:]{4}/;

function beginsLikeTicket(text: string): boolean {
  return SIGNED_START.test(text.toUpperCase()) || /^.{0,3}\{"reservaId"?/.test(text) || /^.{0,3}res-./.test(text);
}

/** The ticket in a reading, without the prefix or suffix that a scanner may be set up to add; `null`: there is none. */
export function ticketIn(text: string): string | null {
  // Caps lock turns a whole code into small letters: the alphabet has only capitals.
  const signed = SIGNED.exec(text.toUpperCase())?.[0];
  if (signed && isBase45(signed.slice(2))) return signed;
  const json = /\{.*\}/.exec(text)?.[0];
  if (json && json.includes('"reservaId"') && parses(json)) return json;
  return /(?:^|[^A-Za-z0-9])(res-[A-Za-z0-9_-]{1,60})$/.exec(text.trim())?.[1] ?? null;
}

function parses(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

/** Three characters stand for two bytes, so a wrong layout almost never yields a valid text. */
function isBase45(text: string): boolean {
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => BASE45.indexOf(text[i + k] ?? ""));
    if (a === undefined || b === undefined || c === undefined || a < 0 || b < 0 || c < 0) return false;
    if (a + b * 45 + c * 45 * 45 > 0xffff) return false;
  }
  return true;
}
