import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { hand, open } from "./window";

test.describe("the badge", () => {
  test("says each state in a word and a shape, and opened what it means", async ({ page }) => {
    await open(page);
    const badge = page.getByTestId("badge");
    await expect(badge).toContainText("En vivo");
    for (const [state, word] of [["connecting", "Conectando"], ["catching_up", "Poniéndose al día"], ["polling", "Sondeo"], ["offline", "Sin conexión"], ["refused", "Sin permiso"]] as const) {
      await page.evaluate((next) => window.porteroFake?.link(next), state);
      await expect(badge).toHaveAttribute("data-state", state);
      await expect(badge).toContainText(word);
    }
    await page.keyboard.press("c");
    const details = page.getByTestId("badge-details");
    await expect(details).toContainText("Pide a la gerencia que vuelva a enlazar este equipo.");
    for (const figure of ["Peticiones, última hora", "Retraso de un cambio", "Datos de hoy", "Volver a conectar"]) await expect(details).toContainText(figure);
    await page.keyboard.press("Escape");
    await expect(details).toBeHidden();
  });

  test("a full disk and an open network are said in words", async ({ page }) => {
    await open(page, { query: "host" });
    await expect(page.getByTestId("badge")).toContainText("sin cifrar");
    await hand(page, (fake) => fake.link("offline", "disk_full"));
    await page.getByTestId("badge").click();
    await expect(page.getByTestId("badge-details")).toContainText("El disco está lleno");
  });
});

test.describe("the first start", () => {
  test("a demo is one click away", async ({ page }) => {
    await open(page, { query: "first", start: true });
    await page.getByTestId("start-demo").click();
    await expect(page.getByTestId("badge")).toBeVisible();
    await expect(page.getByTestId("first-start")).toBeHidden();
  });

  for (const lang of ["es", "en"] as const) {
    test(`joining a hub says what is missing and what went wrong (${lang})`, async ({ page }) => {
      await open(page, { lang, query: "first", start: true });
      await page.getByTestId("start-join").click();
      await page.getByTestId("join-way").click();
      await page.getByTestId("start-go").click();
      await expect(page.getByText(lang === "es" ? "Escribe la dirección" : "Type the address")).toBeVisible();
      await page.getByTestId("start-url").fill("https://hub.example.com");
      await page.getByTestId("start-token").fill("short");
      await page.getByTestId("start-go").click();
      await expect(page.getByRole("alert")).toContainText(lang === "es" ? "El código de acceso no vale" : "The access code is wrong");
      await page.getByTestId("start-token").fill("pt_0123456789");
      await page.getByTestId("start-go").click();
      await expect(page.getByTestId("badge")).toBeVisible();
    });
  }

  test("a hub here asks for the venue and who may join", async ({ page }) => {
    await open(page, { query: "first", start: true });
    await page.getByTestId("start-host").click();
    await page.getByTestId("start-go").click();
    await expect(page.getByText("Escribe el nombre del local.")).toBeVisible();
    await page.getByTestId("start-venue").fill("Club Miramar");
    await page.getByLabel("Otros equipos de esta red, sin cifrar").check();
    await page.getByTestId("start-go").click();
    await expect(page.getByTestId("badge")).toBeVisible();
  });

  test("speaks the other language at once", async ({ page }) => {
    await open(page, { query: "first", start: true });
    await page.getByTestId("lang-toggle").click();
    await expect(page.getByText("The door that never stops")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
});

test("a program that cannot open says why and can try again", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "porteroFake", {
      configurable: true,
      set(fake) {
        Object.defineProperty(window, "porteroFake", { value: fake });
        fake.fail("startup", "newer_database");
      },
    });
  });
  await page.goto("/?still&lang=es");
  await expect(page.getByRole("alert")).toContainText("Los datos son de una versión más nueva");
  await hand(page, (fake) => fake.fail("startup", null));
  await page.getByRole("button", { name: "Probar otra vez" }).click();
  await expect(page.getByTestId("badge")).toBeVisible();
});

test("tonight's pictures have a table with the same figures", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-tonight").click();
  await expect(page.getByRole("heading", { name: "Esta noche" })).toBeVisible();
  await expect(page.getByText("Con retraso")).toBeVisible();
  await page.getByRole("button", { name: "Ver como tabla" }).click();
  const inside = await page.getByTestId("figures").locator("b").first().innerText();
  await expect(page.getByTestId("curve-table").getByRole("row").last()).toContainText(inside);
  await expect(page.getByTestId("curve-table").getByRole("columnheader", { name: "Puerta 2" })).toBeVisible();
});

