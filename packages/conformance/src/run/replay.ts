import type { Trial } from "../exchange/exchange.ts";
import { clientRules } from "../rules/client/index.ts";
import type { Requirement } from "../rules/rule.ts";
import { viaRules } from "../rules/via/index.ts";
import { Origin } from "../target/origin.ts";
import { Pool } from "../target/pool.ts";
import { resolveTarget, TargetError } from "../target/target.ts";
import type { CheckOptions } from "./check.ts";
import { http1Suite } from "./http1-suite.ts";
import { proxySuite } from "./proxy-suite.ts";
import { attempt, overPool } from "./run-rule.ts";
import type { Suite } from "./suite.ts";
import type { Verdict } from "./verdict.ts";
import { viaSuite } from "./via-suite.ts";
import { websocketSuite } from "./websocket-suite.ts";

/** A rule and the bytes of a trial, as a case file has them. */
export interface SavedCase {
  readonly rule: string;
  readonly trial: Trial;
}

/**
 * Sends the bytes of a case again and judges by its rule.
 * @throws TargetError for a target that cannot be examined, or a rule that there is not
 */
export async function replay(url: string, saved: SavedCase, options: CheckOptions = {}): Promise<Verdict> {
  const isOf = (rules: readonly Requirement[]) => rules.some(({ id }) => id === saved.rule);
  if (isOf(clientRules)) {
    throw new TargetError(`${saved.rule} is a rule of clients, which are examined again by --only`);
  }
  const verdict =
    (isOf(viaRules) ? await replayVia(url, saved, options) : null) ??
    (await replayIn(http1Suite, url, saved, options)) ??
    (await replayIn(proxySuite, url, saved, options)) ??
    (await replayIn(websocketSuite, url, saved, options));
  if (verdict === null) throw new TargetError(`There is no rule ${saved.rule} in this version`);
  return verdict;
}

async function replayVia(url: string, saved: SavedCase, options: CheckOptions): Promise<Verdict | null> {
  if (options.origin === undefined) {
    throw new TargetError(`${saved.rule} is a rule of proxies: --via and --origin name one`);
  }
  const { host = "127.0.0.1", port } = options.origin;
  const origin = await Origin.listen(host, port, options.allowRemote === true);
  try {
    return await replayIn(viaSuite(origin), url, saved, options);
  } finally {
    await origin.close();
  }
}

/** @returns null if the suite does not have the rule */
async function replayIn<F>(
  { rules, probe }: Suite<F>,
  url: string,
  { rule: id, trial }: SavedCase,
  options: CheckOptions,
): Promise<Verdict | null> {
  const { timeout = 2_000 } = options;
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) return null;
  const target = await resolveTarget(url, options);
  const pool = new Pool(target);
  const patience = { quiet: timeout, whole: 4 * timeout };
  const began = performance.now();
  const common = (runs: number) => ({ rule, target, runs, took: performance.now() - began, seed: 0 });
  try {
    const facts = await probe(pool, target, patience);
    const reason = rule.applies?.(facts) ?? null;
    if (reason !== null) return { ...common(0), kind: "not-applicable", reason };
    const { outcomes, finding } = await attempt(overPool(pool), rule, trial, facts, patience, true);
    if (finding === null) return { ...common(1), kind: "held" };
    const violation = { trial, outcomes, ...finding, repeated: { broken: 1, of: 1 } };
    return { ...common(1), kind: "broken", violation };
  } finally {
    pool.close();
  }
}
