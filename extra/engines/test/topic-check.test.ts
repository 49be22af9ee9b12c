import { describe, expect, test } from "vitest";
import { checkTopicLogs } from "./support/topic-check.ts";

/** The observer has five messages; `a` has published the second one, and missed none. */
const OBSERVED = ["x/1 1", "a/1 1", "x/1 2", "y/1 1", "o 1"].map((text, i) => `m o e.${i + 1}. ${text}`);
const COMPLETE = [
  "+ a e.0.c",
  "m a e.1.c x/1 1",
  "s a a/1 1",
  "m a e.3.c x/1 2",
  "m a e.4.c y/1 1",
  "m a e.5.c o 1",
];

const problemsOf = (lines: readonly string[], lost: readonly string[] = []) =>
  checkTopicLogs([...OBSERVED, ...lines], "o", new Set(lost)).problems;
const without = (index: number) => COMPLETE.filter((_, i) => i !== index);

describe("the checker of topic clients", () => {
  test("passes a log with everything but the client's own message, and counts", () => {
    expect(checkTopicLogs([...OBSERVED, ...COMPLETE], "o")).toEqual({
      problems: [],
      counts: { clients: 1, sent: 1, lost: 0, delivered: 9, gaps: 0, echoes: 0 },
    });
    // It is subscribed again, where it has been: its own position counts.
    expect(problemsOf([...COMPLETE.slice(0, 4), "c a", "+ a e.5.c", ...COMPLETE.slice(4)])).toEqual([]);
  });

  test.each([
    ["a hole", without(3), "a misses x/1 2 at 3"],
    ["a hole at the beginning", without(1), "a misses x/1 1 at 1"],
    ["a hole at the end", without(5), "a misses o 1 at 5"],
    [
      "a hole over a reconnect",
      [...COMPLETE.slice(0, 3), "c a", "+ a e.3.c", ...COMPLETE.slice(4)],
      "a misses x/1 2 at 3",
    ],
    ["a message twice", [...COMPLETE, "m a e.6.c y/1 1"], "a got y/1 1 twice"],
    ["an old place", [...COMPLETE, "m a e.2.c z/1 1"], "a got 2 behind 5"],
    ["another order of a publisher", [...without(1), "m a e.6.c x/1 1"], "a got x/1 1 behind 2"],
    [
      "another message at a place",
      ["+ a e.4.c", "m a e.5.c z/1 1"],
      "a got z/1 1 at 5, where others have o 1",
    ],
    [
      "another epoch without a gap",
      ["+ a f.4.c", "m a e.5.c o 1"],
      "a got o 1 of another epoch without a gap",
    ],
    ["an epoch that has ended", ["+ a f.4.c"], "a has stayed in an epoch that has ended"],
    ["a client that never came", ["s a a/1 1"], "a was never subscribed"],
    ["a message that has gone nowhere", [...COMPLETE, "s a a/1 2"], "a/1 2 of a has gone nowhere"],
  ])("finds %s", (_what, lines, problem) => {
    expect(problemsOf(lines)).toContain(problem);
  });

  test("allows a hole exactly at a gap, and what was sent into a connection that has ended", () => {
    expect(problemsOf([...COMPLETE.slice(0, 3), "! a e.4.c", COMPLETE[5]!])).toEqual([]);
    expect(problemsOf(["+ a d.7.c", "! a e.4.c", COMPLETE[5]!])).toEqual([]);
    expect(problemsOf([...COMPLETE.slice(0, 3), "! a e.3.c", COMPLETE[5]!])).toEqual(["a misses y/1 1 at 4"]);
    const { problems, counts } = checkTopicLogs([...OBSERVED, ...COMPLETE, "s a a/1 2", "c a"], "o");
    expect([problems, counts.lost]).toEqual([[], 1]);
  });

  test("allows what came in the epoch before to stay out of the next one, and other messages at the places of a lost one", () => {
    const again = ["+ a d.7.c", "m a d.8.c x/1 1", "! a e.0.c", ...COMPLETE.slice(2)];
    expect(problemsOf(again)).toEqual([]);
    const observed = ["m o d.9. q/1 1", "! o e.0.", ...OBSERVED];
    const lines = [...observed, "+ a d.8.c", "m a d.9.c r/1 1", "! a e.0.c", ...COMPLETE.slice(1)];
    expect(checkTopicLogs(lines, "o", new Set(["d"])).problems).toEqual([]);
    expect(checkTopicLogs(lines, "o").problems).toEqual(["a got r/1 1 at 9, where others have q/1 1"]);
  });
});
