import { describe, expect, it } from "vitest";
import { disturbance, foreignLimitOfLatency, leastDisturbed } from "../src/disturbance.ts";
import type { Round } from "../src/measure.ts";
import { contestant } from "./sample-results.ts";

/** Rounds with distinct rates, and the share that other processes took. */
function round(rate: number, serverForeign: number, loadForeign = 0): Round {
  return contestant("a", [rate], { serverForeign, loadForeign }).rounds[0]!;
}

async function attempt(
  rounds: readonly Round[],
  repeats: number,
  limit?: number,
): Promise<{ kept: number; discarded: number[] }> {
  const left = [...rounds];
  const { kept, discarded } = await leastDisturbed(async () => left.shift()!, repeats, limit);
  return { kept: kept.rate, discarded: discarded.map(({ rate }) => rate) };
}

describe("disturbance", () => {
  it("is that of the more disturbed core", () => {
    expect(disturbance(round(1, 0.1, 0.2))).toBe(0.2);
    expect(disturbance(round(1, 0.3, 0.2))).toBe(0.3);
  });
});

describe("leastDisturbed", () => {
  it("keeps an undisturbed round at once", async () => {
    expect(await attempt([round(1, 0.01), round(2, 0)], 3)).toEqual({ kept: 1, discarded: [] });
  });

  it("repeats a disturbed one until it is not, on either core", async () => {
    const rounds = [round(1, 0.5), round(2, 0, 0.4), round(3, 0.02, 0.02), round(4, 0)];
    expect(await attempt(rounds, 5)).toEqual({ kept: 3, discarded: [1, 2] });
  });

  it("repeats one that is too disturbed for latencies, though not for a rate", async () => {
    const rounds = [round(1, 0.01), round(2, 0.002), round(3, 0)];
    expect(await attempt(rounds, 2, foreignLimitOfLatency)).toEqual({ kept: 2, discarded: [1] });
  });

  it("keeps the least disturbed one when the repeats are used up, however fast the others were", async () => {
    const rounds = [round(900, 0.5), round(1, 0.1), round(999, 0.3), round(2, 0)];
    expect(await attempt(rounds, 2)).toEqual({ kept: 1, discarded: [900, 999] });
    expect(await attempt(rounds, 0)).toEqual({ kept: 900, discarded: [] });
  });

  it("passes a failure on", async () => {
    await expect(leastDisturbed(async () => Promise.reject(new Error("it fell over")), 2)).rejects.toThrow(
      "fell over",
    );
  });
});
