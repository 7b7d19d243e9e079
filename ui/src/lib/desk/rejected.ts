// The rows of a list that could not be imported, as a file to mend: its own columns, and at the end why each row is in it. Mended it is imported like
// any other list, and the last column is left out.

import type { TablaArchivo } from "../backend";
import type { Messages } from "../i18n";
import type { Target } from "./columns";
import type { CsvRow } from "./csv";
import type { BadRow } from "./listed";

/** A row by its line in the file, and why it is no reservation. */
export type Rejected = { line: number; why: string };

export const whyBad = (t: Messages, { fault, text }: BadRow): string => (text ? t.roster.faultWith(t.roster.faults[fault], text) : t.roster.faults[fault]);

export function rejected(t: Messages, name: string, rows: readonly CsvRow[], head: readonly string[] | null, targets: readonly (Target | null)[], list: readonly Rejected[]): TablaArchivo {
  const why = new Map(list.map((one) => [one.line, one.why]));
  const left = rows.filter((row) => why.has(row.line));
  const width = Math.max(targets.length, ...left.map((row) => row.cells.length));
  const names = Array.from({ length: width }, (_, column) => {
    const target = targets[column];
    return head ? (head[column] ?? "") : target ? t.roster.targets[target] : "";
  });
  // A file that comes back for the second time has such a column already.
  const kept = names.flatMap((one, column) => (one === t.roster.whyColumn ? [] : [column]));
  return {
    file: t.roster.rejectedFile(name.replace(/\.\w{1,4}$/, "")),
    sheet: t.roster.badRows,
    names: [...kept.map((column) => names[column] ?? ""), t.roster.whyColumn],
    rows: left.map((row) => [...kept.map((column) => row.cells[column] ?? ""), why.get(row.line) ?? ""]),
  };
}
