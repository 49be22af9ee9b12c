import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/client/clock.ts";

describe("systemClock", () => {
  it("calls back once, in its time, unless it is stopped", async () => {
    const calls: string[] = [];
    const stop = systemClock.after(1, () => calls.push("stopped"));
    stop();
    await new Promise<void>((resolve) => {
      systemClock.after(1, () => calls.push("called"));
      // A timer that keeps the process alive, behind the other in the same list.
      setTimeout(resolve, 2);
    });
    expect(calls).toEqual(["called"]);
  });
});
