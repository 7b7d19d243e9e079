// What the hub has not confirmed, item by item: read when somebody looks, and again whenever the door says that something moved. What is
// delivered meanwhile stays in sight with its second tick, so that nobody wonders where it went.

import { errorView, type CifrasDelDia, type ErrorView, type OutboxId, type OutboxItem } from "../backend";
import type { App } from "./app.svelte";

/** Items that a person looks through. */
const MOST = 200;
/** Of those that were delivered while somebody looked. */
const DONE = 50;
const DAYS = 14;

export const idOf = (item: OutboxItem): OutboxId => (item.escaneoId ? { escaneoId: item.escaneoId } : { opId: item.opId ?? "" });
export const keyOf = (item: OutboxItem): string => item.escaneoId ?? item.opId ?? "";

export class Outbox {
  items = $state<OutboxItem[] | null>(null);
  /** Confirmed since this was opened, the last first. */
  done = $state<OutboxItem[]>([]);
  days = $state<CifrasDelDia[]>([]);
  failure = $state<ErrorView | null>(null);
  working = $state(false);
  readonly stuck = $derived((this.items ?? []).filter((item) => item.delivery === "quarantined"));
  readonly shown = $derived([...(this.items ?? []), ...this.done]);
  /** Of those that wait, how many are not in the list. */
  readonly more = $derived.by(() => {
    const { pending, quarantined, held } = this.app.status?.outbox ?? { pending: 0, quarantined: 0, held: 0 };
    return (this.items?.length ?? 0) < MOST ? 0 : Math.max(0, pending + quarantined + held - MOST);
  });
  #reading = false;
  #again = false;
  #givenUp = new Set<string>();

  constructor(readonly app: App) {}

  start(): () => void {
    const { backend } = this.app;
    void this.read();
    void this.#measure();
    const ends = [backend.on("door://event", () => void this.read()), backend.on("door://status", () => void this.read())];
    return () => {
      for (const end of ends) end();
    };
  }

  async read(): Promise<void> {
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    try {
      do {
        this.#again = false;
        this.#took(await this.app.backend.outbox(MOST));
        this.failure = null;
      } while (this.#again);
    } catch (thrown) {
      this.failure = errorView(thrown);
    } finally {
      this.#reading = false;
    }
  }

  #took(items: OutboxItem[]): void {
    const now = new Set(items.map(keyOf));
    // Of a list that is cut off nobody knows whether what left it was delivered.
    const left = items.length < MOST ? (this.items ?? []).filter((item) => !now.has(keyOf(item)) && !this.#givenUp.has(keyOf(item))) : [];
    const done = [...left.map((item): OutboxItem => ({ ...item, delivery: "confirmed" })), ...this.done];
    this.done = done.filter((item) => !now.has(keyOf(item))).slice(0, DONE);
    this.items = items;
  }

  async #measure(): Promise<void> {
    this.days = await this.app.backend.figures(DAYS).catch(() => []);
  }

  async deliverAgain(items: readonly OutboxItem[]): Promise<void> {
    await this.#act(async () => {
      for (const item of items) await this.app.backend.deliverAgain(idOf(item));
      this.app.toasts.add(this.app.t.carry.onItsWay);
    });
  }

  async giveUp(item: OutboxItem): Promise<void> {
    await this.#act(async () => {
      this.#givenUp.add(keyOf(item));
      await this.app.backend.giveUp(idOf(item)).catch((thrown: unknown) => {
        this.#givenUp.delete(keyOf(item));
        throw thrown;
      });
      this.app.toasts.add(this.app.t.carry.gaveUp);
    });
  }

  async #act(act: () => Promise<void>): Promise<void> {
    this.working = true;
    try {
      await act();
    } catch (thrown) {
      this.app.complain(thrown);
    } finally {
      this.working = false;
      void this.read();
    }
  }
}
