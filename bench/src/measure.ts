import { get } from "node:http";
import { fileURLToPath } from "node:url";
import { type Contestant, serverCommand } from "./contestants.ts";
import { type Pinning, pinnedCommand } from "./cores.ts";
import type { HttpOrders } from "./load/http-client.ts";
import type { LoadResult, Orders } from "./load/window.ts";
import { runWrk } from "./load/wrk.ts";
import type { WebSocketOrders } from "./load/ws-client.ts";
import { readPeakMemory } from "./proc.ts";
import { type RunningServer, runToEnd, startServer } from "./processes.ts";
import type { HttpScenario, Scenario } from "./scenarios.ts";

/** The raw numbers of one contestant in one round. */
export interface Round {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly operations: number;
  readonly seconds: number;
  /** Operations a second. */
  readonly rate: number;
  /** Server CPU microseconds for each operation, and the part of it in user mode. */
  readonly cpuMicroseconds: number;
  readonly userMicroseconds: number;
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
  /** Bytes. */
  readonly peakMemory: number;
  /** The share of the window, 0 to 1, for which the server ran on its core, and the load on its own. */
  readonly serverBusy: number;
  readonly loadBusy: number;
  /** The same for everyone else on the two cores, the hypervisor included: what makes a round untrustworthy. */
  readonly serverForeign: number;
  readonly loadForeign: number;
}

export interface MeasureSettings {
  readonly pinning: Pinning;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Which HTTP load to use. */
  readonly load: "wrk" | "own";
}

/** Milliseconds the server may take for the first answer, which is checked. */
const firstAnswerLimit = 5_000;

/**
 * One round of one contestant: a fresh process, so that each round has its own memory layout and its own compiled code
 * and no contestant profits from running longer, warmed up, measured and killed.
 *
 * @throws Error when the server does not start, answers wrongly or stops answering.
 */
export async function measureRound(
  contestant: Contestant,
  scenario: Scenario,
  binary: string,
  settings: MeasureSettings,
): Promise<Round> {
  const { pinning } = settings;
  const startedAt = new Date().toISOString();
  const command = serverCommand(contestant, scenario.app, binary);
  const server = await startServer(pinnedCommand(pinning, pinning.server, command));
  try {
    const orders: Orders = {
      port: server.port,
      serverPid: server.pid,
      serverCore: pinning.server,
      loadCore: pinning.load,
      warmUpSeconds: settings.warmUpSeconds,
      seconds: settings.seconds,
    };
    if (scenario.kind === "http") await checkBody(scenario, server);
    const result = await runLoad(scenario, orders, settings);
    return toRound(startedAt, result, readPeakMemory(server.pid));
  } catch (error) {
    const complaints = server.complaints();
    if (complaints === "") throw error;
    throw new Error(`${(error as Error).message}; the server says: ${complaints}`);
  } finally {
    await server.stop();
  }
}

function runLoad(scenario: Scenario, orders: Orders, settings: MeasureSettings): Promise<LoadResult> {
  if (scenario.kind === "http") {
    if (settings.load === "wrk") return runWrk(scenario, orders, settings.pinning);
    const { connections, path, pipeline } = scenario;
    const told: HttpOrders = { ...orders, connections, path, pipeline };
    return runOwn("http-client.js", told, settings);
  }
  const { connections, message, payload, deflate, inFlight, fanOut } = scenario;
  const told: WebSocketOrders = { ...orders, connections, message, payload, deflate, inFlight, fanOut };
  return runOwn("ws-client.js", told, settings);
}

async function runOwn(file: string, orders: Orders, settings: MeasureSettings): Promise<LoadResult> {
  const { pinning } = settings;
  const path = fileURLToPath(new URL(`load/${file}`, import.meta.url));
  const command = [process.execPath, path, JSON.stringify(orders)];
  const limit = orders.warmUpSeconds + orders.seconds + 15;
  return JSON.parse(await runToEnd(pinnedCommand(pinning, pinning.load, command), limit)) as LoadResult;
}

export function toRound(startedAt: string, result: LoadResult, peakMemory: number): Round {
  const { operations, seconds, usage, loadCpuSeconds } = result;
  const cpuSeconds = usage.user + usage.system;
  // The counters of a core and of a process tick apart, so a quiet core can come out a hundredth below zero.
  const share = (cpu: number): number => Math.max(0, cpu / usage.seconds);
  return {
    startedAt,
    operations,
    seconds,
    rate: operations / seconds,
    cpuMicroseconds: (cpuSeconds / operations) * 1e6,
    userMicroseconds: (usage.user / operations) * 1e6,
    p50Microseconds: result.p50Microseconds,
    p99Microseconds: result.p99Microseconds,
    peakMemory,
    serverBusy: share(cpuSeconds),
    loadBusy: share(loadCpuSeconds),
    serverForeign: share(usage.serverCore - cpuSeconds),
    loadForeign: share(usage.loadCore - loadCpuSeconds),
  };
}

/** A server that answers something else is fast for a reason that nobody wants. */
async function checkBody(scenario: HttpScenario, server: RunningServer): Promise<void> {
  const found = await new Promise<string>((resolve, reject) => {
    const url = `http://127.0.0.1:${server.port}${scenario.path}`;
    const request = get(url, { agent: false, timeout: firstAnswerLimit }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve(`${response.statusCode} ${body}`));
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no first answer")));
    request.on("error", reject);
  });
  if (found !== `200 ${scenario.body}`) throw new Error(`answered "${found}", not "200 ${scenario.body}"`);
}
