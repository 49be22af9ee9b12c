import type { Attack } from "./attack.ts";
import { floods } from "./floods/attacks.ts";
import { httpAttacks } from "./http/attacks.ts";
import { websocketAttacks } from "./websocket/attacks.ts";

/** Every attack, in the order in which they run. */
export const attacks: readonly Attack[] = [...httpAttacks, ...websocketAttacks, ...floods];
