import type { Facts } from "../rules/facts.ts";
import { http1Rules } from "../rules/http1/index.ts";
import { probe } from "./probe.ts";
import type { Suite } from "./suite.ts";

export const http1Suite: Suite<Facts> = { rules: http1Rules, probe };
