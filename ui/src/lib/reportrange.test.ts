import { describe, expect, it } from "vitest";
import { isRange, PRESETS, rangeOf } from "./reportrange";

describe("the nights of a report", () => {
  it("are those that people mean", () => {
    expect(rangeOf("week", "2026-11-27")).toEqual({ desde: "2026-11-21", hasta: "2026-11-27" });
    expect(rangeOf("month", "2026-11-27")).toEqual({ desde: "2026-10-29", hasta: "2026-11-27" });
    expect(rangeOf("thisMonth", "2026-02-10")).toEqual({ desde: "2026-02-01", hasta: "2026-02-28" });
    expect(rangeOf("lastMonth", "2026-01-31")).toEqual({ desde: "2025-12-01", hasta: "2025-12-31" });
    expect(rangeOf("lastMonth", "2028-03-31")).toEqual({ desde: "2028-02-01", hasta: "2028-02-29" });
  });

  it("are in order and two years at most", () => {
    for (const preset of PRESETS) expect(isRange(rangeOf(preset, "2026-11-27"))).toBe(true);
    expect(isRange({ desde: "2026-11-27", hasta: "2026-11-27" })).toBe(true);
    expect(isRange({ desde: "2026-11-28", hasta: "2026-11-27" })).toBe(false);
    expect(isRange({ desde: "2024-01-01", hasta: "2025-12-31" })).toBe(true);
    expect(isRange({ desde: "2024-01-01", hasta: "2026-01-01" })).toBe(false);
    expect(isRange({ desde: "", hasta: "2026-01-01" })).toBe(false);
  });
});
