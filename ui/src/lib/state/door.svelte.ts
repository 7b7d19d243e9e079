// What the door shows: the verdict that fills the screen, the arrival it belongs to, the last entries, tonight.
// It lives as long as the window: a camera scan is shown on whatever screen is open.

import { choices, foundAgain, missing, next, total, type Arrival } from "../arrival";
import { errorView, type Answer, type Conflicto, type DoorEvent, type ErrorView, type Fila, type Recent, type Tonight } from "../backend";
import { venueNow } from "../format";
import { paced } from "../paced";
import { isForeign, isUndo, mayChooseQuantity, mayOverride, moodOf, placesLeft, staysFor, type Mood } from "../verdict";
import type { App } from "./app.svelte";

export type Shown = {
  answer: Answer;
  /** Counts verdicts: the same verdict twice is still two guests. */
  n: number;
  /** When it was shown, by the page's own monotonic clock. */
  at: number;
  /** How long the hub took to confirm, in ms; `null`: not yet. */
  confirmedIn: number | null;
  /** What others of the party did before, newest first. */
  before: { escaneoId: string; cantidad: number; at: string; puerta?: string }[];
};

/** A code that let nobody in, for the list of last entries. */
export type Refusal = { id: number; at: string; answer: Answer };

export type CallBack = { conflict: Conflicto; name: string; at: number };

/** An entry may be undone for so long, in ms. */
const UNDO_FOR = 15 * 60_000;
/** Admitting by hand has to be pressed again within this, in ms. */
const ARMED_FOR = 5_000;
const FLASH_FOR = 1_000;
const FAULT_STAYS = 15_000;
/** Where the window keeps when the door test was passed. */
const TESTED = "door-test";
/** Kinds of conflict where the guest is inside and should not be. */
const CALL_BACK = new Set<Conflicto["tipo"]>(["exceso", "cancelada", "eliminada", "emisionAntigua", "huerfana"]);

export class Door {
  shown = $state<Shown | null>(null);
  /** A scan or an admission that could not be kept: nobody was admitted, and the screen must not look as if. */
  fault = $state<ErrorView | null>(null);
  /** The last verdict, after the calm has returned. */
  last = $state<Answer | null>(null);
  arrival = $state<Arrival | null>(null);
  armed = $state(false);
  /** The door is being tested before it opens: codes are seen and let nobody in. */
  testing = $state(false);
  seenInTest = $state({ camera: false, scanner: false });
  /** When the door test was last passed for this night, in ms. */
  testedAt = $state<number | null>(null);
  recents = $state<Recent[] | null>(null);
  refusals = $state<Refusal[]>([]);
  tonight = $state<Tonight | null>(null);
  callBacks = $state<CallBack[]>([]);
  /** The mood that the whole screen takes for a second. */
  flash = $state<Mood | "callback" | null>(null);
  /** For the live region. */
  said = $state("");
  #look = paced(() => this.refresh());
  #count = 0;
  #calm: ReturnType<typeof setTimeout> | undefined;
  #disarm: ReturnType<typeof setTimeout> | undefined;
  #unflash: ReturnType<typeof setTimeout> | undefined;
  #inOrder: Promise<unknown> = Promise.resolve();
  #reading = false;
  #again = false;
  #confirmed = new Set<string>();

  readonly mood = $derived(this.shown ? moodOf(this.shown.answer) : null);
  readonly came = $derived(total(this.arrival));
  readonly quantities = $derived(this.shown && mayChooseQuantity(this.shown.answer) ? choices(this.arrival, this.shown.answer) : []);
  readonly rest = $derived(this.shown && mayChooseQuantity(this.shown.answer) ? placesLeft(this.shown.answer) : 0);
  readonly canOverride = $derived(this.shown !== null && mayOverride(this.shown.answer));
  readonly undoable = $derived(this.recents?.find((recent) => !recent.anulada && !recent.entrada.anulaA) ?? null);

  constructor(readonly app: App) {}

  start(): () => void {
    const { backend } = this.app;
    const ends = [
      backend.on("door://answer", (answer) => {
        if (this.testing) this.seenInTest[answer.source === "scanner" ? "scanner" : "camera"] = true;
        // A real ticket was decided all the same, and has to be shown; a menu's code was only part of the test.
        if (!this.testing || !isForeign(answer)) this.#show(answer, false);
      }),
      backend.on("door://fault", (fault) => this.#failed(fault)),
      backend.on("door://event", (event) => this.#heard(event)),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Asks again for what the door shows beside the verdict; one question at a time, and the last one counts. */
  async refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        const tonight = this.app.backend.tonight().catch(untilTheFirstSnapshot);
        this.recents = await this.app.backend.recent(40);
        this.tonight = (await tonight) ?? this.tonight;
      } while (this.#again);
    } catch (thrown) {
      this.recents ??= [];
      this.app.complain(thrown);
    } finally {
      this.#reading = false;
    }
  }

  /**
   * A code from a hand scanner or typed. Where a keyboard layout leaves two readings, the one that the door knows
   * wins; returns the text that was taken for a ticket.
   */
  async scan(texts: readonly string[]): Promise<string | null> {
    let taken: string | null = null;
    if (this.testing) {
      this.seenInTest.scanner = true;
      return taken;
    }
    await this.#act(async () => {
      let answer = await this.app.backend.scan(texts[0] ?? "");
      for (let i = 1; i < texts.length && isForeign(answer); i++) {
        const other = await this.app.backend.scan(texts[i] ?? "");
        if (isForeign(other)) continue;
        answer = other;
        taken = texts[i] ?? null;
      }
      if (taken === null && !isForeign(answer)) taken = texts[0] ?? null;
      return answer;
    }, false);
    return taken;
  }