test("a conflict shows its scans side by side and is resolved", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-conflicts").click();
  await page.getByTestId("conflict").filter({ hasText: "Grupo Andrade" }).click();
  const right = page.getByRole("article");
  await expect(right).toContainText("Puerta 1");
  await expect(right).toContainText("Puerta 2");
  await expect(right).toContainText("± 18 ms");
  await page.getByLabel("Código compartido").check();
  await page.getByLabel("Nota (opcional)").fill("Se habló con ellos");
  await page.getByTestId("conflict-resolve").click();
  await expect(page.getByTestId("toast")).toContainText("Conflicto resuelto");
  await expect(page.getByTestId("nav-conflicts")).toContainText("1");
  await page.getByRole("button", { name: /Resueltos/ }).click();
  await expect(page.getByRole("article")).toContainText("Código compartido · Gerencia");
});

test("a door sees conflicts and decides none", async ({ page }) => {
  await open(page, { query: "role=portero" });
  await page.getByTestId("nav-conflicts").click();
  await expect(page.getByText("La gerencia lo resuelve desde su equipo.")).toBeVisible();
  await expect(page.getByTestId("conflict-resolve")).toBeHidden();
});

test("settings: language, theme, contrast, camera, live channel", async ({ page }) => {
  await open(page, { query: "host" });
  await page.getByTestId("nav-settings").click();
  await page.getByLabel("HD Webcam (USB 2.0)").check();
  await expect(page.getByText("1280 × 720, 30 imágenes por segundo")).toBeVisible();
  await page.getByTestId("sse-switch").uncheck();
  await page.getByRole("button", { name: "Claro", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByLabel("Alto contraste").check();
  await expect(page.locator("html")).toHaveAttribute("data-contrast", "more");
  await page.getByRole("button", { name: "English", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
});

test("the sheet of keys comes from the table that the keyboard reads, and stops nothing", async ({ page }) => {
  await open(page);
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Teclas" });
  await expect(sheet).toContainText("Deshacer la última entrada");
  await page.evaluate(() => window.porteroFake?.camera(window.porteroFake.codeOf("Carlos Vera")));
  await expect(page.getByTestId("verdict-name")).toHaveText("Carlos Vera");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});

test("every screen is one key away", async ({ page }) => {
  await open(page);
  for (const [i, screen] of ["door", "reservations", "tonight", "conflicts", "devices", "settings"].entries()) {
    await page.keyboard.press(`Alt+${i + 1}`);
    await expect(page.getByTestId(`nav-${screen}`)).toHaveAttribute("aria-current", "page");
  }
});

test("at 200 % on a small laptop nothing is out of reach", async ({ page }) => {
  await page.setViewportSize({ width: 683, height: 384 });
  await open(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.evaluate(() => window.porteroFake?.camera(window.porteroFake.codeOf("Lucía Fernández")));
  await expect(page.getByTestId("verdict-name")).toBeInViewport();
  await page.getByTestId("nav-reservations").click();
  await expect(page.getByTestId("reservation-row").first()).toBeInViewport();
});

test("motion stops where the system asks for none", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page);
  await page.evaluate(() => window.porteroFake?.camera(window.porteroFake.codeOf("Carlos Vera")));
  const length = await page.getByTestId("verdict").evaluate((element) => getComputedStyle(element).animationDuration);
  expect(Number.parseFloat(length)).toBe(0);
});

test("what the window loads to start stays under 75 kB, packed, and holds no screen but the door's", () => {
  const site = new URL(".results/site/", import.meta.url);
  const packed = (name: string) => gzipSync(readFileSync(new URL(`assets/${name}`, site))).length;
  const scripts = readdirSync(new URL("assets/", site)).filter((name) => name.endsWith(".js"));
  const first = [...readFileSync(new URL("index.html", site), "utf8").matchAll(/assets\/([\w-]+\.js)/g)].map((match) => match[1] ?? "");
  // It is loaded before anything is drawn, though the page cannot name it: which language it is turns out there.
  first.push(...scripts.filter((name) => name.startsWith("es-")));
  const sum = (names: string[]) => names.reduce((total, name) => total + packed(name), 0);
  expect(first.length).toBeGreaterThan(1);
  // The venue in memory is no part of the app, which loads its few calls of Rust instead.
  const later = scripts.filter((name) => !first.includes(name) && !name.startsWith("fake-"));
  console.log(`figure: scripts ${sum(first)} bytes to start, ${sum(later)} later, packed`);
  expect(sum(first)).toBeLessThan(75_000);
  expect(sum(later)).toBeLessThan(85_000);
  const text = (names: string[]) => names.map((name) => readFileSync(new URL(`assets/${name}`, site), "utf8")).join("");
  for (const mark of ["reservation-row", "conflict-resolve", "device-panel"]) {
    expect(text(later), mark).toContain(mark);
    expect(text(first), mark).not.toContain(mark);
  }
});
