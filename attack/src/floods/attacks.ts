import type { Attack } from "../attack.ts";

/** What one or many HTTP clients do without end. */
export const floods: readonly Attack[] = [];
