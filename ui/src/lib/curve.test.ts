import { expect, test } from "vitest";
import { weekOn } from "./curve";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const at = (instant: string) => Date.parse(instant);

test("a night is put on the hours of the same weekday a week later, also across a clock change", () => {
  // No change between the two.
  expect(weekOn(at("2026-11-20T20:00:00Z"), "Europe/Madrid")).toBe(WEEK);
  expect(weekOn(at("2026-11-21T01:00:00Z"), "America/Guayaquil")).toBe(WEEK);
  // Clocks go back on 25 October 2026: 22:00 is an hour later by the sun. They go forward on 28 March 2027.
  expect(at("2026-10-23T20:00:00Z") + weekOn(at("2026-10-23T20:00:00Z"), "Europe/Madrid")).toBe(at("2026-10-30T21:00:00Z"));
  expect(at("2027-03-26T21:00:00Z") + weekOn(at("2027-03-26T21:00:00Z"), "Europe/Madrid")).toBe(at("2027-04-02T20:00:00Z"));
  // In the night of the change itself, the hours before it.
  expect(weekOn(at("2026-10-17T20:00:00Z"), "Europe/Madrid")).toBe(WEEK);
});
