import { describe, expect, it } from "vitest";
import { inTurn } from "../../src/compare/run.ts";
import { compare, type Side } from "../../src/compare/verdict.ts";
import type { Round } from "../../src/measure.ts";
import { contestant } from "../sample-results.ts";

/** The rounds of a build: the rates of its first process, and of its second. */
function side(first: readonly (number | null)[], again: readonly (number | null)[]): Side {
  const rounds = (rates: readonly (number | null)[]): readonly (Round | null)[] => {
    return contestant("this", rates).rounds.map((round) => {
      return round === null ? null : { ...round, cpuMicroseconds: 1e4 / round.rate };
    });
  };
  return [rounds(first), rounds(again)];
}

const times = (factor: number, rates: readonly number[]): number[] => rates.map((rate) => rate * factor);

const first = [1000, 1010, 990, 1005, 995];
const again = [995, 1000, 1003, 991, 1008];
const theirs = side([1004, 993, 1000, 1008, 997], [1002, 997, 1006, 994, 1001]);

describe("compare", () => {
  it("calls what scatters like the same code no difference", () => {
    const { between, within, threshold, verdict } = compare(side(first, again), theirs, "rate")!;
    expect(between).toMatchObject({ count: 10 });
    expect(within).toMatchObject({ count: 10 });
    expect(between.median).toBeCloseTo(1, 2);
    expect(threshold).toBeGreaterThan(0.005);
    expect(threshold).toBeLessThan(0.02);
    expect(verdict).toBe("held");
  });

  it("names a difference beyond that, by the rate and by the CPU time of an operation", () => {
    const faster = side(times(1.05, first), times(1.05, again));
    const slower = side(times(0.95, first), times(0.95, again));
    expect(compare(faster, theirs, "rate")).toMatchObject({ verdict: "faster" });
    expect(compare(faster, theirs, "cpuMicroseconds")).toMatchObject({ verdict: "faster" });
    expect(compare(faster, theirs, "cpuMicroseconds")!.between.median).toBeCloseTo(1 / 1.05, 2);
    expect(compare(slower, theirs, "rate")).toMatchObject({ verdict: "slower" });
    expect(compare(slower, theirs, "cpuMicroseconds")).toMatchObject({ verdict: "slower" });
  });

  it("finds none of 5 % where the same code differs from itself by as much", () => {
    const wild = side([1050, 900, 1100, 950, 1020], [900, 1100, 950, 1080, 930]);
    const { verdict, threshold } = compare(wild, side([950, 1000, 1090, 920, 1000], again), "rate")!;
    expect(threshold).toBeGreaterThan(0.05);
    expect(verdict).toBe("held");
  });

  it("is not moved by one disturbed round", () => {
    const disturbed = side([...times(1.05, first), 300], [...times(1.05, again), 1050]);
    const six = side([...theirs[0].map((round) => round!.rate), 1000], [...times(1, again), 1000]);
    expect(compare(disturbed, six, "rate")).toMatchObject({ verdict: "faster" });
  });

  it("calls differences of half a percent none, however steady the machine", () => {
    const steady = (rate: number): Side => side([rate, rate, rate], [rate, rate, rate]);
    expect(compare(steady(1004), steady(1000), "rate")).toMatchObject({ verdict: "held", threshold: 0.005 });
    expect(compare(steady(1010), steady(1000), "rate")).toMatchObject({ verdict: "faster" });
  });

  it("judges nothing by fewer than three rounds that all four processes finished", () => {
    const two = side([1100, 1100, null], [1100, 1100, 1100]);
    const { between, verdict } = compare(two, side([1000, 1000, 1000], [1000, 1000, 1000]), "rate")!;
    expect(between.count).toBe(4);
    expect(verdict).toBe("too few rounds");
    expect(compare(side([null], [1000]), theirs, "rate")).toBeUndefined();
    expect(compare([[], []], theirs, "rate")).toBeUndefined();
  });

  it("calls the same code the same, and a tenth a difference, on machines of every mood", () => {
    const random = generator(7);
    const noisy = (rate: number, scatter: number): number[] => {
      return Array.from({ length: 5 }, () => rate * Math.exp(scatter * normal(random)));
    };
    const runs = 400;
    let wrong = 0;
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const scatter = [0.005, 0.01, 0.015, 0.02][run % 4]!;
      const build = (rate: number): Side => side(noisy(rate, scatter), noisy(rate, scatter));
      if (compare(build(1000), build(1000), "rate")?.verdict !== "held") wrong++;
      if (compare(build(1100), build(1000), "rate")?.verdict !== "faster") missed++;
    }
    expect(wrong / runs).toBeLessThan(0.03);
    expect(missed / runs).toBeLessThan(0.02);
  });
});

/** Numbers from 0 to 1, the same each time (Park and Miller's generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Box and Muller's transform. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

describe("inTurn", () => {
  it("runs each second round backwards", () => {
    expect([0, 1, 2].map((round) => inTurn(["A", "B", "A'", "B'"], round).join(" "))).toEqual([
      "A B A' B'",
      "B' A' B A",
      "A B A' B'",
    ]);
  });
});
