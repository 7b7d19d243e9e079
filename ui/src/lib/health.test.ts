import { describe, expect, it } from "vitest";
import type { Dispositivo } from "./backend";
import { compareVersions, presence } from "./health";

const NOW = Date.parse("2026-11-28T03:41:00.000Z");
const device = (more: Partial<Dispositivo>): Dispositivo => ({ id: "d", nombre: "Puerta 2", rol: "portero", creadoEn: "2026-11-01T00:00:00.000Z", secuencia: 0, faltan: 0, ...more });
const ago = (ms: number) => new Date(NOW - ms).toISOString();

describe("how a device is", () => {
  it("is said by its stream first, and by what was heard last", () => {
    expect(presence(device({ estado: { conectado: true, alarmas: [] } }), NOW)).toBe("well");
    expect(presence(device({ vistoEn: ago(60_000), estado: { conectado: false, alarmas: [] } }), NOW)).toBe("asks");
    expect(presence(device({ vistoEn: ago(600_000), estado: { conectado: false, alarmas: [] } }), NOW)).toBe("off");
    expect(presence(device({}), NOW)).toBe("never");
  });

  it("is an alarm before anything but a withdrawn permission", () => {
    expect(presence(device({ estado: { conectado: true, alarmas: ["camara"] } }), NOW)).toBe("alarm");
    expect(presence(device({ vistoEn: ago(600_000), estado: { conectado: false, alarmas: ["sinConexion"] } }), NOW)).toBe("alarm");
    expect(presence(device({ revocadoEn: ago(1), estado: { conectado: true, alarmas: ["camara"] } }), NOW)).toBe("revoked");
  });
});

describe("versions", () => {
  it("are compared by their numbers", () => {
    expect(compareVersions("0.9.0", "0.10.0")).toBe(-1);
    expect(compareVersions("1.0", "1.0.0")).toBe(0);
    expect(compareVersions("2.0.0", "1.9.9")).toBe(1);
    expect(compareVersions("dev", "dev")).toBe(0);
  });
});
