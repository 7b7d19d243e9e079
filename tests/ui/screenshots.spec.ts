// Every screen in both languages and themes, kept in docs/screenshots/ui and compared. `--update-snapshots` draws anew.

import { expect, test, type Page } from "@playwright/test";
import { guest, hand, open, type Look } from "./window";

const found = async (page: Page, name: string, at: string) => {
  await page.getByTestId("nav-reservations").click();
  await page.getByTestId("reservation-search").fill(name);
  await page.getByTestId("reservation-row").filter({ hasText: at }).first().click();
  await expect(page.getByTestId("reservation-qr")).toBeVisible();
  await page.getByTestId("reservation-search").fill("");
  await expect(page.getByTestId("reservation-row").nth(8)).toBeVisible();
};

const confirmed = (page: Page) => expect(page.getByTestId("verdict").locator(".tick .confirmed")).toBeVisible();

const screens: [string, Partial<Look>, (page: Page) => Promise<unknown>][] = [
  ["door-calm", {}, async () => undefined],
  ["door-admitted", {}, async (page) => {
    await guest(page, "Lucía Fernández");
    await confirmed(page);
  }],
  ["door-excess", {}, async (page) => {
    await guest(page, "Grupo Andrade");
    await confirmed(page);
  }],
  ["door-refused", {}, async (page) => {
    await guest(page, "Marta Ríos");
    await page.keyboard.press("a");
    await expect(page.getByTestId("by-hand")).toHaveClass(/armed/);
  }],
  ["door-unknown", {}, (page) => hand(page, (fake) => fake.camera("res-nobody"))],
  ["door-call-back", {}, async (page) => {
    await guest(page, "José López");
    await confirmed(page);
    await hand(page, (fake) => fake.conflict("exceso", "José López"));
    await expect(page.getByTestId("callback")).toBeVisible();
  }],
  ["door-not-kept", {}, (page) => hand(page, (fake) => fake.fault("disk_full"))],
  ["door-test", {}, async (page) => {
    await page.keyboard.press("t");
    await expect(page.getByTestId("door-test")).toBeVisible();
    await hand(page, (fake) => fake.camera("https://example.com/menu"));
    await page.getByRole("button", { name: /^(Se oyó|Heard)$/ }).click();
    await page.getByRole("button", { name: /^(Se oyó|Heard)$/ }).blur();
  }],
  ["door-search", {}, async (page) => {
    await page.getByTestId("search").fill("mar");
    await expect(page.getByTestId("search-result").nth(3)).toBeVisible();
  }],
  ["door-offline", { query: "link=offline" }, async (page) => {
    await guest(page, "Carlos Vera");
    await page.getByTestId("badge").click();
    await expect(page.getByTestId("badge-details")).toBeVisible();
  }],
  ["door-no-camera", {}, async (page) => {
    await hand(page, (fake) => fake.cameraState({ state: "unavailable", name: "HD Webcam", reason: "denied", detail: "" }));
    await page.keyboard.press("n");
  }],
  ["reservations", {}, async (page) => {
    await page.getByTestId("nav-reservations").click();
    await expect(page.getByTestId("reservation-row").first()).toBeVisible();
  }],
  ["reservation", {}, (page) => found(page, "lucia fernandez", "21:30")],
  ["reservation-form", {}, async (page) => {
    await found(page, "valentina iniguez", "01:30");
    await page.getByTestId("reservation-edit").click();
    await expect(page.getByTestId("dawn")).toBeVisible();
  }],
  ["reservations-month", {}, async (page) => {
    await page.getByTestId("nav-reservations").click();
    await page.getByTestId("day").click();
    await expect(page.getByRole("dialog").locator("[data-day='2026-11-27'] i")).toBeVisible();
  }],
  ["tonight", {}, async (page) => {
    await page.getByTestId("nav-tonight").click();
    await expect(page.locator(".list li").first()).toBeVisible();
  }],
  ["conflicts", {}, async (page) => {
    await page.getByTestId("nav-conflicts").click();
    await page.getByTestId("conflict").filter({ hasText: "Grupo Andrade" }).click();
    await expect(page.getByRole("article")).toContainText("22:38");
  }],
  ["settings", { query: "host" }, async (page) => {
    await page.getByTestId("nav-settings").click();
    await expect(page.getByRole("radio").first()).toBeVisible();
  }],
  ["components", {}, async (page) => {
      await page.getByTestId("nav-settings").click();
      await page.getByRole("button", { name: /^Component/ }).click();
      await expect(page.getByTestId("components")).toBeVisible();
    }],
  ["keys", {}, (page) => page.keyboard.press("?")],
  ["first-start", { query: "first", start: true }, async () => undefined],
  ["first-start-join", { query: "first", start: true }, async (page) => {
    await page.getByTestId("start-join").click();
    await page.getByTestId("start-go").click();
  }],
];

for (const lang of ["es", "en"] as const) {
  for (const theme of ["dark", "light"] as const) {
    for (const [name, look, go] of screens) {
      test(`${name}-${lang}-${theme}`, async ({ page }) => {
        await open(page, { ...look, lang, theme });
        await go(page);
        await page.mouse.move(2, 400);
        await expect(page.locator("[data-flash]")).toHaveCount(0);
        await expect(page).toHaveScreenshot(`${name}-${lang}-${theme}.png`);
      });
    }
  }
}
