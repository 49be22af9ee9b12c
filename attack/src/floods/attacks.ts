import type { Attack } from "../attack.ts";
import { connectionFloods } from "./connections.ts";
import { headFloods } from "./heads.ts";
import { uploadFloods } from "./uploads.ts";

/** What one or many HTTP clients do without end. */
export const floods: readonly Attack[] = [...uploadFloods, ...headFloods, ...connectionFloods];
