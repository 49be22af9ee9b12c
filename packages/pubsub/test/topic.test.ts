import { describe, expect, test } from "vitest";
import { Batch } from "../src/batch.ts";
import { MergeCache } from "../src/merge.ts";
import { addPending, Subscriber, takePending } from "../src/subscriber.ts";
import { Topic } from "../src/topic.ts";
import { TopicRegistry } from "../src/topic-registry.ts";

type Name = string;

function makeSubscriber(name: Name): Subscriber<Name, string> {
  const options = { deliver: () => expect.fail("delivered"), schedule: () => expect.fail("scheduled") };
  return new Subscriber<Name, string>(new TopicRegistry(options), name);
}

describe("Topic", () => {
  test("every member has its index, whichever member leaves", () => {
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

  test("distribute adds to each member its slice of the batch, if it has one", () => {
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
    topic.distribute(1, queue, addPending);
    const merges = new MergeCache<string>();
    const taken = new Map(queue.map((subscriber) => [subscriber.target, takePending(subscriber, merges)]));
    expect(Object.fromEntries(taken)).toEqual({
      early: ["m0", "m1", "m2"],
      "also early": ["m0", "m1", "m2"],
      skipping: ["m2"],
      late: ["m2"],
    });
    // Members that get all of it get no copy.
    expect(taken.get("early")).toBe(messages);
    expect(taken.get("also early")).toBe(messages);
    expect(topic.batch).toBeNull();
    for (const { start, skips } of topic.members) expect({ start, skips }).toEqual({ start: 0, skips: null });
  });
});

describe("Membership", () => {
  test("takeSlice takes the pending messages once", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const membership = topic.add(makeSubscriber("a"));
    expect(membership.pendingCount).toBe(0);
    expect(membership.takeSlice()).toBeNull();
    topic.batch = new Batch("m0", 1);
    topic.batch.add("m1", 2);
    membership.skips = [0];
    expect(membership.pendingCount).toBe(1);
    expect(membership.takeSlice()?.messages()).toEqual(["m1"]);
    expect(membership.pendingCount).toBe(0);
    expect(membership.takeSlice()).toBeNull();
    topic.batch.add("m2", 3);
    expect(membership.takeSlice()?.messages()).toEqual(["m2"]);
  });

  test("messages that were all skipped are in no slice, also not later", () => {
    const topic = new Topic<Subscriber<Name, string>, string>("t");
    const membership = topic.add(makeSubscriber("a"));
    topic.batch = new Batch("m0", 1);
    membership.skips = [0];
    expect(membership.takeSlice()).toBeNull();
    topic.batch.add("m1", 2);
    expect(membership.takeSlice()?.messages()).toEqual(["m1"]);
  });
});