  /** Somebody who was found by name: one at once, like a scan. */
  admit(row: Pick<Fila, "id">): Promise<void> {
    return this.#act(() => this.app.backend.admit(row.id, 1, false, true), false);
  }

  /** The code before the camera is the next guest's too. */
  async again(): Promise<void> {
    try {
      await this.app.backend.scanAgain();
    } catch (thrown) {
      this.app.complain(thrown);
    }
  }

  /** Somebody without a reservation: it is made and admitted in one go. */
  walkIn(nombre: string, people: number): Promise<void> {
    return this.#act(async () => {
      const { fecha, hora } = venueNow(this.app.zone, Date.now());
      const { reserva } = await this.app.backend.create({ cliente: { nombre }, numeroPersonas: people, fecha, hora, origen: "sinReserva" });
      if (!reserva) throw { code: "internal", message: "a walk-in has no row" };
      return this.app.backend.admit(reserva.id, people, false);
    }, false);
  }

  /** There are `wanted` people in this arrival: the missing ones are admitted. */
  quantity(wanted: number): Promise<void> {
    return this.#queue(async () => {
      const answer = this.shown?.answer;
      if (!answer?.reservaId || !mayChooseQuantity(answer)) return;
      const more = missing(this.arrival, wanted);
      if (more === 0) {
        this.app.toasts.add(this.app.t.door.alreadyThatMany(this.came));
        return;
      }
      this.#show(await this.app.backend.admit(answer.reservaId, more, false), true);
    });
  }

  /** Everybody of the party who has not come yet. */
  admitRest(): Promise<void> {
    return this.rest > 0 ? this.quantity(this.came + this.rest) : Promise.resolve();
  }

  /** Against the verdict: once arms it, again does it. */
  byHand(): void {
    const answer = this.shown?.answer;
    if (!answer?.reservaId || !this.canOverride) return;
    clearTimeout(this.#disarm);
    if (!this.armed) {
      this.armed = true;
      this.#disarm = setTimeout(() => (this.armed = false), ARMED_FOR);
      return;
    }
    this.armed = false;
    const { reservaId } = answer;
    void this.#act(() => this.app.backend.admit(reservaId, 1, true), false);
  }

  undo(recent: Recent | null = this.undoable): Promise<void> {
    if (!recent) {
      this.app.toasts.add(this.app.t.door.undoNothing);
      return Promise.resolve();
    }
    if (!mayUndo(recent, Date.parse(this.shown?.answer.at ?? "") || this.app.now)) {
      this.app.toasts.add(this.app.t.door.undoTooLate);
      return Promise.resolve();
    }
    return this.#act(() => this.app.backend.undo(recent.entrada.escaneoId), true);
  }

  /** The calm returns before its time. */
  dismiss(): void {
    clearTimeout(this.#calm);
    this.armed = false;
    this.fault = null;
    if (this.shown) this.last = this.shown.answer;
    this.shown = null;
    this.arrival = null;
  }

  /** All was green: it is kept for the night, so that whoever comes after sees it. */
  passedTest(): void {
    this.testedAt = this.app.now;
    localStorage.setItem(TESTED, JSON.stringify({ day: this.app.today, at: this.testedAt }));
  }

  /** Whether the door was tested for this night, also before this start. */
  recallTest(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(TESTED) ?? "null") as { day: string; at: number } | null;
      this.testedAt = kept?.day === this.app.today ? kept.at : null;
    } catch {
      this.testedAt = null;
    }
  }

  seen(): void {
    this.callBacks = this.callBacks.slice(1);
  }

  /** Acts happen one after the other, so that a digit counts on what the scan before it recorded. */
  #queue<T>(act: () => Promise<T>): Promise<void> {
    const done = this.#inOrder.then(act).then(
      () => undefined,
      (thrown) => this.#failed(errorView(thrown)),
    );
    this.#inOrder = done;
    return done;
  }

  #act(act: () => Promise<Answer>, more: boolean): Promise<void> {
    return this.#queue(async () => this.#show(await act(), more));
  }

  #failed(fault: ErrorView): void {
    clearTimeout(this.#calm);
    this.shown = null;
    this.arrival = null;
    this.fault = fault;
    this.said = `${this.app.t.door.words.fault}. ${this.app.errorText(fault)}`;
    this.#flash("stop");
    this.#calm = setTimeout(() => this.dismiss(), FAULT_STAYS);
  }

  #show(answer: Answer, more: boolean): void {
    // what was chosen since, and the second tick, stay
    if (foundAgain(this.arrival, answer)) return;
    const { t } = this.app;
    const at = performance.now();
    clearTimeout(this.#calm);
    clearTimeout(this.#disarm);
    this.armed = false;
    this.arrival = next(this.arrival, answer, more);
    const n = ++this.#count;
    const done = answer.escaneoId !== undefined && this.#confirmed.delete(answer.escaneoId);
    this.fault = null;
    this.shown = { answer, n, at, confirmedIn: done ? 0 : null, before: [] };
    this.#calm = setTimeout(() => this.dismiss(), staysFor(answer));
    const name = answer.clienteNombre ?? "";
    this.said =
      answer.verdict === "admitted" && !isUndo(answer)
        ? t.door.saidAdmitted(name, String(answer.asistenciaActual ?? ""), String(answer.numeroPersonas ?? ""))
        : `${wordOf(answer, t)}. ${name}`;
    this.#flash(moodOf(answer));
    if (!answer.escaneoId && !isUndo(answer)) {
      this.refusals = [{ id: n, at: answer.at, answer }, ...this.refusals].slice(0, 20);
    }
    if (answer.reservaId) void this.#readBefore(answer, n);
    void this.refresh();
  }

  #flash(mood: Mood | "callback"): void {
    clearTimeout(this.#unflash);
    this.flash = mood;
    this.#unflash = setTimeout(() => (this.flash = null), FLASH_FOR);
  }

  /** What others of the party did, and where: read after the verdict, which never waits for it. */
  async #readBefore(answer: Answer, n: number): Promise<void> {
    const sheet = await this.app.backend.get(answer.reservaId ?? "").catch(() => null);
    if (!sheet || this.shown?.n !== n) return;
    const voided = new Set(sheet.registroEntradas.map((entry) => entry.anulaA));
    this.shown.before = sheet.registroEntradas
      .filter((e) => !e.anulaA && !voided.has(e.escaneoId) && !this.arrival?.entries.some((own) => own.escaneoId === e.escaneoId))
      .map((e) => ({ escaneoId: e.escaneoId, cantidad: e.cantidad, at: e.timestamp, puerta: e.puerta }))
      .reverse();
  }

  #heard(event: DoorEvent): void {
    if (event.event === "changed") {
      this.#look();
      // Others of the party that is on the screen came in somewhere else, this very moment.
      const answer = this.shown?.answer;
      if (answer?.reservaId && event.reservas.includes(answer.reservaId)) void this.#readBefore(answer, this.shown?.n ?? 0);
    }
    if (event.event === "confirmed" && event.escaneoId) this.#secondTick(event.escaneoId);
    if (event.event === "conflict") this.#contradicted(event.conflicto);
    if (event.event === "quarantined") void this.refresh();
  }

  #secondTick(escaneoId: string): void {
    if (this.shown?.answer.escaneoId === escaneoId) this.shown.confirmedIn ??= performance.now() - this.shown.at;
    // The hub may be faster than the answer's way to this window.
    else if (this.#confirmed.size < 500) this.#confirmed.add(escaneoId);
    this.recents = (this.recents ?? []).map((recent) =>
      recent.entrada.escaneoId === escaneoId && (recent.delivery === "pending" || recent.delivery === "sent") ? { ...recent, delivery: "confirmed" } : recent,
    );
  }

  /** The hub knows better than the door did: whoever came in here lately has to be called back. */
  #contradicted(conflict: Conflicto): void {
    const others = this.callBacks.filter((call) => call.conflict.id !== conflict.id);
    const own = this.recents?.find((recent) => conflict.escaneoIds.includes(recent.entrada.escaneoId) && !recent.anulada);
    if (conflict.estado !== "abierto" || !CALL_BACK.has(conflict.tipo) || !own) {
      this.callBacks = others;
      return;
    }
    const name = own.clienteNombre ?? this.app.t.door.unknownName;
    this.callBacks = [{ conflict, name, at: Date.now() }, ...others];
    this.said = `${this.app.t.door.words.callback}. ${name}`;
    this.app.backend.playSound("callback");
    this.#flash("callback");
    void this.refresh();
  }
}

export function mayUndo(recent: Recent, now: number): boolean {
  return !recent.anulada && now - Date.parse(recent.entrada.timestamp) < UNDO_FOR;
}

/** Before the first snapshot there is no venue, and so no tonight: it comes with the next change. */
function untilTheFirstSnapshot(thrown: unknown): null {
  if (errorView(thrown).code === "not_found") return null;
  throw thrown;
}

/** The one word of a verdict. */
export function wordOf(answer: Answer, t: App["t"]): string {
  const { words } = t.door;
  if (isUndo(answer)) return words.undone;
  if (answer.verdict === "excess") return answer.escaneoId ? words.excess(answer.exceso ?? 1) : words.excessFull;
  if (answer.verdict === "already_in" && answer.detail === "finished") return words.finished;
  return words[answer.verdict];
}
