import type { Messages } from "../index";
import { desk } from "./desk";
import { door } from "./door";
import { errors } from "./errors";
import { house } from "./house";
import { shell } from "./shell";

export const en: Messages = {
  name: "English",
  other: "Cambiar a español",
  ...shell,
  ...door,
  ...desk,
  ...house,
  ...errors,
};
