// The memory venue's reservations and entries, and the decisions of its door.

import type {
  Answer,
  Conflicto,
  Entrada,
  Ficha,
  Fila,
  ListQuery,
  CargaDelDia,
  Recent,
  RegistroCambio,
  ReservaCambios,
  ReservaNueva,
  ReservationPage,
  Tonight,
  Verdict,
} from "../types";
import { inOrder, matches } from "./matches";
import { decode, encode } from "./ticket";
import { build, CUTOFF, id, iso, OTHER_DOOR, THIS_DOOR, TODAY, type Row } from "./venue";

export class Ledger {
  #rows = new Map<string, Row>();
  #entries: Entrada[];
  #waiting = new Set<string>();
  #pendingEdits = new Set<string>();
  #voided = new Set<string>();
  #edits = new Map<string, RegistroCambio[]>();
  #made = 0;
  conflicts: Conflicto[] = [];
  policy: "avisar" | "negar" = "avisar";
  confirmedCount = 0;

  constructor(
    readonly now: () => number,
    more: number,
  ) {
    const venue = build(more);
    for (const row of venue.rows) this.#rows.set(row.id, row);
    this.#entries = venue.entries;
    this.openConflict("exceso", this.byName("Grupo Andrade").id);
    const late = [...this.#rows.values()].find((row) => row.estado === "Activa" && row.asistenciaActual > row.numeroPersonas);
    if (late) this.openConflict("exceso", late.id);
  }

  /** Every row, for reports. */
  all(): Row[] {
    return [...this.#rows.values()];
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get oldestMs(): number {
    const first = this.#entries.find((entry) => this.#waiting.has(entry.escaneoId));
    return first ? this.now() - Date.parse(first.timestamp) : 0;
  }

  /** What the hub has not confirmed: entries, undos, and reservations with an edit. */
  get waiting(): { entries: Entrada[]; edits: Row[] } {
    const edits = [...this.#pendingEdits].flatMap((one) => this.#rows.get(one) ?? []);
    return { entries: this.#entries.filter((entry) => this.#waiting.has(entry.escaneoId)), edits };
  }

  byName(name: string): Row {
    const row = [...this.#rows.values()].find((r) => r.cliente.nombre === name);
    if (!row) throw new Error(`nobody is called ${name}`);
    return row;
  }

  codeOf(reservaId: string): string {
    return encode(Number.parseInt(reservaId.slice(-12), 16), this.#rows.get(reservaId)?.emision ?? 1);
  }

  scan(code: string, quantity: number): Answer {
    const ticket = decode(code);
    if (!ticket && !code.startsWith("res-") && !code.startsWith("{")) return this.#answer("invalid");
    const row = ticket ? this.#rows.get(id("4e5a", ticket.reservation)) : undefined;
    if (!ticket || !row) return this.#answer("unknown");
    if (ticket.issue < row.emision) return this.#answer("stale_code", row);
    return this.#decide(row, quantity, "QR", false);
  }

  admit(reservaId: string, quantity: number, override: boolean): Answer {
    const row = this.#rows.get(reservaId);
    return row ? this.#decide(row, quantity, "Manual", override) : this.#answer("unknown");
  }

  #decide(row: Row, quantity: number, metodo: "QR" | "Manual", override: boolean): Answer {
    if (!override) {
      if (row.estado === "Cancelado") return this.#answer("cancelled", row);
      if (row.estado === "En Camino") return this.#answer("already_in", row, { detail: "finished" });
      if (row.dia !== TODAY) return this.#answer("wrong_day", row, { detail: row.dia < TODAY ? "expired" : "early" });
    }
    const beyond = row.asistenciaActual + quantity > row.numeroPersonas;
    const full = row.asistenciaActual >= row.numeroPersonas;
    if (beyond && this.policy === "negar" && !override) return this.#answer(full ? "already_in" : "excess", row);
    const verdict: Verdict = override && row.estado === "Cancelado" ? "cancelled" : override && row.dia !== TODAY ? "wrong_day" : beyond ? "excess" : "admitted";
    const entry = this.#add(row, quantity, metodo, verdict, false);
    this.#waiting.add(entry.escaneoId);
    if (override) this.openConflict(row.dia === TODAY ? "aMano" : "otroDia", row.id);
    return this.#answer(verdict, row, { escaneoId: entry.escaneoId, cantidad: quantity });
  }

  undo(escaneoId: string): Answer {
    const entry = this.#entries.find((e) => e.escaneoId === escaneoId);
    const row = entry && this.#rows.get(entry.reservaId);
    if (!entry || !row) return this.#answer("unknown");
    if (this.#voided.has(escaneoId)) return this.#answer("admitted", row, { detail: "undone" });
    this.#voided.add(escaneoId);
    row.asistenciaActual -= entry.cantidad;
    if (row.asistenciaActual === 0 && row.estado === "Activa") row.estado = "En Progreso";
    const undo = { ...entry, escaneoId: this.#newId(), anulaA: escaneoId, timestamp: iso(this.now()), recibidoEn: iso(this.now()) };
    this.#entries.push(undo);
    this.#waiting.add(undo.escaneoId);
    return this.#answer("admitted", row, { escaneoId: undo.escaneoId, cantidad: -entry.cantidad, detail: "undone" });
  }

  elsewhere(reservaId: string, cantidad: number): void {
    const row = this.#rows.get(reservaId);
    if (row) this.#add(row, cantidad, "QR", row.asistenciaActual + cantidad > row.numeroPersonas ? "excess" : "admitted", true);
  }

  #newId(): string {
    return id("e4e4", ++this.#made);
  }

  #add(row: Row, cantidad: number, metodo: "QR" | "Manual", veredicto: Verdict, other: boolean): Entrada {
    row.asistenciaActual += cantidad;
    if (row.estado === "En Progreso" || row.estado === "Reserva Caída") row.estado = "Activa";
    const entry: Entrada = {
      escaneoId: this.#newId(),
      reservaId: row.id,
      cantidad,
      metodo,
      veredicto,
      puerta: other ? "Puerta 2" : "Puerta 1",
      dispositivo: other ? OTHER_DOOR : THIS_DOOR,
      timestamp: iso(this.now()),
      recibidoEn: iso(this.now()),
      desfaseMs: other ? -340 : 12,
      desfaseErrorMs: other ? 45 : 18,
      secuencia: this.#entries.length + 1,
      previo: "0".repeat(64),
    };
    this.#entries.push(entry);
    return entry;
  }

  #answer(verdict: Verdict, row?: Row, more: Partial<Answer> = {}): Answer {
    const at = iso(this.now());
    if (!row) return { verdict, cantidad: 0, at, asOf: at, ...more };
    const over = Math.max(0, row.asistenciaActual - row.numeroPersonas);
    const { dia: _, ...reserva } = row;
    return {
      verdict,
      reservaId: row.id,
      clienteNombre: row.cliente.nombre,
      asistenciaActual: row.asistenciaActual,
      numeroPersonas: row.numeroPersonas,
      exceso: over || undefined,
      cantidad: 0,
      reserva: structuredClone(reserva),
      at,
      asOf: at,
      ...more,
    };
  }

  /** The entries that the hub has now acknowledged. */
  deliver(): string[] {
    const done = [...this.#waiting];
    this.#waiting.clear();
    this.#pendingEdits.clear();
    this.confirmedCount += done.length;
    return done;
  }

  recent(limit: number): Recent[] {
    const conflicting = new Set(this.conflicts.filter((c) => c.estado === "abierto").flatMap((c) => c.escaneoIds));
    return this.#entries
      .filter((entry) => entry.dispositivo === THIS_DOOR && !entry.anulaA)
      .slice(-limit)
      .reverse()
      .map((entrada) => ({
        entrada: structuredClone(entrada),
        clienteNombre: this.#rows.get(entrada.reservaId)?.cliente.nombre,
        delivery: this.#waiting.has(entrada.escaneoId) ? "pending" : "confirmed",
        anulada: this.#voided.has(entrada.escaneoId),
        conConflicto: conflicting.has(entrada.escaneoId),
      }));
  }

  #counting(): Entrada[] {
    return this.#entries.filter((entry) => !entry.anulaA && !this.#voided.has(entry.escaneoId));
  }

  tonight(fecha: string, aforo: number): Tonight {
    const rows = [...this.#rows.values()].filter((row) => row.dia === fecha && row.estado !== "Cancelado");
    const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
    const quarter = (ms: number) => iso(Math.floor(ms / 900_000) * 900_000);
    const grouped = (pairs: [string, number][]) => {
      const by = new Map<string, number>();
      for (const [at, n] of pairs) by.set(at, (by.get(at) ?? 0) + n);
      return [...by].sort().map(([desde, llegadas]) => ({ desde, llegadas }));
    };
    const today = new Set(rows.map((row) => row.id));
    const over = fecha < TODAY;
    const came = this.#counting().filter((e) => today.has(e.reservaId));
    const curve = (entries: Entrada[]) => grouped(entries.map((e) => [quarter(Date.parse(e.timestamp)), e.cantidad]));
    const doors = [...new Set(came.map((e) => e.puerta ?? ""))].map((puerta) => {
      const own = came.filter((e) => (e.puerta ?? "") === puerta);
      return { puerta, llegadas: own.reduce((n, e) => n + e.cantidad, 0), curva: curve(own) };
    });
    return {
      fecha,
      reservas: rows.length,
      esperadas: sum((row) => row.numeroPersonas),
      dentro: sum((row) => row.asistenciaActual),
      porLlegar: over ? 0 : sum((row) => Math.max(0, row.numeroPersonas - row.asistenciaActual)),
      exceso: sum((row) => Math.max(0, row.asistenciaActual - row.numeroPersonas)),
      noLlegaron: rows.filter((row) => row.asistenciaActual === 0 && (over || row.estado === "Reserva Caída")).length,
      aforo,
      curva: curve(came),
      puertas: doors.sort((a, b) => b.llegadas - a.llegadas),
      previstas: grouped(rows.map((row) => [quarter(Date.parse(`${row.fecha}T${row.hora}:00-05:00`)), row.numeroPersonas])),
    };
  }

  /** The rows, for whatever else the desk does with them. */
  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  #fila(row: Row): Fila {
    return { ...structuredClone(row), pendiente: this.#pendingEdits.has(row.id) };
  }

  /** Everything that a list shows, in the order that is asked for. */
  found(query: ListQuery): Row[] {
    const shown = matches(query, (row) => this.#pendingEdits.has(row.id));
    return [...this.#rows.values()]
      .filter(shown)
      .sort(inOrder(query));
  }

  list(query: ListQuery): ReservationPage {
    const { limit = 100, offset = 0 } = query;
    const rows = this.found(query);
    const counted = rows.filter((row) => row.estado !== "Cancelado");
    return {
      reservas: rows.slice(offset, offset + limit).map((row) => this.#fila(row)),
      total: rows.length,
      personas: counted.reduce((n, row) => n + row.numeroPersonas, 0),
      dentro: counted.reduce((n, row) => n + row.asistenciaActual, 0),
    };
  }

  sheet(reservaId: string): Ficha | undefined {
    const row = this.#rows.get(reservaId);
    return row && { ...this.#fila(row), registroEntradas: structuredClone(this.#entries.filter((e) => e.reservaId === reservaId)) };
  }

  create(nueva: ReservaNueva, pending: boolean): Fila {
    const at = iso(this.now());
    const row: Row = {
      estado: "En Progreso",
      origen: "reserva",
      emision: 1,
      version: 1,
      asistenciaActual: 0,
      fechaCreacion: at,
      fechaModificacion: at,
      ...structuredClone(nueva),
      id: nueva.id ?? id("4e5a", 900_000 + ++this.#made),
      dia: dayOf(nueva.fecha, nueva.hora),
    };
    this.#rows.set(row.id, row);
    if (pending) this.#pendingEdits.add(row.id);
    return this.#fila(row);
  }

  update(reservaId: string, updates: ReservaCambios, version: number, pending: boolean): Fila | undefined {
    const row = this.#rows.get(reservaId);
    if (!row || row.version !== version) return undefined;
    const before = row as unknown as Record<string, unknown>;
    const cambios = Object.entries(updates).map(([campo, ahora]) => ({ campo, antes: structuredClone(before[campo] ?? null), ahora }));
    this.#edits.set(reservaId, [...(this.#edits.get(reservaId) ?? []), { version: row.version + 1, en: iso(this.now()), quien: "Gerencia", cambios }]);
    for (const [key, value] of Object.entries(updates)) {
      if (value === null) delete (row as Record<string, unknown>)[key];
      else (row as Record<string, unknown>)[key] = structuredClone(value);
    }
    row.dia = dayOf(row.fecha, row.hora);
    row.version += 1;
    row.fechaModificacion = iso(this.now());
    if (pending) this.#pendingEdits.add(row.id);
    return this.#fila(row);
  }

  remove(reservaId: string): void {
    this.#rows.delete(reservaId);
  }

  reissue(reservaId: string): void {
    const row = this.#rows.get(reservaId);
    if (row) this.update(reservaId, { emision: row.emision + 1 } as ReservaCambios, row.version, false);
  }

  history(reservaId: string): RegistroCambio[] {
    const row = this.#rows.get(reservaId);
    return row ? [{ version: 1, en: row.fechaCreacion, quien: "Gerencia", cambios: [] }, ...structuredClone(this.#edits.get(reservaId) ?? [])] : [];
  }

  month(month: string): CargaDelDia[] {
    const days = new Map<string, CargaDelDia>();
    for (const row of this.#rows.values()) {
      if (!row.dia.startsWith(month) || row.estado === "Cancelado") continue;
      const day = days.get(row.dia) ?? { fecha: row.dia, reservas: 0, personas: 0 };
      days.set(row.dia, { ...day, reservas: day.reservas + 1, personas: day.personas + row.numeroPersonas });
    }
    return [...days.values()].sort((a, b) => a.fecha.localeCompare(b.fecha));
  }

  openConflict(tipo: Conflicto["tipo"], reservaId: string): Conflicto {
    const escaneoIds = this.#entries.filter((e) => e.reservaId === reservaId && !e.anulaA).slice(-2).map((e) => e.escaneoId);
    const conflicto: Conflicto = { id: `${tipo}-${reservaId.slice(-6)}`, tipo, reservaId, escaneoIds, estado: "abierto", abiertoEn: iso(this.now() - 150_000) };
    this.conflicts = [conflicto, ...this.conflicts.filter((c) => c.id !== conflicto.id)];
    return conflicto;
  }

  resolve(conflictId: string, resultado: string, nota?: string): Conflicto | undefined {
    const conflicto = this.conflicts.find((c) => c.id === conflictId);
    if (conflicto) Object.assign(conflicto, { estado: "resuelto", resultado, nota, resueltoEn: iso(this.now()), resueltoPor: "Gerencia" });
    return conflicto;
  }
}

function dayOf(fecha: string, hora: string): string {
  return hora < CUTOFF ? iso(Date.parse(`${fecha}T12:00:00Z`) - 86_400_000).slice(0, 10) : fecha;
}
