// The conflicts screen: the list, the one that is open, and the entries it is about.

import { errorView, type Conflicto, type ErrorView, type Ficha } from "../backend";
import type { App } from "./app.svelte";

export class Cases {
  list = $state<Conflicto[] | null>(null);
  failure = $state<ErrorView | null>(null);
  /** Shows the open ones, or the resolved ones. */
  open = $state(true);
  selected = $state<string | null>(null);
  sheets = $state<Record<string, Ficha | null>>({});
  readonly current = $derived(this.list?.find((one) => one.id === this.selected) ?? null);

  constructor(readonly app: App) {}

  start(): () => void {
    void this.read();
    return this.app.backend.on("door://event", (event) => {
      if (event.event === "conflict") void this.read();
      if (event.event === "changed") for (const id of event.reservas) if (id in this.sheets) void this.#readSheet(id);
    });
  }

  async read(): Promise<void> {
    try {
      this.list = (await this.app.backend.conflicts()).sort((a, b) => b.abiertoEn.localeCompare(a.abiertoEn));
      this.failure = null;
      for (const { reservaId } of this.list) if (!(reservaId in this.sheets)) void this.#readSheet(reservaId);
      if (!this.current) this.selected = this.list.find((one) => (one.estado === "abierto") === this.open)?.id ?? null;
    } catch (thrown) {
      this.failure = errorView(thrown);
    }
  }

  async #readSheet(id: string): Promise<void> {
    this.sheets[id] = await this.app.backend.get(id).catch(() => null);
  }

  name(conflict: Conflicto): string {
    return this.sheets[conflict.reservaId]?.cliente.nombre ?? this.app.t.door.unknownName;
  }

  show(open: boolean): void {
    this.open = open;
    this.select(this.list?.find((one) => (one.estado === "abierto") === open)?.id ?? null);
  }

  select(id: string | null): void {
    this.selected = id;
  }

  async resolve(conflict: Conflicto, resultado: string, nota: string): Promise<void> {
    await this.app.backend.resolve({ id: conflict.id, resultado, nota: nota.trim() || undefined });
    this.app.toasts.add(this.app.t.conflicts.resolvedToast);
    await Promise.all([this.read(), this.app.countConflicts()]);
    this.show(true);
  }
}
