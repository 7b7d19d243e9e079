// The reservations screen: which nights, which words, what else narrows the list; the pages that are in sight; the one that is open. It outlives the
// screen, so that nothing that was typed or found is lost by a look at another one.

import { errorView, type CargaDelDia, type ErrorView, type Ficha, type Fila, type Orden, type Promoter } from "../backend";
import { queryOf, savedViews, saveViews, step, unfiltered, type Filter, type View } from "../desk/filter";
import { blank, type Draft } from "../draft";
import { addMonths } from "../format";
import { paced } from "../paced";
import { Pages } from "../pages";
import type { App } from "./app.svelte";
import { Bench } from "./bench.svelte";

const PAGE = 100;

/** What is open beside the list; one thing at a time. */
export type Open = "month" | "filters" | "views" | "files" | "table" | "night" | "promoter" | "state" | "people";

export class Roster {
  day = $state("");
  filter = $state<Filter>(unfiltered());
  /** What the list is in the order of, and whether the other way round. */
  order = $state<Orden>("hora");
  backwards = $state(false);
  views = $state<View[]>(savedViews());
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
  open = $state<Open | null>(null);
  /** The list of another program is being looked at, in place of ours. */
  importing = $state(false);
  month = $state("");
  monthDays = $state<CargaDelDia[] | null>(null);
  /** Changes whenever a page has arrived. */
  readAt = $state(0);
  /** Changes whenever another question was asked. */
  askedAt = $state(0);
  promoters = $state<Promoter[]>([]);
  readonly bench: Bench;
  #pages = new Pages<Fila>(PAGE);
  #sight = { first: 0, last: 30 };
  #reading = false;

  constructor(readonly app: App) {
    this.day = app.today;
    this.bench = new Bench(this);
  }

  start(): () => void {
    void this.ask();
    const look = paced(() => this.refresh());
    return this.app.backend.on("door://event", (event) => {
      if (event.event === "changed" || event.event === "confirmed" || event.event === "quarantined") look();
    });
  }

  get query() {
    return { ...queryOf(this.filter, this.day), orden: this.order, alReves: this.backwards };
  }

  get filtered(): boolean {
    return JSON.stringify(this.filter) !== JSON.stringify({ ...unfiltered(), span: this.filter.span });
  }

  row(index: number): Fila | undefined {
    // Reading this makes whoever draws the row draw it again when its page arrives.
    return this.readAt >= 0 ? this.#pages.at(index) : undefined;
  }

  /** Another question: the first page decides how long the list is. */
  async ask(): Promise<void> {
    const question = ++this.askedAt;
    this.#sight = { first: 0, last: 30 };
    try {
      const page = await this.app.backend.list({ ...this.query, limit: PAGE, offset: 0 });
      if (question !== this.askedAt) return;
      this.#pages.clear();
      this.#took(0, page);
      this.failure = null;
    } catch (thrown) {
      if (question === this.askedAt) this.failure = errorView(thrown);
    }
    this.loading = false;
  }

  /** The rows between are in sight: their pages are read if they are not known. */
  async look(first: number, last: number): Promise<void> {
    this.#sight = { first, last };
    if (this.#reading) return;
    this.#reading = true;
    const question = this.askedAt;
    try {
      for (let offset; (offset = this.#pages.missing(this.#sight.first, this.#sight.last)[0]) !== undefined; ) {
        const page = await this.app.backend.list({ ...this.query, limit: PAGE, offset });
        if (question !== this.askedAt) break;
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
    if (this.filter.span === "all") this.filter.span = "night";
    void this.ask();
  }

  move(by: number): void {
    this.goTo(step(this.filter.span, this.day, by));
  }

  /** By that column; by the one that it is in the order of already, the other way round. */
  sort(by: Orden): void {
    this.backwards = by === this.order && !this.backwards;
    this.order = by;
    void this.ask();
  }

  narrow(by: Partial<Filter>): void {
    this.filter = { ...this.filter, ...by };
    void this.ask();
  }

  clear(): void {
    this.narrow({ ...unfiltered(), span: this.filter.span });
  }

  keepView(name: string): void {
    this.views = [...this.views.filter((view) => view.name !== name), { name, filter: $state.snapshot(this.filter) }].sort((a, b) => a.name.localeCompare(b.name));
    saveViews(this.views);
  }

  dropView(name: string): void {
    this.views = this.views.filter((view) => view.name !== name);
    saveViews(this.views);
  }

  show(id: string | null): void {
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
      if (errorView(thrown).code === "not_found") this.show(null);
      else this.app.complain(thrown);
    }
  }

  newOne(): void {
    this.drafts["new"] ??= blank(this.day);
    this.editing = "new";
  }

  close(): void {
    if (this.editing === "new") this.editing = null;
    else this.show(null);
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

const rosters = new WeakMap<App, Roster>();

export function rosterOf(app: App): Roster {
  const roster = rosters.get(app) ?? new Roster(app);
  rosters.set(app, roster);
  return roster;
}
