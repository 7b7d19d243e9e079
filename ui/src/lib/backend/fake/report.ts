// Nights summed up, as Rust does it.

import type { InformeGrupo, InformeNoches, InformeRango, InformeSumas } from "../types";
import { TODAY, type Row } from "./venue";

type Tally = InformeSumas & { days: Set<string> };

export function report(all: Row[], { desde, hasta }: InformeRango): InformeNoches {
  const rows = all.filter((row) => row.dia >= desde && row.dia <= hasta);
  const by = (keyOf: (row: Row) => string): InformeGrupo[] => {
    const groups = new Map<string, Tally>();
    for (const row of rows) {
      const key = keyOf(row);
      const sums = groups.get(key) ?? { ...nothing(), days: new Set() };
      count(sums, row);
      groups.set(key, sums);
    }
    return [...groups].map(([clave, { days, ...sums }]) => ({ clave, ...sums, noches: days.size }));
  };
  const most = (groups: InformeGrupo[]) => groups.sort((a, b) => b.llegaron - a.llegaron);
  const inOrder = (groups: InformeGrupo[]) => groups.sort((a, b) => a.clave.localeCompare(b.clave));
  const dias = inOrder(by((row) => row.dia));
  const total = dias.reduce<InformeSumas>((sum, day) => {
    for (const key of Object.keys(sum) as (keyof InformeSumas)[]) sum[key] += day[key];
    return sum;
  }, nothing());
  return {
    total,
    dias,
    semana: inOrder(by((row) => String(new Date(`${row.dia}T12:00:00Z`).getUTCDay() || 7))),
    promotores: most(by((row) => row.promotor?.nombre ?? "")),
    motivos: most(by((row) => row.razonVisita ?? "")),
    origenes: most(by((row) => row.origen)),
  };
}

function nothing(): InformeSumas {
  return { noches: 0, reservas: 0, esperadas: 0, llegaron: 0, exceso: 0, noLlegaron: 0, canceladas: 0 };
}

function count(sums: Tally, row: Row): void {
  sums.days.add(row.dia);
  sums.llegaron += row.asistenciaActual;
  if (row.estado === "Cancelado") {
    sums.canceladas += 1;
    return;
  }
  sums.reservas += 1;
  sums.esperadas += row.numeroPersonas;
  sums.exceso += Math.max(0, row.asistenciaActual - row.numeroPersonas);
  if (row.asistenciaActual === 0 && (row.dia < TODAY || row.estado === "Reserva Caída")) sums.noLlegaron += 1;
}
