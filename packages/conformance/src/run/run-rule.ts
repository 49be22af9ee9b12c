import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Exchange, Outcome, Trial } from "../exchange/exchange.ts";
import { type Patience, runExchange } from "../exchange/run-exchange.ts";
import { runWebSocket } from "../exchange/run-websocket.ts";
import type { Finding, Rule } from "../rules/rule.ts";
import { ConnectError } from "../target/connection.ts";
import type { Pool } from "../target/pool.ts";
import type { Target } from "../target/target.ts";
import { connectFault } from "./probe.ts";
import type { Verdict, Violation } from "./verdict.ts";

export interface RuleOptions {
  readonly seed: number;
  readonly runs: number;
  /** Milliseconds for one rule, its shrinking included. The trial that is going on then comes to its end. */
  readonly time: number;
  /** While it searches and shrinks. */
  readonly quick: Patience;
  /** Before a violation is believed. */
  readonly patient: Patience;
  /** No two exchanges at once. */
  readonly inTurn: boolean;
  /**
   * Finds out whether the target still takes connections.
   * @throws ConnectError if it does not
   */
  readonly knock?: () => Promise<void>;
}

/** Of so many samples for each of a few inputs one in a thousand inputs is missed. */
const SAMPLES = 7;
/** A violation is repeated so often before it is reported. */
const REPETITIONS = 3;

/** One attempt at a trial. */
export interface Attempt {
  readonly outcomes: readonly Outcome[];
  readonly finding: Finding | null;
}

/**
 * Carries out one exchange with the peer that is examined.
 * @throws ConnectError
 */
export type Perform = (exchange: Exchange, patience: Patience, fresh: boolean) => Promise<Outcome>;

/** Exchanges with a server. */
export function overPool(pool: Pool): Perform {
  return (exchange, patience, fresh) => {
    // Until a response: then it is the handshake alone that is judged.
    const isWebSocket = exchange.upgrade === "websocket" && typeof exchange.until !== "number";
    return (isWebSocket ? runWebSocket : runExchange)(pool, exchange, patience, fresh);
  };
}

/** Runs the exchanges of a trial, one after another, and judges them. @throws ConnectError */
export async function attempt<F>(
  perform: Perform,
  rule: Rule<F>,
  trial: Trial,
  facts: F,
  patience: Patience,
  fresh: boolean,
): Promise<Attempt> {
  const outcomes: Outcome[] = [];
  for (const exchange of trial.exchanges) outcomes.push(await perform(exchange, patience, fresh));
  return { outcomes, finding: rule.judge(outcomes, trial, facts) };
}

/**
 * Puts one rule to the test: searches a violation, shrinks it, and makes sure of it.
 * @throws TargetError for a client that cannot be called any more
 */
export async function runRule<F>(
  perform: Perform,
  rule: Rule<F>,
  target: Target,
  facts: F,
  options: RuleOptions,
): Promise<Verdict> {
  const began = performance.now();
  const { seed } = options;
  let runs = 0;
  const common = () => ({ rule, target, seed, runs, took: performance.now() - began });
  const reason = rule.applies?.(facts) ?? null;
  if (reason !== null) return { ...common(), kind: "not-applicable", reason };

  const search = new Search(perform, rule, facts, options);
  const deadline = began + options.time;
  const held = new Set<string>();
  const property = fc.asyncProperty(rule.arbitrary(target, facts), async (trial) => {
    // The option of fast-check for this would drop the trial that is going on, and with it the verdict on a target that is silent.
    if (search.gone !== null || search.fault !== null || (runs > 0 && performance.now() > deadline))
      fc.pre(false);
    // Each of a few inputs is to be among the samples, and none is sent twice. (fast-check would write the bytes as text to compare.)
    const key = keyOf(trial);
    if (held.has(key)) return;
    runs++;
    if (await search.breaks(trial)) throw new Error("broken");
    held.add(key);
  });
  await fc.check(property, {
    seed,
    numRuns: Math.min(options.runs, SAMPLES * (rule.mostRuns ?? options.runs)),
    maxSkipsPerRun: 0,
  });
  if (search.fault !== null) throw search.fault.error;
  const violation = search.shortest === null ? null : await search.confirm();
  if (violation === null) await search.knock();
  if (search.gone !== null) {
    return { ...common(), kind: "unknown", reason: connectFault(search.gone), last: search.last };
  }
  if (violation === null) return { ...common(), kind: "held" };
  return { ...common(), kind: "broken", violation };
}

