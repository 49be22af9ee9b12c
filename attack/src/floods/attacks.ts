import type { Attack } from "../attack.ts";
import { connectionFloods } from "./connections.ts";
import { headFloods } from "./heads.ts";
import { uploadFloods } from "./uploads.ts";

/** Floods by one or many HTTP clients. */
export const floods: readonly Attack[] = [...uploadFloods, ...headFloods, ...connectionFloods];
