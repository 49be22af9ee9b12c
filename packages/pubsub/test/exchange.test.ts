import { describe, expect, test } from "vitest";
import { Exchange } from "../src/exchange.ts";
import { Subscriber } from "../src/subscriber.ts";

function setUp(): { exchange: Exchange<string, number>; scheduled: () => number } {
  let scheduled = 0;
  const exchange = new Exchange<string, number>({
    deliver: () => expect.fail("only a flush delivers"),
    schedule: () => {
      scheduled++;
    },
  });
  return { exchange, scheduled: () => scheduled };
}

describe("Exchange", () => {
  test("a topic is there from its first subscriber to its last", () => {
    const { exchange } = setUp();
    const a = new Subscriber(exchange, "a");
    const b = new Subscriber(exchange, "b");
    a.subscribe("t");
    b.subscribe("t");
    const topic = exchange.topics.get("t");
    a.unsubscribe("t");
    expect(exchange.topics.get("t")).toBe(topic);
    b.close();
    expect(exchange.topics.size).toBe(0);
  });

  test("a million messages that nobody gets leave nothing behind", () => {
    const { exchange, scheduled } = setUp();
    const alone = new Subscriber(exchange, "alone");
    alone.subscribe("mine");
    let recipients = 0;
    for (let i = 0; i < 500_000; i++) {
      recipients += exchange.publish("nobody's", i, undefined);
      recipients += exchange.publish("mine", i, alone);
    }
    expect(recipients).toBe(0);
    expect(scheduled()).toBe(0);
    expect(exchange.pendingTopics).toEqual([]);
    expect([...exchange.topics.keys()]).toEqual(["mine"]);
    expect(exchange.topics.get("mine")?.batch).toBeNull();
    expect(exchange.topics.get("mine")?.members[0]?.skips).toBeNull();
  });

  test("a message is kept once, however many get it", () => {
    const { exchange } = setUp();
    for (let i = 0; i < 1000; i++) new Subscriber(exchange, `s${i}`).subscribe("t");
    expect(exchange.publish("t", 7, undefined)).toBe(1000);
    const topic = exchange.topics.get("t");
    expect(topic?.batch?.messages).toEqual([7]);
    expect(topic?.members.every(({ start, skips }) => start === 0 && skips === null)).toBe(true);
    expect(exchange.pendingTopics).toEqual([topic]);
  });

  test("schedules once, at the first message with a recipient, whatever topics follow", () => {
    const { exchange, scheduled } = setUp();
    const a = new Subscriber(exchange, "a");
    a.subscribe("t");
    a.subscribe("u");
    expect(scheduled()).toBe(0);
    exchange.publish("t", 1, undefined);
    expect(scheduled()).toBe(1);
    exchange.publish("t", 2, undefined);
    exchange.publish("u", 3, undefined);
    expect(scheduled()).toBe(1);
  });

  test("an exception from another exchange has no effect on a topic of the same name", () => {
    const { exchange } = setUp();
    const foreign = new Subscriber(setUp().exchange, "foreign");
    foreign.subscribe("t");
    const own = new Subscriber(exchange, "own");
    own.subscribe("t");
    expect(exchange.publish("t", 1, foreign)).toBe(1);
    expect(foreign.hasPending).toBe(false);
    expect(own.hasPending).toBe(true);
  });
});
