// The memory venue's house: its devices, settings, invitations and reports.

import type { House } from "../house";
import type { Ajustes, Code, Dispositivo, Events, Invitacion, LinkState, Local, MinutoMedido, PreferenceKey, Role } from "../types";
import { seeded } from "./random";
import type { Ledger } from "./ledger";
import { ticketSvg } from "./picture";
import { report } from "./report";
import { CAPACITY, CUTOFF, iso, OTHER_DOOR, THIS_DOOR, ZONE } from "./venue";

type Emit = <E extends keyof Events>(event: E, payload: Events[E]) => void;

export type HouseGround = {
  command: <T>(name: string, act: () => T | Promise<T>) => Promise<T>;
  refuse: (code: Code, message: string) => Promise<never>;
  emit: Emit;
  now: () => number;
  ledger: Ledger;
  link: () => LinkState;
  role: () => Role;
};

const HUB = "http://192.168.1.20:8787";
const MINUTE = 60_000;

/** What tests do to the house. */
export interface HouseHand {
  /** The camera of a new laptop sees this; `null`: some other code. */
  sees(invitation: Invitacion | null): void;
  /** A device's camera breaks, or works again. */
  breaksCamera(name: string, broken: boolean): void;
}

export class FakeHouse {
  readonly settings: Ajustes = { sseEnabled: true, reconnectCapMs: 2_500, pollingIntervalS: 120, staleAfterS: 60, refetchOnFocus: true, sameCodePauseMs: 1_500, serialPort: null, serialBaud: 9_600, serialPrefix: null, serialSuffix: null };
  readonly #devices: Dispositivo[];
  #venue: Local;
  #made = 0;

  constructor(readonly ground: HouseGround) {
    this.#devices = fleet(ground.now());
    this.#venue = {
      id: "018f0000-0000-7000-8000-00000000c1b0",
      nombre: "Club Miramar",
      zonaHoraria: ZONE,
      corte: CUTOFF,
      exceso: "avisar",
      codigosSinFirma: false,
      aforo: CAPACITY,
      edicionSinVersion: false,
      cierreAutomatico: true,
      clavesPublicas: [],
    };
  }

  readonly hand: HouseHand = {
    sees: (invitation) => this.ground.emit("start://invitation", invitation),
    breaksCamera: (name, broken) => {
      const device = this.#devices.find((one) => one.nombre === name);
      if (!device?.estado?.informe) return;
      device.estado.informe.camara = broken ? "averiada" : "bien";
      device.estado.alarmas = broken ? ["camara"] : [];
      this.ground.emit("door://event", { event: "device", dispositivo: device });
    },
  };

  prefer(key: PreferenceKey, value: string | boolean | number | null): void {
    const field = ({ "sse.enabled": "sseEnabled", "sse.reconnect_cap_ms": "reconnectCapMs", "polling.interval_s": "pollingIntervalS", "polling.stale_after_s": "staleAfterS", "polling.refetch_on_focus": "refetchOnFocus", "scan.same_code_pause_ms": "sameCodePauseMs", "scan.serial_port": "serialPort", "scan.serial_baud": "serialBaud", "scan.serial_prefix": "serialPrefix", "scan.serial_suffix": "serialSuffix" } as const)[key as "sse.enabled"];
    if (field) Object.assign(this.settings, { [field]: value });
  }

  /** What only the hub can do, and only for a manager. */
  #ask<T>(name: string, act: () => T | Promise<T>): Promise<T> {
    const { command, refuse, link, role } = this.ground;
    return command(name, async () => {
      if (link() === "offline" || link() === "connecting") return refuse("hub_unreachable", "no hub");
      if (role() !== "gerente") return refuse("forbidden", "managers only");
      return act();
    });
  }

  #device(id: string): Dispositivo | Promise<never> {
    return this.#devices.find((one) => one.id === id) ?? this.ground.refuse("not_found", "no such device");
  }

  readonly backend: House = {
    night: (fecha) => this.ground.command("night", () => this.ground.ledger.tonight(fecha, CAPACITY)),
    report: (range) => this.ground.command("report", () => report(this.ground.ledger.all(), range)),
    saveTable: (table, format) => this.ground.command("saveTable", () => `~/Descargas/${table.file}.${format}`),
    lastHour: () => this.ground.command("lastHour", () => hour()),
    venue: () => this.ground.command("venue", () => this.#venue),
    changeVenue: (changes) =>
      this.#ask("changeVenue", async () => {
        if (changes.nombre !== undefined && changes.nombre.trim() === "") return this.ground.refuse("invalid_field", "a name");
        this.#venue = { ...this.#venue, ...changes, aforo: changes.aforo === 0 ? undefined : (changes.aforo ?? this.#venue.aforo) };
        return this.#venue;
      }),
    devices: () => this.#ask("devices", () => structuredClone(this.#devices)),
    invite: (name, _role, minutes) =>
      this.#ask("invite", () => {
        this.#made += 1;
        const invitacion = { hub: HUB, codigo: `K7QM-2HV9-XR4${"BCDEFG"[this.#made % 6]}`, nombre: name };
        const texto = JSON.stringify({ portero: "enlazar", ...invitacion });
        return { invitacion, vence: iso(this.ground.now() + minutes * MINUTE), texto, svg: ticketSvg(91 + this.#made) };
      }),
    changeDevice: (id, changes) =>
      this.#ask("changeDevice", async () => {
        const device = await this.#device(id);
        Object.assign(device, changes);
        this.ground.emit("door://event", { event: "device", dispositivo: device });
        return structuredClone(device);
      }),
    revokeDevice: (id) =>
      this.#ask("revokeDevice", async () => {
        const device = await this.#device(id);
        device.revocadoEn = iso(this.ground.now());
        if (device.estado) device.estado = { ...device.estado, conectado: false, alarmas: [] };
        this.ground.emit("door://event", { event: "device", dispositivo: device });
        return structuredClone(device);
      }),
    settings: () => this.ground.command("settings", () => ({ ...this.settings })),
    lookForInvitation: () => this.ground.command("lookForInvitation", () => undefined),
    stopLooking: () => this.ground.command("stopLooking", () => undefined),
    readInvitation: (text) =>
      this.ground.command("readInvitation", () => {
        try {
          const { portero, hub, codigo, nombre } = JSON.parse(text) as Record<string, string>;
          if (portero === "enlazar" && hub && codigo) return { hub, codigo, nombre: nombre ?? "" };
        } catch {
          // As anything else that is none.
        }
        return this.ground.refuse("invalid_field", "no invitation");
      }),
  };
}

