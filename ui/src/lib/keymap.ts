// Every key of the window in one table: what matches strokes reads it, and the key sheet shows it.
//
// P is nobody's at the door: tickets begin with it, and a scanner that stalls after its first character must do nothing.

export type Place = "everywhere" | "door" | "reservations";

export type Action =
  | "search"
  | "undo"
  | "digits"
  | "rest"
  | "byHand"
  | "seen"
  | "walkIn"
  | "again"
  | "doorTest"
  | "screens"
  | "badge"
  | "fullscreen"
  | "zoom"
  | "help"
  | "escape"
  | "newOne"
  | "edit"
  | "today"
  | "month"
  | "day"
  | "move"
  | "open"
  | "choose"
  | "chooseAll"
  | "filters"
  | "undoEdit";

type Binding = {
  place: Place;
  action: Action;
  /** As shown on the sheet; `⏎` and the like are replaced by the language's word there. */
  shown: readonly string[];
  /** `KeyboardEvent.key` values, lower case, that mean it without a modifier. */
  keys: readonly string[];
};

export const KEYMAP: readonly Binding[] = [
  { place: "everywhere", action: "screens", shown: ["Alt 1", "…", "Alt 6"], keys: [] },
  { place: "everywhere", action: "search", shown: ["/"], keys: ["/"] },
  { place: "everywhere", action: "badge", shown: ["C"], keys: ["c"] },
  { place: "everywhere", action: "fullscreen", shown: ["F11"], keys: ["f11"] },
  { place: "everywhere", action: "zoom", shown: ["Ctrl +", "Ctrl −", "Ctrl 0"], keys: [] },
  { place: "everywhere", action: "help", shown: ["?"], keys: ["?"] },
  { place: "everywhere", action: "escape", shown: ["Esc"], keys: ["escape"] },
  { place: "door", action: "digits", shown: ["1", "…", "9"], keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"] },
  { place: "door", action: "rest", shown: ["R"], keys: ["r"] },
  { place: "door", action: "undo", shown: ["Z"], keys: ["z"] },
  { place: "door", action: "byHand", shown: ["A", "A"], keys: ["a"] },
  { place: "door", action: "seen", shown: ["V"], keys: ["v"] },
  { place: "door", action: "walkIn", shown: ["N"], keys: ["n"] },
  { place: "door", action: "again", shown: ["O"], keys: ["o"] },
  { place: "door", action: "doorTest", shown: ["T"], keys: ["t"] },
  { place: "reservations", action: "move", shown: ["↑", "↓"], keys: ["arrowup", "arrowdown", "home", "end", "pageup", "pagedown"] },
  { place: "reservations", action: "open", shown: ["⏎"], keys: ["enter"] },
  { place: "reservations", action: "choose", shown: ["X"], keys: ["x"] },
  { place: "reservations", action: "chooseAll", shown: ["A"], keys: ["a"] },
  { place: "reservations", action: "newOne", shown: ["N"], keys: ["n"] },
  { place: "reservations", action: "edit", shown: ["E"], keys: ["e"] },
  { place: "reservations", action: "undoEdit", shown: ["Z"], keys: ["z"] },
  { place: "reservations", action: "filters", shown: ["F"], keys: ["f"] },
  { place: "reservations", action: "day", shown: ["←", "→"], keys: ["arrowleft", "arrowright"] },
  { place: "reservations", action: "today", shown: ["T"], keys: ["t"] },
  { place: "reservations", action: "month", shown: ["M"], keys: ["m"] },
];

/** What a key means on a screen; the screen's own meaning before the one it has everywhere. */
export function actionOf(key: string, place: Place): Action | null {
  const pressed = key.toLowerCase();
  const means = (binding: Binding) => binding.keys.includes(pressed);
  return (
    KEYMAP.find((binding) => binding.place === place && means(binding))?.action ??
    KEYMAP.find((binding) => binding.place === "everywhere" && means(binding))?.action ??
    null
  );
}
