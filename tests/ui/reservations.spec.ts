import { expect, test, type Page } from "@playwright/test";
import { hand, open, row } from "./window";

async function reservations(page: Page, lang: "es" | "en" = "es", query = ""): Promise<void> {
  await open(page, { lang, query });
  await page.getByTestId("nav-reservations").click();
  await expect(page.getByTestId("reservation-row").first()).toBeVisible();
}

const field = (page: Page, name: string) => page.getByTestId("reservation-form").locator(`[name=${name}]`);

for (const lang of ["es", "en"] as const) {
  const es = lang === "es";
  test.describe(lang, () => {
    test("a night is listed, searched, filtered and left for another", async ({ page }) => {
      await reservations(page, lang);
      await expect(page.getByText(es ? /200 reservas · \d+ personas/ : /200 reservations · \d+ people/)).toBeVisible();
      await page.keyboard.press("/");
      await page.keyboard.type("lucia fern");
      await expect(page.getByTestId("reservation-row")).toHaveCount(1);
      await expect(page.getByTestId("reservation-count")).toHaveText(es ? "3 de 6" : "3 of 6");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: es ? "Cancelada" : "Cancelled", exact: true }).click();
      await expect(await row(page, "Marta Ríos")).toContainText(es ? "Cancelada" : "Cancelled");
      await page.keyboard.press("Escape");
      await expect(page.getByText(es ? /200 reservas/ : /200 reservations/)).toBeVisible();
      await page.getByRole("button", { name: es ? "Noche siguiente" : "Next night" }).click();
      await expect(page.getByTestId("day")).toContainText(es ? "Sábado 28 de noviembre" : "Saturday 28 November");
      await page.getByTestId("day").click();
      await page.getByRole("dialog").getByRole("button", { name: /^20 ?,/ }).click();
      await expect(page.getByTestId("day")).toContainText(es ? "Viernes 20 de noviembre" : "Friday 20 November");
      await page.keyboard.press("t");
      await expect(page.getByTestId("day")).toContainText("27");
    });

    test("a reservation is made for a night, with the hours after midnight in it", async ({ page }) => {
      await reservations(page, lang);
      await page.getByTestId("reservation-new").click();
      await page.getByTestId("reservation-save").click();
      await expect(page.getByText(es ? "Falta el nombre." : "The name is missing.")).toBeVisible();
      await field(page, "nombre").fill("Valentina Cruz");
      await field(page, "personas").fill("5");
      await field(page, "hora").fill("130");
      await field(page, "hora").fill("1:30");
      await field(page, "hora").blur();
      await expect(field(page, "hora")).toHaveValue("01:30");
      await page.getByTestId("night").click();
      await page.getByRole("dialog").locator("[data-day='2026-11-28']").click();
      await expect(page.getByTestId("night")).toContainText(es ? "sáb 28 nov" : "Sat 28 Nov");
      await expect(page.getByTestId("dawn")).toContainText(es ? "madrugada del domingo 29 nov" : "early Sunday 29 Nov");
      await field(page, "notas").fill("VIP\nAlergia: mariscos");
      await page.getByTestId("reservation-save").click();
      await expect(page.getByTestId("sheet-name")).toHaveText("Valentina Cruz");
      await expect(page.getByTestId("reservation-qr")).toBeVisible();
      await page.getByTestId("reservation-search").fill("cruz");
      await page.getByRole("button", { name: es ? "Noche siguiente" : "Next night" }).click();
      await expect(await row(page, "Valentina Cruz")).toContainText("01:30");
    });

    test("everything can be edited, and only what changed is sent", async ({ page }) => {
      await reservations(page, lang);
      await page.getByTestId("reservation-search").fill("lucía fernández");
      await (await row(page, "Lucía Fernández")).click();
      await expect(page.getByTestId("sheet-name")).toHaveText("Lucía Fernández");
      await expect(page.getByText(es ? "+2 por código" : "+2 by code")).toBeVisible();
      await page.getByTestId("reservation-edit").click();
      await field(page, "personas").fill("2");
      await expect(page.getByText(es ? "Ya entraron 3" : "3 are already in")).toBeVisible();
      await field(page, "personas").fill("8");
      await field(page, "mesa").fill("14");
      await page.getByTestId("reservation-save").click();
      await expect(page.getByTestId("reservation-form")).toBeHidden();
      await expect(await row(page, "Lucía Fernández")).toContainText(es ? "3 de 8" : "3 of 8");
      await expect(await row(page, "Lucía Fernández")).toContainText("14");
    });

    test("it is cancelled, brought back, and deleted in two steps", async ({ page }) => {
      await reservations(page, lang);
      await page.getByTestId("reservation-search").fill("carlos vera");
      await page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first().click();
      await page.getByTestId("reservation-cancel").click();
      await expect(page.getByTestId("reservation-cancel")).toContainText(es ? "Sí, cancelarla" : "Yes, cancel it");
      await page.getByTestId("reservation-cancel").click();
      await expect(page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first()).toContainText(es ? "Cancelada" : "Cancelled");
      await page.getByTestId("reservation-restore").click();
      await expect(page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first()).toContainText(es ? "Por llegar" : "To come");
      const before = await page.getByTestId("reservation-row").count();
      await page.getByTestId("reservation-delete").click();
      await page.getByTestId("reservation-delete").click();
      await expect(page.getByTestId("reservation-row")).toHaveCount(before - 1);
    });
  });
}

