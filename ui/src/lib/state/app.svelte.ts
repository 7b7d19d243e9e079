// What the whole window shares: who and where this device is, the connection, the language, the look, the screen.

import { errorView, type Backend, type DoorStatus, type ErrorView, type Lang, type LinkState, type Startup, type StartChoice, type Theme } from "../backend";
import { errorText, systemLang, wordsOf, type Messages, type Spoken } from "../i18n";
import { firstZoom, keptZoom, nextZoom } from "../zoom";
import { Toasts } from "./toasts.svelte";

export type Screen = "door" | "reservations" | "tonight" | "conflicts" | "devices" | "settings" | "outbox" | "components";

/** How often what is no event is looked at, in seconds. */
const LOOK_AGAIN = 15;

export const SCREENS: readonly Screen[] = ["door", "reservations", "tonight", "conflicts", "devices", "settings"];

function langOf(startup: Startup): Lang {
  return startup.lang ?? systemLang(navigator.languages);
}

export class App {
  readonly toasts = new Toasts();
  startup = $state<Startup | null>(null);
  /** Why it could not start. */
  failure = $state<ErrorView | null>(null);
  screen = $state<Screen>("door");
  status = $state<DoorStatus | null>(null);
  /** When `status` arrived, by this window's clock: ages go on from there. */
  statusAt = $state(0);
  /** Ticks once a second, for ages. */
  now = $state(Date.now());
  theme = $state<Theme | null>(null);
  contrast = $state(false);
  zoom = $state(1);
  sound = $state(0.6);
  openConflicts = $state(0);
  /** The connection's states of the last hour, oldest first. */
  history = $state<{ state: LinkState; since: number }[]>([]);
  #seconds = 0;
  #systemDark = $state(true);
  #spoken: Spoken;
  /** The language that was asked for last; its words may be on their way. */
  #asked: Lang;

