// The venue's own words. This language is the source: the other has to have its shape.

import { carry } from "./carry";
import { desk } from "./desk";
import { door } from "./door";
import { errors } from "./errors";
import { house } from "./house";
import { roster } from "./roster";
import { shell } from "./shell";

export const es = {
  name: "Español",
  other: "Switch to English",
  ...shell,
  ...door,
  ...desk,
  ...roster,
  ...house,
  ...carry,
  ...errors,
};
