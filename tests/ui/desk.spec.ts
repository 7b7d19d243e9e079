// The desk in depth: filters and views, many at once, the way back, lists in and out, who changed what, the ticket on paper.

import { createRequire } from "node:module";
import { expect, test, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { hand, open, row } from "./window";

async function desk(page: Page, lang: "es" | "en" = "es", query = ""): Promise<void> {
  await open(page, { lang, query });
  await page.getByTestId("nav-reservations").click();
  await expect(page.getByTestId("reservation-row").first()).toBeVisible();
}

const rows = (page: Page) => page.getByTestId("reservation-row");
const toast = (page: Page) => page.getByTestId("toast").last();

async function find(page: Page, text: string): Promise<void> {
  await page.getByTestId("reservation-search").fill(text);
  await expect(rows(page).first()).toBeVisible();
}

const LIST = "Nombre completo;Pax;Fecha;Hora;RRPP;Observaciones\nZoé Almeida;4;28/11/2026;22:30;Daniela;VIP | junto a la barra\nBruno Paz;3 pax;29/11/2026;1:30;;\n;2;28/11/2026;22:00;;\nSin Fecha;2;ayer;22:00;;\n";

async function importing(page: Page, text = LIST): Promise<void> {
  await page.getByTestId("files").click();
  await page.getByTestId("import").click();
  await page.getByTestId("import-file").setInputFiles({ name: "promotor.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await expect(page.getByTestId("import-column").first()).toBeVisible();
}

for (const lang of ["es", "en"] as const) {
  const es = lang === "es";
  test.describe(lang, () => {
    test("a list is narrowed to a week, a promoter, large parties, and widened again chip by chip", async ({ page }) => {
      await desk(page, lang);
      await page.getByTestId("span-week").click();
      await expect(page.getByTestId("day")).toContainText(es ? "lun 23 nov – dom 29 nov" : "Mon 23 Nov – Sun 29 Nov");
      await page.getByTestId("filters").click();
      await page.getByTestId("filter-promoter").selectOption({ label: await page.getByTestId("filter-promoter").locator("option").nth(1).innerText() });
      await page.getByRole("button", { name: "4+" }).click();
      await page.getByTestId("filter-conNotas").check();
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("chip")).toHaveCount(3);
      const few = await page.getByRole("grid").getAttribute("aria-rowcount");
      await page.getByTestId("chip").filter({ hasText: es ? "Con notas" : "With notes" }).click();
      await expect(page.getByTestId("chip")).toHaveCount(2);
      expect(Number(await page.getByRole("grid").getAttribute("aria-rowcount"))).toBeGreaterThan(Number(few));
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("chip")).toHaveCount(0);
      await page.keyboard.press("t");
      await page.getByTestId("span-night").click();
      await expect(page.getByTestId("day")).toContainText(es ? "Viernes 27" : "Friday 27");
    });

    test("a column sorts the list, again the other way round, by mouse and by keyboard", async ({ page }) => {
      await desk(page, lang);
      const header = (name: string) => page.getByRole("columnheader", { name });
      const first = (cell: number) => rows(page).first().getByRole("gridcell").nth(cell);
      await expect(header(es ? "Hora" : "Time")).toHaveAttribute("aria-sort", "ascending");
      await page.getByTestId("sort-personas").click();
      await expect(header(es ? "Asistencia" : "Attendance")).toHaveAttribute("aria-sort", "ascending");
      await expect(header(es ? "Hora" : "Time")).not.toHaveAttribute("aria-sort", /./);
      await page.getByTestId("sort-personas").click();
      await expect(header(es ? "Asistencia" : "Attendance")).toHaveAttribute("aria-sort", "descending");
      await expect(first(3)).toContainText(es ? "de 10" : "of 10");
      await page.getByTestId("sort-cliente").focus();
      await page.keyboard.press("Enter");
      await expect(header(es ? "Cliente" : "Client")).toHaveAttribute("aria-sort", "ascending");
      await expect(first(2)).toContainText(/^[AÁ]/);
      await page.keyboard.press("Space");
      await expect(header(es ? "Cliente" : "Client")).toHaveAttribute("aria-sort", "descending");
      await expect(first(2)).toContainText(/^[X-Z]|^V/);
      // Whoever has none comes last either way, and what was chosen is not changed by it.
      for (const way of ["ascending", "descending"]) {
        await page.getByTestId("sort-mesa").click();
        await expect(header(es ? "Mesa" : "Table")).toHaveAttribute("aria-sort", way);
        await expect(first(4)).toHaveText(/\d/);
      }
      await expect(page.getByTestId("reservation-qr")).toHaveCount(0);
    });

    test("a view is kept under a name, over a new start, and goes", async ({ page }) => {
      await desk(page, lang);
      await page.getByTestId("filters").click();
      await page.getByTestId("filter-sinMesa").check();
      await page.keyboard.press("Escape");
      await page.getByTestId("views").click();
      await page.getByTestId("view-name").fill("Sentar");
      await page.keyboard.press("Enter");
      await expect(toast(page)).toContainText(es ? "Vista «Sentar» guardada" : "View “Sentar” saved");
      await desk(page, lang);
      await expect(page.getByTestId("chip")).toHaveCount(0);
      await page.getByTestId("views").click();
      await page.getByTestId("view").click();
      await expect(page.getByTestId("chip")).toHaveText(es ? "Sin mesa" : "No table");
      await page.getByTestId("views").click();
      await page.getByRole("button", { name: es ? "Borrar la vista Sentar" : "Delete the view Sentar" }).click();
      await expect(page.getByTestId("view")).toHaveCount(0);
    });

    test("many are chosen and changed at once, and all of it is taken back", async ({ page }) => {
      await desk(page, lang);
      await find(page, "vera");
      const count = await rows(page).count();
      await page.getByTestId("choose-head").click();
      await expect(page.getByTestId("bulk")).toContainText(es ? `${count} elegidas` : `${count} chosen`);
      await page.getByTestId("bulk-table").click();
      await page.getByTestId("bulk-value").fill("Terraza");
      await page.keyboard.press("Enter");
      await expect(toast(page)).toContainText(es ? `${count} reservas cambiadas` : `${count} reservations changed`);
      for (const one of await rows(page).all()) await expect(one).toContainText("Terraza");
      await page.getByTestId("toast-act").last().click();
      await expect(toast(page)).toContainText(es ? "Deshecho" : "Undone");
      await expect(await row(page, "Carlos Vera")).not.toContainText("Terraza");
    });

    test("a night moves, each reservation keeps its hour, and those after midnight their night", async ({ page }) => {
      await desk(page, lang);
      await find(page, "valentina íñiguez");
      await page.getByTestId("choose-head").click();
      await page.getByTestId("bulk-night").click();
      await page.getByRole("dialog").locator("[data-day='2026-11-28']").click();
      await expect(toast(page)).toContainText(es ? "cambiada" : "changed");
      await page.getByRole("button", { name: es ? "Noche siguiente" : "Next night" }).click();
      await expect(rows(page).filter({ hasText: "01:30" }).filter({ hasText: "Valentina Íñiguez" })).toContainText(es ? "dom" : "Sun");
    });

    test("an edit shows in the timeline with who and what, and goes back there", async ({ page }) => {
      await desk(page, lang);
      await find(page, "lucía fernández");
      await (await row(page, "Lucía Fernández")).click();
      await page.getByTestId("reservation-edit").click();
      await page.getByTestId("reservation-form").locator("[name=personas]").fill("8");
      await page.getByTestId("reservation-save").click();
      const edit = page.getByTestId("edit").first();
      await expect(edit).toContainText(es ? "Personas: 6 → 8" : "People: 6 → 8");
      await expect(edit).toContainText("Gerencia");
      await edit.getByTestId("go-back").click();
      await expect(page.getByTestId("reservation-count").first()).toHaveText(es ? "3 de 6" : "3 of 6");
      await expect(page.getByTestId("edit")).toHaveCount(2);
    });

    test("a list is imported: columns are known, bad rows are named, and none comes twice", async ({ page }) => {
      await desk(page, lang);
      await importing(page);
      await expect(page.getByTestId("import-good")).toHaveCount(2);
      await expect(page.getByTestId("import-good").last()).toContainText(es ? "sáb 28 nov 01:30" : "Sat 28 Nov 01:30");
      await expect(page.getByTestId("import-bad").first()).toContainText(es ? "Línea 4falta el nombre" : "Line 4the name is missing");
      await expect(page.getByTestId("import-bad").last()).toContainText("«ayer»".replace(/[«»]/g, (sign) => (es ? sign : sign === "«" ? "“" : "”")));
      await page.getByTestId("import-mend").click();
      await expect(toast(page)).toContainText(es ? "~/Descargas/promotor, filas con error.csv" : "~/Descargas/promotor, rows with a fault.csv");
      await page.getByTestId("import-whole").check();
      await expect(page.getByTestId("import-go")).toBeDisabled();
      await page.getByTestId("import-whole").uncheck();
      await page.getByTestId("import-go").click();
      await expect(page.getByTestId("import-end")).toContainText(es ? "2 reservas importadas" : "2 reservations imported");
      await expect(page.getByTestId("import-mend")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("day")).toContainText("28");
      await find(page, "almeida zoe");
      await expect(await row(page, "Zoé Almeida")).toContainText("VIP");
      await page.getByTestId("files").click();
      await page.getByTestId("import").click();
      await page.getByRole("button", { name: es ? "Otra lista" : "Another list" }).click();
      await page.getByTestId("import-file").setInputFiles({ name: "promotor.csv", mimeType: "text/csv", buffer: Buffer.from(LIST) });
      await page.getByTestId("import-go").click();
      await expect(page.getByTestId("import-end")).toContainText(es ? "2 ya estaban" : "2 were here already");
    });

    test("what the filter shows goes into a file, and says where", async ({ page }) => {
      await desk(page, lang, "more=4800");
      await page.getByTestId("files").click();
      await page.getByTestId("export-xlsx").click();
      await expect(toast(page)).toContainText(es ? "5000 reservas en ~/Descargas/Reservas 2026-11-27.xlsx" : "5,000 reservations in ~/Descargas/Reservations 2026-11-27.xlsx");
    });

    test("the ticket is printed, saved and copied", async ({ page, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.addInitScript(() => (window.print = () => (document.title = document.querySelector(".paper")?.textContent ?? "")));
      await desk(page, lang);
      await find(page, "lucía fernández");
      await (await row(page, "Lucía Fernández")).click();
      await page.getByTestId("ticket-print").click();
      await expect(page).toHaveTitle(/Club Miramar\s*Lucía Fernández.*21:30/);
      await page.getByTestId("ticket-pdf").click();
      await expect(toast(page)).toContainText("~/Descargas/Lucía Fernández 2026-11-27.pdf");
      await page.getByTestId("ticket-png").click();
      await expect(toast(page)).toContainText(".png");
      await page.getByTestId("ticket-copy").click();
      await expect(toast(page)).toContainText(es ? "Imagen copiada" : "Picture copied");
      expect(await page.evaluate(async () => (await navigator.clipboard.read())[0]?.types)).toContain("image/png");
    });
  });
}

test("the keyboard alone chooses, changes and takes back", async ({ page }) => {
  await desk(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByTestId("bulk")).toContainText("3 elegidas");
  await page.keyboard.press("Space");
  await expect(page.getByTestId("bulk")).toContainText("2 elegidas");
  await page.keyboard.press("a");
  await expect(page.getByTestId("bulk")).toContainText("200 elegidas");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("bulk")).toBeHidden();
  await page.keyboard.press("Enter");
  await page.keyboard.press("e");
  await page.getByTestId("reservation-form").locator("[name=mesa]").fill("99");
  await page.keyboard.press("Enter");
  await expect(rows(page).filter({ hasText: "99" })).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("z");
  await expect(toast(page)).toContainText("Deshecho");
  await expect(rows(page).filter({ hasText: "99" })).toHaveCount(0);
  await page.keyboard.press("z");
  await expect(toast(page)).toContainText("No hay nada que deshacer");
  await page.keyboard.press("f");
  await expect(page.getByTestId("filter-promoter")).toBeFocused();
});

test("a deleted reservation comes back", async ({ page }) => {
  await desk(page);
  await find(page, "carlos vera");
  const before = await rows(page).count();
  await rows(page).filter({ hasText: "23:00" }).first().click();
  await page.getByTestId("reservation-delete").click();
  await page.getByTestId("reservation-delete").click();
  await expect(rows(page)).toHaveCount(before - 1);
  await page.keyboard.press("z");
  await expect(rows(page)).toHaveCount(before);
});

test("a stopped import says so, and undo takes away what came", async ({ page }) => {
  await desk(page);
  const many = Array.from({ length: 900 }, (_, i) => `Invitado ${i};2;28/11/2026;22:30`).join("\n");
  await importing(page, `Nombre;Pax;Fecha;Hora\n${many}\n`);
  await hand(page, (fake) => fake.slow("importRows", 250));
  await page.getByTestId("import-go").click();
  await expect(page.getByTestId("work")).toContainText(/200 de 900|400 de 900/);
  await page.getByTestId("work-stop").click();
  await expect(page.getByTestId("import-end")).toContainText("Se paró antes de terminar");
  await page.keyboard.press("z");
  await expect(toast(page)).toContainText("Deshecho");
  await page.keyboard.press("Escape");
  await find(page, "");
  await expect(rows(page).filter({ hasText: "Invitado" })).toHaveCount(0);
});

test("a file that is none has a sentence, and closing the panel loses nothing", async ({ page }) => {
  await desk(page);
  await page.getByTestId("files").click();
  await page.getByTestId("import").click();
  await page.getByTestId("import-file").setInputFiles({ name: "roto.csv", mimeType: "text/csv", buffer: Buffer.from('a,b\nx,"y\n') });
  await expect(page.getByRole("alert")).toContainText("Las comillas abiertas en la línea 2");
  await page.getByTestId("import-paste").fill("Cliente\tPersonas\tHora\nAna\t2\t22:30\n");
  await expect(page.getByTestId("import-missing")).toContainText("Fecha");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("reservation-search")).toBeVisible();
  await page.getByTestId("files").click();
  await page.getByTestId("import").click();
  await expect(page.getByTestId("import-missing")).toBeVisible();
});

