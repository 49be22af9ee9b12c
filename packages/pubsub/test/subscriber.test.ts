import { describe, expect, test } from "vitest";
import { Recorder } from "./recorder.ts";

describe("subscribing", () => {
  test("returns whether it changed anything", () => {
    const { broker } = new Recorder();
    const a = broker.subscriber("a");
    expect(a.target).toBe("a");
    expect(a.unsubscribe("t")).toBe(false);
    expect(a.subscribe("t")).toBe(true);
    expect(a.subscribe("t")).toBe(false);
    expect(a.isSubscribed("t")).toBe(true);
    expect(a.isSubscribed("u")).toBe(false);
    expect(a.unsubscribe("u")).toBe(false);
    expect(a.unsubscribe("t")).toBe(true);
    expect(a.unsubscribe("t")).toBe(false);
    expect(a.isSubscribed("t")).toBe(false);
  });

  test("any string is a topic name of its own", () => {
    const recorder = new Recorder();
    const names = [
      "__proto__",
      "",
      "constructor",
      "hasOwnProperty",
      "a",
      "A",
      " a",
      "\0",
      "x".repeat(1_000_000),
    ];
    const a = recorder.subscriber("a", ...names);
    expect(a.subscriptions).toEqual(names);
    expect(recorder.broker.topicCount).toBe(names.length);
    for (const [i, name] of names.entries()) expect(recorder.broker.publish(name, `m${i}`)).toBe(1);
    expect(recorder.flush()).toEqual([`a: ${names.map((_, i) => `m${i}`).join(" ")}`]);
    for (const name of names) expect(a.unsubscribe(name)).toBe(true);
    expect(recorder.broker.topicCount).toBe(0);
  });

  test("subscriptions are in subscription order, in an array of their own", () => {
    const { broker } = new Recorder();
    const a = broker.subscriber("a");
    expect(a.subscriptions).toEqual([]);
    for (const topic of ["c", "a", "b"]) a.subscribe(topic);
    a.unsubscribe("c");
    a.subscribe("c");
    const { subscriptions } = a;
    expect(subscriptions).toEqual(["a", "b", "c"]);
    subscriptions.push("d");
    expect(a.subscriptions).toEqual(["a", "b", "c"]);
  });

  test("in the middle of a turn divides its messages into those before and after", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a");
    recorder.subscriber("witness", "t");
    recorder.broker.publish("t", "1");
    a.subscribe("t");
    recorder.broker.publish("t", "2");
    a.unsubscribe("t");
    recorder.broker.publish("t", "3");
    a.subscribe("t");
    recorder.broker.publish("t", "4");
    expect(recorder.flush().sort()).toEqual(["a: 2 4", "witness: 1 2 3 4"]);
  });

  test("a topic that ended with messages pending for its last subscribers starts anew", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    recorder.broker.publish("t", "1");
    a.unsubscribe("t");
    expect(recorder.broker.topicCount).toBe(0);
    recorder.subscriber("b", "t");
    recorder.broker.publish("t", "2");
    expect(recorder.flush().sort()).toEqual(["a: 1", "b: 2"]);
  });
});

describe("Subscriber.publish", () => {
  test("reaches all others, subscribed itself or not", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    const outsider = recorder.subscriber("outsider");
    expect(a.publish("t", "1")).toBe(0);
    recorder.subscriber("b", "t");
    expect(a.publish("t", "2")).toBe(1);
    expect(outsider.publish("t", "3")).toBe(2);
    expect(a.publish("u", "4")).toBe(0);
    expect(recorder.flush().sort()).toEqual(["a: 3", "b: 2 3"]);
  });

  test("works after close", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    const b = recorder.subscriber("b", "t");
    b.close();
    expect(b.publish("t", "b has left")).toBe(1);
    expect(recorder.flush()).toEqual(["a: b has left"]);
  });
});

