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
