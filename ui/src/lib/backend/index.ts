// The one way from a screen to what is behind it. In the app that is Rust; in a plain browser (tests, screenshots,
// work on a screen) a venue in memory. Nothing outside this folder knows which.

import type { Carry } from "./carry";
import type { DeskBackend } from "./desk";
import type { House } from "./house";
import type * as T from "./types";

export type * from "./types";

/** Every promise is rejected with an `ErrorView`: a code to translate, never a sentence to show as it is. */
export interface Backend extends Carry, DeskBackend, House {
  startup(): Promise<T.Startup>;
  choose(choice: T.StartChoice): Promise<T.Startup>;
  identity(): Promise<T.Identity | null>;
  status(): Promise<T.DoorStatus>;
  /** A code from a hand scanner or typed. */
  scan(code: string, quantity?: number): Promise<T.Answer>;
  /** `searched`: found by name, so that whoever's code was read at that very moment is not admitted once more. */
  admit(reservaId: string, quantity: number, override: boolean, searched?: boolean): Promise<T.Answer>;
  undo(escaneoId: string): Promise<T.Answer>;
  recent(limit: number): Promise<T.Recent[]>;
  tonight(): Promise<T.Tonight>;
  /** Tonight's first, then others that are known here. */
  search(text: string, limit: number): Promise<T.Found>;
  list(query: T.ListQuery): Promise<T.ReservationPage>;
  get(reservaId: string): Promise<T.Ficha>;
  create(reserva: T.ReservaNueva): Promise<T.Guardada>;
  update(reservaId: string, updates: T.ReservaCambios, version: number): Promise<T.Guardada>;
  remove(reservaId: string, version: number): Promise<T.Guardada>;
  /** Needs the hub. */
  reissue(reservaId: string): Promise<T.Ficha>;
  /** Needs the hub, and a manager. */
  ticket(reservaId: string): Promise<T.TicketView>;
  /** Writes a file where the person's downloads are and says where. */
  saveTicket(reservaId: string, format: T.TicketFormat, words: T.TicketWords): Promise<string>;
  /** `month` is `YYYY-MM`. */
  monthLoad(month: string): Promise<T.CargaDelDia[]>;
  conflicts(): Promise<T.Conflicto[]>;
  resolve(decision: T.Decision): Promise<T.Conflicto>;
  cameras(): Promise<T.CameraChoice[]>;
  selectCamera(id: string): Promise<void>;
  /** The code in front of the camera counts again. */
  scanAgain(): Promise<void>;
  /** Exposure and focus of the camera that runs, where it has them. */
  cameraDials(): Promise<T.Dial[]>;
  turnCamera(turn: T.Turn): Promise<void>;
  cameraStatus(): Promise<T.CameraStatus>;
  /** Where a hand scanner that is no keyboard may be. */
  serialPorts(): Promise<T.PortInfo[]>;
  serialStatus(): Promise<T.SerialStatus>;
  frameView(): Promise<T.FrameView>;
  /** JPEG, at most 480 pixels wide, mirrored; empty when there is no frame yet. */
  preview(): Promise<ArrayBuffer>;
  setPreference(key: T.PreferenceKey, value: string | boolean | number | null): Promise<void>;
  /** Answers sound by themselves; this is for what the window alone knows, and to hear them in the settings. */
  playSound(sound: T.Sound): void;
  windowFocused(): void;
  setFullscreen(on: boolean): Promise<void>;
  /** How large everything is drawn; 1 is as designed. */
  setZoom(factor: number): Promise<void>;
  /** The screen stays on, or does as the system likes. */
  keepAwake(on: boolean): Promise<void>;
  /** The window shows its first list: the start is over. */
  usable(): void;
  /** What the door test cannot see from here: the disk, the hub, the roster beside the hub's. */
  checkDoor(): Promise<T.DoorCheck>;
  /** Returns what ends the listening. */
  on<E extends keyof T.Events>(event: E, handler: (payload: T.Events[E]) => void): () => void;
}

/** The app's own window carries no venue in memory: that is for development and for tests in a browser. */
const WITH_FAKE = import.meta.env.DEV || import.meta.env.VITE_BACKEND === "fake";

export async function connect(): Promise<Backend> {
  if (WITH_FAKE && !("__TAURI_INTERNALS__" in globalThis)) return (await import("./fake")).fakeBackend();
  return (await import("./tauri")).tauriBackend();
}

/** What a rejected command carries, whatever was thrown. */
export function errorView(thrown: unknown): T.ErrorView {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as T.ErrorView;
  }
  return { code: "internal", message: String(thrown) };
}
