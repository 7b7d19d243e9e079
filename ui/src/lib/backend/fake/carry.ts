// The outbox of the venue in memory: what waits is what the ledger has not confirmed.

import type { Carry, OutboxItem } from "../carry";
import { TODAY } from "./venue";

/** What the ledger says that waits. */
export interface Waiting {
  escaneoId: string;
  reservaId: string;
  clienteNombre: string;
  cantidad: number;
  made: string;
}

export function carryOf(waiting: () => Waiting[]): Carry {
  const items = (): OutboxItem[] => waiting().map((one) => ({ ...one, kind: "entry", delivery: "pending" }));
  return {
    outbox: async (limit) => items().slice(0, limit),
    deliverAgain: async () => undefined,
    giveUp: async () => undefined,
    exportOutbox: async () => ({ file: "/home/portero/Descargas/Puerta 1.portero", entradas: items().length, escrituras: 0, secuencia: 412, clavePublicada: true }),
    importOutbox: async () => ({ dispositivo: "01938f00-0000-7000-8000-0000000000d3", nombre: "Puerta 3", entradas: { registrada: 12, repetida: 1 }, escrituras: 0, rechazadas: [], secuencia: 412, faltan: 0 }),
    figures: async (days) => [{ fecha: TODAY, requests: 31, bytes: 1_240_000, latencyMs: { p50: 38, p99: 91 }, reconnectMs: { last: 640, p50: 610, max: 1_900 }, reconnects: 3 }].slice(0, days),
  };
}
