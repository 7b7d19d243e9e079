// The screens behind the door's, in one file.

import type { Component } from "svelte";
import type { Later } from ".";
import Components from "./Components.svelte";
import Conflicts from "./Conflicts.svelte";
import Devices from "./Devices.svelte";
import Outbox from "./Outbox.svelte";
import Reservations from "./Reservations.svelte";
import Settings from "./Settings.svelte";
import Tonight from "./Tonight.svelte";

export const pages: Record<Later, Component> = {
  reservations: Reservations,
  tonight: Tonight,
  conflicts: Conflicts,
  devices: Devices,
  settings: Settings,
  outbox: Outbox,
  components: Components,
};
