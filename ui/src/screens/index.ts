// Every screen but the door's, which is what the window opens on: they come together, after it.

import type { Component } from "svelte";
import type { Screen } from "../lib/state/app.svelte";

export type Later = Exclude<Screen, "door">;

/** One of them. All are there once one is: nobody who goes to the next waits for a file. */
export async function later(screen: Later): Promise<Component> {
  return (await import("./later")).pages[screen];
}
