import { describe, expect, it } from "vitest";
import { Schedule } from "../../src/load/schedule.ts";

describe("Schedule", () => {
  it("has each request due at its own time, the first at the start", () => {
    const schedule = new Schedule(1_000, 50);
    expect(schedule.next(49.9)).toBeUndefined();
    expect(schedule.next(50)).toBe(50);
    expect(schedule.next(50.9)).toBeUndefined();
    expect(schedule.next(51)).toBe(51);
  });

  it("forgets none that could not be sent, and gives the times at which they were due", () => {
    const schedule = new Schedule(2_000, 0);
    const due: number[] = [];
    for (let next = schedule.next(2); next !== undefined; next = schedule.next(2)) due.push(next);
    expect(due).toEqual([0, 0.5, 1, 1.5, 2]);
  });
});
