import { expect, test } from "@playwright/test";
import { hand, open } from "./window";

for (const lang of ["es", "en"] as const) {
  const w = (es: string, en: string) => (lang === "es" ? es : en);

  test(`an invitation is read by the camera of a new laptop (${lang})`, async ({ page }) => {
    await open(page, { lang, query: "first", start: true });
    await page.getByTestId("start-join").click();
    await expect(page.getByTestId("join-camera")).toBeVisible();
    await hand(page, (fake) => fake.sees(null));
    await expect(page.getByText(w("Eso no es una invitación.", "That is no invitation."))).toBeVisible();
    await hand(page, (fake) => fake.sees({ hub: "http://192.168.1.20:8787", codigo: "K7QM-2HV9-XR4B", nombre: "Puerta 3" }));
    await expect(page.getByTestId("start-device")).toHaveValue("Puerta 3");
    await page.getByTestId("start-go").click();
    await expect(page.getByTestId("badge")).toBeVisible();
  });

  test(`a device is invited, renamed and loses its permission (${lang})`, async ({ page }) => {
    await open(page, { lang });
    await page.getByTestId("nav-devices").click();
    await page.getByTestId("invite").click();
    await page.getByTestId("invite-go").click();
    await expect(page.getByText(w("Ponle un nombre", "Give it a name"))).toBeVisible();
    await page.getByTestId("invite-name").fill("Puerta 3");
    await page.getByTestId("invite-go").click();
    await expect(page.getByTestId("invite-qr")).toBeVisible();
    await expect(page.getByText(w("Vale una vez, hasta las 22:51", "Good once, until 22:51"))).toBeVisible();
    await page.locator('[data-name="Puerta 2"]').click();
    await page.getByTestId("device-name").fill("Puerta dos");
    await page.getByTestId("device-save").click();
    await expect(page.locator('[data-name="Puerta dos"]')).toBeVisible();
    await page.getByTestId("device-revoke").click();
    await page.getByTestId("device-revoke").click();
    await expect(page.getByTestId("device-panel")).toContainText(w("Sin permiso desde", "No permission since"));
  });
}

test("an invitation may be pasted, and what is none is said", async ({ page }) => {
  await open(page, { query: "first", start: true });
  await page.getByTestId("start-join").click();
  await page.getByTestId("join-way").click();
  await page.getByTestId("start-paste").fill("hola");
  await expect(page.getByText("Eso no es una invitación: pega el texto entero.")).toBeVisible();
  await page.getByTestId("start-paste").fill('{"portero":"enlazar","hub":"http://hub:1","codigo":"K7QM-2HV9-XR4B","nombre":"Terraza"}');
  await expect(page.getByTestId("start-device")).toHaveValue("Terraza");
});

test("an alarm is in the header before anybody looks, and goes with its cause", async ({ page }) => {
  await open(page);
  await expect(page.getByTestId("nav-devices")).toContainText("3");
  await hand(page, (fake) => fake.breaksCamera("Puerta 2", false));
  await expect(page.getByTestId("nav-devices")).toContainText("2");
  await page.getByTestId("nav-devices").click();
  await expect(page.getByTestId("alarms")).not.toContainText("La cámara no da imagen");
  await expect(page.getByTestId("alarms")).toContainText("No se sabe nada de este equipo");
});

test("devices without the hub, and for a door", async ({ page }) => {
  await open(page, { query: "link=offline" });
  await page.getByTestId("nav-devices").click();
  await expect(page.getByText("Los equipos se ven con conexión al hub")).toBeVisible();
  await open(page, { query: "role=portero" });
  await page.getByTestId("nav-devices").click();
  await expect(page.getByText("La gerencia ve los equipos")).toBeVisible();
});

test("devices by keyboard alone", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Alt+5");
  await expect(page.getByTestId("invite")).toBeVisible();
  await page.getByTestId("invite").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("invite-name")).toBeFocused();
  await page.keyboard.type("Puerta 3");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("invite-qr")).toBeVisible();
});

test("tonight beside the same weekday, by door, and reports with export", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-tonight").click();
  await expect(page.getByTestId("then-inside")).toContainText("el vie 20 nov a esta hora");
  await page.getByTestId("compare").uncheck();
  await expect(page.getByTestId("then-inside")).toBeHidden();
  await expect(page.getByTestId("doors")).toContainText("Puerta 2");
  await page.getByTestId("reports").click();
  await page.getByTestId("by-semana").click();
  await expect(page.getByTestId("report")).toContainText("viernes");
  await page.getByTestId("by-promotores").click();
  await expect(page.getByTestId("report")).toContainText("Daniela");
  await page.getByTestId("save-xlsx").click();
  await expect(page.getByTestId("toast")).toContainText("Informe 2026-10-29 a 2026-11-27.xlsx");
  await page.getByTestId("report-from").fill("2026-12-01");
  await expect(page.getByRole("alert")).toContainText("La segunda fecha va después de la primera");
});

test("the venue and every setting", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-settings").click();
  await page.getByTestId("venue-capacity").fill("950");
  await page.getByTestId("venue-cutoff").fill("05:00");
  await expect(page.getByText("mueve reservas de noche")).toBeVisible();
  await page.getByTestId("venue-save").click();
  await expect(page.getByTestId("toast")).toContainText("El local cambió para todas las puertas");
  await page.getByTestId("pref-pollingIntervalS").fill("0");
  await page.getByTestId("pref-pollingIntervalS").press("Tab");
  await expect(page.getByText("De 1 a 3600.")).toBeVisible();
});

test("a hand scanner on a serial port is chosen, and says when it is unplugged", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-settings").click();
  const card = page.getByTestId("serial-scanner");
  await expect(card.getByLabel("Velocidad")).toHaveCount(0);
  await card.getByTestId("serial-port").selectOption({ label: "Honeywell 1450g" });
  await expect(card.getByRole("status")).toContainText("El puerto está abierto");
  await card.getByLabel("Velocidad").selectOption("115200");
  await card.getByLabel("Pone antes del código").fill("#");
  await card.getByLabel("Pone antes del código").blur();
  const port = "/dev/serial/by-id/usb-Honeywell_1450g-if00";
  await hand(page, (fake) => fake.scannerState({ state: "unavailable", port: "/dev/serial/by-id/usb-Honeywell_1450g-if00", reason: "unplugged", detail: "" }));
  await expect(card.getByRole("status")).toContainText("se desconectó");
  await expect(card.getByTestId("serial-port")).toHaveValue(port);
  await expect(card.getByLabel("Velocidad")).toHaveValue("115200");
  await card.getByTestId("serial-port").selectOption("");
  await expect(card.getByLabel("Velocidad")).toHaveCount(0);
});

test("the badge draws the last hour", async ({ page }) => {
  await open(page);
  await page.getByTestId("badge").click();
  await expect(page.getByRole("img", { name: "Retraso de un cambio, por minuto en la última hora: máximo" })).toBeVisible();
});
