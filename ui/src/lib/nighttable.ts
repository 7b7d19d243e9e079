// A night as a table: the same figures as its pictures, for a file.

import type { TablaArchivo, Tonight } from "./backend";
import { curveOf } from "./curve";
import { clock, dayInText } from "./format";
import type { App } from "./state/app.svelte";
import type { Compared } from "./state/night.svelte";

export function tableOf(app: App, tonight: Tonight, then: Compared): TablaArchivo {
  const t = app.t.tonight;
  const steps = curveOf(tonight)?.steps ?? [];
  const at = (list: Tonight["curva"]) => new Map(list.map((quarter) => [Date.parse(quarter.desde), quarter.llegadas]));
  const doors = tonight.puertas.map((door) => ({ name: door.puerta || app.t.night.noDoor, by: at(door.curva) }));
  const before = then.curve ? [app.t.night.then(dayInText(app.lang, then.day))] : [];
  return {
    file: app.t.night.file(tonight.fecha),
    sheet: tonight.fecha,
    names: [t.hour, t.arrivals, t.planned, `${t.arrivals}, ${t.total}`, `${t.planned}, ${t.total}`, ...before, ...doors.map((door) => door.name)],
    rows: steps.map((step) => [
      clock(app.lang, step.at, app.zone),
      step.come,
      step.planned,
      step.comeTotal,
      step.plannedTotal,
      ...before.map(() => then.totalAt(step.at + 900_000) ?? 0),
      ...doors.map((door) => door.by.get(step.at) ?? 0),
    ]),
  };
}
