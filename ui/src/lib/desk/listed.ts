// Rows of somebody's list as reservations: what each says in the forms that Portero keeps, or what is wrong with it, in codes.

import type { Origin, Promoter, ReservaDeLista, ReservaNueva, Status } from "../backend";
import { promoterOf } from "../draft";
import { addDays, afterMidnight, calendarDate } from "../format";
import { plain, type Target } from "./columns";
import type { CsvRow } from "./csv";

export type Fault = "nameMissing" | "peopleBad" | "dateBad" | "timeBad" | "stateBad" | "tooLong" | "tooManyNotes" | "cells";
export type BadRow = { line: number; fault: Fault; text: string };
export type GoodRow = { line: number; night: string; listed: ReservaDeLista };
export type Listed = { good: GoodRow[]; bad: BadRow[] };

export type Reading = {
  targets: readonly (Target | null)[];
  cutoff: string;
  promoters: readonly Promoter[];
  /** “3/4” is the third of April, unless a date of the list says otherwise. */
  monthFirst: boolean;
};

const TEXT_MAX = 200;
const NOTES_MAX = 20;
const NOTE_MAX = 500;

const STATES: [Status, string][] = [
  ["En Progreso", "en progreso|por llegar|pendiente|confirmada|confirmado|to come|pending|confirmed|expected|booked"],
  ["Activa", "activa|active|con gente dentro|arrived|seated|in"],
  ["En Camino", "en camino|terminada|finalizada|finished|completed|done|left"],
  ["Reserva Caída", "reserva caida|caida|no vino|no show|noshow|no llego"],
  ["Cancelado", "cancelado|cancelada|anulada|cancelled|canceled|void"],
];
const STATUS = new Map<string, Status>(STATES.flatMap(([state, words]) => words.split("|").map((word): [string, Status] => [word, state])));
const WALK_IN = /^(sin ?reserva|walk ?in|si|yes|x|1|true)$/;

const pad = (n: number) => String(n).padStart(2, "0");

/** `YYYY-MM-DD`; `null`: no date, or one that no calendar has. */
export function dateOf(text: string, monthFirst: boolean): string | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(text);
  const other = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$/.exec(text);
  let found: [number, number, number];
  if (iso) found = [Number(iso[1]), Number(iso[2]), Number(iso[3])];
  else if (other) {
    const [first, second, year] = [Number(other[1]), Number(other[2]), Number(other[3])];
    found = [year < 100 ? 2000 + year : year, monthFirst ? first : second, monthFirst ? second : first];
  } else return null;
  const [year, month, day] = found;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? `${year}-${pad(month)}-${pad(day)}` : null;
}

/** `HH:MM` of “22:30”, “2230”, “22h30”, “22”, “10:30 pm”, “22:30:00”; `null`: no time. */
export function timeOf(text: string): string | null {
  const found = /^(\d{1,2})(?:[:.h ]?(\d{2}))?(?::\d{2})?\s*(?:h(?:rs?|oras?)?\.?)?\s*([ap])?\.?\s?(?:m\.?)?$/i.exec(text.trim());
  if (!found) return null;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  const half = found[3]?.toLowerCase();
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === "p" ? 12 : 0);
  return hour < 24 && minute < 60 ? `${pad(hour)}:${pad(minute)}` : null;
}

/** Whether the dates of a column put the month first: one of them has a second number that is no month. */
export function monthFirst(dates: readonly string[]): boolean {
  return dates.some((text) => {
    const found = /^(\d{1,2})[/.-](\d{1,2})[/.-]/.exec(text);
    return found !== null && Number(found[1]) <= 12 && Number(found[2]) > 12;
  });
}

export function read(rows: readonly CsvRow[], reading: Reading): Listed {
  const good: GoodRow[] = [];
  const bad: BadRow[] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const found = reservation(row, reading);
    if ("fault" in found) {
      bad.push({ line: row.line, ...found });
      continue;
    }
    const key = JSON.stringify(found.reserva);
    const vez = seen.get(key) ?? 0;
    seen.set(key, vez + 1);
    const { fecha, hora } = found.reserva;
    good.push({ line: row.line, night: afterMidnight(hora, reading.cutoff) ? addDays(fecha, -1) : fecha, listed: { reserva: found.reserva, vez } });
  }
  return { good, bad };
}

type Faulty = { fault: Fault; text: string };

function reservation(row: CsvRow, { targets, cutoff, promoters, monthFirst: american }: Reading): { reserva: ReservaNueva } | Faulty {
  if (row.cells.length > targets.length) return { fault: "cells", text: String(row.cells.length) };
  const cell = (target: Target) => unguarded(row.cells[targets.indexOf(target)] ?? "");
  const text = (target: Target) => cell(target).replace(/\s+/g, " ").trim() || undefined;
  const long = targets.find((target) => target && target !== "notas" && [...cell(target)].length > TEXT_MAX);
  if (long) return { fault: "tooLong", text: cell(long).slice(0, 40) };
  const nombre = text("nombre");
  if (!nombre) return { fault: "nameMissing", text: "" };
  const people = /^(\d{1,4})(?:[.,]0+)?\s*(?:pax|personas?|people|persons?|p)?\.?$/i.exec(cell("personas"));
  const numeroPersonas = Number(people?.[1]);
  if (!people || numeroPersonas < 1) return { fault: "peopleBad", text: cell("personas") };
  const hora = timeOf(cell("hora"));
  if (!hora) return { fault: "timeBad", text: cell("hora") };
  const night = dateOf(cell("noche"), american);
  const fecha = night ? calendarDate(night, hora, cutoff) : dateOf(cell("fecha"), american);
  if (!fecha) return { fault: "dateBad", text: cell("fecha") || cell("noche") };
  const estado = cell("estado") ? STATUS.get(plain(cell("estado"))) : undefined;
  if (cell("estado") && !estado) return { fault: "stateBad", text: cell("estado") };
  const detalles = cell("notas").split(/\s*[|\n]\s*/).map((line) => line.trim()).filter(Boolean);
  if (detalles.length > NOTES_MAX) return { fault: "tooManyNotes", text: String(detalles.length) };
  if (detalles.some((line) => [...line].length > NOTE_MAX)) return { fault: "tooLong", text: detalles[0]!.slice(0, 40) };
  const origen: Origin | undefined = WALK_IN.test(plain(cell("origen"))) ? "sinReserva" : undefined;
  const reserva: ReservaNueva = {
    id: text("id"),
    cliente: { nombre, telefono: text("telefono"), email: text("email") },
    numeroPersonas,
    fecha,
    hora,
    estado,
    origen,
    mesa: text("mesa"),
    razonVisita: text("motivo"),
    beneficiosReserva: text("beneficios"),
    promotor: promoterOf(cell("promotor"), promoters) ?? undefined,
    detalles: detalles.length > 0 ? detalles : undefined,
  };
  return { reserva };
}

/** A cell that was written with an apostrophe so that no spreadsheet takes it for a formula, as it was meant. */
function unguarded(cell: string): string {
  return /^'[=@+-]/.test(cell) ? cell.slice(1) : cell;
}
