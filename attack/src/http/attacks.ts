import type { Attack } from "../attack.ts";
import { attackByScripts } from "./property.ts";

/** Generated bodies, files and handlers against generated clients. */
export const httpAttacks: readonly Attack[] = [
  {
    name: "scripts",
    about: "Bodies, files and handlers that do anything at any step, for clients that read, stop and leave.",
    run: (settings) => attackByScripts(settings),
  },
];
