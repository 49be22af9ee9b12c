import { describe, expect, test } from "vitest";
import { Broker } from "../src/broker.ts";
import type { Subscriber } from "../src/subscriber.ts";
import { Recorder } from "./recorder.ts";

describe("publish and flush", () => {
  test("one delivery each, in publish order across topics", () => {
    const recorder = new Recorder();
    recorder.subscriber("both", "t", "u");
    recorder.subscriber("one", "t");
    expect(recorder.broker.publish("t", "1")).toBe(2);
    expect(recorder.broker.publish("u", "2")).toBe(1);
    expect(recorder.broker.publish("t", "3")).toBe(2);
    expect(recorder.take()).toEqual([]);
    expect(recorder.flush().sort()).toEqual(["both: 1 2 3", "one: 1 3"]);
    expect(recorder.flush()).toEqual([]);
  });

  test("a message that is published to two topics of a subscriber arrives twice", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t", "u");
    recorder.broker.publish("t", "same");
    recorder.broker.publish("u", "same");
    expect(recorder.flush()).toEqual(["a: same same"]);
  });

  test("the exception does not get the message, if it is subscribed at that moment", () => {
    const recorder = new Recorder();
    const a = recorder.subscriber("a", "t");
    recorder.subscriber("b", "t");
    const c = recorder.subscriber("c");
    expect(recorder.broker.publish("t", "1", a)).toBe(1);
    expect(recorder.broker.publish("t", "2", c)).toBe(2);
    c.subscribe("t");
    expect(recorder.broker.publish("t", "3")).toBe(3);
    expect(recorder.broker.publish("t", "4", a)).toBe(2);
    expect(recorder.flush().sort()).toEqual(["a: 2 3", "b: 1 2 3 4", "c: 3 4"]);
  });

  test("counts subscribers and topics", () => {
    const { broker } = new Recorder();
    expect(broker.subscriberCount("t")).toBe(0);
    expect(broker.topicCount).toBe(0);
    const a = broker.subscriber("a");
    const b = broker.subscriber("b");
    a.subscribe("t");
    b.subscribe("t");
    b.subscribe("u");
    expect(broker.subscriberCount("t")).toBe(2);
    expect(broker.topicCount).toBe(2);
    b.close();
    expect(broker.subscriberCount("t")).toBe(1);
    expect(broker.topicCount).toBe(1);
  });

  test("targets and messages of any type are passed by reference", () => {
    const target = { socket: true };
    const seen: [object, readonly unknown[]][] = [];
    const broker = new Broker<object, unknown>({
      deliver: (to, messages) => seen.push([to, messages]),
      schedule: () => {},
    });
    broker.subscriber(target).subscribe("t");
    const message = new Uint8Array(3);
    broker.publish("t", message);
    broker.publish("t", undefined);
    broker.publish("t", null);
    broker.flush();
    expect(seen).toHaveLength(1);
    expect(seen[0]?.[0]).toBe(target);
    expect(seen[0]?.[1][0]).toBe(message);
    expect(seen[0]?.[1].slice(1)).toEqual([undefined, null]);
  });

  test("options are called as methods of the object that was given", () => {
    class Host {
      readonly calls: string[] = [];
      deliver(target: string): void {
        this.calls.push(`deliver ${target}`);
      }
      schedule(): void {
        this.calls.push("schedule");
      }
    }
    const host = new Host();
    const broker = new Broker<string, string>(host);
    broker.subscriber("a").subscribe("t");
    broker.publish("t", "1");
    broker.flush();
    expect(host.calls).toEqual(["schedule", "deliver a"]);
  });
});

describe("schedule", () => {
  test("is called when something becomes pending, once until the flush", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t", "u");
    recorder.broker.publish("empty", "0");
    expect(recorder.scheduleCount).toBe(0);
    recorder.broker.publish("t", "1");
    recorder.broker.publish("u", "2");
    expect(recorder.scheduleCount).toBe(1);
    recorder.broker.flush();
    recorder.broker.publish("u", "3");
    expect(recorder.scheduleCount).toBe(2);
  });

  test("may flush at once", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    const b = recorder.subscriber("b", "t");
    recorder.onSchedule = () => recorder.broker.flush();
    expect(b.publish("t", "1")).toBe(1);
    expect(recorder.take()).toEqual(["a: 1"]);
    expect(recorder.broker.publish("t", "2")).toBe(2);
    expect(recorder.take()).toEqual(["a: 2", "b: 2"]);
  });
});

