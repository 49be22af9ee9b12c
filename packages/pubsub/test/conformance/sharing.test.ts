import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Recorder } from "../recorder.ts";
import { runs } from "../runs.ts";

describe("the array that is delivered", () => {
  test("is one object for subscribers that get the same messages, and another one for others", () => {
    // The subscribers' topics, and the topics of the published messages.
    const names = ["a", "b", "c", "d", "e"];
    const topics = fc.subarray(["t", "u", "v", "w"]);
    const plan = fc.record({
      subscriptions: fc.tuple(topics, topics, topics, topics, topics),
      published: fc.array(fc.constantFrom("t", "u", "v", "w"), { minLength: 1, maxLength: 12 }),
    });
    fc.assert(
      fc.property(plan, ({ subscriptions, published }) => {
        const recorder = new Recorder();
        for (const [i, name] of names.entries()) recorder.subscriber(name, ...(subscriptions[i] ?? []));
        for (const [i, topic] of published.entries()) recorder.broker.publish(topic, `m${i}`);
        recorder.broker.flush();
        const { deliveries } = recorder;
        const arrays = new Set(deliveries.map(({ messages }) => messages));
        const contents = new Set(deliveries.map(({ messages }) => messages.join(" ")));
        expect(arrays.size).toBe(contents.size);
      }),
      runs(500),
    );
  });

  test("is shared by all subscribers but the publishers, and by those that subscribed at the same moment", () => {
    const recorder = new Recorder();
    const publisher = recorder.subscriber("publisher", "t");
    for (const name of ["a", "b"]) recorder.subscriber(name, "t");
    publisher.publish("t", "1");
    for (const name of ["late1", "late2"]) recorder.subscriber(name, "t");
    recorder.broker.publish("t", "2");
    recorder.broker.flush();
    const by = new Map(recorder.deliveries.map(({ to, messages }) => [to, messages]));
    expect(by.get("a")).toEqual(["1", "2"]);
    expect(by.get("b")).toBe(by.get("a"));
    expect(by.get("publisher")).toEqual(["2"]);
    expect(by.get("late1")).toEqual(["2"]);
    expect(by.get("late2")).toBe(by.get("late1"));
  });

  test("the members of a room share it also beside a common topic, in whatever order they subscribed", () => {
    const recorder = new Recorder();
    const rooms = 300;
    for (let i = 0; i < 3 * rooms; i++) recorder.subscriber(`room${i % rooms}`, "all", `room${i % rooms}`);
    recorder.broker.publish("all", "to all");
    for (let i = 0; i < rooms; i++) recorder.broker.publish(`room${i}`, `to ${i}`);
    recorder.broker.flush();
    expect(recorder.deliveries).toHaveLength(3 * rooms);
    expect(new Set(recorder.deliveries.map(({ messages }) => messages)).size).toBe(rooms);
  });

  test("never changes after it was delivered", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    recorder.subscriber("b", "t");
    recorder.onDeliver = ({ to, messages }) => {
      if (messages.includes("2") || to !== "a") return;
      recorder.broker.publish("t", "2");
      a.flush();
    };
    recorder.broker.publish("t", "1");
    recorder.broker.flush();
    expect(recorder.flush().sort()).toEqual(["a: 1", "a: 2", "b: 1", "b: 2"]);
  });
});
