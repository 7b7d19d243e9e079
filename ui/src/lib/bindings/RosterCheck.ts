export type RosterCheck = { here: number, hub: number, different: number, };
