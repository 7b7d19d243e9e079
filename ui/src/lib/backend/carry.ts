// What must not be lost: the outbox item by item, carried to the hub by hand; and the figures day by day.

import type { BandejaTomada, CifrasDelDia, ExportedOutbox, OutboxId, OutboxItem } from "./types";

export interface Carry {
  /** What the hub has not confirmed: first what needs a person, with its reason, then what waits, in order. */
  outbox(limit: number): Promise<OutboxItem[]>;
  /** Once more, what is in quarantine. */
  deliverAgain(item: OutboxId): Promise<void>;
  /** An edit in quarantine is given up; entries never are. */
  giveUp(item: OutboxId): Promise<void>;
  /** A signed file of what waits, among the person's downloads. */
  exportOutbox(): Promise<ExportedOutbox>;
  /** Takes the text of such a file; only where the hub runs in this program. */
  importOutbox(file: string): Promise<BandejaTomada>;
  /** Today first. */
  figures(days: number): Promise<CifrasDelDia[]>;
}