  readonly lang: Lang = $derived.by(() => this.#spoken.lang);
  readonly t: Messages = $derived.by(() => this.#spoken.words);
  readonly identity = $derived(this.startup?.identity ?? null);
  readonly zone = $derived(this.identity?.zonaHoraria);
  readonly today = $derived(this.identity?.hoy ?? new Date().toISOString().slice(0, 10));
  readonly cutoff = $derived(this.identity?.corte ?? "04:00");
  readonly role = $derived(this.identity?.rol);
  /** Without a choice: dark at the door, as the system elsewhere. */
  readonly look: Theme = $derived(this.theme ?? (this.screen === "door" || this.#systemDark ? "dark" : "light"));
  /** Whether the hub can be asked for something now. */
  readonly online = $derived(this.status?.state === "live" || this.status?.state === "polling" || this.status?.state === "catching_up");
  /** Age of what is known here, in ms; `null`: never proven. */
  readonly dataAge = $derived.by(() => {
    const age = this.status?.dataAgeMs;
    return age === undefined || age === null ? null : age + Math.max(0, this.now - this.statusAt);
  });

  constructor(
    readonly backend: Backend,
    spoken: Spoken,
  ) {
    this.#spoken = $state.raw(spoken);
    this.#asked = spoken.lang;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#systemDark = dark.matches;
    dark.addEventListener("change", () => (this.#systemDark = dark.matches));
    this.#size(keptZoom(localStorage.getItem("zoom")) ?? firstZoom(innerWidth));
    this.contrast = localStorage.getItem("contrast") === "more" || matchMedia("(prefers-contrast: more)").matches;
  }

  /** Opens, and listens from then on. Returns what ends it. */
  start(): () => void {
    const { backend } = this;
    const clock = setInterval(() => {
      this.now = Date.now();
      this.#seconds += 1;
      // Quiet is proven again and again, and the venue's day ends: neither is an event.
      if (this.#seconds % LOOK_AGAIN === 0) void this.#lookAgain();
    }, 1000);
    const focused = () => backend.windowFocused();
    addEventListener("focus", focused);
    const ends = [
      backend.on("door://status", (status) => this.#took(status)),
      backend.on("startup://changed", (startup) => this.#opened(startup)),
      backend.on("door://event", (event) => {
        if (event.event === "conflict") void this.countConflicts();
        if (event.event === "changed" && event.reservas.length === 0) void this.refreshIdentity();
      }),
    ];
    void this.open();
    return () => {
      clearInterval(clock);
      removeEventListener("focus", focused);
      for (const end of ends) end();
    };
  }

  async open(): Promise<void> {
    this.failure = null;
    try {
      const startup = await this.backend.startup();
      await this.#speak(langOf(startup));
      this.#opened(startup);
      await this.#load();
    } catch (thrown) {
      this.failure = errorView(thrown);
    }
  }

  async choose(choice: StartChoice): Promise<void> {
    this.#opened(await this.backend.choose(choice));
    await this.#load();
  }

  async #load(): Promise<void> {
    if (!this.startup || this.startup.firstStart || this.failure) return;
    this.#took(await this.backend.status());
    await this.countConflicts();
  }

  #opened(startup: Startup): void {
    this.startup = startup;
    void this.#speak(langOf(startup));
    this.theme = startup.theme;
    this.sound = startup.sound;
    this.failure = startup.problem;
  }

  #took(status: DoorStatus): void {
    this.status = status;
    this.statusAt = Date.now();
    if (this.history.at(-1)?.state !== status.state) {
      const hourAgo = this.statusAt - 3_600_000;
      const from = this.history.findLastIndex((span) => span.since < hourAgo);
      this.history = [...this.history.slice(Math.max(0, from)), { state: status.state, since: Date.parse(status.since) }];
    }
  }

  async #lookAgain(): Promise<void> {
    if (!this.startup || this.startup.firstStart || this.failure) return;
    await this.refreshIdentity();
    const status = await this.backend.status().catch(() => null);
    if (status) this.#took(status);
  }

  async refreshIdentity(): Promise<void> {
    const identity = await this.backend.identity().catch(() => null);
    if (identity && this.startup) this.startup = { ...this.startup, identity };
  }

  async countConflicts(): Promise<void> {
    const conflicts = await this.backend.conflicts().catch(() => []);
    this.openConflicts = conflicts.filter((conflict) => conflict.estado === "abierto").length;
  }

  setLang(lang: Lang): void {
    void this.#speak(lang);
    this.#prefer("ui.lang", lang);
  }

  async #speak(lang: Lang): Promise<void> {
    this.#asked = lang;
    if (lang === this.lang) return;
    const words = await wordsOf(lang);
    if (lang === this.#asked) this.#spoken = { lang, words };
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#prefer("ui.theme", theme);
  }

  /** No theme of one's own: dark at the door, as the system elsewhere. */
  clearTheme(): void {
    this.theme = null;
    this.#prefer("ui.theme", null);
  }

  setSound(loudness: number): void {
    this.sound = loudness;
    this.#prefer("ui.sound", loudness);
  }

  setContrast(on: boolean): void {
    this.contrast = on;
    localStorage.setItem("contrast", on ? "more" : "no");
  }

  /** Larger (1), smaller (-1) or as designed (0); kept for the next start. */
  zoomBy(way: -1 | 0 | 1): void {
    this.#size(nextZoom(this.zoom, way));
    localStorage.setItem("zoom", String(this.zoom));
  }

  /** Where the system has nobody to ask the screen goes dark as it always did: worth a line in the log, not a toast at the door. */
  keepAwake(on: boolean): void {
    this.backend.keepAwake(on).catch((thrown: unknown) => console.info("the screen is not kept on:", errorView(thrown).message));
  }

  async setSse(on: boolean): Promise<void> {
    if (this.startup) this.startup = { ...this.startup, sseEnabled: on };
    await this.backend.setPreference("sse.enabled", on).catch(this.complain);
  }

  #size(zoom: number): void {
    if (zoom !== this.zoom) void this.backend.setZoom(zoom).catch(this.complain);
    this.zoom = zoom;
  }

  #prefer(key: "ui.lang" | "ui.theme" | "ui.sound", value: string | number | null): void {
    void this.backend.setPreference(key, value).catch(this.complain);
  }

  /** Says what went wrong, in words, without stopping anybody. */
  complain = (thrown: unknown): void => {
    this.toasts.add(this.errorText(thrown), "bad");
  };

  errorText(thrown: unknown): string {
    return errorText(this.t, errorView(thrown).code);
  }
}
