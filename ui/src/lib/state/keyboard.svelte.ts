// One listener for the whole window: it tells a hand scanner from a person, and a person's key from their text.

import { actionOf, type Action, type Place } from "../keymap";
import { ticketIn, Wedge, type Effect, type Stroke } from "../wedge";
import { SCREENS, type App } from "./app.svelte";
import type { Door } from "./door.svelte";

/** With Ctrl or ⌘, as in a browser; `=` is the plus of a keyboard that has it on Shift. */
const ZOOM: Record<string, -1 | 0 | 1> = { "+": 1, "=": 1, "-": -1, "0": 0 };

export class Keyboard {
  /** The sheet of all keys is open. */
  sheet = $state(false);
  /** The connection's details are open. */
  badge = $state(false);
  #wedge = new Wedge();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What a field held before a scanner began to type into it. */
  #before: { field: HTMLInputElement | HTMLTextAreaElement; value: string } | null = null;
  /** What the open screen does with its keys; returns whether it did something. */
  #screen: (action: Action, key: string) => boolean = () => false;

  constructor(
    readonly app: App,
    readonly door: Door,
  ) {}

  start(): () => void {
    const down = (event: KeyboardEvent) => this.#down(event);
    const paste = (event: ClipboardEvent) => this.#paste(event);
    addEventListener("keydown", down, { capture: true });
    addEventListener("paste", paste);
    return () => {
      removeEventListener("keydown", down, { capture: true });
      removeEventListener("paste", paste);
      clearTimeout(this.#timer);
    };
  }

  /** The open screen takes its keys; returns what gives them back. */
  takes(act: (action: Action, key: string) => boolean): () => void {
    this.#screen = act;
    return () => {
      if (this.#screen === act) this.#screen = () => false;
    };
  }

  #down(event: KeyboardEvent): void {
    if (!this.app.startup || this.app.startup.firstStart || event.isComposing) return;
    if (event.key === "Escape") return void (this.#act("escape", event.key) && event.preventDefault());
    if (event.key === "F11") {
      event.preventDefault();
      this.#act("fullscreen", event.key);
      return;
    }
    const altGr = event.getModifierState("AltGraph");
    if (event.altKey && !altGr && /^Digit[1-9]$/.test(event.code)) {
      const screen = SCREENS[Number(event.code.slice(5)) - 1];
      if (screen) this.app.screen = screen;
      event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !altGr && event.key in ZOOM) {
      this.app.zoomBy(ZOOM[event.key] ?? 0);
      event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey || event.altKey) && !altGr) return;
    if (event.repeat && event.key.length === 1) {
      if (!fieldOf(event.target)) event.preventDefault();
      return;
    }
    this.#stroke(event, altGr);
  }

  #stroke(event: KeyboardEvent, altGr: boolean): void {
    const field = fieldOf(event.target);
    const { key, code, shiftKey: shift } = event;
    const { swallow, first, effects } = this.#wedge.on({ key, code, shift, altGr, time: event.timeStamp, inField: field !== null });
    if (first) this.#before = field && { field, value: field.value };
    // Outside a field no single key does anything by itself but Enter, Tab and Space, which buttons know.
    const native = key === "Enter" || key === "Tab" || (key === " " && isControl(event.target)) || key.length > 1;
    if (swallow || (!field && !native)) event.preventDefault();
    if (swallow) event.stopPropagation();
    this.#apply(effects);
    const own = key === "Enter" || key === "Tab" ? isControl(event.target) : movesByItself(event.target, key);
    if (!own && isNavigation(key) && this.#act(actionOf(key, this.#place()), key)) event.preventDefault();
    clearTimeout(this.#timer);
    if (!this.#wedge.idle) this.#timer = setTimeout(() => this.#apply(this.#wedge.tick(performance.now())), this.#wedge.waits() + 2);
  }

  #apply(effects: Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "code") {
        if (effect.inField) this.#restore();
        void this.door.scan(effect.texts).then((text) => text && this.#wedge.worked(text));
      } else {
        for (const stroke of effect.strokes) this.#typed(stroke);
      }
    }
  }

  #typed(stroke: Stroke): void {
    if (stroke.inField || isNavigation(stroke.key)) return;
    this.#act(actionOf(stroke.key, this.#place()), stroke.key);
  }

  /** The scanner's first characters went into a field before it was known for one: what was there returns. */
  #restore(): void {
    const before = this.#before;
    if (!before) return;
    before.field.value = before.value;
    before.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #paste(event: ClipboardEvent): void {
    if (!this.app.startup || this.app.startup.firstStart || this.app.screen !== "door") return;
    const code = ticketIn(event.clipboardData?.getData("text") ?? "");
    if (!code) return;
    event.preventDefault();
    void this.door.scan([code]);
  }

  #place(): Place {
    return this.app.screen === "door" ? "door" : this.app.screen === "reservations" ? "reservations" : "everywhere";
  }

  #act(action: Action | null, key: string): boolean {
    if (action === null) return false;
    if (action === "escape" && (this.sheet || this.badge)) {
      this.sheet = false;
      this.badge = false;
      return true;
    }
    if (this.#screen(action, key)) return true;
    switch (action) {
      case "help":
        this.sheet = !this.sheet;
        return true;
      case "badge":
        this.badge = !this.badge;
        return true;
      case "fullscreen":
        void this.fullscreen();
        return true;
      case "search":
        this.app.screen = "door";
        return true;
      default:
        return false;
    }
  }

  async fullscreen(): Promise<void> {
    const { startup, backend } = this.app;
    if (!startup) return;
    const on = !startup.fullscreen;
    try {
      await backend.setFullscreen(on);
      this.app.startup = { ...startup, fullscreen: on };
    } catch (thrown) {
      this.app.complain(thrown);
    }
  }
}

function fieldOf(target: EventTarget | null): HTMLInputElement | HTMLTextAreaElement | null {
  if (target instanceof HTMLTextAreaElement) return target;
  if (target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "submit"].includes(target.type)) return target;
  return null;
}

/** Elements that know Enter and Space themselves. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, select, input, textarea, summary, [role=dialog], [role=grid]") !== null;
}

/** Elements that arrows, Home and the like already move in. */
function movesByItself(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  return target.closest("select, input, textarea, [role=dialog]") !== null || (!sideways && target.closest("[role=grid]") !== null);
}

function isNavigation(key: string): boolean {
  return key.startsWith("Arrow") || key === "Enter" || key === "Tab" || key === "Home" || key === "End" || key.startsWith("Page");
}
