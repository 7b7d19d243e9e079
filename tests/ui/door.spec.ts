import { expect, test } from "@playwright/test";
import { codeOf, guest, hand, open, scanner, verdict } from "./window";

for (const lang of ["es", "en"] as const) {
  test.describe(lang, () => {
    const of = lang === "es" ? "de" : "of";

    test("a code before the camera lets one in, and the hub's second tick follows", async ({ page }) => {
      await open(page, { lang });
      await verdict(page, "idle");
      await guest(page, "Lucía Fernández");
      const panel = await verdict(page, "admitted");
      await expect(page.getByTestId("verdict-name")).toHaveText("Lucía Fernández");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`4\\s+${of} 6`));
      await expect(panel).toContainText(lang === "es" ? "Mesa 12" : "Table 12");
      await expect(panel).toContainText("Alergia: frutos secos");
      // What others of the party did before, and where.
      await expect(panel).toContainText("+2 · 22:12 · Puerta 2");
      await expect(panel).toContainText(lang === "es" ? "confirmado por el hub" : "confirmed by the hub");
      const entry = page.getByTestId("recent-entry").first();
      await expect(entry).toContainText("Lucía Fernández");
      await expect(entry).toHaveAttribute("data-delivery", "confirmed");
      await expect(page.getByTestId("said")).toContainText("Lucía Fernández");
    });

    test("the sign on a capital is whole", async ({ page }) => {
      await open(page, { lang });
      await guest(page, "Ñusta Quispe");
      await expect(page.getByTestId("verdict-name")).toHaveText("Ñusta Quispe");
      // From the edge that cuts to the top of the tilde's ink.
      const room = await page.getByTestId("verdict-name").evaluate((name) => {
        const context = document.createElement("canvas").getContext("2d")!;
        const { fontWeight, fontSize, fontFamily } = getComputedStyle(name);
        context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
        const mark = document.createElement("i");
        mark.style.display = "inline-block";
        name.prepend(mark);
        const baseline = mark.getBoundingClientRect().bottom;
        mark.remove();
        return baseline - context.measureText("Ñ").actualBoundingBoxAscent - name.getBoundingClientRect().top;
      });
      expect(room).toBeGreaterThanOrEqual(0);
    });

    test("digits say how many there are, the rest comes with R, Z takes the last back", async ({ page }) => {
      await open(page, { lang });
      await guest(page, "Ñusta Quispe");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`1\\s+${of} 8`));
      await page.keyboard.press("3");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`3\\s+${of} 8`));
      await expect(page.getByTestId("recent-entry").first()).toContainText("+2");
      await page.keyboard.press("r");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`8\\s+${of} 8`));
      await page.keyboard.press("z");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`3\\s+${of} 8`));
      await expect(page.getByTestId("verdict")).toHaveAttribute("data-mood", "undone");
      await expect(page.getByTestId("recent-entry").filter({ hasText: "+5" }).first()).toHaveAttribute("data-delivery", "undone");
    });

    test("too many, cancelled, unknown and not a ticket look different and say why", async ({ page }) => {
      await open(page, { lang });
      await guest(page, "Grupo Andrade");
      await expect(await verdict(page, "excess")).toHaveAttribute("data-mood", "warn");
      await guest(page, "Marta Ríos");
      const cancelled = await verdict(page, "cancelled");
      await expect(cancelled).toHaveAttribute("data-mood", "stop");
      await expect(cancelled).toContainText(lang === "es" ? "La reserva está cancelada." : "The reservation is cancelled.");
      await expect(cancelled).toContainText(lang === "es" ? "No se registró" : "No entry was recorded");
      await hand(page, (fake) => fake.camera("res-nobody"));
      await verdict(page, "unknown");
      await hand(page, (fake) => fake.camera("https://example.com"));
      await verdict(page, "invalid");
      await expect(page.getByTestId("recent-entry").first()).toHaveAttribute("data-delivery", "refused");
    });

    test("a person may decide against the verdict, in two steps", async ({ page }) => {
      await open(page, { lang });
      await guest(page, "Marta Ríos");
      await verdict(page, "cancelled");
      await page.keyboard.press("a");
      await expect(page.getByTestId("verdict")).toContainText(lang === "es" ? "Queda registrado contra el aviso" : "Recorded against the warning");
      await expect(page.getByTestId("verdict")).toHaveAttribute("data-mood", "stop");
      await page.keyboard.press("a");
      const entry = page.getByTestId("recent-entry").filter({ hasText: "Marta Ríos" }).filter({ hasText: "+1" });
      await expect(entry).toHaveAttribute("data-delivery", "conflict");
      await expect(page.getByTestId("nav-conflicts")).toContainText("3");
    });

    test("somebody without a code is found by name with the keyboard alone", async ({ page }) => {
      await open(page, { lang });
      await page.keyboard.press("/");
      await page.keyboard.type("nusta q");
      await expect(page.getByTestId("search-result").first()).toContainText("Ñusta Quispe");
      await page.keyboard.press("Enter");
      await verdict(page, "admitted");
      await page.keyboard.press("4");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`4\\s+${of} 8`));
      await page.keyboard.press("/");
      await page.keyboard.type("zzz");
      await expect(page.getByText(lang === "es" ? "Nadie con «zzz»" : "Nobody with “zzz”")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByTestId("recent-entry").first()).toBeVisible();
    });

    test("somebody without a reservation is in with a name and a number", async ({ page }) => {
      await open(page, { lang });
      await page.keyboard.press("n");
      await expect(page.getByTestId("walk-in")).toBeVisible();
      await page.keyboard.type("Ana Solís");
      await page.keyboard.press("Tab");
      await page.keyboard.type("3");
      await page.keyboard.press("Enter");
      await verdict(page, "admitted");
      await expect(page.getByTestId("verdict-name")).toHaveText("Ana Solís");
      await expect(page.getByTestId("verdict-count")).toHaveText(new RegExp(`3\\s+${of} 3`));
    });

    test("the hub knew better: the guest is to be called back, and the door goes on", async ({ page }) => {
      await open(page, { lang });
      await guest(page, "José López");
      await verdict(page, "admitted");
      await hand(page, (fake) => fake.conflict("exceso", "José López"));
      const call = page.getByTestId("callback");
      await expect(call).toContainText(lang === "es" ? "Llámalo de vuelta: José López" : "Call them back: José López");
      await guest(page, "Carlos Vera");
      await expect(page.getByTestId("verdict-name")).toHaveText("Carlos Vera");
      await expect(call).toBeVisible();
      await page.keyboard.press("v");
      await expect(call).toBeHidden();
    });
  });
}