test("offline many are changed all the same, and the timeline says what it needs", async ({ page }) => {
  await desk(page);
  await hand(page, (fake) => fake.link("offline"));
  await find(page, "vera");
  await page.getByTestId("choose-head").click();
  await page.getByTestId("bulk-people").click();
  await page.getByTestId("bulk-value").fill("7");
  await page.keyboard.press("Enter");
  await expect(rows(page).first()).toContainText("por enviar");
  await page.keyboard.press("Escape");
  await rows(page).first().click();
  await expect(page.getByText("Quién cambió qué lo sabe el hub")).toBeVisible();
});

test("a change that fails in the middle says so, and what was done can be taken back", async ({ page }) => {
  await desk(page, "es", "more=300");
  await page.getByTestId("choose-head").click();
  await hand(page, (fake) => fake.fail("changeMany", "disk_full"));
  await page.getByTestId("bulk-state").click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancelada" }).click();
  await expect(page.getByTestId("toast").filter({ hasText: /disco/i })).toBeVisible();
  await expect(page.getByTestId("undo-last")).toBeHidden();
});

test("another screen and back: what was found, chosen and typed is there", async ({ page }) => {
  await desk(page);
  await find(page, "vera");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("n");
  await page.getByTestId("reservation-form").locator("[name=nombre]").fill("A medias");
  await page.getByTestId("nav-tonight").click();
  await page.getByTestId("nav-reservations").click();
  await expect(page.getByTestId("reservation-search")).toHaveValue("vera");
  await expect(page.getByTestId("reservation-form").locator("[name=nombre]")).toHaveValue("A medias");
});

