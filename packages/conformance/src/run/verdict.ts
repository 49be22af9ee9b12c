import type { Outcome, Trial } from "../exchange/exchange.ts";
import type { Requirement } from "../rules/rule.ts";
import type { Target } from "../target/target.ts";

/** A rule that the target breaks, with the shortest input that was found. */
export interface Violation {
  readonly trial: Trial;
  readonly outcomes: readonly Outcome[];
  readonly due: string;
  readonly got: string;
  /** How many of the repetitions broke the rule too: fewer than all is told. */
  readonly repeated: { readonly broken: number; readonly of: number };
}

interface Common {
  readonly rule: Requirement;
  readonly target: Target;
  /** The trials that were run. */
  readonly runs: number;
  /** Milliseconds. */
  readonly took: number;
  readonly seed: number;
}

/** What is known of one rule. */
export type Verdict = Common &
  (
    | { readonly kind: "held" }
    | { readonly kind: "broken"; readonly violation: Violation }
    | { readonly kind: "not-applicable"; readonly reason: string }
    /** The target went away. */
    | { readonly kind: "unknown"; readonly reason: string; readonly last: Trial | null }
  );
