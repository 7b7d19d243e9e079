import { expect, test } from "vitest";
import { guess, isHeader, missing } from "./columns";
import { parse } from "./csv";
import { dateOf, monthFirst, read, timeOf, type Reading } from "./listed";

const KNOWN = [{ id: "pr-1", nombre: "Daniela" }];

function listed(text: string, more: Partial<Reading> = {}) {
  const [head, ...rows] = parse(text).rows;
  const targets = guess(head!.cells, rows.map((row) => row.cells));
  return read(rows, { targets, cutoff: "04:00", promoters: KNOWN, monthFirst: false, ...more });
}

test("columns are known by their names in either language, or by what stands in them", () => {
  expect(guess(["Nombre completo", "PAX", "Fecha", "Hora", "N.º mesa", "RRPP"], [])).toEqual(["nombre", "personas", "fecha", "hora", "mesa", "promotor"]);
  expect(guess(["cliente.nombre", "numeroPersonas", "fecha", "hora", "promotor.nombre", "detalles"], [])).toEqual(["nombre", "personas", "fecha", "hora", "promotor", "notas"]);
  expect(guess(["Guest", "x", "y", "z"], [["Ana", "27/11/2026", "22:30", "ana@example.com"], ["Luis", "28/11/2026", "10:30 pm", ""]])).toEqual(["nombre", "fecha", "hora", "email"]);
  // No two columns are the same: the first counts.
  expect(guess(["Nombre", "Cliente"], [])).toEqual(["nombre", null]);
  expect(missing(["nombre", null, "noche"])).toEqual(["personas", "hora"]);
});

test("a first row is a head where it names columns", () => {
  expect(isHeader(["Nombre", "Pax", "Fecha", "Hora"])).toBe(true);
  expect(isHeader(["Lucía", "6", "27/11/2026", "22:30"])).toBe(false);
});

test("dates and times as people write them", () => {
  expect([dateOf("2026-11-27", false), dateOf("27/11/2026", false), dateOf("3.4.26", false), dateOf("3/4/2026", true)]).toEqual(["2026-11-27", "2026-11-27", "2026-04-03", "2026-03-04"]);
  expect([dateOf("31/02/2026", false), dateOf("mañana", false), dateOf("", false), dateOf("13/13/2026", false)]).toEqual([null, null, null, null]);
  expect(["22:30", "2230", "22.30", "22h30", "9:05", "10:30 PM", "12 am", "22", "22:30:00", "22:30 hrs"].map(timeOf)).toEqual(["22:30", "22:30", "22:30", "22:30", "09:05", "22:30", "00:00", "22:00", "22:30", "22:30"]);
  expect(["", "24:00", "tarde", "13 pm", "22:75"].map(timeOf)).toEqual([null, null, null, null, null]);
  expect(monthFirst(["03/04/2026", "11/27/2026"])).toBe(true);
  expect(monthFirst(["03/04/2026", "27/11/2026"])).toBe(false);
});

test("a row becomes a reservation, with the promoter that is known and the notes in lines", () => {
  const { good, bad } = listed("Nombre;Pax;Fecha;Hora;Promotor;Notas\n  Lucía   Fernández ;6 pax;27/11/2026;1:30;daniela;VIP | Alergia: nueces\n");
  expect(bad).toEqual([]);
  expect(good[0]).toMatchObject({
    line: 2,
    night: "2026-11-26",
    listed: { vez: 0, reserva: { cliente: { nombre: "Lucía Fernández" }, numeroPersonas: 6, fecha: "2026-11-27", hora: "01:30", promotor: { id: "pr-1" }, detalles: ["VIP", "Alergia: nueces"] } },
  });
});

test("a column of nights gives the hours after midnight their calendar date", () => {
  expect(listed("Nombre;Pax;Noche;Hora\nAna;2;27/11/2026;01:30").good[0]).toMatchObject({ night: "2026-11-27", listed: { reserva: { fecha: "2026-11-28" } } });
});

test("what is wrong is named with its line, and the others are taken", () => {
  const { good, bad } = listed("nombre,personas,fecha,hora,estado\n,2,2026-11-27,22:00,\nAna,cero,2026-11-27,22:00,\nAna,2,ayer,22:00,\nAna,2,2026-11-27,tarde,\nAna,2,2026-11-27,22:00,quizás\nAna,2,2026-11-27,22:00,confirmada\n" + `${"x".repeat(201)},2,2026-11-27,22:00,\n`);
  expect(bad.map(({ line, fault }) => [line, fault])).toEqual([[2, "nameMissing"], [3, "peopleBad"], [4, "dateBad"], [5, "timeBad"], [6, "stateBad"], [8, "tooLong"]]);
  expect(good).toHaveLength(1);
  expect(good[0]!.listed.reserva.estado).toBe("En Progreso");
});

test("rows that say the same are told apart, and a formula's apostrophe goes", () => {
  const { good } = listed("nombre,personas,fecha,hora\n'=Ana,2,2026-11-27,22:00\n'=Ana,2,2026-11-27,22:00\n");
  expect(good.map(({ listed }) => [listed.reserva.cliente.nombre, listed.vez])).toEqual([["=Ana", 0], ["=Ana", 1]]);
});
