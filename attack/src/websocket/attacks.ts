import type { Attack } from "../attack.ts";

/** Generated programs and floods over WebSockets. */
export const websocketAttacks: readonly Attack[] = [];
