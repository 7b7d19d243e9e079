// The venue in memory: Club Miramar in Guayaquil, on Friday 27 November 2026, at 22:41. 200 reservations tonight,
// fewer on the nights around it, with the entries of a night that is half over.

import type { Entrada, Reserva, Status } from "../types";
import { pick, seeded } from "./random";

export const ZONE = "America/Guayaquil";
export const TODAY = "2026-11-27";
export const CUTOFF = "04:00";
export const CAPACITY = 900;
/** 22:41:07 in Guayaquil. */
export const START = Date.parse("2026-11-28T03:41:07.000Z");
export const THIS_DOOR = "018f0000-0000-7000-8000-00000000d001";
export const OTHER_DOOR = "018f0000-0000-7000-8000-00000000d002";
export const PROMOTERS = ["Daniela", "Pablo", "Andrea", "Martín", "Camila"].map((nombre, i) => ({ id: `pr-${i + 1}`, nombre }));

const GIVEN = ["Lucía", "José", "María", "Carlos", "Ñusta", "Andrés", "Valentina", "Diego", "Camila", "Luis", "Sofía", "Javier", "Gabriela", "Ricardo", "Isabel", "Fernando", "Daniela", "Álvaro", "Paula", "Héctor", "Mónica", "Esteban", "Renata", "Óscar"];
const FAMILY = ["Fernández", "López", "Andrade", "Ríos", "Quispe", "Vera", "Zambrano", "Cedeño", "Muñoz", "Paredes", "Salazar", "Mendoza", "Villacís", "Íñiguez", "Peña", "Guerrero", "Chávez", "Ortega", "Núñez", "Bravo", "Intriago", "Delgado"];
const OCCASIONS = ["Cumpleaños", "Despedida", "Aniversario", "Negocios"];
const NOTES = ["VIP", "Alergia: frutos secos", "Silla de ruedas", "Junto a la ventana", "Llegan por separado", "Celíaca", "Trae pastel"];

export type Row = Reserva & { dia: string };

export type Venue = { rows: Row[]; entries: Entrada[] };