function fleet(now: number): Dispositivo[] {
  const at = (minutes: number) => iso(now - minutes * MINUTE);
  const well = (camara: "bien" | "apagada" | undefined, more: Partial<NonNullable<Dispositivo["estado"]>["informe"]> = {}) => ({ version: "0.1.0", camara, porEnviar: 0, cuarentena: 0, posicion: 4_180, desfaseMs: 12, discoLleno: false, ...more });
  return [
    { id: THIS_DOOR, nombre: "Puerta 1", rol: "gerente", creadoEn: at(90_000), vistoEn: at(0), secuencia: 412, faltan: 0, cupo: 40, estado: { conectado: true, atraso: 0, informe: well("bien"), informeEn: at(1), alarmas: [] } },
    { id: OTHER_DOOR, nombre: "Puerta 2", rol: "portero", creadoEn: at(88_000), vistoEn: at(0), secuencia: 388, faltan: 0, cupo: 20, estado: { conectado: true, atraso: 1, informe: well("averiada" as "bien"), informeEn: at(2), alarmas: ["camara"] } },
    { id: "018f0000-0000-7000-8000-00000000d003", nombre: "Terraza", rol: "portero", creadoEn: at(60_000), vistoEn: at(18), secuencia: 143, faltan: 13, cupo: 20, estado: { conectado: false, atraso: 96, informe: well("bien", { porEnviar: 2, masAntiguoMs: 4_000, posicion: 4_084 }), informeEn: at(19), alarmas: ["sinConexion"] } },
    { id: "018f0000-0000-7000-8000-00000000d004", nombre: "Reservados", rol: "portero", creadoEn: at(60_000), vistoEn: at(0), secuencia: 57, faltan: 0, estado: { conectado: true, atraso: 0, informe: well("apagada", { desfaseMs: -41_200, version: "0.0.9" }), informeEn: at(4), alarmas: ["reloj"] } },
    { id: "018f0000-0000-7000-8000-00000000d005", nombre: "Oficina", rol: "gerente", creadoEn: at(90_000), vistoEn: at(0), secuencia: 3, faltan: 0, estado: { conectado: true, atraso: 0, informe: well("apagada"), informeEn: at(31), alarmas: [] } },
    { id: "018f0000-0000-7000-8000-00000000d006", nombre: "Pantalla barra", rol: "pantalla", creadoEn: at(41_000), vistoEn: at(0), secuencia: 0, faltan: 0, estado: { conectado: true, atraso: 0, alarmas: [] } },
    { id: "018f0000-0000-7000-8000-00000000d007", nombre: "Portátil viejo", rol: "portero", creadoEn: at(200_000), vistoEn: at(43_000), revocadoEn: at(42_000), secuencia: 1_204, faltan: 0 },
  ];
}

function hour(): MinutoMedido[] {
  const random = seeded(60);
  return Array.from({ length: 60 }, (_, i) => ({
    peticiones: i === 7 || i === 41 ? 1 : 0,
    bytes: Math.round(900 + random() * 24_000),
    latenciaMs: random() < 0.85 ? Math.round(24 + random() ** 3 * 130) : undefined,
    reconexionMs: i === 7 ? 1_920 : i === 41 ? 610 : undefined,
  }));
}
