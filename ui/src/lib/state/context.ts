import { getContext, setContext } from "svelte";
import type { App } from "./app.svelte";
import type { Door } from "./door.svelte";

type Shared = { app: App; door: Door };

export function share(shared: Shared): void {
  setContext("portero", shared);
}

export function shared(): Shared {
  return getContext<Shared>("portero");
}
