import { describe, expect, test } from "vitest";
import { check, isFlat } from "../soak/check.mjs";

/** Two clients of one instance, one of another, and one of another topic, since second 0. */
const OPEN = ["o 0 a.1 t0 i0#1", "o 0 b.1 t0 i0#1", "o 0 c.1 t0 i1#1", "o 0 d.1 t1 i0#1"];
/** `a` sends at second 10, and all others get it. */
const GOOD = [...OPEN, "s 10000 a.1 1", "g 10001 b.1 a.1 1", "g 10002 c.1 a.1 1"];
const FAULT = { what: "a fault", from: 9000, to: 12_000 };

describe("the checker of the soak", () => {
  test("passes logs in which everything is right", () => {
    expect(check(GOOD, [], [])).toEqual({
      problems: [],
      counts: { connections: 4, sent: 1, expected: 2, received: 2, lost: 0, lostIn: new Map() },
    });
  });

  test.each([
    [
      "a message that comes twice",
      [...GOOD, "g 10003 c.1 a.1 1"],
      "c.1 got a.1 1 behind 1: twice, or out of order",
    ],
    [
      "messages out of order",
      [
        ...GOOD,
        "s 11000 a.1 2",
        "s 12000 a.1 3",
        "g 12001 b.1 a.1 3",
        "g 12002 b.1 a.1 2",
        "g 12003 c.1 a.1 2",
        "g 12003 c.1 a.1 3",
      ],
      "b.1 got a.1 2 behind 3: twice, or out of order",
    ],
    ["a message of another topic", [...GOOD, "g 10003 d.1 a.1 1"], "d.1 got a message of another topic"],
    ["an own message", [...GOOD, "g 10003 a.1 a.1 1"], "a.1 got its own message 1"],
    [
      "a loss without a fault",
      GOOD.slice(0, -1),
      "c.1 on i1#1 misses a.1 1 of i0#1, sent at 10000: there was no fault",
    ],
  ])("finds %s", (_what, lines, problem) => {
    expect(check(lines, [], []).problems).toEqual([problem]);
  });

  test("allows a loss in a fault that was told, and no other", () => {
    const lines = GOOD.slice(0, -1);
    expect(check(lines, [FAULT], []).problems).toEqual([
      "c.1 on i1#1 misses a.1 1 of i0#1, sent at 10000: nothing was told (a fault)",
    ]);
    const ways = [
      check(lines, [FAULT], [{ t: 20_000, instance: "i1#1", event: "gap" }]),
      check(lines, [FAULT], [{ t: 20_000, instance: "i0#1", event: "dropped" }]),
      check(lines, [{ ...FAULT, instance: "i0#1" }], []),
    ];
    for (const { problems, counts } of ways) expect([problems, counts.lost]).toEqual([[], 1]);
    expect(check(lines, [FAULT], [{ t: 20_000, instance: "i0#1", event: "gap" }]).problems).toHaveLength(1);
  });

  test("allows no loss of local delivery, also in a fault; a client that comes or goes need not get everything", () => {
    const lines = GOOD.filter((line) => !line.startsWith("g 10001"));
    const told = [{ t: 10_000, instance: "i0#1", event: "gap" }];
    expect(check(lines, [FAULT], told).problems).toEqual([
      "b.1 on i0#1 misses a.1 1 of i0#1, sent at 10000: local delivery",
    ]);
    expect(check([...lines, "c 11000 b.1"], [], []).problems).toEqual([]);
    const death = { what: "a death", from: 11_000, to: 30_000, instance: "i0#1" };
    expect(check([...lines, "c 14000 a.1", "c 14000 b.1"], [death], []).problems).toEqual([]);
    expect(check([...lines, "o 9000 b.1 t0 i0#1"], [], []).problems).toEqual([]);
  });

  test("tells memory that grows from memory that fills its caches first", () => {
    const rising = Array.from({ length: 30 }, (_, i) => i * 1e6);
    expect(isFlat(rising)).toMatchObject({ isFlat: false });
    expect(isFlat(rising.map((bytes) => Math.min(bytes, 8e6)))).toEqual({
      before: 8e6,
      after: 8e6,
      isFlat: true,
    });
    expect(isFlat([1, 2, 3])).toBeNull();
  });
});
