// How dates, times and figures read. Instants are shown in the venue's zone; a venue's day is a plain
// calendar date and never passes through a time zone.

import type { Lang } from "./backend/types";

const LOCALE: Record<Lang, string> = { es: "es", en: "en-GB" };

const dates = new Map<string, Intl.DateTimeFormat>();

function dateFormat(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options);
  let format = dates.get(key);
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(LOCALE[lang], options)));
  return format;
}

/** A calendar date as the UTC noon of that date: safe to format in UTC, safe to add days to. */
export function noon(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

export function addDays(day: string, days: number): string {
  const date = noon(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** `YYYY-MM` plus months. */
export function addMonths(month: string, months: number): string {
  const date = noon(`${month}-01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 7);
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** “vie 27 nov” */
export function dayShort(lang: Lang, day: string): string {
  return dateFormat(lang, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })
    .format(noon(day))
    .replace(/[.,]/g, "");
}

/** “Viernes 27 de noviembre” */
export function dayLong(lang: Lang, day: string): string {
  return capital(
    dateFormat(lang, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(noon(day)).replace(",", ""),
  );
}

/** “domingo 29 nov”, for the middle of a sentence. */
export function dayInText(lang: Lang, day: string): string {
  return dateFormat(lang, { weekday: "long", day: "numeric", month: "short", timeZone: "UTC" })
    .format(noon(day))
    .replace(/[.,]/g, "");
}

/** “domingo” */
export function weekday(lang: Lang, day: string): string {
  return dateFormat(lang, { weekday: "long", timeZone: "UTC" }).format(noon(day));
}

/** “Noviembre de 2026” */
export function monthLong(lang: Lang, month: string): string {
  return capital(dateFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(noon(`${month}-01`)));
}

/** Monday first, as in both languages' countries: “L”, “M”, … */
export function weekdayInitials(lang: Lang): string[] {
  return Array.from({ length: 7 }, (_, i) =>
    dateFormat(lang, { weekday: "short", timeZone: "UTC" }).format(noon(`2026-06-0${i + 1}`)).slice(0, 2),
  );
}

/** “22:41”, in the venue's zone. */
export function clock(lang: Lang, instant: string | number, zone?: string): string {
  return dateFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(instant));
}

/** “22:41:07”, in the venue's zone. */
export function clockSeconds(lang: Lang, instant: string | number, zone?: string): string {
  return dateFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone }).format(
    new Date(instant),
  );
}

/** “27 nov, 18:03”, in the venue's zone. */
export function dateAndClock(lang: Lang, instant: string, zone?: string): string {
  return dateFormat(lang, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  })
    .format(new Date(instant))
    .replace(".", "");
}

/** The calendar date and time of day in the venue's zone. */
export function venueNow(zone: string | undefined, ms: number): { fecha: string; hora: string } {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);
  return { fecha: parts.slice(0, 10), hora: parts.slice(11, 16) };
}

/** A span in its largest sensible unit: “2 s”, “3 min”, “2 h”, “5 d”. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

export function number(lang: Lang, value: number, digits = 0): string {
  return new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits, minimumFractionDigits: 0 }).format(value);
}

export function percent(lang: Lang, share: number): string {
  return new Intl.NumberFormat(LOCALE[lang], { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** Milliseconds as “12 ms”, from a tenth of a second on as “0,2 s”. */
export function duration(lang: Lang, ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : `${number(lang, ms / 1000, ms < 10_000 ? 1 : 0)} s`;
}

export function bytes(lang: Lang, count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${number(lang, count / 1000, count < 10_000 ? 1 : 0)} kB`;
  if (count < 1_000_000_000) return `${number(lang, count / 1_000_000, count < 10_000_000 ? 2 : 1)} MB`;
  return `${number(lang, count / 1_000_000_000, count < 10_000_000_000 ? 1 : 0)} GB`;
}

/** Whether a time of day belongs to the night before: after midnight and before the venue's cutoff. */
export function afterMidnight(hora: string, corte = "04:00"): boolean {
  return hora < corte;
}

/** The calendar date of a time in the night of `dia`. */
export function calendarDate(dia: string, hora: string, corte?: string): string {
  return afterMidnight(hora, corte) ? addDays(dia, 1) : dia;
}

/** A name for its size on the verdict: how many characters its longest word and the whole have decide. */
export function nameSize(name: string): "s" | "m" | "l" {
  const longest = Math.max(...name.split(/\s+/).map((word) => word.length), 0);
  if (name.length > 34 || longest > 17) return "s";
  return name.length > 20 || longest > 13 ? "m" : "l";
}
