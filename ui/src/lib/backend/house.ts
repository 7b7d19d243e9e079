// The rest of the house behind the border: nights and reports, the venue, its devices, this one's settings, and joining.

import type * as T from "./types";

export interface House {
  /** A night in numbers; a door holds the nights around tonight, a manager's device all of them. */
  night(fecha: string): Promise<T.Tonight>;
  report(range: T.InformeRango): Promise<T.InformeNoches>;
  /** Writes a table that is shown among the person's downloads, and says where. */
  saveTable(table: T.TablaArchivo, format: T.Formato): Promise<string>;
  /** The last sixty minutes of the connection, the running one last. */
  lastHour(): Promise<T.MinutoMedido[]>;
  venue(): Promise<T.Local>;
  /** Needs the hub, and a manager; as everything about devices. */
  changeVenue(changes: T.LocalCambios): Promise<T.Local>;
  devices(): Promise<T.Dispositivo[]>;
  invite(name: string, role: T.Role, minutes: number): Promise<T.InvitacionVista>;
  changeDevice(device: string, changes: { nombre?: string; cupo?: number }): Promise<T.Dispositivo>;
  revokeDevice(device: string): Promise<T.Dispositivo>;
  settings(): Promise<T.Ajustes>;
  /** A camera looks for an invitation, before this device is anything; what it sees comes as `start://invitation`. */
  lookForInvitation(camera?: string): Promise<void>;
  stopLooking(): Promise<void>;
  /** An invitation that was pasted. */
  readInvitation(text: string): Promise<T.Invitacion>;
}
