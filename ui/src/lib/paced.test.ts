import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./paced";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first is looked at once, and a hundred more together", async () => {
  const look = vi.fn(async () => undefined);
  const ask = paced(look);
  ask();
  expect(look).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 100; n++) ask();
  expect(look).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(250);
  expect(look).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(look).toHaveBeenCalledTimes(2);
  ask();
  expect(look).toHaveBeenCalledTimes(3);
});

test("a slow look is not joined by another, and one that fails stops nothing", async () => {
  let fail = () => {};
  const look = vi.fn(() => new Promise<void>((_, refuse) => (fail = () => refuse(new Error("gone")))));
  const ask = paced(look);
  ask();
  ask();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(1);
  fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(look).toHaveBeenCalledTimes(2);
});
