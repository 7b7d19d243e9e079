// A list of another program on its way in: its cells, what each column is, and what its rows say then. It is kept while the window is open, so that
// closing the panel loses nothing.

import type { Promoter } from "../backend";
import { guess, isHeader, missing, type Target } from "../desk/columns";
import { decode, parse, type CsvRow } from "../desk/csv";
import { monthFirst, read, type Listed } from "../desk/listed";
import { rejected, whyBad, type Rejected } from "../desk/rejected";
import type { App } from "./app.svelte";
import type { ImportEnd } from "./bench.svelte";

/** What a list of reservations never is. */
const BYTES_MAX = 20_000_000;

export type Unread = { why: "noRows" | "tooLarge" | "unreadable" } | { why: "unclosed"; line: number };

export class ListedFile {
  name = $state("");
  unread = $state<Unread | null>(null);
  all = $state.raw<CsvRow[]>([]);
  header = $state(true);
  targets = $state<(Target | null)[]>([]);
  american = $state(false);
  /** Nothing is imported while a row is wrong. */
  whole = $state(false);
  end = $state.raw<ImportEnd | null>(null);
  /** What the end is about. */
  sent = $state.raw<Listed | null>(null);

  readonly rows = $derived(this.header ? this.all.slice(1) : this.all);
  readonly columns = $derived(Math.max(0, ...this.all.slice(0, 200).map((row) => row.cells.length)));
  readonly missing = $derived(missing(this.targets));

  /** Those that the venue knows: one of them keeps its id. */
  promoters = $state.raw<Promoter[]>([]);

  constructor(readonly app: App) {}

  async know(): Promise<void> {
    try {
      this.promoters = (await this.app.backend.promoters({})).map((one) => one.promotor);
    } catch (thrown) {
      this.app.complain(thrown);
    }
  }

  async take(file: File): Promise<void> {
    this.reset(file.name);
    if (file.size > BYTES_MAX) this.unread = { why: "tooLarge" };
    else {
      try {
        this.#read(decode(new Uint8Array(await file.arrayBuffer())));
      } catch {
        this.unread = { why: "unreadable" };
      }
    }
  }

  paste(text: string, name: string): void {
    this.reset(name);
    this.#read(text);
  }

  reset(name = ""): void {
    this.name = name;
    this.unread = null;
    this.all = [];
    this.targets = [];
    this.end = null;
    this.sent = null;
    this.whole = false;
  }

  #read(text: string): void {
    const { rows, unclosed } = parse(text);
    if (unclosed !== null) this.unread = { why: "unclosed", line: unclosed };
    else if (rows.length === 0) this.unread = { why: "noRows" };
    else {
      this.all = rows;
      this.heads(isHeader(rows[0]?.cells ?? []));
    }
  }

  /** Whether the first row names the columns; what they are is guessed again. */
  heads(on: boolean): void {
    this.header = on;
    const cells = this.rows.map((row) => row.cells);
    const names = on ? (this.all[0]?.cells ?? []) : [];
    this.targets = guess(Array.from({ length: this.columns }, (_, i) => names[i] ?? ""), cells);
    this.american = monthFirst(cells.slice(0, 2_000).flatMap((row) => this.#dates.map((column) => row[column] ?? "")));
  }

  get #dates(): number[] {
    return this.targets.flatMap((target, column) => (target === "fecha" || target === "noche" ? [column] : []));
  }

  nameOf(column: number): string | undefined {
    return this.header ? this.all[0]?.cells[column] || undefined : undefined;
  }

  /** A column is something else now; what another one was of the same kind, it is no more. */
  set(column: number, target: Target | null): void {
    this.targets = this.targets.map((other, i) => (i === column ? target : other === target ? null : other));
  }

  /** Rows that are wrong, and after an import those that could not be kept, with their lines in the file. */
  get rejected(): Rejected[] {
    const { t } = this.app;
    const { bad, good } = this.sent ?? this.listed;
    const failed = this.end?.failed ?? [];
    return [
      ...bad.map((row) => ({ line: row.line, why: whyBad(t, row) })),
      ...failed.map(({ row, code }) => ({ line: good[row]?.line ?? 0, why: this.app.errorText({ code, message: "" }) })),
    ];
  }

  async saveRejected(): Promise<void> {
    const { app } = this;
    const head = this.header ? (this.all[0]?.cells ?? []) : null;
    try {
      const table = rejected(app.t, this.name === app.t.roster.pasted ? "" : this.name, this.rows, head, this.targets, this.rejected);
      app.toasts.add(app.t.roster.rejectedSaved(await app.backend.saveTable(table, "csv")));
    } catch (thrown) {
      app.complain(thrown);
    }
  }

  readonly listed = $derived.by<Listed>(() =>
    this.missing.length > 0 ? { good: [], bad: [] } : read(this.rows, { targets: this.targets, cutoff: this.app.cutoff, promoters: this.promoters, monthFirst: this.american }),
  );
}