describe("from within deliver", () => {
  test("published messages wait for the next flush, which is scheduled", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    recorder.subscriber("b", "t");
    recorder.onDeliver = ({ to, messages }) => {
      if (to === "a" && messages[0] === "1") recorder.broker.publish("t", "2");
    };
    recorder.broker.publish("t", "1");
    expect(recorder.flush()).toEqual(["a: 1", "b: 1"]);
    expect(recorder.scheduleCount).toBe(2);
    expect(recorder.flush()).toEqual(["a: 2", "b: 2"]);
  });

  test("a flush repeats when all have been served, and delivers the new messages", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    recorder.subscriber("b", "t");
    let depth = 0;
    recorder.onDeliver = ({ to, messages }) => {
      depth++;
      expect(depth).toBe(1);
      if (to === "a" && messages[0] !== "4") {
        recorder.broker.publish("t", String(Number(messages[0]) + 1));
        recorder.broker.flush();
      }
      depth--;
    };
    recorder.broker.publish("t", "1");
    expect(recorder.flush()).toEqual(["a: 1", "b: 1", "a: 2", "b: 2", "a: 3", "b: 3", "a: 4", "b: 4"]);
  });

  test("subscribing and unsubscribing have no effect on the flush that runs", () => {
    const recorder = new Recorder();
    const handles = new Map<string, Subscriber<string, string>>();
    for (const name of ["a", "b"]) handles.set(name, recorder.subscriber(name, "t"));
    const late = recorder.subscriber("late");
    recorder.onDeliver = ({ to }) => {
      handles.get(to === "a" ? "b" : "a")?.unsubscribe("t");
      late.subscribe("t");
    };
    recorder.broker.publish("t", "1");
    expect(recorder.flush()).toEqual(["a: 1", "b: 1"]);
    recorder.broker.publish("t", "2");
    expect(recorder.flush()).toEqual(["late: 2"]);
  });

  test("a closed subscriber gets nothing any more", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t", "u");
    const b = recorder.subscriber("b", "t", "u");
    recorder.onDeliver = () => b.close();
    recorder.broker.publish("t", "1");
    recorder.broker.publish("u", "2");
    expect(recorder.flush()).toEqual(["a: 1 2"]);
  });

  test("a flushed subscriber gets all at once, and nothing again when its turn comes", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    const b = recorder.subscriber("b", "t", "u");
    recorder.onDeliver = ({ to }) => {
      if (to !== "a") return;
      recorder.broker.publish("u", "2");
      b.flush();
    };
    recorder.broker.publish("t", "1");
    expect(recorder.flush()).toEqual(["a: 1", "b: 1 2"]);
    expect(recorder.flush()).toEqual([]);
  });
});

describe("a flush that is resumed", () => {
  test("from within a delivery that does not return delivers to the others, and what was published meanwhile", () => {
    const recorder = new Recorder();
    for (const name of ["a", "b", "c"]) recorder.subscriber(name, "t");
    let resumed: string[] = [];
    recorder.onDeliver = ({ to, messages }) => {
      if (to !== "b" || messages[0] !== "1") return;
      recorder.broker.publish("t", "2");
      recorder.broker.flush();
      recorder.broker.resumeFlush();
      resumed = recorder.take();
    };
    recorder.broker.publish("t", "1");
    recorder.flush();
    expect(resumed).toEqual(["a: 1", "b: 1", "c: 1", "a: 2", "b: 2", "c: 2"]);
  });

  test("is any flush where none runs: errors are thrown, too", () => {
    const recorder = new Recorder();
    recorder.subscriber("a", "t");
    recorder.onDeliver = () => {
      throw new Error("from a");
    };
    recorder.broker.publish("t", "1");
    expect(() => recorder.broker.resumeFlush()).toThrow(new Error("from a"));
    expect(recorder.take()).toEqual(["a: 1"]);
  });
});

