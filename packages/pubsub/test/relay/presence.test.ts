import { describe, expect, it } from "vitest";
import { entries, OTHER, PresenceRig, stateOf, wordsOf } from "../support/presence-rig.ts";
import { controlOf, Rig } from "../support/scripted-engine.ts";

const OWN_CHANNEL = `i:${Buffer.from("me------").toString("hex")}`;
const ASK = { type: "ask", to: `i:${OTHER}`, channel: "pt:a" };

/** A relay that watches "a", and knows Ann and Bob of the instance x. */
function withOther(): PresenceRig {
  const rig = new PresenceRig().up().beat();
  rig.watch("a");
  const [{ number = 0 } = {}] = rig.takeRecords();
  rig.receive("x", OWN_CHANNEL, stateOf({ number, version: 5, joined: entries("Ann", "Bob") }));
  rig.takeRecords();
  return rig;
}

describe("members of this instance", () => {
  it("are told as one change of a turn, to all that watch the topic", () => {
    const rig = new PresenceRig().up().watch("a", "b");
    rig.presence.enter("a", 1, '"Ann"');
    rig.presence.enter("a", 2, '"Bob"');
    rig.presence.enter("b", 1, "{}");
    rig.presence.leave("a", 1);
    expect(rig.takeRecords()).toEqual([]);
    rig.flush();
    expect(rig.takeRecords()).toMatchObject([
      { type: "state", to: "pt:a", base: 0, version: 1, left: [], joined: [[2, '"Bob"']] },
      { type: "state", to: "pt:b", base: 0, version: 2, joined: [[1, "{}"]] },
    ]);
    expect(rig.takeTold()).toEqual(['+a me 2 "Bob"', "+b me 1 {}"]);
  });

  it("leave and come again when their JSON changes; what is as it was is not told", () => {
    const rig = new PresenceRig().up().watch("a");
    rig.presence.enter("a", 1, '"Ann"');
    rig.flush().takeTold();
    rig.presence.leave("a", 1);
    rig.presence.enter("a", 1, '"Ann"');
    rig.flush();
    expect(rig.takeTold()).toEqual([]);
    rig.presence.enter("a", 1, '"Eve"');
    rig.takeRecords();
    rig.flush();
    expect(rig.takeTold()).toEqual(['-a me 1 "Ann"', '+a me 1 "Eve"']);
    expect(rig.takeRecords()).toMatchObject([{ base: 1, version: 2, left: [1], joined: [[1, '"Eve"']] }]);
  });

  it("leave with the last subscriber, and the topic is watched for five seconds more", () => {
    const rig = new PresenceRig().up().watch("a");
    rig.presence.enter("a", 1, "1");
    rig.flush();
    rig.presence.unwatch("a");
    rig.flush();
    expect(rig.takeTold()).toEqual(["+a me 1 1", "-a me 1 1"]);
    expect(rig.rig.pass(4500)).not.toContain("unsubscribe pt:a");
    expect(rig.rig.pass(500)).toContain("unsubscribe pt:a");
    expect(rig.presence.metrics).toEqual({ topics: 0, members: 0, expired: 0 });
  });

  it("are limited: 2,048 bytes of JSON, 16,384 members of a topic", () => {
    const rig = new PresenceRig().watch("a");
    expect(() => rig.presence.enter("a", 1, JSON.stringify("ä".repeat(1024)))).toThrow(
      new RangeError("presence must be at most 2048 bytes of JSON, not 2050"),
    );
    for (let i = 1; i <= 16_384; i++) rig.presence.enter("a", i, "1");
    expect(() => rig.presence.enter("a", 16_385, "1")).toThrow(
      new RangeError("presence: a topic has at most 16384 members at one instance"),
    );
    rig.presence.leave("a", 7);
    rig.presence.enter("a", 16_385, "1");
    expect(() => rig.presence.enter("c", 1, "1")).toThrow('the topic "c" is not watched');
  });

  it("are told here also while the engine is down", () => {
    const rig = new PresenceRig().watch("a");
    rig.presence.enter("a", 1, "1");
    const { answer } = rig.members("a");
    expect(answer).toBeNull();
    const call = rig.members("a");
    rig.flush();
    expect(rig.takeTold()).toEqual(["+a me 1 1"]);
    expect(call.answer?.members.map(wordsOf)).toEqual(["me 1 1"]);
    expect(rig.takeRecords()).toEqual([]);
  });
});

