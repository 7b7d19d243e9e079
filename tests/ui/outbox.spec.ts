// What the hub has not confirmed: seen, delivered again, given up, carried by hand.

import { expect, test } from "@playwright/test";
import { guest, hand, open } from "./window";

for (const lang of ["es", "en"] as const) {
  const w = (es: string, en: string) => (lang === "es" ? es : en);

  test(`what waits is a list that the badge opens, and is delivered before one's eyes (${lang})`, async ({ page }) => {
    await open(page, { lang, query: "link=offline" });
    await guest(page, "Carlos Vera");
    await page.getByTestId("badge").click();
    await expect(page.getByTestId("badge-details")).toContainText("1 · ");
    await page.getByTestId("badge-outbox").click();
    await expect(page.getByTestId("badge-details")).toBeHidden();
    const item = page.getByTestId("outbox-item");
    await expect(item).toHaveCount(1);
    await expect(item).toContainText("Carlos Vera");
    await expect(item).toContainText(w("1 entrada", "1 entry"));
    await expect(item).toContainText(w("Por enviar", "To send"));
    await hand(page, (fake) => fake.underWay(true));
    await expect(item).toContainText(w("En camino", "On its way"));
    await hand(page, (fake) => fake.link("live"));
    await expect(item).toContainText(w("Confirmada por el hub", "Confirmed by the hub"));
  });

  test(`what the hub cannot take says why, and is delivered again or given up (${lang})`, async ({ page }) => {
    await open(page, { lang });
    await hand(page, (fake) => fake.stuck());
    await page.getByTestId("nav-settings").click();
    await page.getByTestId("settings-outbox").click();
    const item = (name: string) => page.getByTestId("outbox-item").filter({ hasText: name });
    const edit = item("Grupo Andrade");
    await expect(edit).toContainText(w("El hub no la acepta", "The hub cannot take it"));
    await expect(edit).toContainText(w("Un dato no es válido", "A field is not valid"));
    await expect(edit).toContainText(w("Cambio: mesa, notas", "Edit: table, notes"));
    await expect(edit).toContainText(w("este cambio se pierde", "this edit is lost"));
    await expect(item("Carlos Vera")).toContainText(w("La gerencia decide", "A manager decides"));
    // An entry is a fact: it can only be offered again.
    const entry = item(w("No está en este equipo", "Not on this computer"));
    await expect(entry.getByTestId("give-up")).toHaveCount(0);
    await entry.getByTestId("deliver-again").click();
    await expect(entry).toHaveAttribute("data-state", "confirmed");
    // Once asks, twice does.
    await edit.getByTestId("give-up").click();
    await expect(edit.getByTestId("give-up")).toHaveText(w("Sí, perder este cambio", "Yes, lose this edit"));
    await edit.getByTestId("give-up").click();
    await expect(edit).toHaveCount(0);
    await expect(page.getByTestId("toast").last()).toContainText(w("Se renunció", "was given up"));
  });

  test(`the outbox is carried by hand (${lang})`, async ({ page }) => {
    await open(page, { lang, query: "host&link=offline" });
    await guest(page, "Carlos Vera");
    await page.keyboard.press("c");
    await page.getByTestId("badge-outbox").click();
    await expect(page.getByTestId("outbox-item")).toHaveCount(1);
    await page.getByTestId("outbox-save").click();
    await expect(page.getByTestId("outbox-saved")).toContainText(w("Guardado en ~/Descargas/Puerta 1.portero", "Saved to ~/Descargas/Puerta 1.portero"));
    await expect(page.getByTestId("outbox-saved")).toContainText(w("1 entrada y 0 cambios", "1 entry and 0 edits"));
    const file = page.getByTestId("outbox-file");
    await file.setInputFiles({ name: "otra.portero", mimeType: "application/octet-stream", buffer: Buffer.from("nothing signed") });
    await expect(page.getByTestId("toast").last()).toContainText(w("El archivo fue cambiado", "The file was changed"));
    await file.setInputFiles({ name: "Terraza.portero", mimeType: "application/octet-stream", buffer: Buffer.from("portero\n…") });
    const taken = page.getByTestId("outbox-taken");
    await expect(taken).toContainText("Terraza");
    await expect(taken).toContainText(w("12 entradas nuevas", "12 new entries"));
    await expect(taken).toContainText(w("Esa reserva fue borrada.", "That reservation was deleted."));
    await expect(taken).toContainText(w("El hub tiene ya todas las entradas", "The hub now has every entry"));
  });
}

test("a file is read in where the hub is, by a manager", async ({ page }) => {
  for (const query of ["", "host&role=portero"]) {
    await open(page, { query });
    await page.getByTestId("nav-settings").click();
    await page.getByTestId("settings-outbox").click();
    await expect(page.getByTestId("outbox-save")).toBeVisible();
    await expect(page.getByTestId("outbox-read")).toHaveCount(0);
    await expect(page.getByText("Se lee en el equipo del hub.")).toBeVisible();
  }
});

test("nothing waits, the days have figures, and what cannot be read says so", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-devices").click();
  await page.locator('[data-name="Puerta 1"]').click();
  await page.getByTestId("device-outbox").click();
  await expect(page.getByText("Nada espera")).toBeVisible();
  const table = page.getByRole("table", { name: "Cifras por día" });
  await expect(table.getByRole("columnheader")).toHaveText(["Noche", "Peticiones", "Retraso", "1 % peor", "Datos", "Reconexiones", "La más lenta"]);
  await expect(table.getByRole("row").nth(1)).toContainText("vie 27 nov");
  await hand(page, (fake) => fake.fail("outbox", "storage"));
  await page.getByTestId("nav-settings").click();
  await page.getByTestId("settings-outbox").click();
  await expect(page.getByRole("alert")).toContainText("No se pudo leer lo que espera");
  await hand(page, (fake) => fake.fail("outbox", null));
  await page.getByRole("button", { name: "Probar otra vez" }).click();
  await expect(page.getByText("Nada espera")).toBeVisible();
});

test("the list by keyboard alone", async ({ page }) => {
  await open(page);
  await hand(page, (fake) => fake.stuck());
  await page.keyboard.press("c");
  await page.getByTestId("badge-outbox").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("outbox-item")).toHaveCount(3);
  await page.getByTestId("give-up").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("give-up")).toHaveCount(0);
});
