import { describe, expect, it } from "vitest";
import * as format from "./format";

describe("dates", () => {
  it("are the venue's, whatever the computer's zone", () => {
    expect(format.dayShort("es", "2026-11-27")).toBe("vie 27 nov");
    expect(format.dayLong("es", "2026-11-27")).toBe("Viernes 27 de noviembre");
    expect(format.dayLong("en", "2026-11-27")).toBe("Friday 27 November");
    expect(format.monthLong("es", "2026-11")).toBe("Noviembre de 2026");
  });

  it("count over months, years and leap days", () => {
    expect(format.addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(format.addDays("2028-03-01", -1)).toBe("2028-02-29");
    expect(format.addMonths("2026-01", -1)).toBe("2025-12");
  });

  it("weeks start on Monday", () => {
    expect(format.weekdayInitials("es")[0]).toBe("lu");
    expect(format.weekdayInitials("en")[6]).toBe("Su");
  });
});

describe("the venue's night", () => {
  it("holds the hours after midnight until the cutoff", () => {
    expect(format.calendarDate("2026-11-28", "01:30")).toBe("2026-11-29");
    expect(format.calendarDate("2026-11-28", "04:00")).toBe("2026-11-28");
    expect(format.calendarDate("2026-11-28", "23:59")).toBe("2026-11-28");
    expect(format.calendarDate("2026-11-28", "05:30", "06:00")).toBe("2026-11-29");
  });

  it("says the hour where the venue is", () => {
    expect(format.clock("es", "2026-11-28T03:41:07Z", "America/Guayaquil")).toBe("22:41");
    expect(format.venueNow("America/Guayaquil", Date.parse("2026-11-28T03:41:07Z"))).toEqual({ fecha: "2026-11-27", hora: "22:41" });
  });
});

describe("figures", () => {
  it("read as spans", () => {
    expect(format.span(2_000)).toBe("2 s");
    expect(format.span(4 * 60_000)).toBe("4 min");
    expect(format.span(3 * 3_600_000)).toBe("3 h");
    expect(format.span(-5)).toBe("0 s");
  });

  it("use the language's separators", () => {
    expect(format.duration("es", 210)).toBe("0,2 s");
    expect(format.duration("en", 42)).toBe("42 ms");
    expect(format.bytes("es", 1_240_000)).toBe("1,24 MB");
    expect(format.bytes("en", 900)).toBe("900 B");
    expect(format.bytes("es", 212e9)).toBe("212 GB");
  });

  it("size a name by its length", () => {
    expect(format.nameSize("Lucía Fernández")).toBe("l");
    expect(format.nameSize("María Fernanda Villacís")).toBe("m");
    expect(format.nameSize("Cooperativa de Ahorro y Crédito Jardín Azuayo")).toBe("s");
    expect(format.nameSize("Donaudampfschifffahrt")).toBe("s");
  });
});
