import { describe, expect, it } from "vitest";
import { cpuClock, measure } from "../../src/micro/clock.ts";

/** An operation that takes a known time, and the clock it moves. */
function timed(microsecondsOf: (operation: number) => number): {
  operate: () => void;
  clock: () => number;
  operations: () => number;
} {
  let now = 0;
  let done = 0;
  return {
    operate: () => {
      now += microsecondsOf(done++);
    },
    clock: () => now,
    operations: () => done,
  };
}

describe("measure", () => {
  it("gives the nanoseconds of one operation", () => {
    const { operate, clock, operations } = timed(() => 0.25);
    expect(measure(operate, 10, 100, clock)).toBeCloseTo(250, 5);
    expect(operations()).toBeGreaterThanOrEqual(440_000);
  });

  it("leaves the warm-up out", () => {
    const { operate, clock } = timed((operation) => (operation < 100 ? 1000 : 1));
    expect(measure(operate, 200, 20, clock)).toBeCloseTo(1000, 5);
  });

  it("counts a pause within the window", () => {
    const { operate, clock } = timed((operation) => (operation % 1000 === 999 ? 1001 : 1));
    expect(measure(operate, 0, 1000, clock)).toBeCloseTo(2000, -2);
  });

  it("ends with operations that take longer than the window", () => {
    const { operate, clock } = timed(() => 50_000);
    expect(measure(operate, 10, 20, clock)).toBe(50_000_000);
  });
});

describe("cpuClock", () => {
  it("moves with work", () => {
    const start = cpuClock();
    let sum = 0;
    // At least once: helper threads and a busy machine move the clock, too.
    do sum += Math.sqrt(sum + 1);
    while (cpuClock() - start < 1000);
    expect(sum).toBeGreaterThan(0);
  });
});
