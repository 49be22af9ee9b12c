import type { Rule } from "../rule.ts";
import type { ViaFacts } from "./facts.ts";
import { forwarding } from "./forwarding.ts";
import { hiding } from "./hiding.ts";

/** The rules of a proxy, which its origin shows. */
export const viaRules: readonly Rule<ViaFacts>[] = [...forwarding, ...hiding];
