// The outbox of the venue in memory: what waits is what the ledger has not confirmed, and what a test's hand put there for good.

import { addDays } from "../../format";
import type { Carry } from "../carry";
import type { BandejaTomada, CifrasDelDia, OutboxId, OutboxItem } from "../types";
import type { HouseGround } from "./house";
import { seeded } from "./random";
import { id, iso, TODAY } from "./venue";

/** What tests do to the outbox. */
export interface CarryHand {
  /** The hub refused an edit and an entry, and holds another entry. */
  stuck(): void;
  /** What is sent has no answer yet. */
  underWay(on: boolean): void;
}

const MINUTE = 60_000;

export class FakeCarry {
  #stuck: OutboxItem[] = [];
  #underWay = false;

  constructor(
    readonly ground: HouseGround,
    readonly moved: () => void,
  ) {}

  readonly hand: CarryHand = {
    stuck: () => {
      const { ledger, now } = this.ground;
      const of = (name: string) => ({ reservaId: ledger.byName(name).id, clienteNombre: name });
      const at = (minutes: number) => iso(now() - minutes * MINUTE);
      this.#stuck = [
        { ...of("Grupo Andrade"), opId: id("0b0b", 1), kind: "update", made: at(46), delivery: "quarantined", code: "invalid_field", motivo: "mesa: at most 40 characters", campos: ["mesa", "detalles"] },
        { reservaId: id("4e5a", 880_001), escaneoId: id("0b0b", 2), kind: "entry", made: at(31), delivery: "quarantined", code: "entry_reused", motivo: "another entry has this id", cantidad: 2 },
        { ...of("Carlos Vera"), escaneoId: id("0b0b", 3), kind: "entry", made: at(12), delivery: "held", cantidad: 1 },
      ];
      this.moved();
    },
    underWay: (on) => {
      this.#underWay = on;
      this.moved();
    },
  };

  get counts(): { quarantined: number; held: number } {
    const of = (delivery: string) => this.#stuck.filter((item) => item.delivery === delivery).length;
    return { quarantined: of("quarantined"), held: of("held") };
  }

  #items(): OutboxItem[] {
    const { entries, edits } = this.ground.ledger.waiting;
    const delivery = this.#underWay ? "sent" : "pending";
    const name = (reservaId: string) => this.ground.ledger.rows.get(reservaId)?.cliente.nombre;
    return [
      ...this.#stuck,
      ...edits.map((row): OutboxItem => ({ opId: row.id, kind: row.version > 1 ? "update" : "create", reservaId: row.id, clienteNombre: row.cliente.nombre, made: row.fechaModificacion, delivery, campos: [] })),
      ...entries.map((one): OutboxItem => ({ escaneoId: one.escaneoId, kind: one.anulaA ? "undo" : "entry", reservaId: one.reservaId, clienteNombre: name(one.reservaId), cantidad: one.cantidad, made: one.timestamp, delivery })),
    ];
  }

  #leave(item: OutboxId, may: (item: OutboxItem) => boolean): OutboxItem | Promise<never> {
    const found = this.#stuck.find((one) => one.delivery === "quarantined" && ("opId" in item ? one.opId === item.opId : one.escaneoId === item.escaneoId));
    if (!found) return this.ground.refuse("not_found", "not in quarantine");
    if (!may(found)) return this.ground.refuse("invalid_command", "an entry is never given up");
    this.#stuck = this.#stuck.filter((one) => one !== found);
    this.moved();
    return found;
  }

  readonly backend: Carry = {
    outbox: (limit) => this.ground.command("outbox", () => this.#items().slice(0, limit)),
    deliverAgain: (item) => this.ground.command("deliverAgain", async () => void (await this.#leave(item, () => true))),
    giveUp: (item) => this.ground.command("giveUp", async () => void (await this.#leave(item, (one) => one.opId !== undefined))),
    exportOutbox: () =>
      this.ground.command("exportOutbox", () => {
        const items = this.#items();
        const entradas = items.filter((one) => one.escaneoId).length;
        return { file: "~/Descargas/Puerta 1.portero", entradas, escrituras: items.length - entradas, secuencia: 412, clavePublicada: true };
      }),
    importOutbox: (file) =>
      this.ground.command("importOutbox", (): BandejaTomada | Promise<never> => {
        if (!file.startsWith("portero")) return this.ground.refuse("bad_signature", "not signed by a device of this hub");
        return { dispositivo: id("d0d0", 3), nombre: "Terraza", entradas: { registrada: 12, repetida: 1 }, escrituras: 2, rechazadas: [{ id: id("0b0b", 9), codigo: "id_used", motivo: "the reservation was deleted" }], secuencia: 412, faltan: 0 };
      }),
    figures: (days) => this.ground.command("figures", () => past().slice(0, days)),
  };
}

function past(): CifrasDelDia[] {
  const random = seeded(14);
  const between = (low: number, high: number) => Math.round(low + random() ** 2 * (high - low));
  return Array.from({ length: 9 }, (_, day) => ({
    fecha: addDays(TODAY, -day),
    requests: between(2, 60),
    bytes: between(300_000, 9_000_000),
    latencyMs: day === 5 ? {} : { p50: between(24, 70), p99: between(90, 640) },
    reconnectMs: day % 4 === 3 ? {} : { last: between(300, 900), p50: between(300, 900), max: between(900, 4_600) },
    reconnects: day % 4 === 3 ? 0 : between(1, 9),
  }));
}
