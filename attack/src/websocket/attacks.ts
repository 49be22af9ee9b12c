import type { Attack } from "../attack.ts";
import { crowds } from "./floods/crowds.ts";
import { fragments } from "./floods/fragments.ts";
import { slowReaders } from "./floods/slow-readers.ts";
import { programs } from "./programs-attack.ts";

/** Generated programs and floods over WebSockets. */
export const websocketAttacks: readonly Attack[] = [programs, ...slowReaders, ...fragments, ...crowds];
