import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pinning, pinnedCommand } from "../cores.ts";
import { readProcessTimes, takeSample, usageBetween } from "../proc.ts";
import { runToEnd } from "../processes.ts";
import type { HttpScenario } from "../scenario.ts";
import type { LoadResult, Orders } from "./window.ts";

/** The numbers of wrk's output. */
export interface WrkReport {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
}

/** wrk's units of time, in microseconds. */
const units: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

/**
 * Reads the output of `wrk --latency`.
 *
 * @throws Error when a part is missing, and when wrk saw errors: a rate with refused requests has no meaning.
 */
export function parseWrk(output: string): WrkReport {
  const errors = /Socket errors: (.*)|(Non-2xx or 3xx responses: \d+)/.exec(output);
  if (errors !== null) throw new Error(`wrk: ${errors[1] ?? errors[2]}`);
  const total = /(\d+) requests in ([\d.]+)(us|ms|s|m|h),/.exec(output);
  if (total === null) throw new Error(`wrk printed no total:\n${output}`);
  return {
    requests: Number(total[1]),
    seconds: (Number(total[2]) * units[total[3]!]!) / 1e6,
    p50Microseconds: percentile(output, 50),
    p99Microseconds: percentile(output, 99),
  };
}

function percentile(output: string, percent: number): number {
  // wrk pads units of one letter with a blank.
  const match = new RegExp(`^ *${percent}% +([\\d.]+)(us|ms|s|m|h) ?$`, "m").exec(output);
  if (match === null) throw new Error(`wrk printed no ${percent}% latency:\n${output}`);
  return Number(match[1]) * units[match[2]!]!;
}

/** The version of the installed wrk, or `undefined` when there is none. */
export function wrkVersion(): string | undefined {
  const { stdout, error } = spawnSync("wrk", ["--version"], { encoding: "utf8", timeout: 5_000 });
  if (error !== undefined) return undefined;
  return /^wrk (\S+)/.exec(stdout)?.[1];
}

/** Whether wrk can send this: its scripts could make other requests, but each with a cost of its own. */
export function wrkCanSend(scenario: HttpScenario): boolean {
  return scenario.method === "GET" && !scenario.fresh && scenario.unit === "requests";
}

/** Sends `depth` requests in one write; wrk counts the responses itself. */
function pipelineScript(depth: number): string {
  return `init = function(args)
  local requests = {}
  for i = 1, ${depth} do requests[i] = wrk.format() end
  batch = table.concat(requests)
end
request = function() return batch end
`;
}

/**
 * Warms the server up with one run of wrk and measures a second one.
 *
 * @throws Error when wrk fails, sees errors or does not end in time.
 */
export async function runWrk(scenario: HttpScenario, orders: Orders, pinning: Pinning): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "bench-wrk-"));
  try {
    const script = join(folder, "pipeline.lua");
    writeFileSync(script, pipelineScript(scenario.pipeline));
    const run = (seconds: number): Promise<string> => {
      const options = ["-t1", `-c${scenario.connections}`, `-d${seconds}s`, "--latency"];
      if (scenario.pipeline > 1) options.push("-s", script);
      for (const [name, value] of Object.entries(scenario.fields)) options.push("-H", `${name}: ${value}`);
      const url = `${scenario.tls ? "https" : "http"}://127.0.0.1:${orders.port}${scenario.path}`;
      return runToEnd(pinnedCommand(pinning, pinning.load, ["wrk", ...options, url]), seconds + 10);
    };
    if (orders.warmUpSeconds > 0) await run(orders.warmUpSeconds);
    const loadBefore = readProcessTimes("self").children;
    const before = takeSample(orders);
    const report = parseWrk(await run(orders.seconds));
    const after = takeSample(orders);
    return {
      operations: report.requests,
      seconds: report.seconds,
      p50Microseconds: report.p50Microseconds,
      p99Microseconds: report.p99Microseconds,
      usage: usageBetween(before, after),
      loadCpuSeconds: readProcessTimes("self").children - loadBefore,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
