import { expect, test } from "vitest";
import type { Fila } from "../backend";
import { inverse } from "./changes.svelte";
import { parts } from "./work.svelte";

test("an undo says what was there, and clears what was not", () => {
  const row = { mesa: "12", numeroPersonas: 4 } as Fila;
  expect(inverse({ mesa: "14", numeroPersonas: 6, razonVisita: "Cumpleaños" }, row)).toEqual({ mesa: "12", numeroPersonas: 4, razonVisita: null });
});

test("a long list goes in parts, in order, and none is lost", () => {
  const all = Array.from({ length: 405 }, (_, i) => i);
  expect(parts(all, 200).map((part) => part.length)).toEqual([200, 200, 5]);
  expect(parts(all, 200).flat()).toEqual(all);
  expect(parts([], 200)).toEqual([]);
});
