// A venue in memory behind the same interface: what a browser without the app shows, and what tests drive.
//
// It decides as a door does (party, cancelled, other day, unknown), keeps entries, waits while "offline" and is
// confirmed while "live". `window.porteroFake` is the hand of a test: it scans, cuts the link, opens a conflict.

import type { Backend } from "..";
import type { Answer, Code, Conflicto, Dial, DoorStatus, Events, Found, Hint, Lang, LinkState, ListQuery, Recent, Role, Startup, Theme } from "../types";
import { FakeCarry, type CarryHand } from "./carry";
import { deskOf } from "./desk";
import { FakeHouse, type HouseHand } from "./house";
import { Ledger } from "./ledger";
import { moodOf, soundOf } from "../../verdict";
import { play } from "./sound";
import { frameAt, Picture, ticketSvg } from "./picture";
import { CAPACITY, CUTOFF, iso, START, THIS_DOOR, TODAY, ZONE } from "./venue";

type Handler = (payload: never) => void;

/** What tests reach for. */
export interface FakeHand extends HouseHand, CarryHand {
  /** A code comes before the camera. */
  camera(code: string): Answer;
  /** The code of a reservation, by the name of who made it. */
  codeOf(name: string): string;
  idOf(name: string): string;
  link(state: LinkState, problem?: DoorStatus["problem"]): void;
  /** Another door admits people; the change arrives here. */
  elsewhere(name: string, cantidad: number): void;
  conflict(tipo: Conflicto["tipo"], name: string): Conflicto;
  cancel(name: string): void;
  cameraState(status: Events["camera://status"]): void;
  /** The scanner on a serial port is plugged in, or out. */
  scannerState(status: Events["scanner://status"]): void;
  /** What the camera sees: a guest's phone, or nobody. */
  phone(shown: boolean): void;
  hint(hint: Hint | null): void;
  excessPolicy(policy: "avisar" | "negar"): void;
  advance(ms: number): void;
  /** The hub has reservations of tonight that this door does not know. */
  unknownHere(reservations: number): void;
  role(role: Role): void;
  /** Another language and another light, as if they had been kept that way. */
  dress(lang: Lang, theme: Theme): void;
  /** The camera saw a code, and it could not be kept. */
  fault(code: Code): void;
  fail(command: string, code: Code | null): void;
  /** Each call of a command takes that long. */
  slow(command: string, ms: number): void;
}

declare global {
  interface Window {
    porteroFake?: FakeHand;
  }
}

const refuse = (code: Code, message: string) => Promise.reject({ code, message });