test("whoever is no manager chooses and imports nothing", async ({ page }) => {
  await desk(page, "es", "role=portero");
  await page.keyboard.press("x");
  await expect(page.getByTestId("bulk")).toBeHidden();
  await page.getByTestId("files").click();
  await expect(page.getByText("Solo la gerencia importa listas.")).toBeVisible();
  await expect(page.getByTestId("import")).toBeHidden();
});

for (const theme of ["dark", "light"] as const) {
  test(`axe finds nothing serious in the desk's panels: ${theme}`, async ({ page }) => {
    const serious = async () => {
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
      const found = await page.evaluate(async () => (await (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()).violations);
      return found.filter((one) => one.impact === "serious" || one.impact === "critical").map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" ")}`);
    };
    await open(page, { theme });
    await page.getByTestId("nav-reservations").click();
    await expect(page.getByTestId("reservation-row").first()).toBeVisible();
    await page.keyboard.press("x");
    await expect(page.getByTestId("bulk")).toBeVisible();
    for (const panel of ["filters", "files", "bulk-night"]) {
      await page.getByTestId(panel).click();
      // The panel has finished appearing.
      await page.evaluate(async () => {
        const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
        await Promise.allSettled(ending.map((one) => one.finished));
      });
      expect(await serious(), panel).toEqual([]);
      await page.keyboard.press("Escape");
    }
    await importing(page);
    expect(await serious(), "import").toEqual([]);
    await page.getByTestId("import-go").click();
    await expect(page.getByTestId("import-end")).toBeVisible();
    expect(await serious(), "import, ended").toEqual([]);
  });
}
