// Which nights a report is about: a handful of ranges that people ask for, and any other.

import type { InformeRango } from "./backend";
import { addDays, addMonths } from "./format";

export type Preset = "week" | "month" | "thisMonth" | "lastMonth";
export const PRESETS: readonly Preset[] = ["week", "month", "thisMonth", "lastMonth"];

/** The nights of a preset, tonight included where it is one of them. */
export function rangeOf(preset: Preset, today: string): InformeRango {
  const month = today.slice(0, 7);
  switch (preset) {
    case "week":
      return { desde: addDays(today, -6), hasta: today };
    case "month":
      return { desde: addDays(today, -29), hasta: today };
    case "thisMonth":
      return { desde: `${month}-01`, hasta: lastOf(month) };
    case "lastMonth": {
      const before = addMonths(month, -1);
      return { desde: `${before}-01`, hasta: lastOf(before) };
    }
  }
}

function lastOf(month: string): string {
  return addDays(`${addMonths(month, 1)}-01`, -1);
}

/** Whether Rust will take it: in order, and two years at most. */
export function isRange({ desde, hasta }: InformeRango): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/;
  return day.test(desde) && day.test(hasta) && desde <= hasta && hasta < addDays(desde, 731);
}
