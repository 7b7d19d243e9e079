import { describe, expect, it } from "vitest";
import { curveOf, lately, peak, QUARTER } from "./curve";
import { actionOf, KEYMAP } from "./keymap";
import { inSight, Pages } from "./pages";

describe("pages", () => {
  it("asks for those in sight that are not known", () => {
    const pages = new Pages<number>(100);
    expect(pages.missing(90, 210)).toEqual([0, 100, 200]);
    pages.put(100, Array.from({ length: 100 }, (_, i) => 100 + i));
    expect(pages.missing(90, 210)).toEqual([0, 200]);
    expect(pages.at(150)).toBe(150);
    expect(pages.at(99)).toBeUndefined();
  });

  it("shows what was known while it is read again", () => {
    const pages = new Pages<string>(2);
    pages.put(0, ["a", "b"]);
    pages.stale();
    expect(pages.at(0)).toBe("a");
    expect(pages.missing(0, 1)).toEqual([0]);
    expect([...pages.known()]).toEqual([[0, "a"], [1, "b"]]);
  });

  it("draws what is in sight of 100,000 rows and a few around", () => {
    expect(inSight(0, 500, 50, 100_000)).toEqual({ first: 0, last: 16 });
    expect(inSight(50 * 99_990, 500, 50, 100_000).last).toBe(99_999);
    expect(inSight(0, 500, 50, 0)).toEqual({ first: 0, last: -1 });
  });
});

describe("the night's curve", () => {
  const at = (quarter: number) => new Date(1_800_000_000_000 + quarter * QUARTER).toISOString();
  const tonight = { curva: [{ desde: at(1), llegadas: 3 }, { desde: at(3), llegadas: 5 }], previstas: [{ desde: at(0), llegadas: 4 }, { desde: at(4), llegadas: 6 }] };

  it("runs from the first person to the last, with the empty quarters", () => {
    const curve = curveOf(tonight);
    expect(curve?.steps.map((step) => step.comeTotal)).toEqual([0, 3, 3, 8, 8]);
    expect(curve?.steps.map((step) => step.plannedTotal)).toEqual([4, 4, 4, 4, 10]);
    expect(curve?.top).toBe(10);
  });

  it("knows the pace and the peak", () => {
    const curve = curveOf(tonight);
    if (!curve) throw new Error("there are people");
    expect(peak(curve)?.come).toBe(5);
    expect(lately(curve, curve.start + 3.5 * QUARTER)).toBe(5);
  });

  it("is none without people", () => {
    expect(curveOf({ curva: [], previstas: [] })).toBeNull();
  });
});

describe("the keys", () => {
  it("mean one thing on each screen", () => {
    for (const place of ["everywhere", "door", "reservations"] as const) {
      const keys = KEYMAP.filter((binding) => binding.place === place).flatMap((binding) => binding.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("leave the letter that tickets begin with alone at the door", () => {
    expect(actionOf("P", "door")).toBeNull();
  });

  it("are the screen's before they are everybody's", () => {
    expect(actionOf("Z", "door")).toBe("undo");
    expect(actionOf("z", "reservations")).toBe("undoEdit");
    expect(actionOf("n", "door")).toBe("walkIn");
    expect(actionOf("n", "reservations")).toBe("newOne");
    expect(actionOf("?", "door")).toBe("help");
    expect(actionOf("7", "door")).toBe("digits");
  });
});
