// Who should be here and is not, and which parties are beyond their size: read from tonight's reservations.

import type { Fila, Status } from "../backend";
import { paced } from "../paced";
import type { App } from "./app.svelte";

/** A party is late from here on, in ms after its time. */
const GRACE = 15 * 60_000;
const MOST = 500;

export class Late {
  #awaited = $state<Fila[]>([]);
  over = $state<Fila[]>([]);
  /** Marked as no-shows. */
  gone = $state<Fila[]>([]);

  readonly late = $derived(
    this.#awaited.filter((row) => this.by(row) > GRACE).sort((a, b) => this.by(b) - this.by(a)),
  );

  constructor(readonly app: App) {}

  start(): () => void {
    const look = paced(() => this.read());
    look();
    return this.app.backend.on("door://event", (event) => {
      if (event.event === "changed") look();
    });
  }

  /** How long after its time it is, in ms; negative: not yet due. */
  by(row: Fila): number {
    return this.app.now + (this.app.status?.clockOffsetMs ?? 0) - instantOf(row, this.app.zone);
  }

  async read(): Promise<void> {
    const of = (estado: Status) => this.app.backend.list({ fecha: this.app.today, estado, limit: MOST });
    try {
      const [awaited, active, gone] = await Promise.all([of("En Progreso"), of("Activa"), of("Reserva Caída")]);
      this.gone = gone.reservas;
      this.#awaited = awaited.reservas;
      this.over = active.reservas
        .filter((row) => row.asistenciaActual > row.numeroPersonas)
        .sort((a, b) => b.asistenciaActual - b.numeroPersonas - (a.asistenciaActual - a.numeroPersonas));
    } catch (thrown) {
      this.app.complain(thrown);
    }
  }
}

/** The instant of a date and time in a zone: right on every day but the two a year on which clocks change within it. */
function instantOf(row: Fila, zone: string | undefined): number {
  const asUtc = Date.parse(`${row.fecha}T${row.hora}:00Z`);
  const shown = new Date(asUtc).toLocaleString("sv-SE", { timeZone: zone });
  return asUtc - (Date.parse(`${shown.replace(" ", "T")}Z`) - asUtc);
}
