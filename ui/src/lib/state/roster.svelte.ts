// The reservations screen: which night, which words, which state; the pages that are in sight; the one that is open.

import { errorView, type ErrorView, type Ficha, type Fila, type ListQuery, type CargaDelDia, type Promoter, type Status } from "../backend";
import { blank, type Draft } from "../draft";
import { addDays, addMonths } from "../format";
import { Pages } from "../pages";
import type { App } from "./app.svelte";

const PAGE = 100;

export class Roster {
  day = $state("");
  everyDay = $state(false);
  text = $state("");
  estado = $state<Status | null>(null);
  total = $state(0);
  people = $state(0);
  inside = $state(0);
  /** Nothing has been read yet for what is asked now. */
  loading = $state(true);
  failure = $state<ErrorView | null>(null);
  selected = $state<string | null>(null);
  sheet = $state<Ficha | null>(null);
  /** `new`, or the id that is being edited; `null`: only looked at. */
  editing = $state<string | null>(null);
  /** Unsaved changes, by id: closing a panel loses nothing. */
  drafts = $state<Record<string, Draft>>({});
  month = $state("");
  monthDays = $state<CargaDelDia[] | null>(null);
  /** Changes whenever a page has arrived. */
  readAt = $state(0);
  promoters = $state<Promoter[]>([]);
  #pages = new Pages<Fila>(PAGE);
  #sight = { first: 0, last: 30 };
  #question = 0;
  #reading = false;

  constructor(readonly app: App) {
    this.day = app.today;
  }

  start(): () => void {
    void this.ask();
    return this.app.backend.on("door://event", (event) => {
      if (event.event === "changed" || event.event === "confirmed" || event.event === "quarantined") void this.refresh();
    });
  }

  get query(): ListQuery {
    const text = this.text.trim();
    return { fecha: this.everyDay ? undefined : this.day, text: text || undefined, estado: this.estado ?? undefined };
  }

  get filtered(): boolean {
    return this.text.trim() !== "" || this.estado !== null || this.everyDay;
  }

  row(index: number): Fila | undefined {
    // Reading this makes whoever draws the row draw it again when its page arrives.
    return this.readAt >= 0 ? this.#pages.at(index) : undefined;
  }

  indexOf(id: string): number {
    for (const [index, row] of this.#pages.known()) if (row.id === id) return index;
    return -1;
  }

  /** Another question: the first page decides how long the list is. */
  async ask(): Promise<void> {
    const question = ++this.#question;
    this.#sight = { first: 0, last: 30 };
    try {
      const page = await this.app.backend.list({ ...this.query, limit: PAGE, offset: 0 });
      if (question !== this.#question) return;
      this.#pages.clear();
      this.#took(0, page);
      this.failure = null;
    } catch (thrown) {
      if (question === this.#question) this.failure = errorView(thrown);
    }
    this.loading = false;
  }

  /** The rows between are in sight: their pages are read if they are not known. */
  async look(first: number, last: number): Promise<void> {
    this.#sight = { first, last };
    if (this.#reading) return;
    this.#reading = true;
    const question = this.#question;
    try {
      for (let offset; (offset = this.#pages.missing(this.#sight.first, this.#sight.last)[0]) !== undefined; ) {
        const page = await this.app.backend.list({ ...this.query, limit: PAGE, offset });
        if (question !== this.#question) break;
        this.#took(offset, page);
      }
    } catch (thrown) {
      this.app.complain(thrown);
    } finally {
      this.#reading = false;
    }
  }

  /** Something changed: what is in sight is read again, and so is the open one. */
  async refresh(): Promise<void> {
    this.#pages.stale();
    void this.loadMonth();
    if (this.selected) void this.#readSheet(this.selected);
    await this.look(this.#sight.first, this.#sight.last);
  }

  #took(offset: number, page: { reservas: Fila[]; total: number; personas: number; dentro: number }): void {
    this.#pages.put(offset, page.reservas);
    this.total = page.total;
    this.people = page.personas;
    this.inside = page.dentro;
    this.readAt += 1;
    const known = new Map(this.promoters.map((one) => [one.id, one]));
    for (const { promotor } of page.reservas) if (promotor) known.set(promotor.id, promotor);
    if (known.size !== this.promoters.length) this.promoters = [...known.values()].sort((a, b) => a.nombre.localeCompare(b.nombre));
  }

  goTo(day: string): void {
    this.day = day;
    this.everyDay = false;
    void this.ask();
  }

  move(days: number): void {
    this.goTo(addDays(this.day, days));
  }

  find(text: string): void {
    this.text = text;
    void this.ask();
  }

  filter(estado: Status | null): void {
    this.estado = estado;
    void this.ask();
  }

  across(everyDay: boolean): void {
    this.everyDay = everyDay;
    void this.ask();
  }

  clear(): void {
    this.text = "";
    this.estado = null;
    this.everyDay = false;
    void this.ask();
  }

  open(id: string | null): void {
    if (id === this.selected) return;
    this.selected = id;
    this.sheet = null;
    this.editing = id && this.drafts[id] ? id : null;
    if (id) void this.#readSheet(id);
  }

  async #readSheet(id: string): Promise<void> {
    try {
      const sheet = await this.app.backend.get(id);
      if (this.selected === id) this.sheet = sheet;
    } catch (thrown) {
      if (this.selected !== id) return;
      if (errorView(thrown).code === "not_found") this.open(null);
      else this.app.complain(thrown);
    }
  }

  newOne(): void {
    this.drafts["new"] ??= blank(this.day);
    this.editing = "new";
  }

  close(): void {
    if (this.editing === "new") this.editing = null;
    else this.open(null);
  }

  discard(id: string): void {
    delete this.drafts[id];
    this.editing = null;
  }

  async loadMonth(month = this.month): Promise<void> {
    if (!month) return;
    if (month !== this.month) this.monthDays = null;
    this.month = month;
    try {
      const days = await this.app.backend.monthLoad(month);
      if (this.month === month) this.monthDays = days;
    } catch (thrown) {
      this.monthDays = [];
      this.app.complain(thrown);
    }
  }

  turnMonth(months: number): void {
    void this.loadMonth(addMonths(this.month, months));
  }
}
