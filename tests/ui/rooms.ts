// What is behind a button of a screen: panels, lists of others, what is empty, what a door may not see. In the list of `screens.ts` like any other.

import { expect, type Page } from "@playwright/test";
import type { Screen } from "./screens";
import { hand } from "./window";

const LIST = [
  "Nombre completo;Pax;Fecha;Hora;RRPP;Observaciones",
  "Zoé Almeida;4;28/11/2026;22:30;Daniela;VIP | junto a la barra",
  "Bruno Paz;3 pax;29/11/2026;1:30;;",
  "Amparo Del Río Santisteban y amigas;12;28/11/2026;23:15;Pablo;Celíaca",
  ";2;28/11/2026;22:00;;",
  "Sin Fecha;2;ayer;22:00;;",
];

async function reservations(page: Page): Promise<void> {
  await page.getByTestId("nav-reservations").click();
  await expect(page.getByTestId("reservation-row").first()).toBeVisible();
}

export const ROOMS: readonly Screen[] = [
  {
    name: "reservations-filters",
    go: async (page) => {
      await reservations(page);
      await page.getByTestId("span-week").click();
      await page.getByTestId("sort-personas").click();
      await page.getByTestId("sort-personas").click();
      await page.getByTestId("filters").click();
      await page.getByTestId("filter-conNotas").check();
      await expect(page.getByTestId("chip")).toHaveCount(1);
    },
  },
  {
    name: "reservations-chosen",
    go: async (page) => {
      await reservations(page);
      for (const n of [0, 2, 3]) await page.getByTestId("choose").nth(n).click();
      await page.getByTestId("bulk-state").click();
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  {
    name: "reservations-lists",
    go: async (page) => {
      await reservations(page);
      await page.getByTestId("files").click();
      await expect(page.getByTestId("import")).toBeVisible();
    },
  },
  {
    name: "reservations-import",
    go: async (page) => {
      await reservations(page);
      await page.getByTestId("files").click();
      await page.getByTestId("import").click();
      await page.getByTestId("import-file").setInputFiles({ name: "promotor.csv", mimeType: "text/csv", buffer: Buffer.from(LIST.join("\n")) });
      await expect(page.getByTestId("import-bad")).toHaveCount(2);
    },
  },
  {
    name: "tonight-table",
    go: async (page) => {
      await page.getByTestId("nav-tonight").click();
      await page.getByRole("button", { name: "Ver como tabla" }).click();
      await expect(page.getByTestId("curve-table")).toBeVisible();
    },
  },
  {
    name: "conflicts-door",
    look: { query: "role=portero" },
    go: async (page) => {
      await page.getByTestId("nav-conflicts").click();
      await page.getByTestId("conflict").first().click();
      await expect(page.getByRole("article")).toBeVisible();
    },
  },
  {
    name: "conflicts-none",
    go: async (page) => {
      await page.getByTestId("nav-conflicts").click();
      await page.getByRole("button", { name: /^Resueltos/ }).click();
      await expect(page.getByTestId("conflict")).toHaveCount(0);
    },
  },
  {
    name: "device",
    go: async (page) => {
      await page.getByTestId("nav-devices").click();
      await page.locator('[data-name="Terraza"]').click();
      await expect(page.getByTestId("device-panel")).toBeVisible();
    },
  },
  {
    name: "devices-invite",
    go: async (page) => {
      await page.getByTestId("nav-devices").click();
      await page.getByTestId("invite").click();
      await page.getByTestId("invite-name").fill("Puerta 3");
      await page.getByTestId("invite-go").click();
      await expect(page.getByTestId("invite-qr")).toBeVisible();
    },
  },
  {
    name: "devices-door",
    look: { query: "role=portero" },
    go: async (page) => {
      await page.getByTestId("nav-devices").click();
      await expect(page.getByRole("navigation")).toBeVisible();
    },
  },
  {
    name: "settings-camera",
    go: async (page) => {
      await page.getByTestId("nav-settings").click();
      await page.getByRole("radio", { name: "HD Webcam (USB 2.0)" }).check();
      await expect(page.locator("#dial-exposure")).toBeVisible();
    },
  },
  {
    name: "settings-end",
    look: { query: "host" },
    go: async (page) => {
      await page.getByTestId("nav-settings").click();
      await expect(page.getByTestId("venue-name")).toBeVisible();
      await page.getByTestId("settings-outbox").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "first-start-host",
    look: { query: "first", start: true },
    go: async (page) => {
      await page.getByTestId("start-host").click();
      await page.getByTestId("start-go").click();
    },
  },
  {
    name: "first-start-joined",
    look: { query: "first", start: true },
    go: async (page) => {
      await page.getByTestId("start-join").click();
      await expect(page.getByTestId("join-camera")).toBeVisible();
      await hand(page, (fake) => fake.sees({ hub: "http://192.168.1.20:8787", codigo: "K7QM-2HV9-XR4B", nombre: "Puerta 3" }));
      await expect(page.getByTestId("start-device")).toHaveValue("Puerta 3");
    },
  },
  {
    name: "outbox-none",
    go: async (page) => {
      await page.getByTestId("nav-settings").click();
      await page.getByTestId("settings-outbox").click();
      await expect(page.getByTestId("figures-by-day").getByRole("row")).toHaveCount(10);
    },
  },
];
