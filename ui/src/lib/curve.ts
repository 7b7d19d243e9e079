// Tonight's arrivals as two running totals over the same quarters of an hour: who has come, and who was planned.

import type { CuartoDeHora, Tonight } from "./backend";

export const QUARTER = 15 * 60_000;

export type Step = { at: number; come: number; planned: number; comeTotal: number; plannedTotal: number };

export type Curve = {
  start: number;
  end: number;
  steps: Step[];
  /** The highest of both totals. */
  top: number;
};

/** Every quarter from the first person (planned or come) to the last, empty ones included; `null`: there is nobody. */
export function curveOf(tonight: Pick<Tonight, "curva" | "previstas">): Curve | null {
  const come = byQuarter(tonight.curva);
  const planned = byQuarter(tonight.previstas);
  const quarters = [...come.keys(), ...planned.keys()];
  if (quarters.length === 0) return null;
  const start = Math.min(...quarters);
  const end = Math.max(...quarters) + QUARTER;
  const steps: Step[] = [];
  let comeTotal = 0;
  let plannedTotal = 0;
  for (let at = start; at < end; at += QUARTER) {
    const step = { at, come: come.get(at) ?? 0, planned: planned.get(at) ?? 0 };
    comeTotal += step.come;
    plannedTotal += step.planned;
    steps.push({ ...step, comeTotal, plannedTotal });
  }
  return { start, end, steps, top: Math.max(comeTotal, plannedTotal, 1) };
}

const WEEK = 7 * 24 * 3_600_000;

/** How much later it is in a week at the same hour of the venue's clock: seven days, less or more an hour where clocks change between. */
export function weekOn(at: number, zone: string | undefined): number {
  return WEEK + ahead(at, zone) - ahead(at + WEEK, zone);
}

/** How far the venue's clock is ahead of UTC at an instant, in ms. */
function ahead(at: number, zone: string | undefined): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${new Date(whole).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`) - whole;
}

function byQuarter(list: readonly CuartoDeHora[]): Map<number, number> {
  const by = new Map<number, number>();
  for (const { desde, llegadas } of list) {
    const at = Math.floor(Date.parse(desde) / QUARTER) * QUARTER;
    by.set(at, (by.get(at) ?? 0) + llegadas);
  }
  return by;
}

/** How many came in the span before `now`, from whole quarters and the running one. */
export function lately(curve: Curve, now: number): number {
  const running = Math.floor(now / QUARTER) * QUARTER;
  const of = (at: number) => curve.steps.find((step) => step.at === at)?.come ?? 0;
  const share = (now - running) / QUARTER;
  return of(running) + of(running - QUARTER) * (1 - share);
}

/** The quarter in which most came; `null`: nobody yet. */
export function peak(curve: Curve): Step | null {
  const best = curve.steps.reduce<Step | null>((most, step) => (step.come > (most?.come ?? 0) ? step : most), null);
  return best;
}
