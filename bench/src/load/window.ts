import { readProcessTimes, takeSample, type Usage, usageBetween, type Watched } from "../proc.ts";
import type { Histogram } from "./histogram.ts";

/** The orders of a load; our own load processes get them as JSON in their only argument. */
export interface Orders extends Watched {
  readonly port: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** The result of one measured window, for any load. */
export interface LoadResult {
  readonly operations: number;
  /** Zero where no operation both began and ended in the window, such as with a file that takes longer. */
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
  /** The p99 of how late the load itself sent, of one that has a schedule. */
  readonly lateMicroseconds?: number;
  /** Length of the window on the load's clock. */
  readonly seconds: number;
  readonly usage: Usage;
  /** CPU seconds that the load itself used, where it can tell. Near `seconds`, the load was the limit. */
  readonly loadCpuSeconds: number;
}

export interface Counters {
  /** Operations since the start; only ever grows. */
  operations(): number;
  /** Called once, when the window opens. */
  open?(): void;
  /** Called once, when the window is over: it sends no more, and calls `done` when all operations under way have ended. */
  stop(done: () => void): void;
  /** How late the load itself sent, of one that has a schedule. */
  readonly lateness?: Histogram;
}

/** How long the load may stand still before that is an error, in milliseconds. */
const stallLimit = 3_000;

/**
 * Lets a load that is already running warm the server up, measures it for the window's time, prints the result as one
 * line of JSON and ends the process. There is no pause between the two parts: the window opens on a server under load.
 */
export function measureWindow(orders: Orders, latencies: Histogram, counters: Counters): void {
  let last = -1;
  setInterval(() => {
    const now = counters.operations();
    if (now === last) fail(`no response for ${stallLimit / 1000} s, after ${now} operations`);
    last = now;
  }, stallLimit);

  setTimeout(() => {
    latencies.clear();
    counters.lateness?.clear();
    counters.open?.();
    const operationsBefore = counters.operations();
    const loadBefore = readProcessTimes("self");
    const before = takeSample(orders);
    setTimeout(() => {
      const after = takeSample(orders);
      const loadAfter = readProcessTimes("self");
      const operations = counters.operations() - operationsBefore;
      const p50 = latencies.quantile(0.5) ?? 0;
      const p99 = latencies.quantile(0.99) ?? 0;
      const late = counters.lateness?.quantile(0.99);
      if (operations === 0) return fail("there was no response");
      const usage = usageBetween(before, after);
      const result: LoadResult = {
        operations,
        seconds: usage.seconds,
        p50Microseconds: p50,
        p99Microseconds: p99,
        ...(late === undefined ? {} : { lateMicroseconds: late }),
        usage,
        loadCpuSeconds: loadAfter.user + loadAfter.system - loadBefore.user - loadBefore.system,
      };
      counters.stop(() => process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0)));
    }, orders.seconds * 1000);
  }, orders.warmUpSeconds * 1000);
}

/** Ends this load process; the harness reports the reason and counts the round as failed. */
export function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/** The orders on the command line. @throws SyntaxError when they are not JSON. */
export function readOrders<T extends Orders>(): T {
  return JSON.parse(process.argv[2] ?? "") as T;
}
