import type { Attack } from "../attack.ts";

/** Generated bodies, files and handlers against generated clients. */
export const httpAttacks: readonly Attack[] = [];
