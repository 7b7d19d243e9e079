// Typed dictionaries: a key that is missing in one language does not compile. The window loads the one that it speaks.

import type { Code, Lang } from "../backend/types";
import type { es } from "./es";

/** The shape of `es` with its literals widened, so that another language may use other words. */
type Widened<T> = {
  [K in keyof T]: T[K] extends string ? string : T[K] extends (...args: infer A) => string ? (...args: A) => string : Widened<T[K]>;
};

export type Messages = Widened<typeof es>;

/** A language and its words. */
export type Spoken = { readonly lang: Lang; readonly words: Messages };

export async function wordsOf(lang: Lang): Promise<Messages> {
  return lang === "es" ? (await import("./es")).es : (await import("./en")).en;
}

/** The first of the system's languages that Portero speaks, where nobody chose one; else the venues' own. */
export function systemLang(languages: readonly string[]): Lang {
  const known = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "es" || tag === "en");
  return known === "en" ? "en" : "es";
}

/** The sentence for an error's code; an unknown code (a newer program behind) has a sentence too. */
export function errorText(messages: Messages, code: Code): string {
  return (messages.errors as Record<string, string | undefined>)[code] ?? messages.errors.unknown_code;
}
