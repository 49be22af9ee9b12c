import { captureErrors } from "@mantou/testing/errors";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UNLISTED } from "../../src/socket/indexed-list.ts";
import { systemClock, type Timed, Timeouts } from "../../src/socket/timeouts.ts";
import { useFakeNodeTimers, useRealNodeTimers } from "../support/fake-node-timers.ts";
import { TestClock } from "../support/servers.ts";

const errors = captureErrors();

/** An entry that counts how often it was late. */
class Entry implements Timed {
  deadline: number;
  timeoutPlace: number = UNLISTED;
  late = 0;

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  onTimeout(): void {
    this.late++;
  }
}

describe("Timeouts", () => {
  it("calls each owner that is late, each second, until its deadline is moved", () => {
    const clock = new TestClock();
    const timeouts = new Timeouts(clock);
    const entry = new Entry(timeouts.after(3));
    timeouts.add(entry);
    clock.pass(3);
    expect(entry.late).toBe(0);
    clock.pass(2);
    expect(entry.late).toBe(2);
    entry.deadline = timeouts.after(1);
    clock.pass(1);
    expect(entry.late).toBe(2);
    clock.pass(1);
    expect(entry.late).toBe(3);
  });

  it("never calls at 0 seconds, which mean never", () => {
    const clock = new TestClock();
    const timeouts = new Timeouts(clock);
    const entry = new Entry(timeouts.after(0));
    timeouts.add(entry);
    clock.pass(100_000);
    expect(entry.late).toBe(0);
  });

  it("lets the clock rest while there is no deadline", () => {
    const clock = new TestClock();
    const timeouts = new Timeouts(clock);
    const [one, two] = [new Entry(5), new Entry(5)];
    expect(clock.idle).toBe(true);
    timeouts.add(one);
    timeouts.add(two);
    expect(clock.idle).toBe(false);
    timeouts.delete(one);
    timeouts.delete(one);
    expect(clock.idle).toBe(false);
    timeouts.delete(two);
    expect(clock.idle).toBe(true);
    timeouts.add(one);
    clock.pass(1);
    expect(timeouts.now).toBe(1);
  });

  it("bears entries that delete themselves and others", () => {
    const clock = new TestClock();
    const timeouts = new Timeouts(clock);
    const other = new Entry(1);
    const entry: Timed = {
      deadline: 1,
      timeoutPlace: UNLISTED,
      onTimeout() {
        timeouts.delete(entry);
        timeouts.delete(other);
      },
    };
    timeouts.add(entry);
    timeouts.add(other);
    clock.pass(2);
    expect(other.late).toBe(0);
    expect(clock.idle).toBe(true);
  });
});

describe("a deadline with an owner that fails", () => {
  it("is reported, and does not keep other owners from being called, now or later", () => {
    const clock = new TestClock();
    const timeouts = new Timeouts(clock);
    const error = new Error("in onTimeout");
    const failing: Timed = {
      deadline: 1,
      timeoutPlace: UNLISTED,
      onTimeout() {
        timeouts.delete(failing);
        throw error;
      },
    };
    const [before, after] = [new Entry(1), new Entry(1)];
    for (const entry of [before, failing, after]) timeouts.add(entry);
    clock.pass(2);
    expect(errors.take()).toBe(error);
    expect([before.late, after.late]).toEqual([2, 2]);
  });
});

describe("the system's clock", () => {
  beforeEach(() => useFakeNodeTimers());
  afterEach(() => useRealNodeTimers());

  it("calls every second until it is stopped", () => {
    let calls = 0;
    const stop = systemClock.everySecond(() => calls++);
    vi.advanceTimersByTime(3_500);
    expect(calls).toBe(3);
    stop();
    vi.advanceTimersByTime(3_500);
    expect(calls).toBe(3);
  });
});