test("a hand scanner needs no field", async ({ page }) => {
  await open(page);
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await verdict(page, "admitted");
  await expect(page.getByTestId("verdict-name")).toHaveText("Carlos Vera");
  await expect(page.getByTestId("verdict-count")).toHaveText(/1\s+de 3/);
  await scanner(page, await codeOf(page, "Ñusta Quispe"), false);
  await expect(page.getByTestId("verdict-name")).toHaveText("Ñusta Quispe");
});

test("a hand scanner in the middle of a search takes nothing from who types", async ({ page }) => {
  await open(page);
  await page.keyboard.press("/");
  await page.keyboard.type("quis", { delay: 90 });
  await expect(page.getByTestId("search-result").first()).toBeVisible();
  await page.waitForTimeout(100);
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await expect(page.getByTestId("verdict-name")).toHaveText("Carlos Vera");
  await expect(page.getByTestId("search")).toHaveValue("quis");
  await expect(page.getByTestId("search-result").first()).toContainText("Quispe");
});

test("a code that is pasted counts as scanned", async ({ page }) => {
  await open(page);
  const code = await codeOf(page, "Carlos Vera");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text", text);
    window.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
  }, code);
  await verdict(page, "admitted");
});

test("a reissued ticket is old, another night's is for another day", async ({ page }) => {
  await open(page);
  const old = await codeOf(page, "Carlos Vera");
  await page.getByTestId("nav-reservations").click();
  await page.getByTestId("reservation-search").fill("carlos vera");
  await page.getByTestId("reservation-row").filter({ hasText: "23:00" }).first().click();
  await page.getByTestId("reservation-reissue").click();
  await page.getByTestId("reservation-reissue").click();
  await expect(page.getByTestId("toast")).toContainText("Código nuevo emitido");
  await page.getByTestId("nav-door").click();
  await page.evaluate((code) => window.porteroFake?.camera(code), old);
  await verdict(page, "stale_code");
});

test("a venue that admits nobody beyond the party says how many places are left", async ({ page }) => {
  await open(page);
  await hand(page, (fake) => fake.excessPolicy("negar"));
  await guest(page, "Grupo Andrade");
  await expect(await verdict(page, "already_in")).toContainText("Ya están todos");
});

test("what could not be kept is not shown as admitted", async ({ page }) => {
  await open(page);
  await hand(page, (fake) => fake.fail("scan", "disk_full"));
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await expect(await verdict(page, "fault")).toContainText("El disco está lleno");
  await page.keyboard.press("Escape");
  await hand(page, (fake) => fake.fault("storage"));
  await expect(await verdict(page, "fault")).toContainText("No dejes pasar todavía");
  await hand(page, (fake) => fake.fail("scan", null));
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await verdict(page, "admitted");
});

test("the verdict makes room for the calm by itself", async ({ page }) => {
  await page.clock.install();
  await open(page);
  await guest(page, "Carlos Vera");
  await verdict(page, "admitted");
  await page.clock.runFor(10_000);
  await expect(await verdict(page, "idle")).toContainText("Carlos Vera");
});

