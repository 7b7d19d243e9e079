// What the list shows: which nights, which words, and what else has to be true. And views: filters that somebody gave a name.

import type { ListQuery, Origin, Promoter, Solo, Status } from "../backend";
import { addDays, noon } from "../format";

export type Span = "night" | "week" | "month" | "all";

export type Filter = {
  span: Span;
  text: string;
  estado: Status | null;
  promotor: Promoter | null;
  origen: Origin | null;
  /** Parties of that many and more. */
  desde: number | null;
  solo: Solo[];
};

export const SOLO: readonly Solo[] = ["sinMesa", "conNotas", "incompletas", "deMas", "porEnviar"];

export const unfiltered = (): Filter => ({ span: "night", text: "", estado: null, promotor: null, origen: null, desde: null, solo: [] });

/** The first and the last night of a span around a day; `null`: every night. */
export function nights(span: Span, day: string): { first: string; last: string } | null {
  if (span === "all") return null;
  if (span === "night") return { first: day, last: day };
  if (span === "week") {
    const first = addDays(day, -((noon(day).getUTCDay() + 6) % 7));
    return { first, last: addDays(first, 6) };
  }
  const first = `${day.slice(0, 7)}-01`;
  const next = noon(first);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { first, last: addDays(next.toISOString().slice(0, 10), -1) };
}

/** One span back or on. */
export function step(span: Span, day: string, by: number): string {
  if (span === "week") return addDays(day, 7 * by);
  if (span !== "month") return addDays(day, by);
  const date = noon(`${day.slice(0, 7)}-01`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return date.toISOString().slice(0, 10);
}

export function queryOf(filter: Filter, day: string): ListQuery {
  const span = nights(filter.span, day);
  return {
    fecha: span?.first,
    hasta: span && span.last !== span.first ? span.last : undefined,
    text: filter.text.trim() || undefined,
    estado: filter.estado ?? undefined,
    promotor: filter.promotor?.id,
    origen: filter.origen ?? undefined,
    personasDesde: filter.desde ?? undefined,
    solo: filter.solo.length > 0 ? filter.solo : undefined,
  };
}

/** How many things the list is narrowed by, beyond the nights, the words and the state that are always in sight. */
export function narrowed(filter: Filter): number {
  return [filter.promotor, filter.origen, filter.desde].filter((one) => one !== null).length + filter.solo.length;
}

export type View = { name: string; filter: Filter };

const KEY = "views";

export function savedViews(store: Pick<Storage, "getItem"> = localStorage): View[] {
  try {
    const found: unknown = JSON.parse(store.getItem(KEY) ?? "[]");
    if (!Array.isArray(found)) return [];
    // A view of an older version has fewer fields: what it does not say is not narrowed.
    return found.filter((one): one is View => typeof one?.name === "string" && typeof one?.filter === "object" && one.filter !== null).map(({ name, filter }) => ({ name, filter: { ...unfiltered(), ...filter } }));
  } catch {
    return [];
  }
}

export function saveViews(views: readonly View[], store: Pick<Storage, "setItem"> = localStorage): void {
  store.setItem(KEY, JSON.stringify(views));
}
