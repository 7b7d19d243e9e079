import { defineConfig } from "@playwright/test";

const PORT = 4199;

/** Debian's Chromium: Playwright's own is not fetched. */
const BROWSER = process.env["PORTERO_BROWSER"] ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: ".",
  outputDir: ".results/output",
  snapshotPathTemplate: "spoken/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  reporter: [["list"]],
  timeout: 30_000,
  expect: {
    timeout: 5_000,
    // What a screen reader has of each screen; `pictures.ts` compares what is seen.
    toMatchAriaSnapshot: { pathTemplate: "spoken/{arg}{ext}" },
  },
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1366, height: 768 },
    locale: "es-EC",
    timezoneId: "Europe/Madrid",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: BROWSER,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        // Letters as this browser draws them, whatever the machine's fonts are set to.
        "--font-render-hinting=none",
        "--disable-lcd-text",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `npx vite build --outDir ../tests/ui/.results/site --emptyOutDir && npx vite preview --outDir ../tests/ui/.results/site --port ${PORT} --strictPort`,
    cwd: "../../ui",
    env: { VITE_BACKEND: "fake" },
    url: `http://localhost:${PORT}`,
    timeout: 120_000,
  },
});
