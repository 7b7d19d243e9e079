// The night that tonight is compared with: the same weekday a week before, moved onto tonight's hours.

import { curveOf, weekOn, type Curve } from "../curve";
import { addDays } from "../format";
import type { Tonight } from "../backend";
import type { App } from "./app.svelte";

export class Compared {
  day = $state("");
  night = $state<Tonight | null>(null);
  readonly curve: Curve | null = $derived(this.night && this.night.reservas > 0 ? curveOf(this.night) : null);
  /** Its running total, at tonight's hours: from the same hour of the clock on, so that no step comes before the one before it. */
  readonly line = $derived.by(() => {
    if (!this.curve) return [];
    const later = weekOn(this.curve.start, this.app.zone);
    return this.curve.steps.map((step) => ({ at: step.at + later, come: step.come, total: step.comeTotal }));
  });

  constructor(readonly app: App) {}

  /** Reads it once for each night: a night that is over does not change. */
  async read(today: string): Promise<void> {
    const day = addDays(today, -7);
    if (day === this.day) return;
    this.day = day;
    this.night = await this.app.backend.night(day).catch(() => null);
  }

  /** How many had come by then; part of a running quarter. */
  totalAt(at: number): number | null {
    if (this.line.length === 0) return null;
    const before = this.line.filter((step) => step.at + QUARTER <= at).at(-1)?.total ?? 0;
    const running = this.line.find((step) => step.at <= at && at < step.at + QUARTER);
    return Math.round(before + (running ? running.come * ((at - running.at) / QUARTER) : 0));
  }
}

const QUARTER = 15 * 60_000;
