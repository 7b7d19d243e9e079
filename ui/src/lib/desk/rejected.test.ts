import { expect, test } from "vitest";
import { wordsOf } from "../i18n";
import { guess, isHeader } from "./columns";
import { parse } from "./csv";
import { read } from "./listed";
import { rejected, whyBad } from "./rejected";

const LIST = "Nombre completo;Pax;Fecha;Hora;RRPP\nZoé Almeida;4;28/11/2026;22:30;Daniela\n;2;28/11/2026;22:00;\nBruno;dos;29/11/2026;21:00;;sobra\n";

/** As an import reads a list. */
function imported(text: string) {
  const [head, ...rows] = parse(text).rows;
  const targets = guess(head!.cells, rows.map((row) => row.cells));
  return { head: head!.cells, rows, targets, ...read(rows, { targets, cutoff: "04:00", promoters: [], monthFirst: false }) };
}

for (const t of [await wordsOf("es"), await wordsOf("en")]) {
  test(`what is wrong is saved with its columns and its reason, and mended it is imported (${t.name})`, () => {
    const { head, rows, targets, bad } = imported(LIST);
    const table = rejected(t, "promotor.csv", rows, head, targets, bad.map((row) => ({ line: row.line, why: whyBad(t, row) })));
    expect(table.file).toBe(t.roster.rejectedFile("promotor"));
    expect(table.names).toEqual([...head, "", t.roster.whyColumn]);
    expect(table.rows).toEqual([
      ["", "2", "28/11/2026", "22:00", "", "", t.roster.faults.nameMissing],
      ["Bruno", "dos", "29/11/2026", "21:00", "", "sobra", t.roster.faultWith(t.roster.faults.cells, "6")],
    ]);
    const file = [table.names, ...table.rows.map((row) => row.map((cell) => (cell === "" ? "Ana" : cell === "dos" ? "2" : cell)))];
    const again = imported(file.map((cells) => cells.join(";")).join("\n"));
    expect(isHeader(again.head)).toBe(true);
    // The reason is no column of a reservation.
    expect(again.targets.at(-1)).toBeNull();
    expect(again.bad).toEqual([]);
    expect(again.good).toHaveLength(2);
    // Once more: no second column of reasons.
    expect(rejected(t, "", again.rows, again.head, again.targets, [{ line: 2, why: "x" }]).names).toEqual(table.names);
  });

  test(`a list without a head gets one that is understood (${t.name})`, () => {
    const rows = parse("Ana;2;28/11/2026;nunca\n").rows;
    const targets = ["nombre", "personas", "fecha", "hora"] as const;
    const { names } = rejected(t, "", rows, null, targets, [{ line: 1, why: "x" }]);
    expect(guess(names, rows.map((row) => row.cells)).slice(0, 4)).toEqual(targets);
  });
}
