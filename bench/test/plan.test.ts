import { describe, expect, it } from "vitest";
import { type PublishedCommand, parseCommand, type RunCommand } from "../src/cli.ts";
import { announcement, estimate, publishedPlan, publishedRuns } from "../src/plan.ts";
import { findScenario, scenarios } from "../src/scenarios.ts";

const command = (line: string): RunCommand => parseCommand(line.split(" ")) as RunCommand;
const published = (line: string): PublishedCommand => parseCommand(line.split(" ")) as PublishedCommand;

describe("the estimate of a run", () => {
  const hello = findScenario("hello");

  it("counts rounds, latencies and allocations of those that take part", () => {
    const once = estimate(hello, command("hello --only mantou,bun,ws --rounds 1"));
    expect(once).toBeGreaterThan(2 * 3);
    expect(estimate(hello, command("hello --only mantou,bun --rounds 4"))).toBeCloseTo(4 * once);
    expect(estimate(hello, command("hello --only mantou,bun --rounds 1 --latency"))).toBeCloseTo(2 * once);
    const counted = estimate(hello, command("hello --only mantou,bun --rounds 1 --allocations"));
    expect(counted).toBeCloseTo(once + once / 2 + 2);
    expect(estimate(hello, command("hello --only ws"))).toBe(0);
  });

  it("is announced with what is missing", () => {
    const two = command("hello json --only mantou,bun --rounds 1 --repeats 0 --resume none");
    expect(announcement(two.scenarios, two)).toMatch(/^none: 2 of 2 scenarios to measure, about \d+ s$/);
    const one = command("hello json --only ws,bun --rounds 50");
    expect(announcement([hello], one)).toMatch(/^1 of 2 .* about 3 min, longer where rounds are disturbed$/);
    expect(announcement([], two)).toBe(
      "none: nothing to measure, the file has it all (--redo measures again)",
    );
  });
});

describe("the published runs", () => {
  it("are everything on the newest line, and six scenarios on the others", () => {
    const runs = publishedRuns(published("--published folder"));
    expect(runs.map(({ runtime }) => runtime)).toEqual(["node26", "node26", "node24", "node22", "node20"]);
    expect(runs.map(({ resume }) => resume)).toContain("folder/node26.json");
    expect(runs.map((run) => run.scenarios.length)).toEqual([3, scenarios.length - 3, 6, 6, 6]);
    expect(runs.map(({ latency }) => latency)).toEqual([true, false, false, false, false]);
    for (const { rounds, seconds, only } of runs) {
      expect({ rounds, seconds }).toEqual({ rounds: 5, seconds: 2 });
      expect(only).toEqual(expect.arrayContaining(["mantou", "mantou-plain", "bun", "deno", "raw"]));
      expect(only).not.toContain("net");
    }
    expect(publishedPlan(runs)).toMatch(/^together about \d+ min; the same command continues/m);
  });

  it("are those of one line, or some scenarios", () => {
    const [run, ...others] = publishedRuns(published("hello chat-32 --published folder --runtime node22"));
    expect(others).toEqual([]);
    expect(run?.scenarios.map(({ name }) => name)).toEqual(["hello"]);
    const none = published("chat-32 --published folder --runtime node22");
    expect(() => publishedRuns(none)).toThrow("these scenarios are published of node26 only");
  });
});
