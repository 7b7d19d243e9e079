// A browser's own EventSource against a real hub: a cookie instead of a token, and a resume over a killed hub without a gap.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const target = process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portero/target");
const program = join(target, "debug/portero-hub");

class Hub {
  readonly folder = mkdtempSync(join(tmpdir(), "portero-eventsource-"));
  readonly store = `sqlite:${join(this.folder, "hub.db")}`;
  url = "http://127.0.0.1:0";
  #process: ChildProcess | undefined;

  /** Serves, and waits for the line that says where. */
  async serve(): Promise<void> {
    const served = spawn(program, ["serve", "--store", this.store, "--listen", this.url.slice("http://".length)]);
    this.#process = served;
    const line = await new Promise<string>((resolve, reject) => {
      served.stdout.once("data", (data) => resolve(String(data)));
      served.once("error", reject);
      served.once("exit", (code) => reject(new Error(`the hub ended with ${code}`)));
    });
    this.url = JSON.parse(line).listening;
  }

  async kill(): Promise<void> {
    const served = this.#process;
    if (!served) return;
    const gone = new Promise((resolve) => served.once("exit", resolve));
    served.kill("SIGKILL");
    await gone;
  }

  token(): string {
    const args = ["token", "--store", this.store, "--role", "gerente", "--name", "Gerencia"];
    return JSON.parse(execFileSync(program, args, { encoding: "utf8" })).token;
  }

  async reserve(token: string, nombre: string): Promise<void> {
    const answer = await fetch(`${this.url}/api/reservas`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": crypto.randomUUID().replace(/^(.{14})./, "$17"),
      },
      body: JSON.stringify({ cliente: { nombre }, numeroPersonas: 2, fecha: "2026-11-24", hora: "21:30" }),
    });
    expect(answer.status, await answer.text()).toBe(201);
  }
}

test("a browser's own EventSource follows the hub, and misses nothing while it was gone", async ({ page }) => {
  const hub = new Hub();
  try {
    await hub.serve();
    const token = hub.token();
    await page.goto(`${hub.url}/healthz`);
    await page.evaluate(async (bearer) => {
      const answer = await fetch("/api/sesion", { method: "POST", headers: { Authorization: `Bearer ${bearer}` } });
      if (!answer.ok) throw new Error(`no session: ${answer.status}`);
      const seen: { id: string; name: string }[] = [];
      const source = new EventSource("/api/reservas/events");
      source.addEventListener("connected", () => seen.push({ id: "", name: "connected" }));
      source.addEventListener("reservation-created", (event) =>
        seen.push({ id: event.lastEventId, name: JSON.parse(event.data).reserva.cliente.nombre }),
      );
      Object.assign(window, { seen });
    }, token);
    const names = () => page.evaluate(() => (window as unknown as { seen: { name: string }[] }).seen.map((event) => event.name));
    await expect.poll(names).toEqual(["connected"]);
    await hub.reserve(token, "Ana");
    await expect.poll(names).toEqual(["connected", "Ana"]);

    await hub.kill();
    await hub.serve();
    await hub.reserve(token, "Bruno");
    await hub.reserve(token, "Carla");
    await expect.poll(names, { timeout: 30_000 }).toEqual(["connected", "Ana", "connected", "Bruno", "Carla"]);
    const ids = await page.evaluate(() =>
      (window as unknown as { seen: { id: string }[] }).seen.filter((event) => event.id).map((event) => Number(event.id.split(":")[1])),
    );
    expect(ids).toEqual([ids[0], ids[0]! + 1, ids[0]! + 2]);
  } finally {
    await hub.kill();
    rmSync(hub.folder, { recursive: true, force: true });
  }
});