test("the keyboard alone walks the list, opens, edits and comes back", async ({ page }) => {
  await reservations(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const second = await page.getByTestId("reservation-row").nth(2).getAttribute("data-id");
  await page.keyboard.press("Enter");
  await expect(page.locator(`[data-id="${second}"]`)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("e");
  await expect(field(page, "nombre")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("reservation-form")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("sheet-name")).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByTestId("day")).toContainText("28");
  await page.keyboard.press("n");
  await expect(page.getByTestId("reservation-form")).toBeVisible();
});

test("closing a panel loses nothing that was typed", async ({ page }) => {
  await reservations(page);
  await page.keyboard.press("n");
  await field(page, "nombre").fill("A medias");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("reservation-form")).toBeHidden();
  await page.keyboard.press("n");
  await expect(field(page, "nombre")).toHaveValue("A medias");
});

test("an edit that somebody overtook says so and keeps what was typed", async ({ page }) => {
  await reservations(page);
  await page.getByTestId("reservation-search").fill("lucía fernández");
  await (await row(page, "Lucía Fernández")).click();
  await page.getByTestId("reservation-edit").click();
  await field(page, "mesa").fill("40");
  await hand(page, (fake) => fake.fail("update", "version_conflict"));
  await page.getByTestId("reservation-save").click();
  await expect(page.getByTestId("reservation-form").getByRole("alert")).toContainText("Alguien cambió lo mismo antes");
  await expect(field(page, "mesa")).toHaveValue("40");
});

test("offline a change waits, with its mark, and the code says what it needs", async ({ page }) => {
  await reservations(page);
  await hand(page, (fake) => fake.link("offline"));
  await expect(page.getByText("Sin conexión: lo que cambies se guarda aquí")).toBeVisible();
  await page.getByTestId("reservation-search").fill("carlos vera");
  await page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first().click();
  await expect(page.getByText("El código necesita el hub.")).toBeVisible();
  await page.getByTestId("reservation-edit").click();
  await field(page, "mesa").fill("41");
  await page.getByTestId("reservation-save").click();
  await expect(page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first()).toContainText("por enviar");
  await hand(page, (fake) => fake.link("live"));
  await expect(page.getByTestId("reservation-qr")).toBeVisible();
});

test("an entry elsewhere shows in the list by itself", async ({ page }) => {
  await reservations(page);
  await page.getByTestId("reservation-search").fill("carlos vera");
  const carlos = page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first();
  await expect(carlos.getByTestId("reservation-count")).toHaveText("0 de 3");
  await hand(page, (fake) => fake.elsewhere("Carlos Vera", 2));
  await expect(carlos.getByTestId("reservation-count")).toHaveText("2 de 3");
});

test("a list of 100,000 draws only what is in sight", async ({ page }) => {
  await reservations(page, "es", "more=99800");
  await expect(page.getByText("100.000 reservas")).toBeVisible();
  const grid = page.getByRole("grid");
  await expect(grid).toHaveAttribute("aria-rowcount", "100001");
  expect(await page.getByTestId("reservation-row").count()).toBeLessThan(40);
  await grid.focus();
  await page.keyboard.press("End");
  await expect(page.locator('[aria-rowindex="100001"] [data-testid=reservation-count]')).toBeVisible();
  expect(await page.getByTestId("reservation-row").count()).toBeLessThan(40);
});

test("empty, failed and forbidden each have a sentence", async ({ page }) => {
  await reservations(page);
  await page.getByTestId("reservation-search").fill("zzzz");
  await expect(page.getByText("Nada con «zzzz»")).toBeVisible();
  await page.getByRole("button", { name: "Quitar filtros" }).click();
  await hand(page, (fake) => fake.fail("list", "storage"));
  await page.getByRole("button", { name: "Noche siguiente" }).click();
  await expect(page.getByRole("alert")).toContainText("No se pudo leer la lista");
  await hand(page, (fake) => fake.fail("list", null));
  await page.getByRole("button", { name: "Probar otra vez" }).click();
  await expect(page.getByTestId("reservation-row").first()).toBeVisible();
});
