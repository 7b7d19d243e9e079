// axe on every screen in both themes, and what a screen reader is told.

import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { guest, hand, open, type Look } from "./window";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function faults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async () => (await (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()).violations);
  return found
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).join("\n  ")}`);
}

const screens: [string, Partial<Look>, (page: Page) => Promise<unknown>][] = [
  ["door, calm", {}, async () => undefined],
  ["door, admitted", {}, (page) => guest(page, "Lucía Fernández")],
  ["door, excess", {}, (page) => guest(page, "Grupo Andrade")],
  ["door, refused", {}, (page) => guest(page, "Marta Ríos")],
  ["door, unknown", {}, (page) => hand(page, (fake) => fake.camera("res-nobody"))],
  ["door, call back", {}, (page) => hand(page, (fake) => fake.conflict("exceso", "José López"))],
  ["door, test", {}, (page) => page.keyboard.press("t")],
  ["door, search", {}, (page) => page.getByTestId("search").fill("mar")],
  ["reservations", {}, (page) => page.getByTestId("nav-reservations").click()],
  [
    "reservation",
    {},
    async (page) => {
      await page.getByTestId("nav-reservations").click();
      await page.getByTestId("reservation-row").first().click();
      await expect(page.getByTestId("reservation-qr")).toBeVisible();
    },
  ],
  [
    "reservation, form",
    {},
    async (page) => {
      await page.getByTestId("nav-reservations").click();
      await page.getByTestId("reservation-new").click();
      await page.getByTestId("reservation-save").click();
    },
  ],
  [
    "reservations, month",
    {},
    async (page) => {
      await page.getByTestId("nav-reservations").click();
      await page.getByTestId("day").click();
    },
  ],
  ["tonight", {}, (page) => page.getByTestId("nav-tonight").click()],
  ["conflicts", {}, (page) => page.getByTestId("nav-conflicts").click()],
  ["settings", { query: "host" }, (page) => page.getByTestId("nav-settings").click()],
  ["components", {}, async (page) => {
      await page.getByTestId("nav-settings").click();
      await page.getByRole("button", { name: /^Component/ }).click();
      await expect(page.getByTestId("components")).toBeVisible();
    }],
  ["badge", { query: "link=offline" }, (page) => page.getByTestId("badge").click()],
  ["keys", {}, (page) => page.keyboard.press("?")],
  ["first start", { query: "first", start: true }, async () => undefined],
  ["first start, join", { query: "first", start: true }, (page) => page.getByTestId("start-join").click()],
];

for (const theme of ["dark", "light"] as const) {
  for (const [name, look, go] of screens) {
    test(`axe finds nothing serious: ${name}, ${theme}`, async ({ page }) => {
      await open(page, { ...look, theme });
      await go(page);
      // The moment in which the whole screen takes the verdict's mood is over.
      await page.waitForTimeout(300);
      expect(await faults(page)).toEqual([]);
    });
  }
}

test("high contrast has nothing serious either", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("contrast", "more"));
  for (const theme of ["dark", "light"] as const) {
    await open(page, { theme });
    await page.getByTestId("nav-reservations").click();
    await expect(page.getByTestId("reservation-row").first()).toBeVisible();
    expect(await faults(page)).toEqual([]);
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
  await expect(page.getByRole("banner")).toMatchAriaSnapshot(`
    - banner:
      - text: Portero Demostración
      - navigation "Pantallas":
        - button "Puerta"
        - button "Reservas"
        - button "Esta noche"
        - button "Conflictos 2 conflictos abiertos"
        - button "Ajustes"
      - paragraph: Club Miramar · vie 27 nov · Puerta 1
      - button "ES . Switch to English"
      - button "Tema claro"
      - button "En vivo hace 2 s"
      - status: En vivo
  `);
});
