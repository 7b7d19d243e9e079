import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Code } from "../backend/types";
import { errorText, systemLang, wordsOf } from ".";

/** Every text with its path; functions are called with figures that plurals differ on. */
function texts(value: unknown, path: string, many: number): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, String((value as (...args: unknown[]) => string)(many, "2", "3", "4"))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`, many));
}

/** The codes of the generated type: the only list of them on this side. */
const codes = [...readFileSync(new URL("../bindings/Code.ts", import.meta.url), "utf8").matchAll(/"([a-z_]+)"/g)].map((match) => match[1] as Code);

const dictionaries = { es: await wordsOf("es"), en: await wordsOf("en") };

describe("the languages", () => {
  it("have the same texts, none of them empty", () => {
    for (const many of [1, 5]) {
      const es = texts(dictionaries.es, "", many);
      const en = texts(dictionaries.en, "", many);
      expect(en.map(([path]) => path)).toEqual(es.map(([path]) => path));
      for (const [path, text] of [...es, ...en]) expect(text.trim(), path).not.toBe("");
    }
  });

  it("say one and many differently", () => {
    expect(dictionaries.es.door.persons(1)).toBe("1 persona");
    expect(dictionaries.en.door.persons(2)).toBe("2 people");
  });

  it("have a sentence for every error code, and one for codes of a newer program", () => {
    expect(codes.length).toBeGreaterThan(30);
    for (const messages of Object.values(dictionaries)) {
      for (const code of codes) expect(Object.keys(messages.errors), code).toContain(code);
      expect(errorText(messages, "of_tomorrow" as Code)).toBe(messages.errors.unknown_code);
    }
  });

  it("follow the system, and are the venues' own where it speaks neither", () => {
    expect(systemLang(["en-US", "es"])).toBe("en");
    expect(systemLang(["es-EC"])).toBe("es");
    expect(systemLang(["fr-FR", "en"])).toBe("en");
    expect(systemLang(["fr-FR"])).toBe("es");
    expect(systemLang([])).toBe("es");
  });
});
