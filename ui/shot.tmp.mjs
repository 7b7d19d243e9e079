import { chromium } from "@playwright/test";
const [,, out, query = "", ...steps] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"] });
const size = (process.env.SIZE ?? "1366x768").split("x").map(Number);
const page = await browser.newPage({ viewport: { width: size[0], height: size[1] } });
page.on("console", m => m.type() === "error" && console.log("console:", m.text()));
page.on("pageerror", e => console.log("pageerror:", e.message));
await page.goto(`http://localhost:4173/?${query}`);
await page.waitForTimeout(500);
for (const s of steps) { const r = await page.evaluate(s).catch(e => String(e)); if (r) console.log(r); await page.waitForTimeout(350); }
await page.waitForTimeout(Number(process.env.WAIT ?? 600));
await page.screenshot({ path: out });
await browser.close();
