// The door test: what is looked at an hour before opening, and what each finding means. Pure: the same findings
// always give the same rows.

import type { CameraStatus, DoorCheck, DoorStatus, Hint } from "./backend/types";

export type Part = "camera" | "light" | "sound" | "scanner" | "clock" | "disk" | "roster" | "hub";
export type Result = "pass" | "fail" | "wait";

/** What was found so far. */
export type Findings = {
  camera: CameraStatus | null;
  /** A code was read by the camera, by a hand scanner. */
  seen: { camera: boolean; scanner: boolean };
  /** What the camera says of its picture; `undefined`: there was no picture yet. */
  hint: Hint | null | undefined;
  heard: boolean | null;
  status: DoorStatus | null;
  /** `null`: not asked yet. */
  check: DoorCheck | null;
};

/** What is wrong or right with a part; the screen has a sentence for each. */
export type Row = { part: Part; result: Result; says: string };

/** A clock further off than this, in ms, makes entries hard to put in order. */
export const CLOCK_FAR = 30_000;
/** A disk slower than this, in ms for one entry, makes a queue wait. */
const DISK_SLOW = 500;
/** Less free space than this, in bytes, may not last the night. */
const DISK_TIGHT = 200_000_000;
/** Hints about the light; the others are about the phone. */
const DARK: readonly Hint[] = ["covered", "tooDark", "glare"];

export function rows(found: Findings): Row[] {
  return [
    { part: "camera", ...camera(found) },
    { part: "light", ...light(found) },
    { part: "sound", ...(found.heard === null ? wait("ask") : found.heard ? pass("good") : fail("bad")) },
    { part: "scanner", ...(found.seen.scanner ? pass("good") : wait("show")) },
    { part: "clock", ...clock(found.status) },
    { part: "disk", ...disk(found) },
    { part: "roster", ...roster(found) },
    { part: "hub", ...hub(found.check) },
  ];
}

/** A door without a hand scanner opens as well. */
export const optional = (part: Part): boolean => part === "scanner";

export function ready(all: readonly Row[]): boolean {
  return all.every((row) => row.result === "pass" || optional(row.part));
}

type Finding = Omit<Row, "part">;
const pass = (says: string): Finding => ({ result: "pass", says });
const fail = (says: string): Finding => ({ result: "fail", says });
const wait = (says: string): Finding => ({ result: "wait", says });

function camera({ camera: status, seen }: Findings): Finding {
  if (status === null || status.state === "opening") return wait("opening");
  if (status.state === "unavailable") return fail("fault");
  if (status.state === "off") return fail("off");
  return seen.camera ? pass("good") : wait("show");
}

function light({ camera: status, hint }: Findings): Finding {
  if (status?.state !== "running" || hint === undefined) return wait("none");
  return hint !== null && DARK.includes(hint) ? fail("hint") : pass("good");
}

function clock(status: DoorStatus | null): Finding {
  if (status?.clockErrorMs === undefined) return wait("unknown");
  return Math.abs(status.clockOffsetMs) > CLOCK_FAR ? fail("bad") : pass("good");
}

function disk({ check, status }: Findings): Finding {
  if (status?.problem === "disk_full") return fail("full");
  if (check === null) return wait("looking");
  if (check.diskMs === undefined) return fail("broken");
  if (check.diskFree !== undefined && check.diskFree < DISK_TIGHT) return fail("tight");
  return check.diskMs > DISK_SLOW ? fail("slow") : pass("good");
}

function roster({ check }: Findings): Finding {
  if (check === null) return wait("looking");
  if (!check.roster) return fail("unknown");
  return check.roster.different > 0 ? fail("bad") : pass("good");
}

function hub(check: DoorCheck | null): Finding {
  if (check === null) return wait("looking");
  return check.hubMs === undefined ? fail("bad") : pass("good");
}
