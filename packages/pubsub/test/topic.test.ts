import { describe, expect, test } from "vitest";
import { Batch } from "../src/batch.ts";
import { Exchange } from "../src/exchange.ts";
import { MergeCache } from "../src/merge.ts";
import { Subscriber } from "../src/subscriber.ts";
import { Topic } from "../src/topic.ts";

type Name = string;

function makeSubscriber(name: Name): Subscriber<Name, string> {
  const options = { deliver: () => expect.fail("delivered"), schedule: () => expect.fail("scheduled") };
  return new Subscriber<Name, string>(new Exchange(options), name);
}

describe("Topic", () => {
  test("every member knows its place, whoever leaves", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const members = ["a", "b", "c", "d"].map((name) => topic.add(makeSubscriber(name)));
    const [a, b, c, d] = members as [(typeof members)[0], ...typeof members];
    const check = (...expected: typeof members): void => {
      expect(new Set(topic.members)).toEqual(new Set(expected));
      expect(topic.members).toHaveLength(expected.length);
      for (const member of expected) expect(topic.members[member.index]).toBe(member);
    };
    check(...members);
    topic.remove(b as typeof a);
    check(a, c as typeof a, d as typeof a);
    topic.remove(d as typeof a);
    check(a, c as typeof a);
    topic.remove(a);
    check(c as typeof a);
    topic.remove(c as typeof a);
    check();
  });

  test("distribute gives each member its part of the batch, and those without any nothing", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const early = makeSubscriber("early");
    const skipping = makeSubscriber("skipping");
    const late = makeSubscriber("late");
    const alsoEarly = makeSubscriber("also early");
    const tooLate = makeSubscriber("too late");
    topic.add(early);
    topic.add(alsoEarly);
    topic.batch = new Batch("m0", 1);
    topic.add(skipping).skips = [1];
    topic.batch.add("m1", 2);
    topic.add(late);
    topic.batch.add("m2", 3);
    topic.add(tooLate);
    const { messages } = topic.batch;

    const queue: Subscriber<Name, string>[] = [];
    topic.distribute(1, queue);
    const merges = new MergeCache<string>();
    const claimed = new Map(queue.map((subscriber) => [subscriber.target, subscriber.claim(merges)]));
    expect(Object.fromEntries(claimed)).toEqual({
      early: ["m0", "m1", "m2"],
      "also early": ["m0", "m1", "m2"],
      skipping: ["m2"],
      late: ["m2"],
    });
    // Nothing is copied for those who get all of it.
    expect(claimed.get("early")).toBe(messages);
    expect(claimed.get("also early")).toBe(messages);
    expect(topic.batch).toBeNull();
    for (const { start, skips } of topic.members) expect({ start, skips }).toEqual({ start: 0, skips: null });
  });
});

describe("Membership", () => {
  test("cut takes what is pending once", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const membership = topic.add(makeSubscriber("a"));
    expect(membership.pendingCount).toBe(0);
    expect(membership.cut()).toBeNull();
    topic.batch = new Batch("m0", 1);
    topic.batch.add("m1", 2);
    membership.skips = [0];
    expect(membership.pendingCount).toBe(1);
    expect(membership.cut()?.messages()).toEqual(["m1"]);
    expect(membership.pendingCount).toBe(0);
    expect(membership.cut()).toBeNull();
    topic.batch.add("m2", 3);
    expect(membership.cut()?.messages()).toEqual(["m2"]);
  });

  test("when all that is pending is skipped, nothing is cut, also not later", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const membership = topic.add(makeSubscriber("a"));
    topic.batch = new Batch("m0", 1);
    membership.skips = [0];
    expect(membership.cut()).toBeNull();
    topic.batch.add("m1", 2);
    expect(membership.cut()?.messages()).toEqual(["m1"]);
  });
});
