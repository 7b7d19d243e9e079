// axe on every screen in both lights, what a screen reader is told, and the keyboard, the zoom and the contrast that people bring.

import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { dress, SCREENS, show } from "./screens";
import { guest, open } from "./window";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function faults(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => (await (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()).violations);
  return found
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).join("\n  ")}`);
}

/** Each language, and in one of them each light: words differ by the first, contrasts by the second. */
const LOOKS = [["es", "dark"], ["es", "light"], ["en", "light"]] as const;

for (const screen of SCREENS) {
  test(`axe finds nothing serious, and a screen reader finds what it did: ${screen.name}`, async ({ page }) => {
    await show(page, screen);
    await page.addScriptTag({ path: AXE });
    for (const [lang, theme] of LOOKS) {
      await dress(page, lang, theme);
      expect(await faults(page), `${lang}, ${theme}`).toEqual([]);
      if (theme === "light") await expect(page.locator("#app")).toMatchAriaSnapshot({ name: `${screen.name}-${lang}.yml` });
    }
  });
}

test("high contrast has nothing serious either", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("contrast", "more"));
  for (const screen of SCREENS.filter(({ name }) => name === "reservations" || name === "door-calm" || name === "door-test-fails")) {
    await show(page, screen);
    await page.addScriptTag({ path: AXE });
    for (const theme of ["dark", "light"] as const) {
      await dress(page, "es", theme);
      expect(await faults(page), `${screen.name}, ${theme}`).toEqual([]);
    }
  }
});

test("a screen reader hears the verdict, and finds the parts by name", async ({ page }) => {
  await open(page);
  await guest(page, "Lucía Fernández");
  await expect(page.getByTestId("said")).toHaveText("Adelante. Lucía Fernández. 4 de 6.");
  await expect(page.getByRole("navigation", { name: "Pantallas" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Buscar una reserva" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Deshacer ?: Lucía Fernández, \+1$/ })).toBeVisible();
  await expect(page.getByRole("group", { name: "¿Cuántos entran?" }).getByRole("button", { name: "1", pressed: true })).toBeVisible();
});

// 200 % on a 1366 × 768 screen leaves a page of 683 × 384; a 4K screen without scaling has 3840 × 2160.
for (const [zoom, width, height] of [["twice the size", 683, 384], ["a 4K screen", 3840, 2160]] as const) {
  test.describe(zoom, () => {
    test.use({ viewport: { width, height } });
    for (const screen of SCREENS) {
      test(`${screen.name} fits`, async ({ page }) => {
        await show(page, screen);
        const sideways = await page.evaluate(() => {
          const wide = [...document.querySelectorAll("#app *")].filter((one) => {
            const box = one.getBoundingClientRect();
            // What scrolls inside something else, or is only for screen readers, cuts nothing off.
            for (let up: Element | null = one; up; up = up.parentElement) {
              const style = getComputedStyle(up);
              if (style.overflowX === "auto" || style.overflowX === "scroll" || up.classList.contains("sr-only") || (up !== one && style.textOverflow === "ellipsis")) return false;
            }
            return box.width > 0 && box.right > innerWidth + 1;
          });
          return wide.map((one) => `${one.tagName} ${one.className} ${one.textContent?.trim().slice(0, 40)}`).slice(0, 5);
        });
        expect(sideways).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      });
    }
  });
}

test("larger and smaller by keys, and it stays", async ({ page }) => {
  await open(page);
  const zoom = () => page.evaluate(() => document.documentElement.style.zoom || "1");
  await page.keyboard.press("Control+=");
  await page.keyboard.press("Control+=");
  expect(await zoom()).toBe("1.25");
  await page.reload();
  await expect(page.getByTestId("badge")).toBeVisible();
  expect(await zoom()).toBe("1.25");
  await page.keyboard.press("Control+0");
  expect(await zoom()).toBe("1");
});

test("whoever asks for less motion gets no screen that changes its colour", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page);
  const ground = () => page.locator(".window").evaluate((window) => getComputedStyle(window).backgroundColor);
  const calm = await ground();
  await guest(page, "Lucía Fernández");
  await expect(page.locator("[data-flash=go]")).toHaveCount(1);
  expect(await ground()).toBe(calm);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await guest(page, "Marta Ríos");
  await expect.poll(ground).not.toBe(calm);
});

test("the screen stays on while the door is open, and nowhere else", async ({ page }) => {
  await open(page);
  const awake = () => page.evaluate(() => document.documentElement.dataset["awake"]);
  await expect.poll(awake).toBe("true");
  await page.getByTestId("nav-tonight").click();
  await expect.poll(awake).toBe("false");
});
