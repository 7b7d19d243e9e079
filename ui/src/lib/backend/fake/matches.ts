// Which rows a list of the memory venue shows.

import type { ListQuery } from "../types";
import type { Row } from "./venue";

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function matches(query: ListQuery, pending: (row: Row) => boolean): (row: Row) => boolean {
  const words = plain(query.text ?? "").split(/\s+/).filter(Boolean);
  const last = query.hasta ?? query.fecha;
  const only = new Set(query.solo ?? []);
  return (row) =>
    (!query.fecha || row.dia >= query.fecha) &&
    (!last || row.dia <= last) &&
    (!query.estado || row.estado === query.estado) &&
    (!query.promotor || row.promotor?.id === query.promotor) &&
    (!query.origen || row.origen === query.origen) &&
    row.numeroPersonas >= (query.personasDesde ?? 0) &&
    (!only.has("sinMesa") || !row.mesa) &&
    (!only.has("conNotas") || !!row.detalles?.length) &&
    (!only.has("incompletas") || (row.asistenciaActual > 0 && row.asistenciaActual < row.numeroPersonas)) &&
    (!only.has("deMas") || row.asistenciaActual > row.numeroPersonas) &&
    (!only.has("porEnviar") || pending(row)) &&
    (words.length === 0 || said(row, words));
}

function said(row: Row, words: string[]): boolean {
  const { nombre, telefono, email } = row.cliente;
  const all = plain([nombre, telefono, email, row.mesa, row.promotor?.nombre, row.razonVisita, row.beneficiosReserva, ...(row.detalles ?? [])].join(" ")).split(/[\s:]+/);
  const digits = (telefono ?? "").replace(/\D/g, "");
  return words.every((word) => all.some((one) => one.startsWith(word)) || (/^\d{3,}$/.test(word) && digits.includes(word)));
}

const STATES: readonly Row["estado"][] = ["En Progreso", "Activa", "En Camino", "Reserva Caída", "Cancelado"];
const words = new Intl.Collator("es", { numeric: true, sensitivity: "base" });

/** The order of a list: what has none of it comes last either way, and what is equal goes by night and hour. */
export function inOrder({ orden = "hora", alReves = false }: ListQuery): (a: Row, b: Row) => number {
  const key = (row: Row): string | number | undefined => {
    if (orden === "personas") return row.numeroPersonas;
    if (orden === "estado") return STATES.indexOf(row.estado);
    return orden === "cliente" ? row.cliente.nombre : orden === "mesa" ? row.mesa : row.promotor?.nombre;
  };
  const way = alReves ? -1 : 1;
  const byNight = (a: Row, b: Row) => `${a.fecha} ${a.hora} ${a.cliente.nombre}`.localeCompare(`${b.fecha} ${b.hora} ${b.cliente.nombre}`);
  if (orden === "hora") return (a, b) => way * byNight(a, b);
  return (a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined) || byNight(a, b);
    const first = typeof one === "number" ? one - Number(other) : words.compare(one, String(other));
    return way * first || byNight(a, b);
  };
}
