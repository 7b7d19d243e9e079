// What was changed at this desk since the window was opened, so that it can be taken back: the last first.

import type { Backend, Edicion, Fila, ReservaCambios, ReservaNueva } from "../backend";
import { parts, type Work } from "./work.svelte";

export type Step = {
  /** In words: what was done. */
  what: string;
  /** Edits that bring back what was there. */
  edits?: Edicion[];
  /** Made, so they go. */
  created?: string[];
  /** Deleted, so they are made again; an id is never used twice, so their codes are new. */
  removed?: ReservaNueva[];
};

/** As far back as anybody remembers what they did. */
const MOST = 50;

export class Changes {
  steps = $state.raw<Step[]>([]);

  get last(): Step | undefined {
    return this.steps.at(-1);
  }

  add(step: Step): void {
    if (sizeOf(step) > 0) this.steps = [...this.steps, step].slice(-MOST);
  }

  /** Takes a step back, the last one where none is named; gives how many reservations could not be brought back. A step that fails stays. */
  async undo(backend: Backend, work: Work, step: Step): Promise<number> {
    let failed = 0;
    const { edits = [], created = [], removed = [] } = step;
    for (const part of parts(edits)) failed += (await counted(work, part.length, backend.editMany(part))).fallidas.length;
    for (const part of parts(created)) failed += (await counted(work, part.length, backend.removeMany(part))).fallidas.length;
    for (const reserva of removed) await counted(work, 1, backend.create(reserva));
    this.steps = this.steps.filter((one) => one !== step);
    return failed;
  }
}

export function sizeOf({ edits = [], created = [], removed = [] }: Step): number {
  return edits.length + created.length + removed.length;
}

async function counted<T>(work: Work, size: number, doing: Promise<T>): Promise<T> {
  const done = await doing;
  work.done += size;
  return done;
}

/** The edit that brings back what an edit changed. */
export function inverse(updates: ReservaCambios, row: Fila): ReservaCambios {
  // What the window watches over cannot cross the border: a plain copy can.
  const before = $state.snapshot(row) as unknown as Record<string, unknown>;
  return Object.fromEntries(Object.keys(updates).map((field) => [field, before[field] ?? null]));
}

/** A reservation as it would be made again. */
export function again(row: Fila): ReservaNueva {
  const { cliente, numeroPersonas, fecha, hora, estado, origen, mesa, razonVisita, beneficiosReserva, promotor, detalles } = $state.snapshot(row);
  return { cliente, numeroPersonas, fecha, hora, estado, origen, mesa, razonVisita, beneficiosReserva, promotor, detalles };
}
