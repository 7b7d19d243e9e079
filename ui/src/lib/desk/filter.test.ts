import { expect, test } from "vitest";
import { narrowed, nights, queryOf, savedViews, saveViews, step, unfiltered, type Filter } from "./filter";

test("a span is whole weeks from Monday and whole months", () => {
  expect(nights("night", "2026-11-27")).toEqual({ first: "2026-11-27", last: "2026-11-27" });
  expect(nights("week", "2026-11-29")).toEqual({ first: "2026-11-23", last: "2026-11-29" });
  expect(nights("week", "2026-11-23")).toEqual({ first: "2026-11-23", last: "2026-11-29" });
  expect(nights("month", "2028-02-10")).toEqual({ first: "2028-02-01", last: "2028-02-29" });
  expect(nights("month", "2026-12-31")).toEqual({ first: "2026-12-01", last: "2026-12-31" });
  expect(nights("all", "2026-11-27")).toBeNull();
});

test("arrows go by what is shown", () => {
  expect(step("night", "2026-11-30", 1)).toBe("2026-12-01");
  expect(step("week", "2026-11-30", -1)).toBe("2026-11-23");
  expect(step("month", "2026-01-31", 1)).toBe("2026-02-01");
});

test("a question says what narrows it and nothing else", () => {
  expect(queryOf(unfiltered(), "2026-11-27")).toEqual({ fecha: "2026-11-27" });
  const filter: Filter = { ...unfiltered(), span: "week", text: "  mar ", promotor: { id: "pr-1", nombre: "Daniela" }, desde: 8, solo: ["sinMesa"] };
  expect(queryOf(filter, "2026-11-27")).toEqual({ fecha: "2026-11-23", hasta: "2026-11-29", text: "mar", promotor: "pr-1", personasDesde: 8, solo: ["sinMesa"] });
  expect(queryOf({ ...unfiltered(), span: "all" }, "2026-11-27")).toEqual({});
  expect(narrowed(filter)).toBe(3);
});

test("views are kept, and what is no view is left out", () => {
  let kept = "";
  saveViews([{ name: "Grandes", filter: { ...unfiltered(), desde: 8 } }], { setItem: (_, value) => void (kept = value) });
  expect(savedViews({ getItem: () => kept })).toEqual([{ name: "Grandes", filter: { ...unfiltered(), desde: 8 } }]);
  expect(savedViews({ getItem: () => '[{"name":"vieja","filter":{"text":"x"}},{"name":3},null]' })).toEqual([{ name: "vieja", filter: { ...unfiltered(), text: "x" } }]);
  expect(savedViews({ getItem: () => "no json" })).toEqual([]);
});
