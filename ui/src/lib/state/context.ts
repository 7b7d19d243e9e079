import { getContext, setContext } from "svelte";
import type { App } from "./app.svelte";
import type { Door } from "./door.svelte";
import type { Fleet } from "./fleet.svelte";
import type { Keyboard } from "./keyboard.svelte";

type Shared = { app: App; door: Door; fleet: Fleet; keyboard: Keyboard };

export function share(shared: Shared): void {
  setContext("portero", shared);
}

export function shared(): Shared {
  return getContext<Shared>("portero");
}
