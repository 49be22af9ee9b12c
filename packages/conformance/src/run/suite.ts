import type { Patience } from "../exchange/run-exchange.ts";
import type { Rule, Site } from "../rules/rule.ts";
import type { Pool } from "../target/pool.ts";

/** The rules of one protocol, and what has to be known of a target before they are put to the test. */
export interface Suite<F> {
  readonly rules: readonly Rule<F>[];
  /** @throws TargetError for a target that is down, silent, or speaks something else; its message says which */
  readonly probe: (pool: Pool, site: Site, patience: Patience) => Promise<F>;
}
