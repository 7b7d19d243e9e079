// Every screen in every state that is worth a picture: how to get there. The same list is photographed, read by axe and
// written down as a screen reader has it.

import { expect, type Page } from "@playwright/test";
import { ROOMS } from "./rooms";
import { guest, hand, open, type Look } from "./window";

/** `docs`: the tour or another page of docs/ shows it. */
export type Screen = { name: string; look?: Partial<Look>; docs?: boolean; go?: (page: Page) => Promise<unknown> };

const found = async (page: Page, name: string, at: string) => {
  await page.getByTestId("nav-reservations").click();
  await page.getByTestId("reservation-search").fill(name);
  await page.getByTestId("reservation-row").filter({ hasText: at }).first().click();
  await expect(page.getByTestId("reservation-qr")).toBeVisible();
  // Where there is room, the list stands beside it.
  if (!(await page.getByTestId("reservation-search").isVisible())) return;
  await page.getByTestId("reservation-search").fill("");
  await expect(page.getByTestId("reservation-row").nth(8)).toBeVisible();
};

const confirmed = (page: Page) => expect(page.getByTestId("verdict").locator(".tick .confirmed")).toBeVisible();

export const SCREENS: readonly Screen[] = [
  { name: "door-calm", docs: true },
  {
    name: "door-admitted",
    docs: true,
    go: async (page) => {
      await guest(page, "Lucía Fernández");
      await confirmed(page);
    },
  },
  {
    name: "door-excess",
    go: async (page) => {
      await guest(page, "Grupo Andrade");
      await confirmed(page);
    },
  },
  {
    name: "door-refused",
    docs: true,
    go: async (page) => {
      await guest(page, "Marta Ríos");
      await page.keyboard.press("a");
      await expect(page.getByTestId("by-hand")).toHaveClass(/armed/);
    },
  },
  { name: "door-unknown", go: (page) => hand(page, (fake) => fake.camera("res-nobody")) },
  {
    name: "door-undone",
    go: async (page) => {
      await guest(page, "Carlos Vera");
      await confirmed(page);
      await page.keyboard.press("z");
      await expect(page.getByTestId("verdict")).toHaveAttribute("data-mood", "undone");
    },
  },
  {
    name: "door-call-back",
    docs: true,
    go: async (page) => {
      await guest(page, "José López");
      await confirmed(page);
      await hand(page, (fake) => fake.conflict("exceso", "José López"));
      await expect(page.getByTestId("callback")).toBeVisible();
    },
  },
  { name: "door-not-kept", go: (page) => hand(page, (fake) => fake.fault("disk_full")) },
  {
    name: "door-test",
    docs: true,
    go: async (page) => {
      await page.keyboard.press("t");
      await expect(page.getByTestId("door-test")).toBeVisible();
      await hand(page, (fake) => fake.camera("https://example.com/menu"));
      await page.getByTestId("test-sound").getByRole("button").nth(1).click();
      await page.getByTestId("test-sound").getByRole("button").nth(1).blur();
      await expect(page.getByTestId("door-test")).toHaveAttribute("data-ready", "true");
    },
  },
  {
    name: "door-test-fails",
    go: async (page) => {
      await hand(page, (fake) => {
        fake.hint("tooDark");
        fake.unknownHere(3);
      });
      await page.keyboard.press("t");
      await expect(page.getByTestId("test-roster")).toHaveAttribute("data-result", "fail");
      await expect(page.getByTestId("test-light")).toHaveAttribute("data-result", "fail");
    },
  },
  {
    name: "door-search",
    docs: true,
    go: async (page) => {
      await page.getByTestId("search").fill("mar");
      await expect(page.getByTestId("search-result").nth(3)).toBeVisible();
    },
  },
  {
    name: "door-offline",
    docs: true,
    look: { query: "link=offline" },
    go: async (page) => {
      await guest(page, "Carlos Vera");
      await page.getByTestId("badge").click();
      await expect(page.getByTestId("badge-details")).toBeVisible();
    },
  },
  {
    name: "door-walk-in",
    docs: true,
    go: async (page) => {
      await page.keyboard.press("n");
      await expect(page.getByTestId("walk-in").locator("input").first()).toBeFocused();
      await page.keyboard.type("Ana Solís", { delay: 90 });
    },
  },
  {
    name: "door-no-camera",
    go: (page) => hand(page, (fake) => fake.cameraState({ state: "unavailable", name: "HD Webcam", reason: "denied", detail: "" })),
  },
  {
    name: "reservations",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-reservations").click();
      await expect(page.getByTestId("reservation-row").first()).toBeVisible();
    },
  },
  { name: "reservation", go: (page) => found(page, "lucia fernandez", "21:30") },
  {
    name: "reservation-form",
    go: async (page) => {
      await found(page, "valentina iniguez", "01:30");
      await page.getByTestId("reservation-edit").click();
      await expect(page.getByTestId("dawn")).toBeVisible();
    },
  },
  {
    name: "reservations-month",
    go: async (page) => {
      await page.getByTestId("nav-reservations").click();
      await page.getByTestId("day").click();
      await expect(page.getByRole("dialog").locator("[data-day='2026-11-27'] i")).toBeVisible();
    },
  },
  {
    name: "tonight",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-tonight").click();
      await expect(page.getByTestId("figures")).toBeVisible();
    },
  },
  {
    name: "reports",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-tonight").click();
      await page.getByTestId("reports").click();
      await expect(page.getByTestId("report")).toBeVisible();
    },
  },
  {
    name: "devices",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-devices").click();
      await expect(page.getByTestId("device").first()).toBeVisible();
    },
  },
  {
    name: "conflicts",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-conflicts").click();
      await page.getByTestId("conflict").filter({ hasText: "Grupo Andrade" }).click();
      await expect(page.getByRole("article")).toContainText("22:38");
    },
  },
  {
    name: "settings",
    look: { query: "host" },
    go: async (page) => {
      await page.getByTestId("nav-settings").click();
      await expect(page.getByRole("radio").first()).toBeVisible();
    },
  },
  {
    name: "outbox",
    docs: true,
    look: { query: "host" },
    go: async (page) => {
      await hand(page, (fake) => {
        fake.link("offline");
        fake.camera(fake.codeOf("Lucía Fernández"));
        fake.stuck();
      });
      await expect(page.getByTestId("verdict-name")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("verdict-name")).toBeHidden();
      await page.keyboard.press("c");
      await page.getByTestId("badge-outbox").click();
      await expect(page.getByTestId("outbox-item")).toHaveCount(4);
      await expect(page.getByTestId("figures-by-day").getByRole("row")).toHaveCount(10);
    },
  },
  {
    name: "components",
    docs: true,
    go: async (page) => {
      await page.getByTestId("nav-settings").click();
      await page.getByRole("button", { name: /^Component/ }).click();
      await expect(page.getByTestId("components")).toBeVisible();
    },
  },
  { name: "keys", docs: true, go: (page) => page.keyboard.press("?") },
  { name: "first-start", look: { query: "first", start: true } },
  {
    name: "first-start-join",
    look: { query: "first", start: true },
    go: async (page) => {
      await page.getByTestId("start-join").click();
      await expect(page.getByTestId("join-way")).toBeVisible();
      await expect(page.getByTestId("camera-state").locator("canvas")).not.toHaveClass(/hidden/);
    },
  },
  {
    name: "first-start-join-typed",
    look: { query: "first", start: true },
    go: async (page) => {
      await page.getByTestId("start-join").click();
      await page.getByTestId("join-way").click();
      await page.getByTestId("start-go").click();
    },
  },
  ...ROOMS,
];