describe("Subscriber.flush", () => {
  test("delivers the pending messages of this subscriber, in order across its topics; later messages come later", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t", "u", "left");
    recorder.subscriber("b", "t");
    recorder.broker.publish("u", "1");
    recorder.broker.publish("left", "2");
    recorder.broker.publish("t", "3");
    a.unsubscribe("left");
    recorder.broker.publish("u", "4");
    a.flush();
    expect(recorder.take()).toEqual(["a: 1 2 3 4"]);
    a.flush();
    expect(recorder.take()).toEqual([]);
    recorder.broker.publish("t", "5");
    expect(recorder.flush().sort()).toEqual(["a: 5", "b: 3 5"]);
  });

  test("subscribers that flush at the same moment share the array, which does not grow afterwards", () => {
    const recorder = new Recorder();
    const subscribers = ["a", "b", "c"].map((name) => recorder.subscriber(name, "t"));
    recorder.broker.publish("t", "1");
    for (const subscriber of subscribers) subscriber.flush();
    recorder.broker.publish("t", "2");
    const [first, ...others] = recorder.deliveries.map(({ messages }) => messages);
    expect(first).toEqual(["1"]);
    expect(others).toHaveLength(2);
    for (const messages of others) expect(messages).toBe(first);
  });

  test("throws what deliver throws, and does not deliver again", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    recorder.broker.publish("t", "1");
    const error = new Error("broken pipe");
    recorder.onDeliver = () => {
      throw error;
    };
    expect(() => a.flush()).toThrow(error);
    recorder.onDeliver = () => {};
    expect(recorder.take()).toEqual(["a: 1"]);
    expect(recorder.flush()).toEqual([]);
  });

  test("of a subscriber that has left very many topics", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a");
    const count = 150_000;
    for (let i = 0; i < count; i++) {
      a.subscribe("t");
      recorder.broker.publish("t", "m");
      a.unsubscribe("t");
    }
    a.flush();
    expect(recorder.deliveries.map(({ messages }) => messages.length)).toEqual([count]);
  });
});

describe("hasPending", () => {
  test("is true exactly while a flush would deliver something", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    const b = recorder.subscriber("b", "t", "u", "v", "w");
    expect(a.hasPending).toBe(false);
    a.publish("t", "1");
    expect(a.hasPending).toBe(false);
    expect(b.hasPending).toBe(true);
    b.flush();
    expect(b.hasPending).toBe(false);
    recorder.broker.publish("w", "2");
    expect(a.hasPending).toBe(false);
    expect(b.hasPending).toBe(true);
    b.unsubscribe("w");
    expect(b.hasPending).toBe(true);
    recorder.broker.flush();
    expect(b.hasPending).toBe(false);
  });

  test("stays true in a running flush until the delivery", () => {
    const recorder = new Recorder();
    const subscribers = ["a", "b", "c"].map((name) => recorder.subscriber(name, "t"));
    const counts: number[] = [];
    recorder.onDeliver = () => {
      counts.push(subscribers.filter(({ hasPending }) => hasPending).length);
    };
    recorder.broker.publish("t", "1");
    recorder.broker.flush();
    expect(counts).toEqual([2, 1, 0]);
  });
});

describe("close", () => {
  test("leaves all topics, drops the pending messages, and may be repeated", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t", "u", "v");
    recorder.subscriber("b", "t");
    recorder.broker.publish("t", "1");
    recorder.broker.publish("v", "2");
    a.unsubscribe("v");
    a.close();
    a.close();
    expect(a.hasPending).toBe(false);
    expect(a.subscriptions).toEqual([]);
    expect(recorder.broker.topicCount).toBe(1);
    expect(recorder.broker.subscriberCount("t")).toBe(1);
    a.flush();
    expect(recorder.flush()).toEqual(["b: 1"]);
  });

  test("is for good", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    a.close();
    expect(a.subscribe("t")).toBe(false);
    expect(a.unsubscribe("t")).toBe(false);
    expect(recorder.broker.publish("t", "1")).toBe(0);
  });

  test("messages that were flushed before it are delivered", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    recorder.broker.publish("t", "1");
    a.flush();
    a.close();
    expect(recorder.take()).toEqual(["a: 1"]);
  });
});
