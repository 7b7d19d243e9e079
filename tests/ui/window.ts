// How a test opens the window, and what it sees there.

import { expect, type Locator, type Page } from "@playwright/test";
import type { FakeHand } from "../../ui/src/lib/backend/fake";

export type Look = { lang?: "es" | "en"; theme?: "dark" | "light"; query?: string; start?: boolean };

/** Opens the venue in memory; its clock stands, so that nothing changes by itself. */
export async function open(page: Page, { lang = "es", theme = "dark", query = "", start = false }: Look = {}): Promise<void> {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(`/?still&lang=${lang}&theme=${theme}&${query}`);
  await expect(page.getByTestId(start ? "first-start" : "badge")).toBeVisible();
  if (!start) await expect(page.getByTestId("recent-entry").first()).toBeVisible();
  expect(faults).toEqual([]);
}

/** Moves the venue behind the window: scans, links, conflicts. */
export function hand<R>(page: Page, act: (fake: FakeHand) => R): Promise<R> {
  return page.evaluate(`(${act.toString()})(window.porteroFake)`) as Promise<R>;
}

/** A guest's code before the camera. */
export function guest(page: Page, name: string): Promise<unknown> {
  return page.evaluate((who) => window.porteroFake?.camera(window.porteroFake.codeOf(who)), name);
}

export function codeOf(page: Page, name: string): Promise<string> {
  return page.evaluate((who) => window.porteroFake?.codeOf(who) ?? "", name);
}

export async function verdict(page: Page, is: string): Promise<Locator> {
  const panel = page.getByTestId("verdict");
  await expect(panel).toHaveAttribute("data-verdict", is);
  return panel;
}

/** A hand scanner: key after key, faster than anybody. */
export async function scanner(page: Page, code: string, enter = true): Promise<void> {
  await page.keyboard.type(code, { delay: 2 });
  if (enter) await page.keyboard.press("Enter");
}

export async function row(page: Page, name: string): Promise<Locator> {
  const found = page.getByTestId("reservation-row").filter({ hasText: name });
  await expect(found.first()).toBeVisible();
  return found.first();
}
