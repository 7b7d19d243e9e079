// The memory venue's desk: many reservations at once, lists as files. As the door: what cannot be kept fails alone, and what was there before can
// be brought back.

import type { DeskBackend } from "../desk";
import type { Code, ExportView, NoGuardada, ReservaCambios, VariasGuardadas } from "../types";
import { addDays, afterMidnight } from "../../format";
import type { Ledger } from "./ledger";
import { CUTOFF, id, type Row } from "./venue";

type Command = <T>(name: string, act: () => T | Promise<T>) => Promise<T>;
type Ground = { ledger: Ledger; command: Command; changed(...ids: string[]): void; offline(): boolean; refuse(code: Code, message: string): Promise<never> };

/** Rows in a part of a file. */
const PART = 1000;

export function deskOf({ ledger, command, changed, offline, refuse }: Ground): DeskBackend {
  const byContent = new Map<string, string>();
  let under: { rows: Row[]; done: number; path: string } | null = null;

  function each(ids: readonly string[], updatesOf: (row: Row, index: number) => ReservaCambios): VariasGuardadas {
    const done: VariasGuardadas = { guardadas: 0, iguales: 0, fallidas: [], deshacer: [] };
    ids.forEach((reservaId, lugar) => {
      const row = ledger.rows.get(reservaId);
      if (!row) return void done.fallidas.push(missing(lugar));
      const now = row as unknown as Record<string, unknown>;
      const updates = Object.entries(updatesOf(row, lugar)).filter(([key, value]) => JSON.stringify(now[key] ?? null) !== JSON.stringify(value));
      if (updates.length === 0) return void (done.iguales += 1);
      done.deshacer.push({ reservaId, updates: structuredClone(Object.fromEntries(updates.map(([key]) => [key, now[key] ?? null]))) });
      ledger.update(reservaId, Object.fromEntries(updates), row.version, offline());
      done.guardadas += 1;
    });
    changed(...ids);
    return done;
  }

  const view = (path: string | null): ExportView => ({ done: under?.done ?? 0, total: under?.rows.length ?? 0, path });

  return {
    listIds: (query, most) => command("listIds", () => ledger.found(query).slice(0, most + 1).map((row) => row.id)),
    promoters: (query) =>
      command("promoters", () => {
        const counts = new Map<string, { promotor: { id: string; nombre: string }; reservas: number }>();
        for (const { promotor } of ledger.found(query)) {
          if (promotor) counts.set(promotor.id, { promotor, reservas: (counts.get(promotor.id)?.reservas ?? 0) + 1 });
        }
        return [...counts.values()].sort((a, b) => a.promotor.nombre.localeCompare(b.promotor.nombre));
      }),
    changeMany: ({ ids, updates, noche }) =>
      command("changeMany", () => each(ids, (row) => (noche ? { ...updates, fecha: afterMidnight(row.hora, CUTOFF) ? addDays(noche, 1) : noche } : updates))),
    editMany: (edits) => command("editMany", () => each(edits.map((edit) => edit.reservaId), (_, index) => edits[index]?.updates ?? {})),
    removeMany: (ids) =>
      command("removeMany", () => {
        const fallidas: NoGuardada[] = [];
        ids.forEach((reservaId, lugar) => (ledger.rows.has(reservaId) ? ledger.remove(reservaId) : fallidas.push(missing(lugar))));
        changed(...ids);
        return { guardadas: ids.length - fallidas.length, iguales: 0, fallidas, deshacer: [] };
      }),
    importRows: (rows) =>
      command("importRows", () => {
        const creadas: string[] = [];
        let yaEstaban = 0;
        for (const { reserva, vez } of rows) {
          const content = JSON.stringify([reserva, vez]);
          const known = byContent.get(content);
          if (known && ledger.rows.has(known)) {
            yaEstaban += 1;
            continue;
          }
          const made = ledger.create({ ...reserva, id: id("1157", byContent.size + 1) }, offline());
          byContent.set(content, made.id);
          creadas.push(made.id);
        }
        changed(...creadas);
        return { creadas, yaEstaban, fallidas: [] };
      }),
    history: (reservaId) => command("history", () => (offline() ? refuse("hub_unreachable", "no hub") : ledger.history(reservaId))),
    exportStart: (query, format, words) =>
      command("exportStart", () => {
        under = { rows: ledger.found(query), done: 0, path: `~/Descargas/${words.hoja}.${format}` };
        return view(null);
      }),
    exportMore: () =>
      command("exportMore", () => {
        if (!under) return refuse("not_found", "no list is being written");
        under.done = Math.min(under.rows.length, under.done + PART);
        const whole = under.done === under.rows.length;
        const now = view(whole ? under.path : null);
        if (whole) under = null;
        return now;
      }),
    exportStop: () => command("exportStop", () => void (under = null)),
  };
}

const missing = (lugar: number): NoGuardada => ({ lugar, code: "not_found", message: "no such reservation" });
