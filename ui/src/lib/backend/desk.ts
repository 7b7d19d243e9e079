// What the reservations desk asks for beyond one reservation at a time.

import type * as T from "./types";

export interface DeskBackend {
  /** At most `most` and one more, so that whoever asks sees that there are too many. */
  listIds(query: T.ListQuery, most: number): Promise<string[]>;
  /** Who brings the parties that a list shows. */
  promoters(query: T.ListQuery): Promise<T.PromotorConteo[]>;
  /** At most `MANY` at a time, each of these four: longer works are made of parts. */
  changeMany(change: T.CambioDeVarias): Promise<T.VariasGuardadas>;
  editMany(edits: T.Edicion[]): Promise<T.VariasGuardadas>;
  removeMany(ids: string[]): Promise<T.VariasGuardadas>;
  importRows(rows: T.ReservaDeLista[]): Promise<T.Importadas>;
  /** Who changed what, oldest first. Needs the hub, which tells managers alone. */
  history(reservaId: string): Promise<T.RegistroCambio[]>;
  /** A file among the person's downloads, written part by part until there is a path. */
  exportStart(query: T.ListQuery, format: T.Formato, words: T.PalabrasDeLista): Promise<T.ExportView>;
  exportMore(): Promise<T.ExportView>;
  /** Nothing is left behind. */
  exportStop(): Promise<void>;
}