/** Equal for trials that send the same bytes in the same pieces, each at the same moment. */
function keyOf({ exchanges }: Trial): string {
  let key = "";
  for (const { pieces } of exchanges) {
    for (const { bytes, after } of pieces) {
      key += `${after}:${bytes.length}:${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")}`;
    }
    key += "/";
  }
  return key;
}

/** The state of one search. The shortest trial that broke the rule is kept here, so that an interrupted search has one too. */
class Search<F> {
  readonly #perform: Perform;
  readonly #rule: Rule<F>;
  readonly #facts: F;
  readonly #options: RuleOptions;
  /** The target takes no more connections. */
  gone: ConnectError | null = null;
  /** What went wrong besides: no verdict is possible. fast-check would take it for one more trial that is broken. */
  fault: { readonly error: unknown } | null = null;
  /** The trial that was sent last. */
  last: Trial | null = null;
  /** The first trial of which the patient attempt made sure, and the last one that shrinking has reached. */
  #first: Trial | null = null;
  shortest: Trial | null = null;

  constructor(perform: Perform, rule: Rule<F>, facts: F, options: RuleOptions) {
    this.#perform = perform;
    this.#rule = rule;
    this.#facts = facts;
    this.#options = options;
  }

  async breaks(trial: Trial): Promise<boolean> {
    try {
      const { quick, patient } = this.#options;
      let { finding } = await this.#attempt(trial, quick, this.#rule.reuses !== true);
      // A busy target may only be slow, and a connection may have been spoilt by what was on it before.
      if (finding !== null && this.#first === null) ({ finding } = await this.#attempt(trial, patient, true));
      if (finding === null) return false;
      this.#first ??= trial;
      this.shortest = trial;
      return true;
    } catch (error) {
      if (error instanceof ConnectError) this.gone = error;
      else this.fault ??= { error };
      return false;
    }
  }

  /** Repeats the shortest trial with patience, or else the first one. */
  async confirm(): Promise<Violation | null> {
    try {
      return this.gone === null ? await this.#confirm() : null;
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      this.gone = error;
      return null;
    }
  }

  /** The last trial may have ended the target: its connection has closed then, which may be all that the rule demands. */
  async knock(): Promise<void> {
    try {
      if (this.gone === null) await this.#options.knock?.();
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      this.gone = error;
    }
  }

  async #confirm(): Promise<Violation | null> {
    for (const trial of new Set([this.shortest!, this.#first!])) {
      const attempts = await this.#repeat(trial);
      const found = attempts.filter(({ finding }) => finding !== null);
      const [one] = found;
      if (one === undefined) continue;
      const repeated = { broken: found.length, of: REPETITIONS };
      return { trial, outcomes: one.outcomes, ...one.finding!, repeated };
    }
    return null;
  }

  /** At once, unless attempts would see each other: most of them wait for silence. */
  async #repeat(trial: Trial): Promise<readonly Attempt[]> {
    const { patient, inTurn } = this.#options;
    const attempts: Promise<Attempt>[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      attempts.push(this.#attempt(trial, patient, true));
      if (inTurn) await attempts[i];
    }
    return Promise.all(attempts);
  }

  #attempt(trial: Trial, patience: Patience, fresh: boolean): Promise<Attempt> {
    // The first exchange of a trial may be what ends the target: the next one finds that out.
    const perform: Perform = async (...exchange) => {
      const outcome = await this.#perform(...exchange);
      this.last = trial;
      return outcome;
    };
    return attempt(perform, this.#rule, trial, this.#facts, patience, fresh);
  }
}
