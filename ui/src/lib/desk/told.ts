// What was changed in a reservation, in words: a line for each field, with what it said and what it says.

import type { CampoCambiado, Lang, Promoter, ReservaCambios, Status } from "../backend";
import { dayShort } from "../format";
import type { Messages } from "../i18n";

type Client = { nombre?: string; telefono?: string; email?: string };

/** Fields that an edit can set again; the ticket's issue is none. */
const EDITABLE = new Set(["cliente", "numeroPersonas", "fecha", "hora", "estado", "mesa", "razonVisita", "beneficiosReserva", "promotor", "detalles"]);

export function told(t: Messages, lang: Lang, changes: readonly CampoCambiado[]): string[] {
  return changes.flatMap(({ campo, antes, ahora }) => {
    if (campo === "emision") return [t.roster.reissuedEdit(String(ahora))];
    if (campo !== "cliente") return [line(t, campo, value(t, lang, campo, antes), value(t, lang, campo, ahora))];
    const [before, after] = [(antes ?? {}) as Client, (ahora ?? {}) as Client];
    return (["nombre", "telefono", "email"] as const).filter((field) => before[field] !== after[field]).map((field) => line(t, field, before[field] ?? "", after[field] ?? ""));
  });
}

function line(t: Messages, field: string, before: string, after: string): string {
  const name = (t.roster.fields as Record<string, string | undefined>)[field] ?? field;
  return t.roster.fromTo(name, before || t.roster.cleared, after || t.roster.cleared);
}

function value(t: Messages, lang: Lang, field: string, said: unknown): string {
  if (said === null || said === undefined) return "";
  switch (field) {
    case "fecha":
      return dayShort(lang, String(said));
    case "estado":
      return t.status[said as Status] ?? String(said);
    case "promotor":
      return (said as Promoter).nombre;
    case "detalles":
      return (said as string[]).join(", ");
    default:
      return String(said);
  }
}

/** The edit that goes back to what it was before; `null`: there is nothing that an edit can set. */
export function before(changes: readonly CampoCambiado[]): ReservaCambios | null {
  const fields = changes.filter(({ campo }) => EDITABLE.has(campo));
  return fields.length > 0 ? Object.fromEntries(fields.map(({ campo, antes }) => [campo, antes ?? null])) : null;
}
