// How a test opens the window, and what it sees there.

import { expect, type Locator, type Page } from "@playwright/test";
import type { FakeHand } from "../../ui/src/lib/backend/fake";
import { LAYOUT } from "../../ui/src/lib/layouts";

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

const KEYS = [
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `Key${letter}`),
  ...[..."0123456789"].map((digit) => `Digit${digit}`),
  ...["Space", "Minus", "Equal", "Semicolon", "Period", "Slash"],
];

function keyOf(character: string): { key: string; code: string; modifiers: number } {
  for (const shift of [false, true]) {
    const code = KEYS.find((one) => LAYOUT.us(one, shift, false) === character);
    if (code) return { key: character, code, modifiers: shift ? 8 : 0 };
  }
  throw new Error(`a ticket has no ${character}`);
}

/**
 * A hand scanner: real key strokes, all sent before the first is answered, so that a busy machine cannot stretch the
 * time between them into a person's.
 */
export async function scanner(page: Page, code: string, enter = true): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const strokes = [...code].flatMap((character) => {
    const key = keyOf(character);
    return [client.send("Input.dispatchKeyEvent", { type: "keyDown", text: character, ...key }), client.send("Input.dispatchKeyEvent", { type: "keyUp", ...key })];
  });
  if (enter) strokes.push(client.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Enter", code: "Enter", text: "\r" }), client.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter" }));
  await Promise.all(strokes);
  await client.detach();
}

export async function row(page: Page, name: string): Promise<Locator> {
  const found = page.getByTestId("reservation-row").filter({ hasText: name });
  await expect(found.first()).toBeVisible();
  return found.first();
}