describe("errors from deliver", () => {
  function throwing(...names: readonly string[]): Recorder {
    const recorder = new Recorder();
    for (const name of ["a", "b", "c"]) recorder.subscriber(name, "t");
    recorder.onDeliver = ({ to }) => {
      if (names.includes(to)) throw new Error(`from ${to}`);
    };
    recorder.broker.publish("t", "1");
    return recorder;
  }

  test("a single error is thrown as it is, after all subscribers were served", () => {
    const recorder = throwing("a");
    expect(() => recorder.broker.flush()).toThrow(new Error("from a"));
    expect(recorder.take()).toEqual(["a: 1", "b: 1", "c: 1"]);
  });

  test("several errors are thrown together", () => {
    const recorder = throwing("a", "c");
    let thrown: unknown;
    try {
      recorder.broker.flush();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AggregateError);
    expect((thrown as AggregateError).errors).toEqual([new Error("from a"), new Error("from c")]);
    expect(recorder.take()).toEqual(["a: 1", "b: 1", "c: 1"]);
  });

  test("leave the broker as usable as before", () => {
    const recorder = throwing("b");
    expect(() => recorder.broker.flush()).toThrow();
    recorder.take();
    recorder.onDeliver = () => {};
    expect(recorder.flush()).toEqual([]);
    recorder.broker.publish("t", "2");
    expect(recorder.scheduleCount).toBe(2);
    expect(recorder.flush()).toEqual(["a: 2", "b: 2", "c: 2"]);
  });
});

describe("topicAdded and topicRemoved", () => {
  test("are called for the first member of a topic and behind the last one, when the broker knows it", () => {
    const calls: string[] = [];
    const note = (call: string) => (topic: string) => {
      calls.push(`${call} ${topic} ${recorder.broker.subscriberCount(topic)}`);
    };
    const recorder = new Recorder({ topicAdded: note("added"), topicRemoved: note("removed") });
    const a = recorder.subscriber("a", "t", "u");
    const b = recorder.subscriber("b", "t");
    a.subscribe("t");
    a.unsubscribe("t");
    a.unsubscribe("t");
    expect(calls).toEqual(["added t 1", "added u 1"]);
    b.unsubscribe("t");
    b.subscribe("t");
    a.close();
    b.close();
    expect(calls.slice(2)).toEqual(["removed t 0", "added t 1", "removed u 0", "removed t 0"]);
  });

  test("come when a closed subscriber of very many topics leaves them", () => {
    let topics = 0;
    const recorder = new Recorder({
      scheduleLeaving() {},
      topicAdded: () => topics++,
      topicRemoved: () => topics--,
    });
    const names = Array.from({ length: 10_000 }, (_, i) => `${i}`);
    recorder.subscriber("a", ...names).close();
    expect(topics).toBe(10_000);
    while (recorder.broker.leaveSome()) {}
    expect(topics).toBe(0);
  });
});

describe("many topics and many subscribers", () => {
  test("of 10,000 each all deliveries are right, and nothing is left when all have gone", () => {
    const recorder = new Recorder();
    const count = 10_000;
    const subscribers = Array.from({ length: count }, (_, i) => recorder.subscriber(`${i}`, `t${i}`, "all"));
    expect(recorder.broker.topicCount).toBe(count + 1);
    expect(recorder.broker.subscriberCount("all")).toBe(count);
    for (let i = 0; i < count; i++) expect(recorder.broker.publish(`t${i}`, `m${i}`)).toBe(1);
    recorder.broker.publish("all", "x");
    const delivered = recorder.flush();
    expect(new Set(delivered)).toEqual(new Set(subscribers.map((_, i) => `${i}: m${i} x`)));
    expect(delivered).toHaveLength(count);
    for (const subscriber of subscribers) subscriber.close();
    expect(recorder.broker.topicCount).toBe(0);
  });
});
