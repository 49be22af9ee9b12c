import { fileURLToPath } from "node:url";
import { type Contestant, serverCommand } from "./contestants.ts";
import { type Pinning, pinnedCommand } from "./cores.ts";
import { checkFirstResponse } from "./first-response.ts";
import { detectFileLimit } from "./idle/file-limit.ts";
import type { FreshOrders } from "./load/fresh-client.ts";
import type { HttpOrders } from "./load/http-client.ts";
import type { PacedOrders } from "./load/paced-client.ts";
import type { LoadResult, Orders } from "./load/window.ts";
import { runWrk, wrkCanSend } from "./load/wrk.ts";
import type { WebSocketOrders } from "./load/ws-client.ts";
import { readPeakMemory } from "./proc.ts";
import { type RunningServer, runToEnd, startServer } from "./processes.ts";
import type { Scenario } from "./scenario.ts";

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
  /** Under a fixed rate: the p99 of the time by which the load itself sent too late, which is a part of the latencies. */
  readonly loadLateMicroseconds?: number;
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
  /** Requests a second that our own client then sends at fixed times; without it, a load sends as many as get responses. */
  readonly pace?: number;
}

/**
 * One round of one contestant: a fresh process, so that each round has its own memory layout and its own compiled code
 * and no contestant profits from running longer, warmed up, measured and killed.
 *
 * @throws Error when the server does not start, sends a wrong response or stops responding.
 */
export async function measureRound(
  contestant: Contestant,
  scenario: Scenario,
  binary: string,
  settings: MeasureSettings,
): Promise<Round> {
  const startedAt = new Date().toISOString();
  return withServer(contestant, scenario, binary, settings, async (server, orders) => {
    const result = await runLoad(scenario, orders, settings);
    return toRound(startedAt, result, readPeakMemory(server.pid));
  });
}

/**
 * Starts a contestant's server, checks its first response, has it measured, and kills it.
 *
 * @throws Error as `measureRound` does, with what the server complained about.
 */
export async function withServer<T>(
  contestant: Contestant,
  scenario: Scenario,
  binary: string,
  settings: MeasureSettings,
  measure: (server: RunningServer, orders: Orders) => Promise<T>,
): Promise<T> {
  const { pinning } = settings;
  const command = [...openFiles(scenario.connections), ...serverCommand(contestant, scenario.app, binary)];
  // Packages named on the runtime's command line are resolved from the folder it is started in.
  const { folder } = contestant;
  const server = await startServer(pinnedCommand(pinning, pinning.server, command), { folder });
  try {
    const orders: Orders = {
      port: server.port,
      serverPid: server.pid,
      serverCore: pinning.server,
      loadCore: pinning.load,
      warmUpSeconds: settings.warmUpSeconds,
      seconds: settings.seconds,
    };
    if (scenario.kind === "http") await checkFirstResponse(scenario, server.port);
    return await measure(server, orders);
  } catch (error) {
    const complaints = server.complaints();
    if (complaints === "") throw error;
    throw new Error(`${(error as Error).message}; the server says: ${complaints}`);
  } finally {
    await server.stop();
  }
}

export function runLoad(scenario: Scenario, orders: Orders, settings: MeasureSettings): Promise<LoadResult> {
  const { connections } = scenario;
  if (scenario.kind === "http") {
    if (settings.load === "wrk" && wrkCanSend(scenario) && settings.pace === undefined) {
      return runWrk(scenario, orders, settings.pinning);
    }
    const { method, path, fields, content, pipeline, tls, fresh, unit } = scenario;
    const request = { method, path, fields, content, fresh, tls };
    if (fresh) {
      return runOwn<FreshOrders>("fresh-client.js", { ...orders, connections, request }, settings);
    }
    const httpOrders = { ...orders, ...request, connections, pipeline, unit };
    if (settings.pace !== undefined) {
      return runOwn<PacedOrders>("paced-client.js", { ...httpOrders, rate: settings.pace }, settings);
    }
    return runOwn<HttpOrders>("http-client.js", httpOrders, settings);
  }
  if (scenario.kind === "upgrade") {
    return runOwn<FreshOrders>("fresh-client.js", { ...orders, connections, request: undefined }, settings);
  }
  const { message, payload, deflate, inFlight, fanOut, talkers, together } = scenario;
  const webSocketOrders = {
    ...orders,
    connections,
    message,
    payload,
    deflate,
    inFlight,
    fanOut,
    talkers,
    together,
  };
  return runOwn<WebSocketOrders>("ws-client.js", webSocketOrders, settings);
}

async function runOwn<T extends Orders & { readonly connections: number }>(
  file: string,
  orders: T,
  settings: MeasureSettings,
): Promise<LoadResult> {
  const { pinning } = settings;
  const path = fileURLToPath(new URL(`load/${file}`, import.meta.url));
  const command = [...openFiles(orders.connections), process.execPath, path, JSON.stringify(orders)];
  const limit = orders.warmUpSeconds + orders.seconds + 15 + orders.connections / 200;
  return JSON.parse(await runToEnd(pinnedCommand(pinning, pinning.load, command), limit)) as LoadResult;
}

/** The command prefix for a process with that many connections. @throws Error when the limit cannot be raised */
function openFiles(connections: number): readonly string[] {
  // Every system allows that many, and a check costs a process.
  if (connections < 500) return [];
  const { prefix, note } = detectFileLimit(connections);
  if (note !== "") throw new Error(note);
  return prefix;
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
    ...(result.lateMicroseconds === undefined ? {} : { loadLateMicroseconds: result.lateMicroseconds }),
    peakMemory,
    serverBusy: share(cpuSeconds),
    loadBusy: share(loadCpuSeconds),
    serverForeign: share(usage.serverCore - cpuSeconds),
    loadForeign: share(usage.loadCore - loadCpuSeconds),
  };
}