/** UUIDv7-shaped, in order. */
export function id(kind: string, n: number): string {
  return `019abcde-${kind}-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** An instant in the night of a day, from a time of day in Guayaquil (UTC−5 all year). */
export function instantOf(dia: string, hora: string): number {
  const date = Date.parse(`${dia}T${hora}:00.000Z`) + 5 * 3_600_000;
  return hora < CUTOFF ? date + 86_400_000 : date;
}

export const iso = (ms: number) => new Date(ms).toISOString();

function hourOf(slot: number): string {
  const minutes = 20 * 60 + slot * 15;
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function shifted(dia: string, days: number): string {
  return iso(Date.parse(`${dia}T12:00:00Z`) + days * 86_400_000).slice(0, 10);
}

/** A few whose stories the screens and tests tell; everybody else is drawn by the seed. */
const KNOWN: Partial<Row>[] = [
  { cliente: { nombre: "Lucía Fernández", telefono: "+593 99 812 4471", email: "lucia@example.com" }, numeroPersonas: 6, hora: "21:30", mesa: "12", promotor: PROMOTERS[0], detalles: ["VIP", "Alergia: frutos secos"], razonVisita: "Cumpleaños" },
  { cliente: { nombre: "José López", telefono: "+593 98 400 1122" }, numeroPersonas: 4, hora: "21:30", mesa: "4", promotor: PROMOTERS[0] },
  { cliente: { nombre: "Grupo Andrade", telefono: "+593 99 555 0190" }, numeroPersonas: 6, hora: "22:00", mesa: "20", promotor: PROMOTERS[1] },
  { cliente: { nombre: "Marta Ríos" }, numeroPersonas: 2, hora: "22:00", estado: "Cancelado" },
  { cliente: { nombre: "Ñusta Quispe", telefono: "+593 97 321 8890" }, numeroPersonas: 8, hora: "22:30", mesa: "7", promotor: PROMOTERS[1], beneficiosReserva: "Botella de cortesía" },
  { cliente: { nombre: "Carlos Vera" }, numeroPersonas: 3, hora: "23:00", mesa: "9", promotor: PROMOTERS[0] },
  { cliente: { nombre: "Valentina Íñiguez" }, numeroPersonas: 5, hora: "01:30", mesa: "15", promotor: PROMOTERS[2], detalles: ["Llegan por separado"] },
];

function reservation(n: number, dia: string, random: () => number, known?: Partial<Row>): Row {
  const spread = (random() + random() + random()) / 3;
  const hora = known?.hora ?? hourOf(Math.floor(spread ** 1.5 * 25));
  const made = instantOf(dia, "18:00") - Math.floor(random() * 6 * 86_400_000);
  const mesa = known ? known.mesa : random() < 0.8 ? String(1 + Math.floor(random() * 60)) : undefined;
  return {
    id: id("4e5a", n),
    version: 1 + Math.floor(random() * 3),
    cliente: { nombre: `${pick(random, GIVEN)} ${pick(random, FAMILY)}`, telefono: `+593 9${Math.floor(random() * 10)} ${String(Math.floor(random() * 900) + 100)} ${String(Math.floor(random() * 9000) + 1000)}` },
    numeroPersonas: 2 + Math.floor(random() ** 2 * 9),
    estado: random() < 0.04 && !known ? "Cancelado" : "En Progreso",
    asistenciaActual: 0,
    origen: "reserva",
    emision: 1,
    promotor: random() < 0.7 ? pick(random, PROMOTERS) : undefined,
    razonVisita: random() < 0.2 ? pick(random, OCCASIONS) : undefined,
    detalles: random() < 0.22 ? [pick(random, NOTES)] : undefined,
    fechaCreacion: iso(made),
    fechaModificacion: iso(made + Math.floor(random() * 3_600_000)),
    ...known,
    mesa,
    dia,
    fecha: hora < CUTOFF ? shifted(dia, 1) : dia,
    hora,
  };
}

/** People of a row that have come by 22:41, in one to three entries. */
function arrivals(row: Row, random: () => number, add: (row: Row, at: number, cantidad: number, other: boolean) => void): void {
  const due = instantOf(row.dia, row.hora) + (random() * 50 - 15) * 60_000;
  const comes = random();
  if (row.estado === "Cancelado" || comes < 0.06) return;
  let left = random() < 0.04 ? row.numeroPersonas + 1 : comes < 0.8 ? row.numeroPersonas : Math.max(1, row.numeroPersonas - 2);
  let at = due;
  while (left > 0 && at < START - 240_000) {
    const cantidad = Math.min(left, 1 + Math.floor(random() * 3));
    add(row, at, cantidad, random() < 0.45);
    left -= cantidad;
    at += random() * 18 * 60_000;
  }
}

/** The same weekday a week before, whole: what tonight is compared with. Drawn apart, so that tonight stays as it is. */
function lastWeek(rows: Row[], entries: Entrada[]): void {
  const random = seeded(7);
  const dia = shifted(TODAY, -7);
  for (const row of rows) {
    if (row.dia !== dia || row.asistenciaActual === 0) continue;
    const at = instantOf(dia, row.hora) + (random() * 70 - 20) * 60_000;
    const other = random() < 0.5;
    entries.push({
      escaneoId: id("5cb0", entries.length),
      reservaId: row.id,
      cantidad: row.asistenciaActual,
      metodo: "QR",
      puerta: other ? "Puerta 2" : "Puerta 1",
      dispositivo: OTHER_DOOR,
      timestamp: iso(at),
      recibidoEn: iso(at + 120),
      desfaseMs: 12,
      desfaseErrorMs: 18,
      secuencia: entries.length + 1,
      previo: "0".repeat(64),
      veredicto: "admitted",
    });
  }
}

/** `more`: reservations tonight beyond the 200, for lists that are long. */
export function build(more: number): Venue {
  const random = seeded(27_11_2026);
  const rows: Row[] = [];
  const entries: Entrada[] = [];
  const add = (row: Row, at: number, cantidad: number, other: boolean, metodo: "QR" | "Manual" = random() < 0.85 ? "QR" : "Manual") => {
    entries.push({
      escaneoId: id("5ca0", entries.length),
      reservaId: row.id,
      cantidad,
      metodo,
      puerta: other ? "Puerta 2" : "Puerta 1",
      dispositivo: other ? OTHER_DOOR : THIS_DOOR,
      timestamp: iso(at),
      recibidoEn: iso(at + 120),
      desfaseMs: 12,
      desfaseErrorMs: 18,
      secuencia: entries.length + 1,
      previo: "0".repeat(64),
      veredicto: "admitted",
    });
    row.asistenciaActual += cantidad;
    if (row.estado === "En Progreso") row.estado = "Activa" satisfies Status;
    if (row.asistenciaActual > row.numeroPersonas) entries[entries.length - 1]!.veredicto = "excess";
  };
  let n = 0;
  for (const known of KNOWN) rows.push(reservation(n++, TODAY, random, known));
  while (n < 200) rows.push(reservation(n++, TODAY, random));
  for (let day = -27; day <= 33; day++) {
    const dia = shifted(TODAY, day);
    if (day === 0) continue;
    const weekday = new Date(`${dia}T12:00:00Z`).getUTCDay();
    const most = weekday === 5 || weekday === 6 ? 90 : weekday === 4 ? 45 : weekday === 0 ? 0 : 12;
    const count = Math.floor(most * (day > 0 ? Math.max(0.15, 1 - day / 30) : 1) * (0.6 + random() * 0.4));
    for (let i = 0; i < count; i++) rows.push(reservation(n++, dia, random));
  }
  for (let i = 0; i < more; i++) rows.push(reservation(n++, TODAY, random));
  const at = (hora: string) => instantOf(TODAY, hora);
  const [lucia, jose, andrade] = [rows[0]!, rows[1]!, rows[2]!];
  add(lucia, at("21:58"), 1, false, "Manual");
  add(lucia, at("22:12"), 2, true, "QR");
  add(jose, at("22:40"), 3, false, "QR");
  add(andrade, at("22:09"), 5, true, "QR");
  add(andrade, at("22:38"), 1, false, "QR");
  for (const row of rows) if (row.dia === TODAY && n > 0 && !KNOWN.some((known) => known.cliente === row.cliente)) arrivals(row, random, add);
  for (const row of rows) {
    if (row.dia >= TODAY || row.estado === "Cancelado") continue;
    const came = random() < 0.08 ? 0 : row.numeroPersonas;
    row.asistenciaActual = came;
    row.estado = came ? "En Camino" : "Reserva Caída";
  }
  lastWeek(rows, entries);
  entries.sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  return { rows, entries };
}
