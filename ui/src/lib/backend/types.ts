// What crosses the border, in one place. Generated types come from lib/bindings; the ones of the app itself
// (start, errors, camera) are written here until they are generated too.

import type { Answer as WireAnswer } from "../bindings/Answer";
import type { Code } from "../bindings/Code";
import type { DoorStatus as WireStatus } from "../bindings/DoorStatus";
import type { Identity as WireIdentity } from "../bindings/Identity";

export type { Client } from "../bindings/Client";
export type { Code } from "../bindings/Code";
export type { ConflictKind } from "../bindings/ConflictKind";
export type { Conflicto } from "../bindings/Conflicto";
export type { CuartoDeHora } from "../bindings/CuartoDeHora";
export type { Decision } from "../bindings/Decision";
export type { DeliveryState } from "../bindings/DeliveryState";
export type { Detail } from "../bindings/Detail";
export type { DoorEvent } from "../bindings/DoorEvent";
export type { Entrada } from "../bindings/Entrada";
export type { EntradaHecha } from "../bindings/EntradaHecha";
export type { Ficha } from "../bindings/Ficha";
export type { Fila } from "../bindings/Fila";
export type { Guardada } from "../bindings/Guardada";
export type { LinkState } from "../bindings/LinkState";
export type { ListQuery } from "../bindings/ListQuery";
export type { OutboxStatus } from "../bindings/OutboxStatus";
export type { Promoter } from "../bindings/Promoter";
export type { Recent } from "../bindings/Recent";
export type { Reserva } from "../bindings/Reserva";
export type { ReservaCambios } from "../bindings/ReservaCambios";
export type { ReservaNueva } from "../bindings/ReservaNueva";
export type { ReservationPage } from "../bindings/ReservationPage";
export type { Role } from "../bindings/Role";
export type { Status } from "../bindings/Status";
export type { Tonight } from "../bindings/Tonight";
export type { Verdict } from "../bindings/Verdict";

/** JSON has no 64-bit integers: on this side of the border a quantity is a number. */
export type Answer = Omit<WireAnswer, "cantidad"> & { cantidad: number };

/** `null` where it was never measured or proven. */
export type DoorStatus = Omit<WireStatus, "clockErrorMs" | "dataAgeMs"> & {
  clockErrorMs?: number | null;
  dataAgeMs?: number | null;
};

/** `hoy` is missing before the first snapshot. */
export type Identity = Omit<WireIdentity, "hoy"> & { hoy?: string };

export type Lang = "es" | "en";
export type Theme = "light" | "dark";

export type ErrorView = { code: Code; message: string };

export type Startup = {
  firstStart: boolean;
  demo: boolean;
  version: string;
  lang: Lang | null;
  theme: Theme | null;
  /** Loudness, 0 to 1. */
  sound: number;
  fullscreen: boolean;
  kiosk?: boolean;
  sseEnabled?: boolean;
  identity: Identity | null;
  hostedHub: { url: string; insecureLan: boolean } | null;
  problem: ErrorView | null;
};

export type StartChoice =
  | { kind: "demo" }
  | { kind: "host"; venueName: string; timeZone: string; deviceName: string; openToNetwork: boolean }
  | { kind: "join"; url: string; token: string; deviceName: string };

/** `id`: `none`, a number, `sim` or `file:GLOB`. */
export type CameraChoice = { id: string; name: string };

export type CameraFault =
  | "notFound"
  | "busy"
  | "denied"
  | "unplugged"
  | "noFrames"
  | "noFormat"
  | "noPictures"
  | "failed";

export type CameraStatus =
  | { state: "off" }
  | { state: "opening"; name: string }
  | { state: "running"; name: string; width: number; height: number; fps: number; format: string }
  | { state: "unavailable"; name: string; reason: CameraFault; detail: string };

export type Hint = "covered" | "tooDark" | "glare" | "tooFar" | "tooNear" | "blurred";

/** What a sound means. */
export type Sound = "admitted" | "excess" | "refused" | "unknown" | "undone" | "callback";

/** What another computer needs to join the hub in this one; the token is shown once. */
export type NewDevice = { url: string; token: string };

/** Corners in turn, 0..1 of the mirrored preview. */
export type Outline = { corners: [[number, number], [number, number], [number, number], [number, number]]; textKnown: boolean };

export type FrameView = { frame: number; outlines: Outline[]; hint: Hint | null };

export type MonthDay = { fecha: string; reservas: number; personas: number };

export type Ticket = { code: string; svg: string };

export type PreferenceKey = "ui.lang" | "ui.theme" | "ui.sound" | "sse.enabled";

export type Events = {
  "door://event": import("../bindings/DoorEvent").DoorEvent;
  "door://status": DoorStatus;
  "door://answer": Answer & { source: "camera" };
  /** A camera's scan could not be recorded: nobody was admitted. */
  "door://fault": ErrorView;
  "camera://status": CameraStatus;
  "startup://changed": Startup;
};
