import type { Round } from "../src/measure.ts";
import type { ContestantResult, Results, ScenarioResult } from "../src/results.ts";

/** Hand-made results, for the tests of reports. */

const quiet: Round = {
  startedAt: "2026-01-01T00:00:00.000Z",
  operations: 1000,
  seconds: 1,
  rate: 1000,
  cpuMicroseconds: 10,
  userMicroseconds: 4,
  p50Microseconds: 300,
  p99Microseconds: 500,
  peakMemory: 50 * 2 ** 20,
  serverBusy: 0.99,
  loadBusy: 0.7,
  serverForeign: 0.01,
  loadForeign: 0,
};

export function contestant(
  name: string,
  rates: readonly (number | null)[],
  rest: Partial<Round> & Partial<Pick<ContestantResult, "kind" | "error">> = {},
): ContestantResult {
  const { kind = "server", error, ...round } = rest;
  const rounds = rates.map((rate) => (rate === null ? null : { ...quiet, rate, ...round }));
  return { name, kind, rounds, discarded: [], ...(error === undefined ? {} : { error }) };
}

export function scenario(...contestants: readonly ContestantResult[]): ScenarioResult {
  return {
    name: "hello",
    title: "a greeting",
    unit: "requests",
    load: "wrk",
    base: contestants[0]?.name ?? "",
    date: "2026-01-02T03:04:05.678Z",
    commit: "1648f86",
    latency: false,
    allocations: false,
    contestants,
  };
}

export function results(...scenarios: readonly ScenarioResult[]): Results {
  return {
    format: 3,
    date: "2026-01-01T00:00:00.000Z",
    command: "node bench/dist/main.js hello",
    machine: { cpu: "Abacus 3000", cores: 2, memory: 8 * 2 ** 30, kernel: "6.1", platform: "linux x64" },
    pinning: { pinned: true, server: 0, load: 1, note: "" },
    versions: { node: "26.10.0", bun: "1.4.5" },
    rounds: 3,
    seconds: 2,
    warmUpSeconds: 1,
    scenarios,
  };
}
