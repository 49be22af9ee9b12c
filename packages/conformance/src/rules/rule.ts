import type fc from "fast-check";
import type { Outcome, Trial } from "../exchange/exchange.ts";
import type { Facts } from "./facts.ts";

/** What requests to this target are made of. */
export interface Site {
  /** The value of Host. */
  readonly host: string;
  readonly tls: boolean;
  readonly path: string;
  readonly method: string;
  /** The path of an endpoint that keeps the contract of docs/echo.md, if the user has named one. */
  readonly echo: string | null;
}

/** A broken rule, as one trial shows it. */
export interface Finding {
  /** What the target ought to have done. */
  readonly due: string;
  /** What it did, in words. */
  readonly got: string;
}

/** What a rule requires: all that reports show of it. */
export interface Requirement {
  /** Stable: `rfc9112/6.3/te-and-cl`. */
  readonly id: string;
  /** How the RFC says it. */
  readonly level: "must" | "should";
  /** `RFC 9112 §6.3`. */
  readonly section: string;
  /** The requirement in our own words. */
  readonly says: string;
  /** Two parties that read such bytes differently let a request be smuggled, or a response be taken for another one's (§11.2). */
  readonly security?: true;
  /** Why a server that breaks the rule here may be right all the same; the report says it. */
  readonly debatable?: string;
}

/**
 * A requirement with inputs that put it to the test, and the judge of what comes back.
 * @typeParam F what the probe has learnt of the target
 */
export interface Rule<F = Facts> extends Requirement {
  /** Why the rule cannot be tested on such a target, or null. */
  readonly applies?: (facts: F) => string | null;
  /** Trials that a conforming server passes, each of them. They shrink towards few bytes. */
  readonly arbitrary: (site: Site, facts: F) => fc.Arbitrary<Trial>;
  /** @param outcomes one for each exchange of the trial */
  readonly judge: (outcomes: readonly Outcome[], trial: Trial, facts: F) => Finding | null;
  /** The exchanges may follow others on a connection: only those that end in a known state. */
  readonly reuses?: boolean;
  /** There are about so many different trials. */
  readonly mostRuns?: number;
}
