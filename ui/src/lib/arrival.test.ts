import { describe, expect, it } from "vitest";
import { choices, foundAgain, missing, next, total } from "./arrival";
import type { Answer } from "./backend/types";
import { mayChooseQuantity, mayOverride, moodOf, notesOf, recorded } from "./verdict";

const answer = (more: Partial<Answer> = {}): Answer => ({
  verdict: "admitted",
  escaneoId: "e1",
  reservaId: "r1",
  clienteNombre: "Lucía Fernández",
  asistenciaActual: 1,
  numeroPersonas: 6,
  cantidad: 1,
  at: "2026-11-28T03:41:07.000Z",
  ...more,
});

describe("an arrival", () => {
  it("is one person after a scan, and a digit records the difference", () => {
    const one = next(null, answer(), false);
    expect(total(one)).toBe(1);
    expect(missing(one, 4)).toBe(3);
    const four = next(one, answer({ escaneoId: "e2", cantidad: 3, asistenciaActual: 4 }), true);
    expect(total(four)).toBe(4);
    expect(missing(four, 4)).toBe(0);
    expect(missing(four, 2)).toBe(0);
  });

  it("starts anew with the next scan of the same code: that is the next guest", () => {
    const one = next(null, answer(), false);
    expect(total(next(one, answer({ escaneoId: "e2" }), false))).toBe(1);
  });

  it("knows whoever is found once more by another way, and an undo is none of that", () => {
    const one = next(null, answer(), false);
    expect(foundAgain(one, answer())).toBe(true);
    expect(foundAgain(one, answer({ escaneoId: "e2" }))).toBe(false);
    expect(foundAgain(one, answer({ detail: "undone" }))).toBe(false);
    expect(foundAgain(null, answer())).toBe(false);
  });

  it("loses its last entry to an undo", () => {
    const one = next(null, answer(), false);
    const four = next(one, answer({ escaneoId: "e2", cantidad: 3 }), true);
    expect(total(next(four, answer({ escaneoId: "u1", cantidad: -3, detail: "undone" }), true))).toBe(1);
  });

  it("has nobody where nothing was recorded", () => {
    expect(total(next(null, answer({ verdict: "excess", escaneoId: undefined, cantidad: 0 }), false))).toBe(0);
    expect(next(null, answer({ verdict: "unknown", reservaId: undefined, escaneoId: undefined }), false)).toBeNull();
  });

  it("offers the digits of the party, at most nine", () => {
    const one = next(null, answer({ asistenciaActual: 4 }), false);
    expect(choices(one, answer({ asistenciaActual: 4 }))).toEqual([1, 2, 3]);
    expect(choices(one, answer({ asistenciaActual: 1, numeroPersonas: 40 }))).toHaveLength(9);
  });
});

describe("a verdict", () => {
  it("has one mood for each meaning", () => {
    expect(moodOf(answer())).toBe("go");
    expect(moodOf(answer({ verdict: "excess" }))).toBe("warn");
    expect(moodOf(answer({ verdict: "stale_code", escaneoId: undefined }))).toBe("stop");
    expect(moodOf(answer({ verdict: "invalid", escaneoId: undefined }))).toBe("unknown");
    expect(moodOf(answer({ cantidad: -2, detail: "undone" }))).toBe("undone");
  });

  it("may be decided against only where the door refused somebody it knows", () => {
    const refused = { escaneoId: undefined, cantidad: 0 };
    expect(mayOverride(answer({ verdict: "wrong_day", ...refused }))).toBe(true);
    expect(mayOverride(answer({ verdict: "cancelled", ...refused }))).toBe(true);
    expect(mayOverride(answer({ verdict: "unknown", reservaId: undefined, ...refused }))).toBe(false);
    expect(mayOverride(answer())).toBe(false);
    // Already decided: an entry exists.
    expect(mayOverride(answer({ verdict: "cancelled" }))).toBe(false);
  });

  it("lets a number be chosen where some places are left", () => {
    expect(mayChooseQuantity(answer({ verdict: "excess", escaneoId: undefined, asistenciaActual: 4, cantidad: 0 }))).toBe(true);
    expect(mayChooseQuantity(answer({ verdict: "excess", escaneoId: undefined, asistenciaActual: 6, cantidad: 0 }))).toBe(false);
    expect(mayChooseQuantity(answer({ verdict: "cancelled", escaneoId: undefined }))).toBe(false);
  });

  it("is recorded exactly where an entry is named", () => {
    expect(recorded(answer())).toBe(true);
    expect(recorded(answer({ escaneoId: undefined }))).toBe(false);
  });

  it("puts what must not be overlooked first", () => {
    expect(notesOf(["Junto a la ventana", "VIP", "Alergia: frutos secos"]).map((note) => note.kind)).toEqual(["allergy", "vip", "note"]);
    expect(notesOf(undefined)).toEqual([]);
  });
});