test("offline an entry waits with one tick, and is confirmed when the hub returns", async ({ page }) => {
  await open(page);
  await hand(page, (fake) => fake.link("offline"));
  await guest(page, "Carlos Vera");
  await expect(await verdict(page, "admitted")).toContainText("guardado aquí");
  await expect(page.getByTestId("badge")).toHaveAttribute("data-state", "offline");
  await expect(page.getByTestId("badge")).toHaveAttribute("data-pending", "1");
  await expect(page.getByTestId("recent-entry").first()).toHaveAttribute("data-delivery", "pending");
  await hand(page, (fake) => fake.link("live"));
  await expect(page.getByTestId("recent-entry").first()).toHaveAttribute("data-delivery", "confirmed");
  await expect(page.getByTestId("badge")).toHaveAttribute("data-pending", "0");
  await expect(page.getByTestId("verdict")).toContainText("confirmado por el hub");
});

test("each trouble of the camera has a sentence, and the rest goes on", async ({ page }) => {
  await open(page);
  const camera = page.getByTestId("camera-state");
  await expect(camera).toHaveAttribute("data-state", "running");
  await hand(page, (fake) => fake.cameraState({ state: "unavailable", name: "HD Webcam", reason: "unplugged", detail: "" }));
  await expect(camera).toContainText("La cámara se desconectó");
  await expect(camera).toContainText("La búsqueda y el lector de mano siguen.");
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await verdict(page, "admitted");
  await hand(page, (fake) => fake.cameraState({ state: "off" }));
  await expect(camera).toContainText("Cámara apagada");
  await hand(page, (fake) => {
    fake.cameraState({ state: "running", name: "HD Webcam", width: 1280, height: 720, fps: 30, format: "MJPEG" });
    fake.hint("tooFar");
  });
  await expect(camera).toContainText("Más cerca");
});

test("the preview asks for the next picture when it has drawn one, at 15 a second where the computer can", async ({ page }) => {
  await open(page);
  // A count and its time for people; what has to hold on any computer is that it goes on and never falls behind.
  const { drawn, seconds } = await page.evaluate(async () => {
    const canvas = document.querySelector("canvas");
    if (!canvas) return { drawn: 0, seconds: 1 };
    let drawn = 0;
    const began = performance.now();
    const enough = new Promise<void>((resolve) => {
      const draw = CanvasRenderingContext2D.prototype.drawImage;
      CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...args: Parameters<typeof draw>) {
        if (this.canvas === canvas && ++drawn === 30) resolve();
        return draw.apply(this, args);
      } as typeof draw;
    });
    await enough;
    return { drawn, seconds: (performance.now() - began) / 1_000 };
  });
  console.log(`figure: preview: ${(drawn / seconds).toFixed(1)} pictures a second`);
  expect(drawn).toBe(30);
});

test("a scan is answered on every screen", async ({ page }) => {
  await open(page);
  await page.getByTestId("nav-tonight").click();
  await guest(page, "Carlos Vera");
  await page.getByRole("button", { name: /Adelante.*Carlos Vera.*Ir a la puerta/ }).click();
  await verdict(page, "admitted");
});

test("the door test says what is missing, admits nobody and ends ready", async ({ page }) => {
  await open(page);
  await page.keyboard.press("t");
  const sheet = page.getByTestId("door-test");
  await expect(sheet).toHaveAttribute("data-ready", "false");
  await hand(page, (fake) => fake.link("offline"));
  await expect(page.getByTestId("test-hub")).toHaveAttribute("data-result", "fail");
  await hand(page, (fake) => fake.link("live"));
  await hand(page, (fake) => fake.camera("https://example.com/menu"));
  await expect(page.getByTestId("test-camera")).toHaveAttribute("data-result", "pass");
  await scanner(page, await codeOf(page, "Carlos Vera"));
  await expect(page.getByTestId("test-scanner")).toHaveAttribute("data-result", "pass");
  await expect(page.getByTestId("recent-entry").first()).not.toContainText("Carlos Vera");
  await page.getByRole("button", { name: "Se oye", exact: true }).click();
  await expect(sheet).toHaveAttribute("data-ready", "true");
  await expect(sheet).toContainText("Lista para abrir");
  await page.keyboard.press("Escape");
  await verdict(page, "idle");
});

test("before the first snapshot the door is calm and complains of nothing", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "porteroFake", {
      configurable: true,
      set(fake) {
        Object.defineProperty(window, "porteroFake", { value: fake });
        fake.fail("tonight", "not_found");
      },
    });
  });
  await open(page);
  await verdict(page, "idle");
  await expect(page.getByTestId("toast")).toHaveCount(0);
  await hand(page, (fake) => fake.fail("tonight", null));
  await guest(page, "Carlos Vera");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("verdict")).toContainText("455");
});
