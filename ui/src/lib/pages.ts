// A long list that is only known in parts: pages come when they are looked at, and old ones are shown until new
// ones arrive, so that nothing flickers.

export class Pages<T> {
  readonly #pages = new Map<number, { rows: readonly T[]; fresh: boolean }>();

  constructor(readonly size: number) {}

  /** The row at an index; `undefined`: not read yet. */
  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / this.size))?.rows[index % this.size];
  }

  /** Offsets of the pages between two rows (inclusive) that have to be read. */
  missing(first: number, last: number): number[] {
    const offsets: number[] = [];
    for (let page = Math.floor(first / this.size); page <= Math.floor(last / this.size); page++) {
      if (!this.#pages.get(page)?.fresh) offsets.push(page * this.size);
    }
    return offsets;
  }

  put(offset: number, rows: readonly T[]): void {
    this.#pages.set(offset / this.size, { rows, fresh: true });
  }

  /** What is known may be old: it is shown until it has been read again. */
  stale(): void {
    for (const page of this.#pages.values()) page.fresh = false;
  }

  clear(): void {
    this.#pages.clear();
  }

  /** The known rows, in order. */
  *known(): Generator<[number, T]> {
    for (const [page, { rows }] of [...this.#pages].sort((a, b) => a[0] - b[0])) {
      for (const [i, row] of rows.entries()) yield [page * this.size + i, row];
    }
  }
}

/** Rows to draw for a scroll position: those in sight and a few around them. */
export function inSight(scroll: number, height: number, rowHeight: number, total: number, around = 6): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scroll / rowHeight) - around);
  const last = Math.min(total - 1, Math.ceil((scroll + height) / rowHeight) + around);
  return { first, last: Math.max(last, first - 1) };
}
