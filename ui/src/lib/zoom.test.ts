import { expect, test } from "vitest";
import { firstZoom, keptZoom, nextZoom, STEPS } from "./zoom";

test("steps go up and down, stop at both ends, and 0 is as designed", () => {
  expect(nextZoom(1, 1)).toBe(1.1);
  expect(nextZoom(1, -1)).toBe(0.9);
  expect(nextZoom(4, 1)).toBe(4);
  expect(nextZoom(0.8, -1)).toBe(0.8);
  expect(nextZoom(2.5, 0)).toBe(1);
});

test("twice the size is reached by keys alone", () => {
  let zoom = 1;
  for (let i = 0; i < STEPS.length && zoom < 2; i++) zoom = nextZoom(zoom, 1);
  expect(zoom).toBe(2);
});

test("only a 4K screen without scaling starts larger", () => {
  expect([1366, 1920, 2560, 3840].map(firstZoom)).toEqual([1, 1, 1, 1.75]);
});

test("what was kept is believed only where it is a step", () => {
  expect([keptZoom("1.5"), keptZoom(null), keptZoom("17"), keptZoom("x")]).toEqual([1.5, null, null, null]);
});
