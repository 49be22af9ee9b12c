import { describe, expect, test } from "vitest";
import { Recorder } from "./recorder.ts";

const MANY = 20_000;

function topicsOf(name: string): string[] {
  return Array.from({ length: MANY }, (_, n) => `${name}${n}`);
}

describe("a subscriber with very many topics that is closed", () => {
  test("leaves them in steps, and counts in none of them from the start", () => {
    let scheduled = 0;
    const recorder = new Recorder({ scheduleLeaving: () => void scheduled++ });
    const { broker } = recorder;
    const own = topicsOf("own");
    const big = recorder.subscriber("big", "first", ...own, "last");
    const other = recorder.subscriber("other", "first", "own7", "last");
    broker.publish("own7", "before");
    big.close();
    expect(scheduled).toBe(1);
    expect([big.subscriptions, big.isSubscribed("first"), big.subscribe("first")]).toEqual([
      [],
      false,
      false,
    ]);
    expect(["first", "last", "own7", "own8"].map((topic) => broker.subscriberCount(topic))).toEqual([
      1, 1, 1, 0,
    ]);
    expect(broker.publish("own8", "lost")).toBe(0);
    expect(broker.publish("last", "to other")).toBe(1);
    expect(broker.publish("last", "but other", other)).toBe(0);
    expect(recorder.flush()).toEqual(["other: before to other"]);
    // A topic of which only the closed one is left may be subscribed to again.
    const late = recorder.subscriber("late", "own8", own.at(-1)!);
    expect(broker.publish("own8", "to late")).toBe(1);
    expect(recorder.flush()).toEqual(["late: to late"]);
    let steps = 1;
    while (broker.leaveSome()) {
      steps++;
      expect(["first", "last", "own8"].map((topic) => broker.subscriberCount(topic))).toEqual([1, 1, 1]);
    }
    expect(steps).toBe(Math.ceil((MANY + 2) / 4096));
    expect(["first", "last", "own7", "own8"].map((topic) => broker.subscriberCount(topic))).toEqual([
      1, 1, 1, 1,
    ]);
    expect(broker.publish("own9", "lost")).toBe(0);
    for (const subscriber of [other, late]) subscriber.close();
    expect(broker.topicCount).toBe(0);
    expect(broker.leaveSome()).toBe(false);
  });

  test("is scheduled once together with others that leave", () => {
    let scheduled = 0;
    const recorder = new Recorder({ scheduleLeaving: () => void scheduled++ });
    const topics = topicsOf("t");
    const closed = ["a", "b", "c"].map((name) => recorder.subscriber(name, ...topics));
    recorder.subscriber("d", topics[0]!);
    for (const subscriber of closed) subscriber.close();
    expect(scheduled).toBe(1);
    expect(topics.slice(0, 2).map((topic) => recorder.broker.subscriberCount(topic))).toEqual([1, 0]);
    while (recorder.broker.leaveSome());
    expect(recorder.broker.topicCount).toBe(1);
    recorder.subscriber("e", ...topics).close();
    expect(scheduled).toBe(2);
    expect(recorder.broker.topicCount, "to count the topics first leaves them").toBe(1);
  });

  test("leaves them at once if the host has no scheduleLeaving", () => {
    const recorder = new Recorder();
    recorder.subscriber("big", ...topicsOf("t")).close();
    expect(recorder.broker.leaveSome()).toBe(false);
    expect(recorder.broker.topicCount).toBe(0);
  });
});