/** Opens the window on a screen, and waits until the moment in which all of it takes the verdict's mood is over. */
export async function show(page: Page, { look = {}, go }: Screen, more: Partial<Look> = {}): Promise<void> {
  await open(page, { ...look, ...more, query: `hold&${look.query ?? ""}` });
  await go?.(page);
  await page.mouse.move(2, 400);
  await expect(page.locator("[data-flash]")).toHaveCount(0);
  // A camera's first picture is there.
  await expect(page.locator("[data-state=opening], [data-state=running] canvas.hidden")).toHaveCount(0);
}

/** The same screen in another language and another light, without going there again. */
export async function dress(page: Page, lang: "es" | "en", theme: "dark" | "light"): Promise<void> {
  await page.evaluate(([words, light]) => window.porteroFake?.dress(words, light), [lang, theme] as const);
  await expect(page.locator(`html[lang=${lang}][data-theme=${theme}]`)).toHaveCount(1);
  // Colours take a moment to change; what moves for ever does not count, nor what is folded away, where time stands still.
  await page.evaluate(() => {
    const ends = (one: Animation) => Number.isFinite(one.effect?.getComputedTiming().endTime);
    const seen = (one: Animation) => (one.effect as KeyframeEffect | null)?.target?.checkVisibility() ?? false;
    return Promise.allSettled(document.getAnimations().filter((one) => ends(one) && seen(one)).map((one) => one.finished));
  });
}
