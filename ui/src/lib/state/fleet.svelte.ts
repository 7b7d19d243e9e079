// The venue's devices as the hub knows them: asked for when the hub says that one changed, and while somebody looks at them.

import { errorView, type Alarma, type Dispositivo, type ErrorView } from "../backend";
import type { App } from "./app.svelte";

/** Worst first, as they stand above the list. */
const ORDER: readonly Alarma[] = ["disco", "sinConexion", "camara", "reloj", "porEnviar", "cuarentena"];

const LOOK_MS = 5_000;

export class Fleet {
  list = $state<Dispositivo[] | null>(null);
  failure = $state<ErrorView | null>(null);
  selected = $state<string | null>(null);
  readonly current = $derived(this.list?.find((device) => device.id === this.selected) ?? null);
  readonly alarms = $derived(
    (this.list ?? [])
      .flatMap((device) => (device.estado?.alarmas ?? []).map((alarm) => ({ device, alarm })))
      .sort((a, b) => ORDER.indexOf(a.alarm) - ORDER.indexOf(b.alarm)),
  );
  readonly connected = $derived((this.list ?? []).filter((device) => device.estado?.conectado).length);
  readonly active = $derived((this.list ?? []).filter((device) => !device.revocadoEn).length);
  #asking = false;
  #again = false;

  constructor(readonly app: App) {}

  /** Whether this device may ask. */
  get may(): boolean {
    return this.app.role === "gerente";
  }

  start(): () => void {
    return this.app.backend.on("door://event", (event) => {
      const changed = event.event === "device" || (event.event === "changed" && event.reservas.length === 0);
      // What changed while there was no connection comes with the log: only a question that failed is asked again.
      if (changed || (event.event === "state" && event.state === "live" && this.failure)) void this.read();
    });
  }

  /** While somebody looks: how far behind a laptop is and when it was seen is said by nobody. */
  watch(): () => void {
    void this.read();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.read();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }

  async read(): Promise<void> {
    if (!this.may || this.#asking) {
      this.#again = this.#asking;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#again = false;
        this.list = await this.app.backend.devices();
        this.failure = null;
      } while (this.#again);
    } catch (thrown) {
      this.failure = errorView(thrown);
    } finally {
      this.#asking = false;
    }
  }

  /** Takes a device as the hub answered it, before its event is here. */
  take(device: Dispositivo): void {
    this.list = this.list?.map((one) => (one.id === device.id ? { ...device, estado: device.estado ?? one.estado } : one)) ?? null;
  }
}