describe("an instance that is asked", () => {
  it("answers with all members, or with nothing if they are known", () => {
    const rig = new PresenceRig().up().watch("a");
    rig.presence.enter("a", 1, "1");
    rig.flush().takeRecords();
    rig.receive("x", "i", { type: "ask", number: 7, version: 0, channel: "pt:a" });
    expect(rig.takeRecords()).toMatchObject([
      { to: `i:${OTHER}`, number: 7, base: 0, version: 1, joined: [[1, "1"]] },
    ]);
    rig.receive("x", "i", { type: "ask", number: 8, version: 1, channel: "pt:a" });
    expect(rig.takeRecords()).toMatchObject([{ number: 8, base: 1, version: 1, joined: [] }]);
    // A topic without members is as it is in the version of the last change of all.
    rig.receive("x", "i", { type: "ask", number: 9, version: 0, channel: "pt:b" });
    expect(rig.takeRecords()).toMatchObject([{ number: 9, base: 0, version: 1, joined: [] }]);
  });

  it("divides what is too long for a frame, and it takes effect as one", () => {
    const rig = new PresenceRig().up().watch("a");
    const info = JSON.stringify("x".repeat(2000));
    for (let i = 1; i <= 50; i++) rig.presence.enter("a", i, info);
    rig.flush();
    const parts = rig.takeRecords();
    expect(parts.length).toBeGreaterThan(3);
    const other = withOther();
    // Their number is that of a change: the other instance knows version 5 of x.
    for (const [i, part] of parts.entries()) {
      expect(other.takeTold()).toEqual([]);
      other.receive("x", "pt:a", { ...(part as ReturnType<typeof stateOf>), version: 6 });
      if (i < parts.length - 1) expect(other.takeTold()).toEqual([]);
    }
    expect(other.takeTold()).toHaveLength(52);
    // One part is missing: it is asked again.
    other.receive("x", "pt:a", stateOf({ version: 7, part: 1, isLast: false }));
    expect(other.takeRecords()).toMatchObject([{ ...ASK, version: 6 }]);
  });

  it("answers without presence that it has no members", () => {
    const rig = new PresenceRig();
    const plain = new Rig().up();
    plain.engine.events.message("i", controlOf("x", { type: "ask", number: 7, version: 0, channel: "pt:a" }));
    plain.relay.flush();
    expect(plain.engine.take()).toContain(`publish i:${OTHER} state`);
    expect(rig.presence.metrics.topics).toBe(0);
  });
});

