import { setTimeout } from "node:timers/promises";
import { clientRules } from "../rules/client/index.ts";
import { http1Rules } from "../rules/http1/index.ts";
import { proxyRules } from "../rules/proxy/index.ts";
import type { Requirement } from "../rules/rule.ts";
import { viaRules } from "../rules/via/index.ts";
import { websocketRules } from "../rules/websocket/index.ts";
import { knock } from "../target/connection.ts";
import { Origin } from "../target/origin.ts";
import { Pool } from "../target/pool.ts";
import { isWebSocketURL, resolveTarget, type Target, type TargetOptions } from "../target/target.ts";
import { atOnce } from "./at-once.ts";
import { http1Suite } from "./http1-suite.ts";
import { proxySuite } from "./proxy-suite.ts";
import { overPool, runRule } from "./run-rule.ts";
import type { Suite } from "./suite.ts";
import type { Verdict } from "./verdict.ts";
import { viaSuite } from "./via-suite.ts";
import { websocketSuite } from "./websocket-suite.ts";

/** All rules that there are. */
export const rules: readonly Requirement[] = [
  ...http1Rules,
  ...viaRules,
  ...proxyRules,
  ...websocketRules,
  ...clientRules,
];

export interface CheckOptions extends TargetOptions {
  /** The ws or wss URL of an echo, examined by the rules of RFC 6455 and RFC 7692. */
  readonly websocket?: string;
  /**
   * The URL is that of a proxy, which passes requests on to this address: the runner listens there, and compares what it sends with what
   * arrives. Only the rules of proxies are put to the test, one after the other. The host is 127.0.0.1 by default.
   */
  readonly origin?: { readonly host?: string; readonly port: number };
  /** The server reads the PROXY protocol: only the rules of that are put to the test. */
  readonly proxyProtocol?: boolean;
  /** Ids of rules, or parts of ids; all by default. A name that no rule has is an error, also in `skip`. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** `must` leaves out what the RFC only recommends. */
  readonly level?: "must" | "should";
  /** An integer; the same seed makes the same trials. */
  readonly seed?: number;
  /** Trials of one rule, 100 by default; rules with few inputs have fewer. */
  readonly runs?: number;
  /** Milliseconds for one rule, 10,000 by default. */
  readonly time?: number;
  /** Rules that are put to the test at once, 8 by default; each has one connection at a time, and three while it repeats a violation. With 1 there is never more than one. */
  readonly concurrency?: number;
  /** Milliseconds of silence after which the target does not answer, 2,000 by default. */
  readonly timeout?: number;
}

/** A target that was found and probed. */
export interface Run {
  readonly target: Target;
  readonly seed: number;
  readonly rules: readonly Requirement[];
  /** In the order in which they come; one for each rule. */
  readonly verdicts: AsyncIterable<Verdict>;
}

interface Job {
  readonly rule: Requirement;
  readonly run: () => Promise<Verdict>;
}

type Settings = Required<Pick<CheckOptions, "seed" | "runs" | "time" | "concurrency" | "timeout">>;

/**
 * Probes the target, and puts the rules to the test while the verdicts are read.
 *
 * @param url of an HTTP server on this machine; a ws or wss URL means the rules of WebSocket only
 * @throws TargetError for a target that cannot be examined; RangeError for a number out of range, or a name that no rule has
 */
export async function start(url: string, options: CheckOptions = {}): Promise<Run> {
  requireNames(options);
  const settings = settingsOf(options);
  if (options.origin !== undefined) return startVia(url, options, options.origin, settings);
  const isWebSocket = isWebSocketURL(url);
  const first = isWebSocket
    ? await prepare(websocketSuite, url, options, settings)
    : options.proxyProtocol === true
      ? await prepare(proxySuite, url, options, settings)
      : await prepare(http1Suite, url, options, settings);
  const jobs = [...first.jobs];
  if (options.websocket !== undefined && !isWebSocket) {
    // `path` is that of the HTTP requests.
    const { path: _, ...others } = options;
    jobs.push(...(await prepare(websocketSuite, options.websocket, others, settings)).jobs);
  }
  return {
    target: first.target,
    seed: settings.seed,
    rules: jobs.map(({ rule }) => rule),
    verdicts: verdictsOf(jobs, settings.concurrency),
  };
}

/**
 * A server that is busy with the input of one rule is silent to the others: a rule that is broken by nothing but silence is put to the test
 * again when no other one is.
 */
