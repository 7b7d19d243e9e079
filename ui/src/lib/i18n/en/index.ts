import type { Messages } from "../index";
import { carry } from "./carry";
import { desk } from "./desk";
import { door } from "./door";
import { errors } from "./errors";
import { house } from "./house";
import { roster } from "./roster";
import { shell } from "./shell";

export const en: Messages = {
  name: "English",
  other: "Cambiar a español",
  ...shell,
  ...door,
  ...desk,
  ...roster,
  ...house,
  ...carry,
  ...errors,
};
