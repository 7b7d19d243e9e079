// Cells out of a text that a spreadsheet wrote or that was copied out of one (RFC 4180, and what programs make of it). Our own because each row
// has to know its line in the file, and a quote that nobody closed has to be named instead of swallowing the rest.

export type CsvRow = { line: number; cells: string[] };
export type Csv = { rows: CsvRow[]; delimiter: string; /** The line of a quote that was never closed. */ unclosed: number | null };

const DELIMITERS = [";", ",", "\t"];

/** The sign that makes the most of the first line, outside quotes. */
export function delimiterOf(text: string): string {
  const first = (/^[^\n]*/.exec(text)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const count = (sign: string) => first.split(sign).length - 1;
  return DELIMITERS.reduce((best, sign) => (count(sign) > count(best) ? sign : best), ",");
}

/** What a file's bytes say: UTF-8 or UTF-16 by their mark, UTF-8 where they are that, else what Windows writes in Western Europe and America. */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

export function parse(source: string, delimiter?: string): Csv {
  const text = source.replace(/^\ufeff/, "");
  const sign = delimiter ?? delimiterOf(text);
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  let unclosed: number | null = null;
  const end = () => {
    if (cells.some((cell) => cell.trim() !== "")) rows.push({ line: start, cells });
    cells = [];
    start = line;
  };
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      const opened = line;
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        const part = text.slice(at, quote < 0 ? undefined : quote);
        cell += part;
        line += part.split("\n").length - 1;
        if (quote < 0) {
          unclosed = opened;
          at = text.length;
          break;
        }
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    // After a closing quote, and in cells without one: up to the next sign or line.
    while (at < text.length && text[at] !== sign && text[at] !== "\n" && text[at] !== "\r") cell += text[at++];
    cells.push(cell.trim());
    if (text[at] === sign) {
      at += 1;
      if (at >= text.length) cells.push("");
      continue;
    }
    if (text[at] === "\r") at += text[at + 1] === "\n" ? 2 : 1;
    else at += 1;
    line += 1;
    end();
  }
  end();
  return { rows, delimiter: sign, unclosed };
}
