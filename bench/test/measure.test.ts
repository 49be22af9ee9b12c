import { describe, expect, it } from "vitest";
import { toRound } from "../src/measure.ts";

const result = {
  operations: 200_000,
  seconds: 2,
  p50Microseconds: 300,
  p99Microseconds: 900,
  usage: { seconds: 2, user: 0.4, system: 1.2, serverCore: 1.7, loadCore: 1.5 },
  loadCpuSeconds: 1.4,
};

describe("toRound", () => {
  it("divides operations by time, and the server's CPU time by operations", () => {
    const round = toRound("now", result, 1234);
    expect(round).toMatchObject({ startedAt: "now", operations: 200_000, rate: 100_000, peakMemory: 1234 });
    expect(round.cpuMicroseconds).toBeCloseTo(8);
    expect(round.userMicroseconds).toBeCloseTo(2);
    expect(round.serverBusy).toBeCloseTo(0.8);
    expect(round.loadBusy).toBeCloseTo(0.7);
  });

  it("counts as foreign what a core did beyond the server's and the load's own time", () => {
    const round = toRound("now", result, 1234);
    expect(round.serverForeign).toBeCloseTo(0.05);
    expect(round.loadForeign).toBeCloseTo(0.05);
  });

  it("takes counters that tick apart for zero, not for less", () => {
    const usage = { ...result.usage, serverCore: 1.59, loadCore: 1.39 };
    expect(toRound("now", { ...result, usage }, 1234)).toMatchObject({ serverForeign: 0, loadForeign: 0 });
  });
});
