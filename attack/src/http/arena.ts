import type { Settings } from "../attack.ts";
import type { Vitals } from "../child/program.ts";
import { Target } from "../target.ts";
import { allowance } from "./allowance.ts";
import { Bystander } from "./bystander.ts";
import { ScriptedClient } from "./client.ts";
import { pause } from "./pauses.ts";
import type { Case, State } from "./script.ts";

/** Milliseconds for the clients' scripts. Clients that remain then leave. */
const STAY = 250;
/** Milliseconds until a bystander is given up. */
const BYSTANDER_LIMIT = 10_000;
/** Milliseconds that it may wait, without the time in which other processes had the machine. */
export const LONGEST_WAIT = 2_000;
/** Milliseconds until the server must have released everything of its clients: longer than its `idleTimeout`. */
const RELEASE_LIMIT = 15_000;

/** A rule that the server has broken; the message names it. */
export class Violation extends Error {
  override name = "Violation";
}

/** Too much memory is kept: by the server, or by remains of the last run in the runtime. */
class MemoryViolation extends Violation {}

/** The server, its bystander, and their measurements over all runs. */
export class Arena {
  readonly #settings: Settings;
  #target: Target | null = null;
  #bystander: Bystander | null = null;
  #descriptors: readonly string[] = [];
  runs = 0;
  /** The longest that the bystander has waited in a run in which no rule was broken. */
  longestWait = 0;
  /** The largest part of its allowance that a run without a violation has used, in percent. */
  mostKept = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @throws Violation */
  async run(cases: readonly Case[]): Promise<void> {
    try {
      await this.#runOnce(cases);
    } catch (error) {
      if (!(error instanceof MemoryViolation)) throw error;
      // A fresh server shows whether this run is the cause.
      await this.#runOnce(cases);
    }
    this.runs++;
  }

  async #runOnce(cases: readonly Case[]): Promise<void> {
    const target = this.#target ?? (await this.#start());
    try {
      await this.#attack(target, cases);
    } catch (error) {
      // The next run must not suffer from it.
      await this.stop();
      if (target.alive || error instanceof Violation) throw error;
      throw new Violation(String((error as Error).message));
    }
  }

  async stop(): Promise<void> {
    await this.#bystander?.stop();
    await this.#target?.stop();
    this.#bystander = null;
    this.#target = null;
  }

  async #start(): Promise<Target> {
    const target = await Target.start("http/program.js", this.#settings);
    this.#target = target;
    this.#bystander = Bystander.start(target);
    await this.#bystander.served(BYSTANDER_LIMIT);
    const { descriptors } = await target.ask<State>("state");
    this.#descriptors = descriptors;
    return target;
  }

  async #attack(target: Target, cases: readonly Case[]): Promise<void> {
    const bystander = this.#bystander!;
    const before = await target.vitals();
    await target.ask("begin", cases);
    await bystander.takeLongest();
    const clients = cases.map(({ client }, index) => new ScriptedClient(client, `/${index}`, target));
    try {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STAY);
      });
      await Promise.race([late, Promise.all(clients.map(({ done }) => done))]);
      clearTimeout(timer);
      await bystander.served(BYSTANDER_LIMIT);
      await this.#checkBystander(target, bystander);
      await this.#checkMemory(target, before, allowance(cases));
    } finally {
      for (const client of clients) client.end();
    }
    await this.#released(target);
    await bystander.served(BYSTANDER_LIMIT);
    await this.#checkBystander(target, bystander);
  }

  async #checkBystander(target: Target, bystander: Bystander): Promise<void> {
    const wait = await bystander.takeLongest();
    // The end of the process may be seen later than its refusals.
    if (bystander.refusal !== null) await Promise.race([target.ended, pause(1_000)]);
    if (!target.alive) throw new Violation(`the process ended:\n${target.words}`);
    if (bystander.refusal !== null) throw new Violation(`a bystander is refused: ${bystander.refusal}`);
    if (wait > LONGEST_WAIT) throw new Violation(`a bystander waits for ${Math.round(wait)} ms`);
    this.longestWait = Math.max(this.longestWait, wait);
  }

  /** Garbage may be gone a moment later; kept memory stays. */
  async #checkMemory(target: Target, before: Vitals, allowed: number): Promise<void> {
    let kept = 0;
    for (let look = 0; look < 5; look++) {
      const { heap, external } = await target.vitals();
      kept = heap + external - before.heap - before.external;
      if (kept <= allowed) break;
      await pause(50);
    }
    if (kept > allowed) {
      throw new MemoryViolation(`${kept.toFixed(1)} MB are kept, ${allowed.toFixed(1)} may be`);
    }
    this.mostKept = Math.max(this.mostKept, (100 * kept) / allowed);
  }

  /** Waits until the server has released everything of its clients. */
  async #released(target: Target): Promise<void> {
    const end = performance.now() + RELEASE_LIMIT;
    for (let wait = 2; ; wait = Math.min(wait * 2, 200)) {
      const state = await target.ask<State>("state");
      const left = leftovers(state, this.#descriptors);
      if (state.cancelledTwice.length > 0) throw new Violation(`cancelled twice: ${state.cancelledTwice}`);
      if (left === null) return;
      if (performance.now() > end) throw new Violation(left);
      await pause(wait);
    }
  }
}

function leftovers(
  { pendingRequests, descriptors, open }: State,
  expected: readonly string[],
): string | null {
  if (pendingRequests > 0) return `${pendingRequests} requests are pending behind their clients' departure`;
  if (descriptors.length > expected.length) {
    return `left open: ${descriptors.filter((target) => !expected.includes(target)).join(", ")}`;
  }
  if (open.length > 0) return `never cancelled: ${open.join(", ")}`;
  return null;
}