export function fakeBackend(): Backend {
  const opened = performance.now();
  const query = new URLSearchParams(location.search);
  let skipped = 0;
  // It is that night: the page's clock is moved there. `?still`: it stands, so that pictures of the screens are
  // the same every time.
  const now = () => START + skipped + (query.has("still") ? 0 : Math.round(performance.now() - opened));
  Date.now = now;
  // `?hold`: what is shown stays until it is taken away, however long a picture of it takes.
  if (query.has("hold")) {
    const later = window.setTimeout;
    window.setTimeout = ((act: TimerHandler, ms = 0, ...rest: unknown[]) => (ms >= 4_000 ? 0 : later(act, ms, ...rest))) as typeof window.setTimeout;
  }
  const ledger = new Ledger(now, Number(query.get("more") ?? 0));
  const picture = new Picture();
  const handlers = new Map<string, Set<Handler>>();
  const emit = <E extends keyof Events>(event: E, payload: Events[E]) => {
    for (const handler of handlers.get(event) ?? []) (handler as (p: Events[E]) => void)(structuredClone(payload));
  };
  let link: LinkState = (query.get("link") as LinkState | null) ?? "live";
  let problem: DoorStatus["problem"];
  let since = START - 2 * 3_600_000;
  let role: Role = (query.get("role") as "gerente" | null) ?? "gerente";
  let phone = true;
  let hint: Hint | null = null;
  let camera: Events["camera://status"] = { state: "running", name: "sim", width: 1280, height: 720, fps: 15, format: "sim" };
  let cameraId = "sim";
  let scanner: Events["scanner://status"] = { state: "off" };
  let dials: Dial[] = [
    { what: "exposure", min: 3, max: 2047, step: 1, value: 250, automatic: true },
    { what: "focus", min: 0, max: 250, step: 5, value: 30, automatic: false },
  ];
  let firstStart = query.has("first");
  const failing = new Map<string, Code>();
  const slow = new Map<string, number>();
  let frame = 0;
  let loudness = 0.6;
  let missingHere = 0;

  const status = (): DoorStatus => ({
    state: link,
    since: iso(since),
    problem,
    epoch: "e1",
    cursor: 4180 + ledger.confirmedCount,
    head: 4180 + ledger.confirmedCount,
    outbox: { pending: ledger.pending, ...carry.counts, oldestMs: ledger.oldestMs },
    clockOffsetMs: 12,
    clockErrorMs: 18,
    dataAgeMs: link === "live" ? 2_000 : now() - since,
    requestsThisHour: link === "polling" ? 31 : 2,
    bytesToday: 1_240_000,
    latencyMs: { p50: 42, p99: 96 },
    reconnectMs: { last: 610, p50: 480, max: 1_920 },
  });
  const startup = (): Startup => ({
    firstStart,
    demo: true,
    version: "0.1.0",
    lang: (query.get("lang") as "es" | null) ?? null,
    theme: (query.get("theme") as "dark" | null) ?? null,
    sound: 0.6,
    fullscreen: false,
    sseEnabled: true,
    identity: firstStart ? null : identity(),
    hostedHub: query.has("host") ? { url: "http://192.168.1.20:8420", insecureLan: true } : null,
    problem: null,
  });
  const identity = () => ({ deviceId: THIS_DOOR, puerta: "Puerta 1", rol: role, local: "Club Miramar", zonaHoraria: ZONE, hoy: TODAY, corte: CUTOFF });

  function changed(...reservas: string[]): void {
    emit("door://event", { event: "changed", reservas });
    emit("door://status", status());
  }

  /** The hub's second tick, when there is a hub. */
  function deliver(): void {
    if (link === "offline" || link === "connecting") return;
    for (const escaneoId of ledger.deliver()) emit("door://event", { event: "confirmed", escaneoId, resultado: "registrada" });
    emit("door://status", status());
  }

  function keep(answer: Answer): Answer {
    play(soundOf(moodOf(answer)), loudness);
    if (answer.reservaId && answer.escaneoId) {
      changed(answer.reservaId);
      setTimeout(deliver, 180);
    }
    return answer;
  }

  /** A command that a test made fail does; everything else answers a moment later, as over a border. */
  async function command<T>(name: string, act: () => T | Promise<T>): Promise<T> {
    const code = failing.get(name);
    await new Promise<void>((done) => (slow.has(name) ? setTimeout(done, slow.get(name)) : done()));
    return code ? refuse(code, `${name} failed`) : act();
  }

  const ground = { command, refuse, emit, now, ledger, link: () => link, role: () => role };
  const house = new FakeHouse(ground);
  const carry = new FakeCarry(ground, () => emit("door://status", status()));
  const hand: FakeHand = {
    ...house.hand,
    ...carry.hand,
    camera(code) {
      const answer = keep(ledger.scan(code, 1));
      emit("door://answer", { ...answer, source: "camera" });
      return answer;
    },
    codeOf: (name) => ledger.codeOf(ledger.byName(name).id),
    idOf: (name) => ledger.byName(name).id,
    link(state, why) {
      if (state !== link) since = now();
      link = state;
      problem = why;
      emit("door://event", { event: "state", state, since: iso(since) });
      emit("door://status", status());
      if (state === "live" || state === "polling") setTimeout(deliver, 60);
    },
    elsewhere(name, cantidad) {
      const row = ledger.byName(name);
      ledger.elsewhere(row.id, cantidad);
      changed(row.id);
    },
    conflict(tipo, name) {
      const conflicto = ledger.openConflict(tipo, ledger.byName(name).id);
      emit("door://event", { event: "conflict", conflicto });
      changed(conflicto.reservaId);
      return conflicto;
    },
    cancel(name) {
      const row = ledger.byName(name);
      row.estado = "Cancelado";
      changed(row.id);
    },
    scannerState(next) {
      scanner = next;
      emit("scanner://status", scanner);
    },
    cameraState(next) {
      camera = next;
      emit("camera://status", camera);
    },
    phone: (shown) => void (phone = shown),
    hint: (next) => void (hint = next),
    excessPolicy: (policy) => void (ledger.policy = policy),
    advance: (ms) => void (skipped += ms),
    unknownHere: (reservations) => void (missingHere = reservations),
    role(next) {
      role = next;
      emit("startup://changed", startup());
    },
    dress(lang, theme) {
      query.set("lang", lang);
      query.set("theme", theme);
      emit("startup://changed", startup());
    },
    fault: (code) => emit("door://fault", { code, message: "not kept" }),
    slow: (name, ms) => void slow.set(name, ms),
    fail: (name, code) => void (code ? failing.set(name, code) : failing.delete(name)),
  };
  window.porteroFake = hand;

  return {
    ...deskOf({ ledger, command, changed, refuse, offline: () => link === "offline" }),
    ...house.backend,
    ...carry.backend,
    startup: () => command("startup", startup),
    choose: (choice) =>
      command("choose", async () => {
        if (choice.kind === "join" && !/^https?:\/\/\S+/.test(choice.url)) return refuse("hub_unreachable", "not an address");
        if (choice.kind === "join" && choice.token.length < 8) return refuse("unauthorized", "unknown token");
        if (choice.kind === "accept" && !choice.code.startsWith("K7QM")) return refuse("unauthorized", "unknown invitation");
        firstStart = false;
        return startup();
      }),
    identity: () => command("identity", () => (firstStart ? null : identity())),
    status: () => command("status", status),
    scan: (code, quantity = 1) => command("scan", () => keep(ledger.scan(code, quantity))),
    admit: (reservaId, quantity, override) =>
      command("admit", () => {
        const answer = keep(ledger.admit(reservaId, quantity, override));
        const [conflicto] = ledger.conflicts;
        if (override && conflicto) emit("door://event", { event: "conflict", conflicto });
        return answer;
      }),
    undo: (escaneoId) => command("undo", () => keep(ledger.undo(escaneoId))),
    recent: (limit) => command("recent", () => ledger.recent(limit) as Recent[]),
    tonight: () => command("tonight", () => ledger.tonight(TODAY, CAPACITY)),
    search: (text, limit) =>
      command("search", () => {
        const page = ledger.list({ text, limit: 1000 });
        page.reservas.sort((a, b) => Number(b.dia === TODAY) - Number(a.dia === TODAY) || a.hora.localeCompare(b.hora));
        return { reservas: page.reservas.slice(0, limit), total: page.total } satisfies Found;
      }),
    list: (asked: ListQuery) => command("list", () => ledger.list(asked)),
    get: (reservaId) => command("get", () => ledger.sheet(reservaId) ?? refuse("not_found", "no such reservation")),
    create: (reserva) =>
      command("create", () => {
        const row = ledger.create(reserva, link === "offline");
        changed(row.id);
        return { opId: crypto.randomUUID(), reserva: row };
      }),
    update: (reservaId, updates, version) =>
      command("update", () => {
        const row = ledger.update(reservaId, updates, version, link === "offline");
        if (!row) return refuse("version_conflict", "changed since");
        changed(reservaId);
        return { opId: crypto.randomUUID(), reserva: row };
      }),
    remove: (reservaId) =>
      command("remove", () => {
        ledger.remove(reservaId);
        changed(reservaId);
        return { opId: crypto.randomUUID(), reserva: null };
      }),
    reissue: (reservaId) =>
      command("reissue", () => {
        if (link === "offline") return refuse("hub_unreachable", "no hub");
        ledger.reissue(reservaId);
        changed(reservaId);
        return ledger.sheet(reservaId) ?? refuse("not_found", "no such reservation");
      }),
    ticket: (reservaId) =>
      command("ticket", () => {
        if (link === "offline") return refuse("hub_unreachable", "no hub");
        if (role !== "gerente") return refuse("forbidden", "managers only");
        return { code: ledger.codeOf(reservaId), svg: ticketSvg(Number.parseInt(reservaId.slice(-6), 16) + 7) };
      }),
    saveTicket: (_, format, words) => command("saveTicket", () => `~/Descargas/${words.file}.${format}`),
    monthLoad: (month) => command("monthLoad", () => ledger.month(month)),
    conflicts: () => command("conflicts", () => ledger.conflicts),
    resolve: (decision) =>
      command("resolve", () => {
        const conflicto = ledger.resolve(decision.id, decision.resultado, decision.nota);
        if (!conflicto) return refuse("not_found", "no such conflict");
        emit("door://event", { event: "conflict", conflicto });
        changed(conflicto.reservaId);
        return conflicto;
      }),
    cameras: () => command("cameras", () => [{ id: "0", name: "HD Webcam (USB 2.0)" }, { id: "sim", name: "sim" }]),
    selectCamera: (id) =>
      command("selectCamera", () => {
        cameraId = id;
        hand.cameraState(id === "none" ? { state: "off" } : { state: "running", name: cameraId === "sim" ? "sim" : "HD Webcam (USB 2.0)", width: 1280, height: 720, fps: 30, format: "MJPEG" });
      }),
    scanAgain: () => command("scanAgain", () => undefined),
    cameraDials: () => command("cameraDials", () => (cameraId === "sim" ? [] : dials)),
    turnCamera: ({ what, automatic, value }) =>
      command("turnCamera", () => {
        dials = dials.map((dial) => (dial.what === what ? { ...dial, automatic, value: value ?? dial.value } : dial));
      }),
    cameraStatus: () => command("cameraStatus", () => camera),
    serialPorts: () => command("serialPorts", () => [{ path: "/dev/serial/by-id/usb-Honeywell_1450g-if00", name: "Honeywell 1450g" }]),
    serialStatus: () => command("serialStatus", () => scanner),
    frameView: () => command("frameView", () => ({ ...frameAt(now() - START, frame, phone && !hint), hint })),
    preview: () =>
      command("preview", () => {
        frame += 1;
        return camera.state === "running" ? picture.at(now() - START, phone) : new ArrayBuffer(0);
      }),
    setPreference: (key, value) =>
      command("setPreference", () => {
        if (key === "ui.sound") loudness = Number(value);
        house.prefer(key, value);
        if (key === "scan.serial_port") hand.scannerState(value ? { state: "running", port: String(value) } : { state: "off" });
      }),
    playSound: (sound) => play(sound, loudness),
    windowFocused: () => undefined,
    setFullscreen: (on) => command("setFullscreen", () => void (on ? document.documentElement.requestFullscreen?.() : document.exitFullscreen?.())),
    setZoom: (factor) => command("setZoom", () => void (document.documentElement.style.zoom = String(factor))),
    keepAwake: (on) => command("keepAwake", () => void (document.documentElement.dataset["awake"] = String(on))),
    usable: () => performance.mark("usable"),
    checkDoor: () =>
      command("checkDoor", () => {
        const disk = { diskMs: problem === "disk_full" ? undefined : 4.2, diskFree: problem === "disk_full" ? 0 : 212e9 };
        if (link === "offline" || link === "connecting") return { ...disk, hubProblem: "hub_unreachable" };
        const here = ledger.list({ fecha: TODAY }).total;
        return { ...disk, hubMs: 8.4, roster: { here, hub: here + missingHere, different: missingHere } };
      }),
    on(event, handler) {
      const set = handlers.get(event) ?? new Set();
      handlers.set(event, set.add(handler as Handler));
      return () => void set.delete(handler as Handler);
    },
  };
}

