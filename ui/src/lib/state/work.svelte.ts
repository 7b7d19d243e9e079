// A long work: what it is, how far it is, and the way to stop it. It is done in parts, so that the window draws in between and a scan at this
// device waits behind one part at most.

/** As many as the door takes in one call. */
export const MANY = 200;

export class Work {
  done = $state(0);
  stopped = $state(false);

  constructor(
    readonly title: string,
    readonly total: number,
  ) {}

  stop(): void {
    this.stopped = true;
  }
}

/** The parts of a list, each at most `size` long. */
export function parts<T>(list: readonly T[], size = MANY): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
