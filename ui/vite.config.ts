import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  preview: { port: 4173, strictPort: true },
  build: {
    // What the oldest webview understands: Safari 16.4 (macOS 13), WebKitGTK 2.42, WebView2.
    target: ["es2022", "safari16.4"],
    cssTarget: ["safari16.4"],
    reportCompressedSize: true,
    // Never inline: the content security policy forbids data: fonts.
    assetsInlineLimit: 0,
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
