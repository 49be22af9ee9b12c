import { describe, expect, it } from "vitest";
import { Deadline, systemClock } from "../../src/client/clock.ts";
import { TestClock } from "./support.ts";

describe("systemClock", () => {
  it("calls back once, in its time, unless it is stopped", async () => {
    const calls: string[] = [];
    const stop = systemClock.after(1, () => calls.push("stopped"));
    stop();
    // The clock's timer does not keep the process alive; this one does until it has called back.
    const alive = setInterval(() => {}, 1_000);
    await new Promise<void>((resolve) => {
      systemClock.after(2, () => {
        calls.push("called");
        // The one that was stopped would be over by then: its millisecond began before these two.
        setTimeout(resolve, 3);
      });
    });
    clearInterval(alive);
    expect(calls).toEqual(["called"]);
  });
});

describe("Deadline", () => {
  it("is one: a new one replaces the old, and 0 sets none", () => {
    const clock = new TestClock();
    const deadline = new Deadline(clock);
    const calls: string[] = [];
    deadline.set(10, () => calls.push("first"));
    deadline.set(20, () => calls.push("second"));
    clock.pass(19);
    expect(calls).toEqual([]);
    clock.pass(1);
    expect(calls).toEqual(["second"]);
    deadline.set(10, () => calls.push("third"));
    deadline.clear();
    expect(clock.idle).toBe(true);
    deadline.set(10, () => calls.push("fourth"));
    deadline.set(0, () => calls.push("never"));
    expect(clock.idle).toBe(true);
    expect(calls).toEqual(["second"]);
  });
});
