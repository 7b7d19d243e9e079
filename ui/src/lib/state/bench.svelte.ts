// Work on the list: which reservations are chosen, what is done with many of them, and the way back from it.

import { SvelteSet } from "svelte/reactivity";
import { errorView, type Edicion, type Formato, type PalabrasDeLista, type ReservaCambios, type ReservaDeLista, type Status } from "../backend";
import { number } from "../format";
import { Changes, sizeOf, type Step } from "./changes.svelte";
import type { Roster } from "./roster.svelte";
import { parts, Work } from "./work.svelte";

/** More at once is no change that a person makes on purpose. */
export const CHOSEN_MAX = 5_000;

/** What an import did. */
export type ImportEnd = { created: number; known: number; failed: { row: number; code: string }[]; stopped: boolean };

export class Bench {
  readonly chosen = new SvelteSet<string>();
  readonly changes = new Changes();
  work = $state<Work | null>(null);
  /** The row from which Shift chooses. */
  #from = 0;

  constructor(readonly roster: Roster) {}

  get #app() {
    return this.roster.app;
  }

  get #t() {
    return this.roster.app.t.roster;
  }

  toggle(index: number): void {
    const row = this.roster.row(index);
    if (!row) return;
    this.#from = index;
    if (!this.chosen.delete(row.id)) this.chosen.add(row.id);
  }

  /** Everything from the last that was chosen to this one. */
  extend(index: number): void {
    for (let i = Math.min(this.#from, index); i <= Math.max(this.#from, index); i++) {
      const row = this.roster.row(i);
      if (row && this.chosen.size < CHOSEN_MAX) this.chosen.add(row.id);
    }
  }

  async all(): Promise<void> {
    try {
      const ids = await this.#app.backend.listIds(this.roster.query, CHOSEN_MAX);
      if (ids.length > CHOSEN_MAX) return this.#app.toasts.add(this.#t.tooMany(CHOSEN_MAX), "bad");
      this.chosen.clear();
      for (const id of ids) this.chosen.add(id);
    } catch (thrown) {
      this.#app.complain(thrown);
    }
  }

  /** Something was done that can be taken back: it is said, with the way back beside it. */
  did(step: Step, said = step.what): void {
    this.changes.add(step);
    const back = sizeOf(step) > 0 ? { label: this.#app.t.roster.undo, key: "Z", run: () => void this.undo(step) } : undefined;
    this.#app.toasts.add(said, "good", back);
  }

  async undo(step = this.changes.last): Promise<void> {
    if (!step || !this.changes.steps.includes(step)) return this.#app.toasts.add(this.#t.nothingToUndo);
    await this.#working(new Work(this.#t.undoing(step.what), sizeOf(step)), async (work) => {
      const failed = await this.changes.undo(this.#app.backend, work, step);
      this.#app.toasts.add(failed > 0 ? this.#t.undoneBut(step.what, failed) : this.#t.undone(step.what), failed > 0 ? "bad" : "good");
    });
  }

  async change(updates: ReservaCambios, noche?: string): Promise<void> {
    const ids = [...this.chosen];
    await this.#working(new Work(this.#t.changing, ids.length), async (work) => {
      const edits: Edicion[] = [];
      let [same, failed] = [0, 0];
      const ended = () => {
        const what = this.#t.changed(edits.length);
        const rest = [same > 0 ? this.#t.same(same) : "", failed > 0 ? this.#t.notChanged(failed) : ""].filter(Boolean).join(" · ");
        this.did({ what, edits }, [what, rest].filter(Boolean).join(" · "));
      };
      try {
        for (const part of parts(ids)) {
          if (work.stopped) break;
          const done = await this.#app.backend.changeMany({ ids: part, updates, noche });
          edits.push(...done.deshacer);
          same += done.iguales;
          failed += done.fallidas.length;
          work.done += part.length;
        }
      } finally {
        // What was done before it failed or was stopped can be taken back all the same.
        if (work.done > 0) ended();
      }
    });
  }

  async import(rows: readonly ReservaDeLista[]): Promise<ImportEnd> {
    const end: ImportEnd = { created: 0, known: 0, failed: [], stopped: false };
    const created: string[] = [];
    await this.#working(new Work(this.#t.importing, rows.length), async (work) => {
      try {
        for (const part of parts(rows)) {
          if (work.stopped) break;
          const done = await this.#app.backend.importRows(part);
          created.push(...done.creadas);
          end.known += done.yaEstaban;
          end.failed.push(...done.fallidas.map(({ lugar, code }) => ({ row: work.done + lugar, code })));
          work.done += part.length;
        }
      } finally {
        end.created = created.length;
        end.stopped = work.done < rows.length;
        this.did({ what: this.#t.imported(created.length), created });
      }
    });
    return end;
  }

  async export(format: Formato): Promise<void> {
    const { backend } = this.#app;
    try {
      let view = await backend.exportStart(this.roster.query, format, this.#words());
      await this.#working(new Work(this.#t.exporting, view.total), async (work) => {
        while (view.path === null) {
          if (work.stopped) return void (await backend.exportStop());
          view = await backend.exportMore();
          work.done = view.done;
        }
        this.#app.toasts.add(this.#t.exported(view.done, number(this.#app.lang, view.done), view.path), "good");
      });
    } catch (thrown) {
      this.#app.complain(thrown);
    }
  }

  #words(): PalabrasDeLista {
    const { t } = this.#app;
    const states: Status[] = ["En Progreso", "Activa", "En Camino", "Reserva Caída", "Cancelado"];
    const { fecha, hasta } = this.roster.query;
    return {
      hoja: [t.app.reservations, fecha, hasta].filter(Boolean).join(" "),
      columnas: t.roster.fileColumns.split("|"),
      estados: Object.fromEntries(states.map((state) => [state, t.status[state]])),
      sinReserva: t.reservations.walkIn,
    };
  }

  /** One long work at a time: another one waits for nobody and is not started. */
  async #working(work: Work, doing: (work: Work) => Promise<void>): Promise<void> {
    if (this.work) return this.#app.toasts.add(this.#t.busy, "bad");
    this.work = work;
    try {
      await doing(this.work);
    } catch (thrown) {
      this.#app.toasts.add(this.#app.errorText(errorView(thrown)), "bad");
    } finally {
      this.work = null;
      await this.roster.refresh();
    }
  }
}
