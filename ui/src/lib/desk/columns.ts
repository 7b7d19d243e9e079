// Which column of somebody's list is what: by its name in any of the usual words, and by what stands in it.

/** What a column can be. */
export const TARGETS = ["nombre", "personas", "fecha", "noche", "hora", "mesa", "telefono", "email", "promotor", "motivo", "beneficios", "notas", "estado", "origen", "id"] as const;
export type Target = (typeof TARGETS)[number];

/** Without one of each, no row is a reservation. */
export const NEEDED: readonly (readonly Target[])[] = [["nombre"], ["personas"], ["fecha", "noche"], ["hora"]];

/** A name without accents, case and signs. */
export const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();

/** Words as venues, booking programs and Portero's own files name their columns; the whole name has to be one of them. */
const WORDS: Record<Target, string> = {
  nombre: "nombre|cliente nombre|cliente|nombre cliente|nombre completo|nombre y apellido|a nombre de|titular|huesped|invitado|name|full name|client|customer|guest|guest name|booker",
  personas: "numeropersonas|personas|pax|cantidad|n personas|num personas|numero de personas|comensales|asistentes|people|guests|party|party size|covers|size|persons",
  fecha: "fecha|fecha reserva|fecha de reserva|dia|date|day|booking date|reservation date",
  noche: "noche|noche del|fecha noche|night|night of",
  hora: "hora|hora reserva|hora de llegada|llegada|time|arrival|arrival time|booking time",
  mesa: "mesa|n mesa|numero de mesa|zona|table|table number|area",
  telefono: "telefono|cliente telefono|tel|movil|celular|whatsapp|contacto|phone|mobile|phone number|telephone",
  email: "email|cliente email|correo|correo electronico|e mail|mail|email address",
  promotor: "promotor|promotor nombre|rrpp|relacionista|vendedor|referido por|promoter|referrer|host|sales",
  motivo: "razonvisita|motivo|motivo de la visita|ocasion|celebracion|evento|occasion|reason|event",
  beneficios: "beneficiosreserva|beneficios|cortesia|incluye|promocion|benefits|perks|includes",
  notas: "detalles|notas|nota|observaciones|comentarios|comentario|notes|note|comments|remarks|special requests|requests",
  estado: "estado|estatus|situacion|state|status",
  origen: "origen|sin reserva|tipo|origin|walk in|kind",
  id: "id|reserva id|reservaid",
};

const NAMES = new Map<string, Target>(TARGETS.flatMap((target) => WORDS[target].split("|").map((word): [string, Target] => [word, target])));

const LOOKS: [Target, RegExp][] = [
  ["email", /^[^\s@]+@[^\s@]+\.\w+$/],
  ["hora", /^\d{1,2}[:.h]\d{2}(:\d{2})?\s*([ap]\.?m\.?)?$/i],
  ["fecha", /^\d{4}-\d{1,2}-\d{1,2}$|^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/],
  ["telefono", /^\+?[\d\s()-]{7,20}$/],
  ["personas", /^\d{1,2}$/],
];

/** What each column is, as far as its name or its cells tell; no two are the same. */
export function guess(names: readonly string[], rows: readonly (readonly string[])[]): (Target | null)[] {
  const taken = new Set<Target>();
  const take = (target: Target | undefined) => (target && !taken.has(target) ? (taken.add(target), target) : null);
  const found = names.map((name) => take(NAMES.get(plain(name))));
  return found.map((target, column) => {
    if (target) return target;
    const cells = rows.slice(0, 20).map((row) => row[column] ?? "").filter(Boolean);
    if (cells.length === 0) return null;
    return take(LOOKS.find(([one, look]) => !taken.has(one) && cells.every((cell) => look.test(cell)))?.[0]);
  });
}

/** Whether a first row names columns, and is no reservation itself. */
export function isHeader(row: readonly string[]): boolean {
  return row.some((cell) => NAMES.has(plain(cell))) && !row.some((cell) => LOOKS.some(([target, look]) => target !== "telefono" && look.test(cell)));
}

/** What is missing before anything can be imported. */
export function missing(targets: readonly (Target | null)[]): Target[] {
  return NEEDED.filter((any) => !any.some((target) => targets.includes(target))).map((any) => any[0]!);
}
