// What crosses the border, in one place: the types that Rust generates, and the events by name.

import type { CameraAnswer } from "../bindings/CameraAnswer";
import type { CameraStatus } from "../bindings/CameraStatus";
import type { SerialStatus } from "../bindings/SerialStatus";
import type { DoorEvent } from "../bindings/DoorEvent";
import type { DoorStatus } from "../bindings/DoorStatus";
import type { ErrorView } from "../bindings/ErrorView";
import type { Invitacion } from "../bindings/Invitacion";
import type { Startup } from "../bindings/Startup";

export type { Ajustes } from "../bindings/Ajustes";
export type { Alarma } from "../bindings/Alarma";
export type { Answer } from "../bindings/Answer";
export type { CambioDeVarias } from "../bindings/CambioDeVarias";
export type { CameraAnswer } from "../bindings/CameraAnswer";
export type { CameraChoice } from "../bindings/CameraChoice";
export type { CameraFault } from "../bindings/CameraFault";
export type { CameraStatus } from "../bindings/CameraStatus";
export type { CampoCambiado } from "../bindings/CampoCambiado";
export type { CargaDelDia } from "../bindings/CargaDelDia";
export type { Client } from "../bindings/Client";
export type { Code } from "../bindings/Code";
export type { ConflictKind } from "../bindings/ConflictKind";
export type { Conflicto } from "../bindings/Conflicto";
export type { CuartoDeHora } from "../bindings/CuartoDeHora";
export type { Decision } from "../bindings/Decision";
export type { DeliveryState } from "../bindings/DeliveryState";
export type { Detail } from "../bindings/Detail";
export type { Dispositivo } from "../bindings/Dispositivo";
export type { Dial } from "../bindings/Dial";
export type { DoorCheck } from "../bindings/DoorCheck";
export type { DoorEvent } from "../bindings/DoorEvent";
export type { DoorStatus } from "../bindings/DoorStatus";
export type { Edicion } from "../bindings/Edicion";
export type { Entrada } from "../bindings/Entrada";
export type { EntradaHecha } from "../bindings/EntradaHecha";
export type { ErrorView } from "../bindings/ErrorView";
export type { ExportView } from "../bindings/ExportView";
export type { Ficha } from "../bindings/Ficha";
export type { Fila } from "../bindings/Fila";
export type { Formato } from "../bindings/Formato";
export type { FrameView } from "../bindings/FrameView";
export type { Guardada } from "../bindings/Guardada";
export type { Hint } from "../bindings/Hint";
export type { Identity } from "../bindings/Identity";
export type { Importadas } from "../bindings/Importadas";
export type { InformeGrupo } from "../bindings/InformeGrupo";
export type { InformeNoches } from "../bindings/InformeNoches";
export type { InformeRango } from "../bindings/InformeRango";
export type { InformeSumas } from "../bindings/InformeSumas";
export type { Invitacion } from "../bindings/Invitacion";
export type { InvitacionVista } from "../bindings/InvitacionVista";
export type { LinkState } from "../bindings/LinkState";
export type { ListQuery } from "../bindings/ListQuery";
export type { Local } from "../bindings/Local";
export type { LocalCambios } from "../bindings/LocalCambios";
export type { MinutoMedido } from "../bindings/MinutoMedido";
export type { NoGuardada } from "../bindings/NoGuardada";
export type { Origin } from "../bindings/Origin";
export type { OutboxStatus } from "../bindings/OutboxStatus";
export type { PalabrasDeLista } from "../bindings/PalabrasDeLista";
export type { PortInfo } from "../bindings/PortInfo";
export type { Promoter } from "../bindings/Promoter";
export type { PromotorConteo } from "../bindings/PromotorConteo";
export type { Recent } from "../bindings/Recent";
export type { RegistroCambio } from "../bindings/RegistroCambio";
export type { Reserva } from "../bindings/Reserva";
export type { ReservaCambios } from "../bindings/ReservaCambios";
export type { ReservaDeLista } from "../bindings/ReservaDeLista";
export type { ReservaNueva } from "../bindings/ReservaNueva";
export type { Found } from "../bindings/Found";
export type { ReservationPage } from "../bindings/ReservationPage";
export type { Role } from "../bindings/Role";
export type { SerialFault } from "../bindings/SerialFault";
export type { SerialStatus } from "../bindings/SerialStatus";
export type { Solo } from "../bindings/Solo";
export type { Sound } from "../bindings/Sound";
export type { StartChoice } from "../bindings/StartChoice";
export type { Startup } from "../bindings/Startup";
export type { Status } from "../bindings/Status";
export type { TablaArchivo } from "../bindings/TablaArchivo";
export type { TicketFormat } from "../bindings/TicketFormat";
export type { TicketView } from "../bindings/TicketView";
export type { TicketWords } from "../bindings/TicketWords";
export type { Tonight } from "../bindings/Tonight";
export type { Turn } from "../bindings/Turn";
export type { VariasGuardadas } from "../bindings/VariasGuardadas";
export type { Verdict } from "../bindings/Verdict";
export type { BandejaTomada } from "../bindings/BandejaTomada";
export type { CifrasDelDia } from "../bindings/CifrasDelDia";
export type { ExportedOutbox } from "../bindings/ExportedOutbox";
export type { OutboxId } from "../bindings/OutboxId";
export type { OutboxItem } from "../bindings/OutboxItem";
export type { Orden } from "../bindings/Orden";
export type { Outcome } from "../bindings/Outcome";

export type Lang = "es" | "en";
export type Theme = "light" | "dark";

export type PreferenceKey =
  | "ui.lang"
  | "ui.theme"
  | "ui.sound"
  | "sse.enabled"
  | "sse.reconnect_cap_ms"
  | "polling.interval_s"
  | "polling.stale_after_s"
  | "polling.refetch_on_focus"
  | "scan.same_code_pause_ms"
  | "scan.serial_port"
  | "scan.serial_baud"
  | "scan.serial_prefix"
  | "scan.serial_suffix";

export type Events = {
  "door://event": DoorEvent;
  "door://status": DoorStatus;
  /** The camera, or a scanner on a serial port, read a code, and it was decided. */
  "door://answer": CameraAnswer;
  /** Such a scan could not be recorded: nobody was admitted. */
  "door://fault": ErrorView;
  "camera://status": CameraStatus;
  "scanner://status": SerialStatus;
  "startup://changed": Startup;
  /** The camera of a device that is nothing yet saw a code: an invitation, or `null`: something else. */
  "start://invitation": Invitacion | null;
};
