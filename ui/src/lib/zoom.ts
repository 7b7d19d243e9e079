// How large everything is drawn. The app's own, since a window of its own has no browser's zoom.

/** From small to four times; 1 is as designed. */
export const STEPS: readonly number[] = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

/** Widths from which a screen is so large that 1 would be read with a magnifying glass: a 4K screen that the system does not scale. */
const VERY_WIDE = 3000;

/** What a window starts with where nobody chose. */
export function firstZoom(width: number): number {
  return width >= VERY_WIDE ? 1.75 : 1;
}

/** The next step up (1) or down (-1); 0: as designed. */
export function nextZoom(now: number, way: -1 | 0 | 1): number {
  if (way === 0) return 1;
  const next = way > 0 ? STEPS.find((step) => step > now) : STEPS.findLast((step) => step < now);
  return next ?? now;
}

/** What was kept, if it is one of ours. */
export function keptZoom(text: string | null): number | null {
  const kept = Number(text);
  return STEPS.includes(kept) ? kept : null;
}
