import { describe, expect, test } from "vitest";
import { membershipOf, Subscriber } from "../src/subscriber.ts";
import { TopicRegistry } from "../src/topic-registry.ts";

function setUp(): {
  registry: TopicRegistry<string, number, Subscriber<string, number>>;
  scheduled: () => number;
} {
  let scheduled = 0;
  const registry = new TopicRegistry<string, number, Subscriber<string, number>>({
    deliver: () => expect.fail("only a flush delivers"),
    schedule: () => {
      scheduled++;
    },
  });
  return { registry, scheduled: () => scheduled };
}

describe("TopicRegistry", () => {
  test("a topic exists from its first subscriber to its last", () => {
    const { registry } = setUp();
    const a = new Subscriber(registry, "a");
    const b = new Subscriber(registry, "b");
    a.subscribe("t");
    b.subscribe("t");
    const topic = registry.topics.get("t");
    a.unsubscribe("t");
    expect(registry.topics.get("t")).toBe(topic);
    b.close();
    expect(registry.topics.size).toBe(0);
  });

  test("a million messages without a recipient leave nothing behind", () => {
    const { registry, scheduled } = setUp();
    const alone = new Subscriber(registry, "alone");
    alone.subscribe("mine");
    let recipients = 0;
    for (let i = 0; i < 500_000; i++) {
      recipients += registry.publish("empty", i, undefined);
      recipients += registry.publish("mine", i, membershipOf(alone, "mine"));
    }
    expect(recipients).toBe(0);
    expect(scheduled()).toBe(0);
    expect(registry.pendingTopics).toEqual([]);
    expect([...registry.topics.keys()]).toEqual(["mine"]);
    expect(registry.topics.get("mine")?.batch).toBeNull();
    expect(registry.topics.get("mine")?.members[0]?.skips).toBeNull();
  });

  test("a message is kept once, however many subscribers get it", () => {
    const { registry } = setUp();
    for (let i = 0; i < 1000; i++) new Subscriber(registry, `s${i}`).subscribe("t");
    expect(registry.publish("t", 7, undefined)).toBe(1000);
    const topic = registry.topics.get("t");
    expect(topic?.batch?.messages).toEqual([7]);
    expect(topic?.members.every(({ start, skips }) => start === 0 && skips === null)).toBe(true);
    expect(registry.pendingTopics).toEqual([topic]);
  });

  test("schedules once, at the first message with a recipient, whatever topics follow", () => {
    const { registry, scheduled } = setUp();
    const a = new Subscriber(registry, "a");
    a.subscribe("t");
    a.subscribe("u");
    expect(scheduled()).toBe(0);
    registry.publish("t", 1, undefined);
    expect(scheduled()).toBe(1);
    registry.publish("t", 2, undefined);
    registry.publish("u", 3, undefined);
    expect(scheduled()).toBe(1);
  });

  test("a subscriber of another broker, given as an exception, has no effect on a topic of the same name", () => {
    const { registry } = setUp();
    const foreign = new Subscriber(setUp().registry, "foreign");
    foreign.subscribe("t");
    const own = new Subscriber(registry, "own");
    own.subscribe("t");
    expect(registry.publish("t", 1, membershipOf(foreign, "t"))).toBe(1);
    expect(foreign.hasPending).toBe(false);
    expect(own.hasPending).toBe(true);
  });
});
