// What a physical key means on the keyboard layouts that hand scanners are set up for: the characters of ticket
// codes alone (base45, and the JSON of older codes).

/** The character of a physical key, or `undefined` where the layout has none of ours there. */
export type Layout = (code: string, shift: boolean, altGr: boolean) => string | undefined;

/** Keys that differ: plain, with Shift, with AltGr. */
type Keys = Record<string, readonly [plain: string, shift?: string, altGr?: string]>;

const NUMPAD: Record<string, string> = {
  NumpadAdd: "+",
  NumpadSubtract: "-",
  NumpadMultiply: "*",
  NumpadDivide: "/",
  NumpadDecimal: ".",
};

function layout(keys: Keys, swapYZ = false): Layout {
  return (code, shift, altGr) => {
    if (code === "Space") return " ";
    if (code.startsWith("Numpad")) return NUMPAD[code] ?? (/^Numpad\d$/.test(code) ? code.slice(6) : undefined);
    const letter = /^Key([A-Z])$/.exec(code)?.[1];
    if (letter && !altGr) {
      const meant = swapYZ && letter === "Y" ? "Z" : swapYZ && letter === "Z" ? "Y" : letter;
      return shift ? meant : meant.toLowerCase();
    }
    const own = keys[code];
    if (own) return altGr ? own[2] : shift ? own[1] : own[0];
    return undefined;
  };
}

const DIGITS_ES: Keys = {
  Digit1: ["1", "!", "|"],
  Digit2: ["2", '"', "@"],
  Digit3: ["3", undefined, "#"],
  Digit4: ["4", "$"],
  Digit5: ["5", "%"],
  Digit6: ["6", "&"],
  Digit7: ["7", "/"],
  Digit8: ["8", "("],
  Digit9: ["9", ")"],
  Digit0: ["0", "="],
};

const us = layout({
  Digit1: ["1", "!"],
  Digit2: ["2", "@"],
  Digit3: ["3", "#"],
  Digit4: ["4", "$"],
  Digit5: ["5", "%"],
  Digit6: ["6", "^"],
  Digit7: ["7", "&"],
  Digit8: ["8", "*"],
  Digit9: ["9", "("],
  Digit0: ["0", ")"],
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  Backslash: ["\\", "|"],
  Semicolon: [";", ":"],
  Quote: ["'", '"'],
  Comma: [",", "<"],
  Period: [".", ">"],
  Slash: ["/", "?"],
});

const es = layout({
  ...DIGITS_ES,
  Minus: ["'", "?"],
  BracketRight: ["+", "*", "]"],
  BracketLeft: ["`", "^", "["],
  Quote: ["´", "¨", "{"],
  Backslash: ["ç", "Ç", "}"],
  Comma: [",", ";"],
  Period: [".", ":"],
  Slash: ["-", "_"],
});

const latam = layout({
  ...DIGITS_ES,
  Minus: ["'", "?", "\\"],
  BracketRight: ["+", "*", "~"],
  Quote: ["{", "["],
  Backslash: ["}", "]"],
  Comma: [",", ";"],
  Period: [".", ":"],
  Slash: ["-", "_"],
});

const de = layout(
  {
    Digit1: ["1", "!"],
    Digit2: ["2", '"'],
    Digit3: ["3"],
    Digit4: ["4", "$"],
    Digit5: ["5", "%"],
    Digit6: ["6", "&"],
    Digit7: ["7", "/", "{"],
    Digit8: ["8", "(", "["],
    Digit9: ["9", ")", "]"],
    Digit0: ["0", "=", "}"],
    Minus: ["ß", "?"],
    BracketRight: ["+", "*", "~"],
    Comma: [",", ";"],
    Period: [".", ":"],
    Slash: ["-", "_"],
  },
  true,
);

/** In the order in which they are tried: scanners leave the factory set to the first. */
export const LAYOUTS: readonly Layout[] = [us, es, latam, de];

/** For tests: what a scanner set to a layout presses for a text. */
export const LAYOUT = { us, es, latam, de };