async function* verdictsOf(jobs: readonly Job[], concurrency: number): AsyncGenerator<Verdict> {
  const again: Job[] = [];
  for await (const verdict of atOnce(jobs, concurrency, ({ run }) => run())) {
    if (isSilent(verdict)) again.push(...jobs.filter(({ rule }) => rule === verdict.rule));
    else yield verdict;
  }
  for (const { run } of again) yield await run();
}

function isSilent(verdict: Verdict): boolean {
  if (verdict.kind !== "broken") return false;
  return verdict.violation.outcomes.some(({ received, end }) => received.length === 0 && end === "open");
}

/** One rule at a time: what arrives at the origin belongs to the one that runs. */
async function startVia(
  url: string,
  options: CheckOptions,
  { host = "127.0.0.1", port }: NonNullable<CheckOptions["origin"]>,
  settings: Settings,
): Promise<Run> {
  const origin = await Origin.listen(host, port, options.allowRemote === true);
  try {
    const { target, jobs } = await prepare(viaSuite(origin), url, options, settings);
    const verdicts = atOnce(jobs, 1, ({ run }) => run());
    return {
      target,
      seed: settings.seed,
      rules: jobs.map(({ rule }) => rule),
      verdicts: closing(verdicts, origin),
    };
  } catch (error) {
    await origin.close();
    throw error;
  }
}

async function* closing(verdicts: AsyncIterable<Verdict>, origin: Origin): AsyncGenerator<Verdict> {
  try {
    yield* verdicts;
  } finally {
    await origin.close();
  }
}

/**
 * The verdicts on a target, each as soon as it is known.
 * @throws as `start` does
 */
export async function* check(url: string, options: CheckOptions = {}): AsyncGenerator<Verdict> {
  yield* (await start(url, options)).verdicts;
}

/** Probes a target for the rules of one protocol. No job runs yet. */
async function prepare<F extends { readonly latency: number }>(
  suite: Suite<F>,
  url: string,
  options: CheckOptions,
  { seed, runs, time, timeout, concurrency }: Settings,
): Promise<{ readonly target: Target; readonly jobs: readonly Job[] }> {
  const target = await resolveTarget(url, options);
  const patient = { quiet: timeout, whole: 4 * timeout };
  const probing = new Pool(target);
  const facts = await suite.probe(probing, target, patient).finally(() => probing.close());
  // Silence is told from slowness by the latency of the target; a violation is confirmed with patience.
  const quiet = Math.min(timeout, Math.max(100, Math.ceil(20 * facts.latency)));
  const ruleOptions = {
    seed,
    runs,
    time,
    quick: { quiet, whole: 4 * timeout },
    patient,
    inTurn: options.origin !== undefined || concurrency === 1,
    knock: () => knockTwice(target),
  };
  const jobs = suite.rules
    .filter((rule) => isSelected(rule, options))
    .map((rule) => ({
      rule,
      run: async () => {
        const pool = new Pool(target);
        return runRule(overPool(pool), rule, target, facts, ruleOptions).finally(() => pool.close());
      },
    }));
  return { target, jobs };
}

/** Milliseconds in which the system of a process that ends closes its ports. */
const ENDING_MS = 5;

/** The system may take a connection for a process that is ending, but not another one after that. */
async function knockTwice(target: Target): Promise<void> {
  await knock(target);
  await setTimeout(ENDING_MS);
  await knock(target);
}

function settingsOf(options: CheckOptions): Settings {
  const {
    seed = Math.floor(Math.random() * 2 ** 31),
    runs = 100,
    time = 10_000,
    concurrency = 8,
    timeout = 2_000,
  } = options;
  for (const [name, value] of Object.entries({ runs, time, concurrency, timeout })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} must be an integer from 1 up, not ${value}`);
  }
  return { seed, runs, time, concurrency, timeout };
}

/** @throws RangeError for a name that no rule has */
export function requireNames({ only = [], skip = [] }: Pick<CheckOptions, "only" | "skip">): void {
  for (const [option, names] of Object.entries({ only, skip })) {
    const unknown = names.find((name) => !rules.some(({ id }) => id.includes(name)));
    if (unknown !== undefined)
      throw new RangeError(`${option} names ${JSON.stringify(unknown)}, which is in the id of no rule`);
  }
}

/** Whether the options name a rule. */
export function isSelected({ id, level }: Requirement, { only, skip, level: least }: CheckOptions): boolean {
  // A whole id means that rule only, and not those whose ids begin with it.
  const isNamed = (names: readonly string[]) =>
    names.some((name) => (rules.some((rule) => rule.id === name) ? id === name : id.includes(name)));
  return (
    (only === undefined || only.length === 0 || isNamed(only)) &&
    !isNamed(skip ?? []) &&
    (least !== "must" || level === "must")
  );
}
