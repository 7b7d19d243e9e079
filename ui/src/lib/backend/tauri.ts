// The app's own window: each call is the Tauri command of the same name.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Backend } from ".";
import type { Events } from "./types";

export function tauriBackend(): Backend {
  return {
    startup: () => invoke("startup"),
    choose: (choice) => invoke("choose", { choice }),
    identity: () => invoke("identity"),
    status: () => invoke("status"),
    scan: (code, quantity) => invoke("scan", { code, quantity }),
    admit: (reservaId, quantity, override, searched = false) => invoke("admit", { reservaId, quantity, override, searched }),
    undo: (escaneoId) => invoke("undo", { escaneoId }),
    recent: (limit) => invoke("recent", { limit }),
    tonight: () => invoke("tonight"),
    search: (text, limit) => invoke("search", { text, limit }),
    list: (query) => invoke("list", { query }),
    get: (reservaId) => invoke("get", { reservaId }),
    create: (reserva) => invoke("create", { reserva }),
    update: (reservaId, updates, version) => invoke("update", { reservaId, updates, version }),
    remove: (reservaId, version) => invoke("remove", { reservaId, version }),
    reissue: (reservaId) => invoke("reissue", { reservaId }),
    ticket: (reservaId) => invoke("ticket", { reservaId }),
    saveTicket: (reservaId, format, words) => invoke("save_ticket", { reservaId, format, words }),
    listIds: (query, most) => invoke("list_ids", { query, most }),
    promoters: (query) => invoke("promoters", { query }),
    changeMany: (change) => invoke("change_many", { change }),
    editMany: (edits) => invoke("edit_many", { edits }),
    removeMany: (ids) => invoke("remove_many", { ids }),
    importRows: (rows) => invoke("import_rows", { rows }),
    history: (reservaId) => invoke("history", { reservaId }),
    exportStart: (query, format, words) => invoke("export_start", { query, format, words }),
    exportMore: () => invoke("export_more"),
    exportStop: () => invoke("export_stop"),
    monthLoad: (month) => invoke("month_load", { month }),
    conflicts: () => invoke("conflicts"),
    resolve: (decision) => invoke("resolve", { decision }),
    cameras: () => invoke("cameras"),
    selectCamera: (id) => invoke("select_camera", { id }),
    scanAgain: () => invoke("scan_again"),
    cameraDials: () => invoke("camera_dials"),
    turnCamera: (turn) => invoke("turn_camera", { turn }),
    cameraStatus: () => invoke("camera_status"),
    serialPorts: () => invoke("serial_ports"),
    serialStatus: () => invoke("serial_status"),
    frameView: () => invoke("frame_view"),
    preview: () => invoke("preview"),
    setPreference: (key, value) => invoke("set_preference", { key, value }),
    playSound: (sound) => void invoke("play_sound", { sound }).catch(() => undefined),
    outbox: (limit) => invoke("outbox", { limit }),
    deliverAgain: (item) => invoke("deliver_again", { item }),
    giveUp: (item) => invoke("give_up", { item }),
    exportOutbox: () => invoke("export_outbox"),
    importOutbox: (file) => invoke("import_outbox", { file }),
    figures: (days) => invoke("figures", { days }),
    night: (fecha) => invoke("night", { fecha }),
    report: (range) => invoke("report", { range }),
    saveTable: (table, format) => invoke("save_table", { table, format }),
    lastHour: () => invoke("last_hour"),
    venue: () => invoke("venue"),
    changeVenue: (changes) => invoke("change_venue", { changes }),
    devices: () => invoke("devices"),
    invite: (name, role, minutes) => invoke("invite_device", { name, role, minutes }),
    changeDevice: (device, { nombre, cupo }) => invoke("change_device", { device, name: nombre, allotment: cupo }),
    revokeDevice: (device) => invoke("revoke_device", { device }),
    settings: () => invoke("settings"),
    lookForInvitation: (camera) => invoke("join_look", { camera }),
    stopLooking: () => invoke("join_stop"),
    readInvitation: (text) => invoke("read_invitation", { text }),
    windowFocused: () => void invoke("window_focused").catch(() => undefined),
    setFullscreen: (on) => invoke("set_fullscreen", { on }),
    setZoom: (factor) => invoke("set_zoom", { factor }),
    keepAwake: (on) => invoke("keep_awake", { on }),
    usable: () => void invoke("usable").catch(() => undefined),
    checkDoor: () => invoke("check_door"),
    on<E extends keyof Events>(event: E, handler: (payload: Events[E]) => void) {
      // `listen` answers later than `on` may be ended: the flag covers the time between.
      let ended = false;
      const listening = listen<Events[E]>(event, ({ payload }) => {
        if (!ended) handler(payload);
      });
      return () => {
        ended = true;
        void listening.then((unlisten) => unlisten());
      };
    },
  };
}
