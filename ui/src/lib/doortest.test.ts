import { expect, test } from "vitest";
import type { DoorCheck, DoorStatus } from "./backend/types";
import { ready, rows, type Findings, type Part } from "./doortest";

const status = { clockOffsetMs: 12, clockErrorMs: 20 } as DoorStatus;
const check: DoorCheck = { diskMs: 5, diskFree: 2e11, hubMs: 9, roster: { here: 193, hub: 193, different: 0 } };
const good: Findings = {
  camera: { state: "running", name: "HD", width: 1280, height: 720, fps: 30, format: "MJPEG" },
  seen: { camera: true, scanner: false },
  hint: null,
  heard: true,
  status,
  check,
};

const of = (found: Findings, part: Part) => rows(found).find((row) => row.part === part);

test("all found, without a hand scanner: the door may open", () => {
  expect(ready(rows(good))).toBe(true);
  expect(of(good, "scanner")?.result).toBe("wait");
});

test("nothing is good before it was looked at", () => {
  const nothing: Findings = { camera: null, seen: { camera: false, scanner: false }, hint: undefined, heard: null, status: null, check: null };
  expect(rows(nothing).map((row) => row.result)).toEqual(Array(8).fill("wait"));
  expect(ready(rows(nothing))).toBe(false);
});

const troubles: [string, Partial<Findings>, Part, string][] = [
  ["no camera", { camera: { state: "unavailable", name: "HD", reason: "denied", detail: "" } }, "camera", "fault"],
  ["the camera is off", { camera: { state: "off" } }, "camera", "off"],
  ["it is dark", { hint: "tooDark" }, "light", "hint"],
  ["a finger on the lens", { hint: "covered" }, "light", "hint"],
  ["nothing was heard", { heard: false }, "sound", "bad"],
  ["the clock is a minute off", { status: { ...status, clockOffsetMs: -60_000 } }, "clock", "bad"],
  ["the disk is full", { status: { ...status, problem: "disk_full" } }, "disk", "full"],
  ["the disk keeps nothing", { check: { ...check, diskMs: undefined } }, "disk", "broken"],
  ["little space", { check: { ...check, diskFree: 1e6 } }, "disk", "tight"],
  ["a slow disk", { check: { ...check, diskMs: 900 } }, "disk", "slow"],
  ["the hub has more", { check: { ...check, roster: { here: 190, hub: 193, different: 3 } } }, "roster", "bad"],
  ["the hub does not answer", { check: { diskMs: 5, hubProblem: "hub_unreachable" } }, "hub", "bad"],
];

test.each(troubles)("%s: not ready, and it says which", (_, more, part, says) => {
  const found = { ...good, ...more };
  expect(of(found, part)).toEqual({ part, result: "fail", says });
  expect(ready(rows(found))).toBe(false);
});

test("a phone that is too far away says nothing about the light", () => {
  expect(of({ ...good, hint: "tooFar" }, "light")?.result).toBe("pass");
});
