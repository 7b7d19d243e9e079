import { describe, expect, it } from "vitest";
import type { Fila } from "./backend/types";
import { blank, changes, draftOf, problems, reservation, tidyTime } from "./draft";

const row: Fila = {
  id: "r1",
  dia: "2026-11-27",
  pendiente: false,
  version: 3,
  cliente: { id: "c1", nombre: "Lucía Fernández", telefono: "+593 99 812 4471" },
  numeroPersonas: 6,
  fecha: "2026-11-27",
  hora: "21:30",
  estado: "En Progreso",
  asistenciaActual: 0,
  origen: "reserva",
  emision: 1,
  mesa: "12",
  promotor: { id: "pr-1", nombre: "Daniela" },
  detalles: ["VIP"],
  fechaCreacion: "2026-11-20T10:00:00.000Z",
  fechaModificacion: "2026-11-20T10:00:00.000Z",
};

describe("a draft", () => {
  it("that nobody touched changes nothing", () => {
    expect(changes(draftOf(row), row, [])).toEqual({});
  });

  it("sends what was changed and nothing else", () => {
    expect(changes({ ...draftOf(row), personas: "8" }, row, [])).toEqual({ numeroPersonas: 8 });
  });

  it("clears a field with null", () => {
    expect(changes({ ...draftOf(row), mesa: " ", notas: "" }, row, [])).toEqual({ mesa: null, detalles: null });
  });

  it("keeps what the form does not show of the client", () => {
    expect(changes({ ...draftOf(row), email: "l@example.com" }, row, []).cliente).toEqual({ id: "c1", nombre: "Lucía Fernández", telefono: "+593 99 812 4471", email: "l@example.com" });
  });

  it("moves the calendar date when the time passes midnight", () => {
    expect(changes({ ...draftOf(row), hora: "01:30" }, row, [])).toEqual({ fecha: "2026-11-28", hora: "01:30" });
  });

  it("keeps a known promoter's id and makes one for a new name", () => {
    const known = [{ id: "pr-7", nombre: "Martín" }];
    expect(changes({ ...draftOf(row), promotor: "martín" }, row, known).promotor).toEqual({ id: "pr-7", nombre: "Martín" });
    expect(changes({ ...draftOf(row), promotor: "Ana Peña" }, row, known).promotor).toEqual({ id: "ana-pena", nombre: "Ana Peña" });
    expect(changes({ ...draftOf(row), promotor: "" }, row, known).promotor).toBeNull();
  });

  it("says what is wrong", () => {
    expect(problems({ ...blank("2026-11-27"), nombre: "Ana" })).toEqual([]);
    expect(problems({ ...blank(""), personas: "0", hora: "25:00" })).toEqual(["name", "people", "time", "day"]);
    expect(problems({ ...blank("2026-11-27"), nombre: "Ana", personas: "2.5" })).toEqual(["people"]);
  });

  it("becomes a reservation", () => {
    const draft = { ...blank("2026-11-28"), nombre: " Ana ", hora: "00:30", notas: "VIP\n\n Celíaca " };
    expect(reservation(draft, [])).toMatchObject({ cliente: { nombre: "Ana" }, fecha: "2026-11-29", hora: "00:30", detalles: ["VIP", "Celíaca"] });
  });

  it("takes times as people type them", () => {
    expect(["2230", "22.30", "22h30", "9:5", "22", " 1:30 "].map(tidyTime)).toEqual(["22:30", "22:30", "22:30", "09:05", "22:00", "01:30"]);
    expect(tidyTime("mañana")).toBe("mañana");
  });
});
