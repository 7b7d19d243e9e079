// How a device is, as a shape and words: what the list, the panel and the alarms say alike.

import type { Alarma, Dispositivo } from "./backend";

/** `well`, `asks` (no stream, but heard a moment ago), `off`, `revoked`, `never` (has not joined yet). */
export type Presence = "well" | "alarm" | "asks" | "off" | "revoked" | "never";

/** Without a stream a device asks every two minutes: what was heard this short ago, in ms, is there. */
const HEARD = 150_000;
/** Two clocks this close, in ms, are the same to a person. */
export const EXACT = 1_500;

export function presence(device: Dispositivo, now: number): Presence {
  if (device.revocadoEn) return "revoked";
  const alarms = device.estado?.alarmas ?? [];
  const heard = device.vistoEn !== undefined && now - Date.parse(device.vistoEn) < HEARD;
  if (device.estado?.conectado) return alarms.length > 0 ? "alarm" : "well";
  if (heard && device.vistoEn) return alarms.length > 0 ? "alarm" : "asks";
  if (alarms.includes("sinConexion" satisfies Alarma)) return "alarm";
  return device.vistoEn ? "off" : "never";
}

/** -1, 0, 1: whether a version is older than, the same as, or newer than another; parts that are no numbers are the same. */
export function compareVersions(one: string, other: string): number {
  const parts = (version: string) => version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [parts(one), parts(other)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
