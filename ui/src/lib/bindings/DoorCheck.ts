import type { Code } from "./Code";
import type { RosterCheck } from "./RosterCheck";

export type DoorCheck = { diskMs?: number, diskFree?: number, hubMs?: number, hubProblem?: Code, roster?: RosterCheck, };
