// A reservation while somebody edits it: plain text fields, what is wrong with them, and what they change.
//
// Staff think in nights: a draft has the night it belongs to and the time on the clock; the calendar date follows.

import type { Fila, Promoter, ReservaCambios, ReservaNueva, Status } from "./backend";
import { calendarDate } from "./format";

export type Draft = {
  nombre: string;
  telefono: string;
  email: string;
  personas: string;
  noche: string;
  hora: string;
  mesa: string;
  motivo: string;
  beneficios: string;
  promotor: string;
  notas: string;
  estado: Status;
};

export type Problem = "name" | "people" | "time" | "day";

export function blank(noche: string): Draft {
  return { nombre: "", telefono: "", email: "", personas: "2", noche, hora: "22:00", mesa: "", motivo: "", beneficios: "", promotor: "", notas: "", estado: "En Progreso" };
}

export function draftOf(row: Fila): Draft {
  return {
    nombre: row.cliente.nombre,
    telefono: row.cliente.telefono ?? "",
    email: row.cliente.email ?? "",
    personas: String(row.numeroPersonas),
    noche: row.dia,
    hora: row.hora,
    mesa: row.mesa ?? "",
    motivo: row.razonVisita ?? "",
    beneficios: row.beneficiosReserva ?? "",
    promotor: row.promotor?.nombre ?? "",
    notas: (row.detalles ?? []).join("\n"),
    estado: row.estado,
  };
}

export function problems(draft: Draft): Problem[] {
  const people = Number(draft.personas);
  const found: (Problem | null)[] = [
    draft.nombre.trim() === "" ? "name" : null,
    !Number.isInteger(people) || people < 1 || people > 9999 ? "people" : null,
    !/^([01]\d|2[0-3]):[0-5]\d$/.test(draft.hora) ? "time" : null,
    !/^\d{4}-\d{2}-\d{2}$/.test(draft.noche) ? "day" : null,
  ];
  return found.filter((problem) => problem !== null);
}

/** A time as people type it (“2230”, “22.30”, “9:5”) in the form it is kept in; what is no time stays as it is. */
export function tidyTime(text: string): string {
  const [, hours, minutes] = /^\s*(\d{1,2})[:.h ]?(\d{1,2})?\s*$/.exec(text) ?? /^(\d{2})(\d{2})$/.exec(text.trim()) ?? [];
  return hours === undefined ? text : `${hours.padStart(2, "0")}:${(minutes ?? "00").padStart(2, "0")}`;
}

const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** A promoter by name: one that the venue knows keeps its id. */
export function promoterOf(name: string, known: readonly Promoter[]): Promoter | null {
  const nombre = name.trim();
  if (!nombre) return null;
  const same = known.find((one) => one.nombre.localeCompare(nombre, undefined, { sensitivity: "base" }) === 0);
  return same ?? { id: nombre.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-"), nombre };
}

/** What a draft changes in a row, and nothing else; `null` clears. */
export function changes(draft: Draft, row: Fila, known: readonly Promoter[], cutoff?: string): ReservaCambios {
  const before = draftOf(row);
  const changed = (...fields: (keyof Draft)[]) => fields.some((field) => draft[field].trim() !== before[field].trim());
  const text = (value: string) => value.trim() || null;
  const updates: ReservaCambios = {};
  if (changed("nombre", "telefono", "email")) {
    updates.cliente = { ...row.cliente, nombre: draft.nombre.trim(), telefono: text(draft.telefono) ?? undefined, email: text(draft.email) ?? undefined };
  }
  if (changed("personas")) updates.numeroPersonas = Number(draft.personas);
  if (changed("noche", "hora")) {
    updates.fecha = calendarDate(draft.noche, draft.hora, cutoff);
    updates.hora = draft.hora;
  }
  if (changed("mesa")) updates.mesa = text(draft.mesa);
  if (changed("motivo")) updates.razonVisita = text(draft.motivo);
  if (changed("beneficios")) updates.beneficiosReserva = text(draft.beneficios);
  if (changed("promotor")) updates.promotor = promoterOf(draft.promotor, known);
  if (changed("notas")) updates.detalles = lines(draft.notas).length > 0 ? lines(draft.notas) : null;
  if (changed("estado")) updates.estado = draft.estado;
  return updates;
}

export function reservation(draft: Draft, known: readonly Promoter[], cutoff?: string): ReservaNueva {
  const text = (value: string) => value.trim() || undefined;
  return {
    cliente: { nombre: draft.nombre.trim(), telefono: text(draft.telefono), email: text(draft.email) },
    numeroPersonas: Number(draft.personas),
    fecha: calendarDate(draft.noche, draft.hora, cutoff),
    hora: draft.hora,
    mesa: text(draft.mesa),
    razonVisita: text(draft.motivo),
    beneficiosReserva: text(draft.beneficios),
    promotor: promoterOf(draft.promotor, known) ?? undefined,
    detalles: lines(draft.notas).length > 0 ? lines(draft.notas) : undefined,
  };
}
