// Every screen in both languages, both lights and two sizes, kept in docs/screenshots/ui and compared (`pictures.ts` says
// how). `npm run test:ui -- screenshots --update-snapshots` takes them anew, with the full-size ones that docs/ shows.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { desk, pack, print, thumb, unlike, unpack, type Thumb } from "./pictures";
import { dress, SCREENS, show } from "./screens";

const DOCS = join(import.meta.dirname, "../../docs/screenshots");
const SIZES = [{ width: 1366, height: 768 }, { width: 1920, height: 1080 }];
const LOOKS = [["es", "dark"], ["es", "light"], ["en", "dark"], ["en", "light"]] as const;

for (const screen of SCREENS) {
  test(`${screen.name} looks as it did`, async ({ page }, { config }) => {
    test.setTimeout(90_000);
    const drawing = await desk(page);
    await page.bringToFront();
    const sheet: Thumb[] = [];
    const titles: string[] = [];
    const anew = config.updateSnapshots === "all" || config.updateSnapshots === "changed";
    await show(page, screen);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [lang, theme] of LOOKS) {
        await dress(page, lang, theme);
        const png = await page.screenshot({ animations: "disabled", caret: "hide", scale: "css" });
        sheet.push(await thumb(drawing, png));
        titles.push(`${lang}, ${theme}, ${size.width} × ${size.height}`);
        if (anew && screen.docs && theme === "dark" && size.width === 1366) {
          mkdirSync(join(DOCS, lang), { recursive: true });
          await print(drawing, join(DOCS, lang, `${screen.name}.webp`), png);
        }
      }
    }
    const file = join(DOCS, "ui", `${screen.name}.webp`);
    const taken = await pack(drawing, sheet, LOOKS.length);
    if (anew) return writeFileSync(file, taken);
    expect(existsSync(file), `${file} is missing: --update-snapshots takes it`).toBe(true);
    const before = await unpack(drawing, readFileSync(file), LOOKS.length);
    const changed = (await unpack(drawing, taken, LOOKS.length)).flatMap((now, n) => {
      const { same, pixels, worst, where } = unlike(before[n] ?? new Uint8Array(now.length), now);
      return same ? [] : [`${titles[n]}: ${pixels} pixels, by ${worst} at ${where}`];
    });
    expect(changed).toEqual([]);
  });
}

test("the comparison forgives another way of drawing, and nothing that a person would see", async ({ page }) => {
  const drawing = await desk(page);
  await page.bringToFront();
  const [admitted] = SCREENS.filter((screen) => screen.name === "door-admitted");
  if (!admitted) throw new Error("the list has no door-admitted");
  await show(page, admitted);
  const take = async () => thumb(drawing, await page.screenshot({ animations: "disabled", scale: "css" }));
  const before = await take();
  const with_ = async (css: string) => {
    const style = await page.addStyleTag({ content: css });
    const is = unlike(before, await take());
    await style.evaluate((node) => (node as Element).remove());
    return is;
  };
  // Letters drawn heavier or lighter, everything half a pixel elsewhere, other hinting.
  for (const css of [
    "body { -webkit-font-smoothing: subpixel-antialiased; text-rendering: geometricPrecision }",
    "#app { transform: translate(0.5px, 0.5px) }",
    "* { -webkit-text-stroke: 0.15px currentColor }",
    "* { word-spacing: 0.02em }",
  ]) {
    const { same, pixels, worst } = await with_(css);
    console.log(`forgiven: ${css}: ${pixels} pixels, by ${worst}`);
    expect(same, `${css}: ${pixels} pixels, by ${worst}`).toBe(true);
  }
  // A button gone, another colour, another word, a line that slipped.
  for (const css of [
    ".act button:last-of-type { visibility: hidden }",
    ".mood-go { --mood: #2eb4d4 }",
    ".word span { visibility: hidden }",
    ".chips { transform: translateY(14px) }",
    "[data-testid=badge] { visibility: hidden }",
  ]) {
    const { same, pixels, worst } = await with_(css);
    console.log(`seen: ${css}: ${pixels} pixels, by ${worst}`);
    expect(same, `${css}: only ${pixels} pixels, by ${worst}`).toBe(false);
  }
});
