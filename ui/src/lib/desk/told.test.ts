import { expect, test } from "vitest";
import { wordsOf } from "../i18n";
import { before, told } from "./told";

const [es, en] = [await wordsOf("es"), await wordsOf("en")];

const changes = [
  { campo: "numeroPersonas", antes: 5, ahora: 6 },
  { campo: "cliente", antes: { nombre: "Lucia" }, ahora: { nombre: "Lucía", telefono: "099" } },
  { campo: "mesa", antes: "4", ahora: null },
  { campo: "fecha", antes: "2026-11-27", ahora: "2026-11-28" },
  { campo: "estado", antes: "En Progreso", ahora: "Cancelado" },
];

test("each field is a line with both of its values, in the reader's words", () => {
  expect(told(es, "es", changes)).toEqual([
    "Personas: 5 → 6",
    "Nombre: Lucia → Lucía",
    "Teléfono: vacío → 099",
    "Mesa: 4 → vacío",
    "Fecha: vie 27 nov → sáb 28 nov",
    `Estado: ${es.status["En Progreso"]} → ${es.status.Cancelado}`,
  ]);
  expect(told(en, "en", [{ campo: "promotor", antes: null, ahora: { id: "1", nombre: "Pablo" } }])).toEqual(["Promoter: empty → Pablo"]);
  expect(told(en, "en", [{ campo: "emision", antes: 1, ahora: 2 }])).toEqual(["New code: issue 2"]);
});

test("going back sets what was there, and leaves what no edit can set", () => {
  expect(before([...changes.slice(0, 1), ...changes.slice(2, 3)])).toEqual({ numeroPersonas: 5, mesa: "4" });
  expect(before([{ campo: "mesa", antes: null, ahora: "4" }])).toEqual({ mesa: null });
  expect(before([{ campo: "emision", antes: 1, ahora: 2 }])).toBeNull();
});
