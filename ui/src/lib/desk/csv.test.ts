import { expect, test } from "vitest";
import { decode, delimiterOf, parse } from "./csv";

const cells = (text: string) => parse(text).rows.map((row) => row.cells);

test("quotes hold signs, lines and quotes", () => {
  expect(cells('nombre,nota\r\n"Ríos, Marta","dice ""hola""\nsegunda"\nLuis,\n')).toEqual([
    ["nombre", "nota"],
    ["Ríos, Marta", 'dice "hola"\nsegunda'],
    ["Luis", ""],
  ]);
});

test("a row knows its line, also after a cell of several lines and empty ones", () => {
  expect(parse('a,b\n"1\n2\n3",x\n\n , \ny,z').rows.map((row) => row.line)).toEqual([1, 2, 7]);
});

test("spreadsheets of half the world use semicolons, and copied cells tabs", () => {
  expect(delimiterOf('"a,b";c;d\n1,5;2;3')).toBe(";");
  expect(cells("a;b\n1,5;2")).toEqual([["a", "b"], ["1,5", "2"]]);
  expect(cells("nombre\thora\nAna\t22:30")).toEqual([["nombre", "hora"], ["Ana", "22:30"]]);
  expect(cells("solo\nuna")).toEqual([["solo"], ["una"]]);
});

test("a quote that nobody closed is named", () => {
  expect(parse('a,b\nx,"y\nz,w\n')).toMatchObject({ unclosed: 2 });
  expect(parse('a,b\nx,"y"\n').unclosed).toBeNull();
});

test("bytes are read as whoever wrote them meant them", () => {
  expect(decode(new TextEncoder().encode("\ufeffÑusta"))).toContain("Ñusta");
  expect(decode(Uint8Array.from([0xd1, 0x75, 0x73, 0x74, 0x61]))).toBe("Ñusta");
  expect(decode(Uint8Array.from([0xff, 0xfe, 0xd1, 0x00, 0x75, 0x00]))).toBe("Ñu");
});

test("an empty file has no rows", () => {
  expect(parse("").rows).toEqual([]);
  expect(parse("\ufeff\n\r\n").rows).toEqual([]);
});