describe("members of other instances", () => {
  it("are asked for when a topic is watched, by one question for all, and are no news", () => {
    const rig = withOther();
    expect(rig.takeTold()).toEqual([]);
    const call = rig.members("a");
    rig.flush();
    expect(call.answer?.members.map(wordsOf)).toEqual(['x 1 "Ann"', 'x 2 "Bob"']);
    expect(call.answer?.silent).toBe(0);
  });

  it("come and go by changes; an old one does nothing, and where one is missing all are asked for", () => {
    const rig = withOther();
    rig.change({ base: 5, version: 6, left: [1], joined: [[3, '"Eve"']] });
    rig.change({ base: 5, version: 6, left: [1], joined: [[3, '"Eve"']] });
    expect(rig.takeTold()).toEqual(['-a x 1 "Ann"', '+a x 3 "Eve"']);
    expect(rig.takeRecords()).toEqual([]);
    rig.change({ base: 7, version: 8, left: [2] });
    const [ask] = rig.takeRecords();
    expect(ask).toMatchObject({ ...ASK, version: 6 });
    // What comes before the answer may be in it or not: then it is asked once more.
    rig.change({ base: 8, version: 9, left: [3] });
    rig.change({ number: ask!.number, version: 8, joined: [[3, '"Eve"']] });
    expect(rig.takeTold()).toEqual(['-a x 2 "Bob"']);
    const [again] = rig.takeRecords();
    expect(again).toMatchObject({ ...ASK, version: 8 });
    // An answer to an earlier question does nothing.
    rig.change({ number: ask!.number, version: 9, joined: entries("no") });
    rig.change({ number: again!.number, version: 9 });
    expect(rig.takeTold()).toEqual(['-a x 3 "Eve"']);
  });

  it("are asked for again after two seconds without an answer", () => {
    const rig = new PresenceRig().up().beat().watch("a");
    expect(rig.takeRecords()).toMatchObject([{ type: "ask", to: "i" }]);
    const call = rig.members("a");
    rig.flush();
    rig.rig.pass(1000);
    expect(call.answer).toEqual({ members: [], silent: 1 });
    rig.rig.pass(1500);
    expect(rig.takeRecords()).toMatchObject([ASK]);
    // They were not known when the call was answered, so now they are news.
    rig.takeTold();
    rig.receive("x", "pt:a", stateOf({ number: 2, version: 1, joined: entries("Ann") }));
    expect(rig.takeTold()).toEqual(['+a x 1 "Ann"']);
  });

  it("are asked for again ever more rarely, and not by a process that has slept, nor while answers come", () => {
    const rig = new PresenceRig().up().beat().watch("a", "b");
    const asks = (ms: number): number => {
      rig.rig.passHearing(ms);
      return rig.takeRecords().length;
    };
    const [first] = rig.takeRecords();
    expect(asks(1000)).toBe(0);
    rig.rig.now += 1400;
    rig.rig.relay.tick();
    rig.change({ number: first!.number, version: 0 });
    expect([asks(1500), asks(500)]).toEqual([0, 1]);
    expect([asks(3500), asks(500)]).toEqual([0, 1]);
  });

  it("leave with the goodbye of their instance", () => {
    const rig = withOther().receive("x", "i", { type: "farewell", number: 0 });
    expect(rig.takeTold()).toEqual(['-a x 1 "Ann"', '-a x 2 "Bob"']);
    rig.change({ version: 9, joined: entries("Ann") });
    expect(rig.takeTold()).toEqual([]);
  });

  it("leave within 15 seconds of the last heartbeat; what comes late does not bring them back", () => {
    const rig = withOther();
    rig.rig.passHearing(14_000);
    expect(rig.takeTold()).toEqual([]);
    rig.rig.pass(500);
    expect(rig.takeTold()).toEqual(['-a x 1 "Ann"', '-a x 2 "Bob"']);
    expect(rig.presence.metrics).toMatchObject({ expired: 2 });
    rig.change({ version: 9, joined: entries("Ann") });
    expect(rig.takeTold()).toEqual([]);
    // It lives after all.
    rig.takeRecords();
    rig.beat();
    expect(rig.takeRecords()).toMatchObject([{ ...ASK, version: 0 }]);
  });

  it("do not leave while the engine is down, nor for 15 seconds after", () => {
    const rig = withOther();
    rig.rig.engine.events.down(new Error("broken"));
    rig.rig.pass(60_000);
    rig.rig.up();
    rig.rig.engine.events.subscribed(["pt:a"]);
    rig.rig.passHearing(14_500);
    expect(rig.takeTold()).toEqual([]);
    rig.rig.passHearing(500);
    expect(rig.takeTold()).toHaveLength(2);
  });

  it("are asked for when their instance is back, or this one", () => {
    const rig = withOther().receive("x", "i", { type: "hello", number: 1 });
    expect(rig.takeRecords()).toMatchObject([{ ...ASK, version: 5 }]);
    rig.rig.engine.events.down(new Error("broken"));
    rig.rig.engine.events.up();
    rig.rig.engine.events.subscribed(["pt:a"]);
    rig.rig.engine.events.subscribed(["i"]);
    rig.flush().takeRecords();
    rig.beat();
    expect(rig.takeRecords()).toMatchObject([{ ...ASK, version: 5 }]);
  });

  it("are refused if they are no JSON, too long, or too many", () => {
    const rig = withOther();
    const { refusedFrames } = rig.rig.relay.metrics;
    rig.change({ base: 5, version: 6, joined: [[7, "{"]] });
    rig.change({ base: 5, version: 6, joined: [[7, JSON.stringify("x".repeat(2047))]] });
    expect(rig.rig.relay.metrics.refusedFrames - refusedFrames).toBe(2);
    const many = Array.from({ length: 3000 }, (_, i) => [i + 10, "1"] as const);
    for (let part = 0; part < 6; part++) {
      rig.change({ base: 5, version: 6, part, isLast: part === 5, joined: many });
    }
    expect(rig.takeTold()).toEqual([]);
  });
});

it("the members of a topic without subscribers here are asked for once, and forgotten after five seconds", () => {
  const rig = new PresenceRig().up().beat();
  const call = rig.members("a");
  rig.flush();
  const [ask] = rig.takeRecords();
  rig.change({ number: ask!.number, version: 1, joined: entries("Ann") });
  expect(call.answer?.members.map(wordsOf)).toEqual(['x 1 "Ann"']);
  expect(rig.rig.pass(4500)).not.toContain("unsubscribe pt:a");
  expect(rig.rig.pass(500)).toContain("unsubscribe pt:a");
  expect(rig.presence.metrics.topics).toBe(0);
});

it("a topic whose presence the engine refuses is told, and has the members of this instance", () => {
  const rig = new PresenceRig().up().beat();
  rig.presence.watch("a");
  rig.presence.enter("a", 1, "1");
  rig.rig.relay.flush();
  const error = new Error("no permission");
  rig.rig.takeEvents();
  rig.rig.engine.events.denied(["pt:a"], error);
  expect(rig.rig.takeEvents()).toEqual([{ type: "refused", topic: "a", error }]);
  const call = rig.members("a");
  rig.rig.pass(1000);
  expect(call.answer?.members.map(wordsOf)).toEqual(["me 1 1"]);
});

it("the end of a relay answers what waits, and tells nothing any more", () => {
  const rig = new PresenceRig().up().beat().watch("a");
  const call = rig.members("a");
  void rig.rig.relay.close();
  expect(call.answer).toEqual({ members: [], silent: 1 });
  expect(rig.members("a").answer).toMatchObject({ members: [] });
  rig.presence.enter("a", 1, "1");
  expect(rig.takeTold()).toEqual([]);
});
