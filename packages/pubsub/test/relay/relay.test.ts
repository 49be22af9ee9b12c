import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHead } from "../../src/relay/frame.ts";
import { Relay, type RelayOptions } from "../../src/relay/index.ts";
import { runs } from "../runs.ts";
import { controlOf, frameOf, Rig } from "../support/scripted-engine.ts";

const OTHER = Buffer.from("other---").toString("hex");
const OWN_CHANNEL = `i:${Buffer.from("me------").toString("hex")}`;

describe("what is published in a turn", () => {
  it("leaves as one frame for each topic, at its end", () => {
    const rig = new Rig().up();
    rig.publish("a", "1");
    rig.publish("b", "2");
    rig.publish("a", "3");
    expect(rig.engine.take()).toEqual([]);
    expect(rig.scheduled).toBe(1);
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["publish t:a 0: 1,3", "publish t:b 0: 2"]);
    expect(rig.turn("a", "4")).toEqual(["publish t:a 2: 4"]);
    expect(rig.relay.metrics).toMatchObject({ messagesOut: 4, framesOut: 4 });
  });

  it("has a frame of its own where compression changes, in order", () => {
    const rig = new Rig().up();
    for (const [text, compress] of [
      ["1", false],
      ["2", true],
      ["3", true],
      ["4", false],
    ] as const) {
      rig.publish("a", text, compress);
    }
    rig.relay.flush();
    expect(rig.engine.take()).toEqual([
      "publish t:a 0: 1",
      "publish t:a 1 compressed: 2,3",
      "publish t:a 3: 4",
    ]);
  });

  it("is divided by what the engine takes; a message that is too long is dropped, and the hole is told", () => {
    const rig = new Rig().up();
    rig.engine.features = { maxFrameBytes: 31 + 30 };
    for (const length of [20, 5, 20, 100]) rig.publish("a", "x".repeat(length));
    rig.relay.flush();
    const [x5, x20] = ["x".repeat(5), "x".repeat(20)];
    expect(rig.engine.take()).toEqual([
      `publish t:a 0: ${x20},${x5}`,
      `publish t:a 2: ${x20}`,
      "publish t:a 4: ",
    ]);
    expect(rig.takeEvents().slice(1)).toEqual([{ type: "dropped", reason: "size", messages: 1, bytes: 102 }]);
  });

  it("is not kept without end: beyond 1 MiB it leaves before the end of the turn", () => {
    const rig = new Rig().up();
    rig.engine.features = { maxFrameBytes: 10_000_000 };
    for (let i = 0; i < 3; i++) rig.publish("a", "x".repeat(600_000));
    expect(rig.engine.frames.filter(({ channel }) => channel === "t:a")).toHaveLength(1);
    rig.relay.flush();
    expect(rig.engine.frames.filter(({ channel }) => channel === "t:a")).toHaveLength(2);
    expect(rig.relay.metrics.dropped).toBe(0);
  });

  it("takes text and bytes apart from their head, and holds them until the flush", () => {
    const rig = new Rig().up();
    rig.relay.publish("a", "\x81\x03", Buffer.from("abc"), false);
    rig.relay.publish("a", "\x81\x02\xc3\xa4", null, false);
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["publish t:a 0: abc,ä"]);
  });
});

describe("an engine that is not there", () => {
  it("gets what waits when it comes, in order", () => {
    const rig = new Rig();
    expect(rig.turn("a", "1")).toEqual([]);
    rig.turn("b", "2");
    rig.turn("a", "3");
    expect(rig.relay.metrics).toMatchObject({ state: "down", queueBytes: 3 * (256 + 31 + 3) });
    rig.engine.events.up();
    expect(rig.engine.take()).toEqual([`subscribe ${OWN_CHANNEL} i`]);
    rig.engine.events.subscribed([OWN_CHANNEL, "i"]);
    expect(rig.engine.take()).toEqual([
      "publish i hello",
      "publish t:a 0: 1",
      "publish t:b 0: 2",
      "publish t:a 1: 3",
    ]);
    expect(rig.takeEvents()).toEqual([{ type: "up" }]);
  });

  it("is told once, whatever it tries", () => {
    const rig = new Rig();
    const error = new Error("ECONNREFUSED");
    for (let i = 0; i < 3; i++) rig.engine.events.down(error);
    expect(rig.takeEvents()).toEqual([{ type: "down", error }]);
    rig.up();
    expect(rig.takeEvents()).toEqual([{ type: "up" }]);
    rig.engine.events.down(error);
    rig.engine.events.up();
    rig.engine.events.down(error);
    expect(rig.takeEvents()).toEqual([{ type: "down", error }]);
    rig.relay.subscribe("a");
    rig.up();
    expect(rig.takeEvents()).toEqual([{ type: "gap", topic: null, count: null }, { type: "up" }]);
    expect(rig.relay.metrics.reconnects).toBe(1);
  });

  it("at the start is an absence for those who subscribed meanwhile", () => {
    const rig = new Rig();
    rig.relay.subscribe("a");
    rig.engine.events.down(new Error("ECONNREFUSED"));
    rig.takeEvents();
    rig.up();
    expect(rig.takeEvents()).toEqual([{ type: "gap", topic: null, count: null }, { type: "up" }]);
    expect(rig.relay.metrics.reconnects).toBe(0);
    const prompt = new Rig();
    prompt.relay.subscribe("a");
    prompt.up();
    expect(prompt.takeEvents()).toEqual([{ type: "up" }]);
  });

  it("makes the oldest be dropped beyond the bytes of the queue", () => {
    const rig = new Rig({ queue: { bytes: 3 * (256 + 31 + 3) } });
    for (const text of ["1", "2", "3", "4"]) rig.turn("a", text);
    expect(rig.takeEvents()).toEqual([{ type: "dropped", reason: "full", messages: 1, bytes: 34 }]);
    rig.turn("b", "5");
    expect(rig.takeEvents()).toEqual([{ type: "dropped", reason: "full", messages: 1, bytes: 34 }]);
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    expect(rig.engine.take().slice(2)).toEqual(["publish t:a 2: 3", "publish t:a 3: 4", "publish t:b 0: 5"]);
  });

  it("makes them be dropped after the seconds of the queue, and the hole is told when it comes", () => {
    const rig = new Rig({ queue: { seconds: 10 } });
    rig.turn("a", "1");
    rig.turn("b", "1");
    rig.pass(9500);
    expect(rig.takeEvents()).toEqual([]);
    rig.turn("b", "2");
    rig.pass(500);
    expect(rig.takeEvents()).toEqual([{ type: "dropped", reason: "old", messages: 2, bytes: 68 }]);
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    expect(rig.engine.take().slice(2)).toEqual(["publish t:b 1: 2", "publish t:a 1: "]);
  });
});

describe("a connection that breaks", () => {
  const error = new Error("broken");

  it("makes what was not answered go out once more, first and with the same numbers", () => {
    const rig = new Rig().up();
    for (const text of ["1", "2", "3"]) rig.turn("a", text);
    // The hello and the first message.
    rig.published(2);
    rig.engine.events.down(error);
    rig.turn("a", "4");
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    expect(rig.engine.take().slice(1)).toEqual([
      "publish i hello",
      "publish t:a 1: 2",
      "publish t:a 2: 3",
      "publish t:a 3: 4",
    ]);
    rig.published(4);
    rig.engine.events.down(error);
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    expect(rig.engine.take().slice(1)).toEqual(["publish i hello"]);
  });

  it("leaves no more waiting than the queue takes", () => {
    const rig = new Rig({ queue: { bytes: 1000 } }).up();
    for (let i = 0; i < 20; i++) rig.turn("a", `${i}`);
    expect(rig.relay.metrics).toMatchObject({ dropped: 0, queueBytes: 0 });
    rig.engine.events.down(error);
    expect(rig.relay.metrics).toMatchObject({ dropped: 17 });
    expect(rig.relay.metrics.queueBytes).toBeLessThanOrEqual(1000);
  });

  it("is noticed by silence, though nothing tells it", () => {
    const rig = new Rig().up();
    const heartbeat = () => rig.engine.events.message("i", rig.engine.frames.at(-1)!.frame);
    expect(rig.pass(4500)).toEqual([]);
    expect(rig.pass(500)).toEqual(["publish i heartbeat"]);
    rig.now += 7;
    heartbeat();
    expect(rig.relay.metrics.lag).toBe(7);
    expect(rig.pass(9500)).toEqual(["publish i heartbeat"]);
    expect(rig.pass(1000)).toEqual([
      "reconnect nothing came from the engine for 10 seconds",
      "publish i heartbeat",
    ]);
    expect(rig.pass(9000).filter((call) => call.startsWith("reconnect"))).toEqual([]);
  });

  it("is not suspected by a process that has slept itself", () => {
    const rig = new Rig().up();
    rig.engine.events.message("i", controlOf("other", { type: "heartbeat", number: 1 }));
    rig.now += 60_000;
    rig.relay.tick();
    expect(rig.engine.take()).toEqual(["publish i heartbeat"]);
    expect(rig.relay.metrics.instances).toBe(2);
    expect(rig.pass(9500)).toEqual(["publish i heartbeat"]);
    expect(rig.pass(500)[0]).toMatch(/^reconnect/);
    // What it does not hear is no silence of others.
    rig.pass(60_000);
    expect(rig.relay.metrics.instances).toBe(2);
  });

  it("is noticed by silence before it was ever ready, too", () => {
    const rig = new Rig();
    rig.engine.events.up();
    expect(rig.pass(10_000).at(-1)).toBe("reconnect nothing came from the engine for 10 seconds");
  });
});

describe("an engine that refuses", () => {
  it("makes the message be dropped with its words, and the hole is told", () => {
    const rig = new Rig().up();
    rig.published();
    rig.turn("a", "1");
    const error = new Error("NOPERM");
    rig.takeEvents();
    rig.engine.events.refused(1, error);
    expect(rig.takeEvents()).toEqual([{ type: "dropped", reason: "refused", messages: 1, bytes: 34, error }]);
    expect(rig.engine.take()).toEqual(["publish t:a 1: "]);
    // The refusal of that is no message, and is not told without end.
    rig.engine.events.refused(1, error);
    expect(rig.takeEvents()).toEqual([]);
    expect(rig.engine.take()).toEqual([]);
    expect(rig.turn("a", "2")).toEqual(["publish t:a 1: 2"]);
  });

  it("to take a frame as long as that, which was made before it told so, makes that be dropped, and the others leave", () => {
    const rig = new Rig();
    rig.turn("a", "x".repeat(5000));
    rig.turn("a", "2");
    rig.engine.features.maxFrameBytes = 1000;
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    expect(rig.engine.take().filter((call) => call.startsWith("publish t"))).toEqual(["publish t:a 1: 2"]);
    expect(rig.takeEvents()).toContainEqual({ type: "dropped", reason: "size", messages: 1, bytes: 5035 });
  });

  it("is not believed when it answers more than it was asked", () => {
    const rig = new Rig().up();
    rig.published(7);
    rig.turn("a", "1");
    rig.engine.events.down(new Error("broken"));
    expect(rig.relay.metrics.queueBytes).toBeGreaterThan(0);
  });

  it("gets no more than 16 MiB without an answer, and the queue takes the rest", () => {
    const rig = new Rig({ queue: { bytes: 100_000_000 } }).up();
    rig.engine.features = { maxFrameBytes: 2 ** 24 };
    for (let i = 0; i < 20; i++) rig.turn("a", "x".repeat(1_000_000));
    const sent = (): number[] =>
      rig.engine.frames
        .filter(({ channel }) => channel === "t:a")
        .map(({ frame }) => decodeHead(frame)!.sequence);
    expect(sent()).toHaveLength(16);
    rig.published(3);
    expect(sent()).toHaveLength(18);
    expect(rig.relay.metrics.dropped).toBe(0);
    // After a break those without an answer go before those that wait.
    rig.engine.events.down(new Error("broken"));
    rig.engine.frames.length = 0;
    rig.up();
    rig.published(9);
    expect(sent()).toEqual(Array.from({ length: 18 }, (_, i) => i + 2));
  });
});

describe("an engine that refuses a topic", () => {
  const error = new Error("NOPERM");

  it("is told once, all others go on, and a later connection is asked again", () => {
    const rig = new Rig();
    for (const topic of ["a", "b"]) {
      rig.members.set(topic, 1);
      rig.relay.subscribe(topic);
    }
    rig.engine.events.up();
    rig.engine.events.denied(["t:a"], error);
    rig.engine.events.subscribed(["t:b", "i"]);
    expect(rig.takeEvents()).toEqual([{ type: "refused", topic: "a", error }, { type: "up" }]);
    rig.engine.take();
    rig.engine.events.message("t:b", frameOf("other", 0, ["1"]));
    expect([rig.delivered, rig.relay.state]).toEqual([["b: 1"], "up"]);
    // Neither another member nor the end of the last one asks the engine for anything.
    rig.relay.unsubscribe("a");
    rig.relay.subscribe("a");
    rig.relay.flush();
    expect(rig.pass(1000)).toEqual([]);
    rig.engine.events.down(new Error("broken"));
    rig.engine.events.up();
    expect(rig.engine.take()[0]).toBe("subscribe t:a t:b");
    rig.engine.events.denied(["t:a"], error);
    expect(rig.takeEvents().map(({ type }) => type)).toEqual(["down"]);
    rig.relay.unsubscribe("a");
    expect(rig.pass(5500).filter((call) => call.startsWith("unsubscribe"))).toEqual([]);
    expect(rig.relay.metrics.topics).toBe(1);
  });

  it("without members forgets it: the next member asks anew", () => {
    const rig = new Rig().up();
    rig.relay.subscribe("a");
    rig.relay.flush();
    rig.relay.unsubscribe("a");
    rig.takeEvents();
    rig.engine.take();
    rig.engine.events.denied(["t:a", "t:never"], error);
    expect(rig.takeEvents()).toEqual([]);
    rig.relay.subscribe("a");
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["subscribe t:a"]);
  });

  it("is of no use without the control channels", () => {
    const rig = new Rig();
    for (const channel of ["i", OWN_CHANNEL]) {
      rig.engine.events.up();
      rig.engine.take();
      rig.engine.events.denied(["t:a", channel], error);
      expect(rig.engine.take()).toEqual(["reconnect NOPERM"]);
      rig.engine.events.down(error);
      rig.engine.events.denied([channel], error);
      expect(rig.engine.take()).toEqual([]);
    }
  });
});

describe("a topic", () => {
  it("is subscribed at the end of the turn, and given up 5 seconds after its last member", () => {
    const rig = new Rig().up();
    rig.relay.subscribe("a");
    rig.relay.subscribe("b");
    expect(rig.engine.take()).toEqual([]);
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["subscribe t:a t:b"]);
    rig.relay.unsubscribe("a");
    rig.pass(4500);
    rig.relay.subscribe("a");
    rig.relay.unsubscribe("b");
    rig.relay.flush();
    expect(rig.pass(4500).filter((call) => !call.includes("heartbeat"))).toEqual([]);
    expect(rig.pass(500)).toEqual(["unsubscribe t:b"]);
    expect(rig.relay.metrics.topics).toBe(1);
  });

  it("is not asked for if its members are gone before the end of the turn", () => {
    const rig = new Rig().up();
    rig.relay.subscribe("a");
    rig.relay.unsubscribe("a");
    rig.relay.flush();
    expect(rig.engine.take()).toEqual([]);
    expect(rig.relay.metrics.topics).toBe(0);
    rig.relay.subscribe("a");
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["subscribe t:a"]);
  });

  it("is subscribed again on a new connection, before the control channel", () => {
    const rig = new Rig().up();
    rig.relay.subscribe("a");
    rig.relay.subscribe("\ud800");
    rig.relay.subscribe("gone");
    rig.relay.flush();
    rig.relay.unsubscribe("gone");
    rig.engine.take();
    rig.engine.events.down(new Error("broken"));
    rig.relay.subscribe("new");
    rig.relay.flush();
    rig.engine.events.up();
    expect(rig.engine.take()).toEqual([`subscribe t:a j:"\\ud800" t:new`, `subscribe ${OWN_CHANNEL} i`]);
  });
});

describe("a frame of another instance", () => {
  const rigWith = (topic: string): Rig => {
    const rig = new Rig();
    rig.relay.subscribe(topic);
    rig.up();
    rig.takeEvents();
    return rig;
  };

  it("is delivered to the members of its topic", () => {
    const rig = rigWith("a");
    rig.engine.events.message("t:a", frameOf("other", 0, ["1", "2"], { compress: true }));
    rig.engine.events.message("t:b", frameOf("other", 0, ["1"]));
    expect(rig.delivered).toEqual(["a: 1,2 compressed"]);
    expect(rig.relay.metrics).toMatchObject({ framesIn: 1, messagesIn: 2 });
  });

  it("is not delivered twice, nor behind a later one", () => {
    const rig = rigWith("a");
    for (const sequence of [3, 3, 2, 4]) {
      rig.engine.events.message("t:a", frameOf("other", sequence, [`${sequence}`]));
    }
    expect(rig.delivered).toEqual(["a: 3", "a: 4"]);
    expect(rig.relay.metrics.duplicates).toBe(2);
    expect(rig.takeEvents()).toEqual([]);
  });

  it("behind a hole tells how many are missing, with its instance", () => {
    const rig = rigWith("a");
    const gap = (count: number) => ({ type: "gap", topic: "a", count, instance: OTHER });
    rig.engine.events.message("t:a", frameOf("other", 3, ["3"]));
    rig.engine.events.message("t:a", frameOf("third", 7, ["7"]));
    rig.engine.events.message("t:a", frameOf("other", 6, ["6"]));
    expect(rig.takeEvents()).toEqual([gap(2)]);
    // A frame without messages: more were dropped, and none came since.
    rig.engine.events.message("t:a", frameOf("other", 9, []));
    expect(rig.takeEvents()).toEqual([gap(2)]);
    // The publisher began anew at 100, above all its numbers.
    rig.engine.events.message("t:a", frameOf("other", 101, ["101"], { start: 100 }));
    expect(rig.takeEvents()).toEqual([gap(1)]);
    expect(rig.delivered).toEqual(["a: 3", "a: 7", "a: 6", "a: 101"]);
    expect(rig.relay.metrics).toMatchObject({ holes: 3, missed: 5 });
  });

  it("is no hole for a topic that was not subscribed meanwhile, and no news if it is sent again", () => {
    const rig = rigWith("a");
    rig.engine.events.message("t:a", frameOf("other", 0, ["0"]));
    rig.relay.unsubscribe("a");
    rig.pass(6000);
    rig.relay.subscribe("a");
    rig.relay.flush();
    rig.takeEvents();
    rig.engine.events.message("t:a", frameOf("other", 0, ["0"]));
    rig.engine.events.message("t:a", frameOf("other", 5, ["5"]));
    expect(rig.takeEvents()).toEqual([]);
    rig.engine.events.message("t:a", frameOf("other", 7, ["7"]));
    expect(rig.takeEvents()).toEqual([{ type: "gap", topic: "a", count: 1, instance: OTHER }]);
    expect(rig.delivered).toEqual(["a: 0", "a: 5", "a: 7"]);
  });

  it("that is an own one is dropped", () => {
    const rig = rigWith("a");
    rig.turn("a", "1");
    rig.engine.events.message("t:a", rig.engine.frames.at(-1)!.frame);
    expect(rig.delivered).toEqual([]);
    expect(rig.relay.metrics.echoes).toBe(1);
  });

  it("is counted and dropped if it is malformed, of another version, too long, or in the wrong channel", () => {
    const rig = rigWith("a");
    const sound = frameOf("other", 0, ["1", "2"]);
    const version = Buffer.from(sound);
    version[1] = 9;
    const bad: [string, Buffer][] = [
      ["t:a", Buffer.alloc(0)],
      ["t:a", version],
      ["t:a", sound.subarray(0, sound.length - 3)],
      ["t:a", frameOf("other", 0, ["x".repeat(100_000)])],
      ["t:a", controlOf("other", { type: "heartbeat", number: 1 })],
      ["i", sound],
      ["i", Buffer.concat([controlOf("other", { type: "heartbeat", number: 1 }), Buffer.of(1)])],
      ["i", Buffer.concat([controlOf("other"), Buffer.of(9, 0, 0, 0, 0)])],
      ["i", Buffer.concat([controlOf("other"), Buffer.of(1, 0, 0, 0, 0)])],
    ];
    for (const [channel, frame] of bad) rig.engine.events.message(channel, frame);
    expect(rig.delivered).toEqual([]);
    expect(rig.relay.metrics).toMatchObject({ refusedFrames: bad.length, instances: 1, framesIn: 0 });
    rig.engine.events.message("t:a", sound);
    expect(rig.delivered).toEqual(["a: 1,2"]);
  });

  it("with any bytes changed, cut off or added is refused or taken, never an exception", () => {
    const sound = fc.constantFrom(
      frameOf("other", 5, ["1", "x".repeat(300)]),
      controlOf("other", { type: "question", number: 1, channel: "t:a" }, { type: "hello", number: 2 }),
      controlOf("other", { type: "answer", number: 1, connections: 3 }, { type: "farewell", number: 0 }),
    );
    const change = fc.record({ at: fc.nat(340), byte: fc.nat(255) });
    const changed = fc.record({
      frame: sound,
      changes: fc.array(change, { maxLength: 3 }),
      length: fc.integer({ min: -40, max: 10 }),
      channel: fc.constantFrom("t:a", "i", OWN_CHANNEL),
    });
    fc.assert(
      fc.property(fc.array(changed, { maxLength: 5 }), (frames) => {
        const rig = rigWith("a");
        for (const { frame, changes, length, channel } of frames) {
          const bytes = Buffer.alloc(Math.max(0, frame.length + length));
          frame.copy(bytes);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          rig.engine.events.message(channel, bytes);
        }
        rig.relay.flush();
        const { framesIn, duplicates, echoes, refusedFrames } = rig.relay.metrics;
        expect(framesIn + duplicates + echoes + refusedFrames).toBeLessThanOrEqual(frames.length);
      }),
      runs(500),
    );
  });
});

describe("the other instances", () => {
  const question = (number: number, channel: string) => ({ type: "question", number, channel }) as const;
  const beat = { type: "heartbeat", number: 1 } as const;

  it("live as long as they are heard, and an instance that says hello gets an answer", () => {
    const rig = new Rig().up();
    rig.engine.events.message("i", controlOf("other", { type: "hello", number: 1 }));
    rig.relay.flush();
    expect(rig.engine.take()).toEqual([`publish i:${OTHER} heartbeat`]);
    expect(rig.relay.metrics.instances).toBe(2);
    rig.passHearing(14_000);
    expect(rig.relay.metrics.instances).toBe(2);
    rig.passHearing(500);
    expect(rig.relay.metrics.instances).toBe(1);
    rig.engine.events.message("i", controlOf("other", beat));
    rig.engine.events.message("i", controlOf("other", { type: "farewell", number: 0 }));
    expect(rig.relay.metrics.instances).toBe(1);
  });

  it("are not judged while the engine is down, and for 15 seconds after", () => {
    const rig = new Rig().up();
    rig.engine.events.message("i", controlOf("other", beat));
    rig.engine.events.down(new Error("broken"));
    rig.pass(60_000);
    expect(rig.relay.metrics.instances).toBe(2);
    rig.up();
    rig.passHearing(14_500);
    expect(rig.relay.metrics.instances).toBe(2);
    rig.passHearing(500);
    expect(rig.relay.metrics.instances).toBe(1);
  });

  it("are waited for after a break, so that they don't miss what has waited; but not for ever", () => {
    const rig = new Rig().up();
    for (const other of ["other", "third"]) rig.engine.events.message("i", controlOf(other, beat));
    rig.engine.events.down(new Error("broken"));
    rig.turn("a", "1");
    rig.now += 1000;
    rig.up();
    rig.engine.events.message("i", controlOf("other", beat));
    expect(rig.engine.take()).toEqual([]);
    rig.engine.events.message("i", controlOf("third", beat));
    expect(rig.engine.take()).toEqual(["publish t:a 0: 1"]);
    rig.engine.events.down(new Error("broken"));
    rig.now += 1000;
    rig.up();
    expect(rig.turn("a", "2")).toEqual([]);
    expect(rig.pass(4500)).toEqual([]);
    expect(rig.pass(500)).toEqual(["publish i heartbeat", "publish t:a 0: 1", "publish t:a 1: 2"]);
  });

  it("say how many members a topic has there", () => {
    const rig = new Rig();
    rig.members.set("a", 2);
    rig.members.set("not subscribed", 2);
    rig.relay.subscribe("a");
    rig.up();
    const ask = controlOf("other", question(7, "t:a"), question(8, "t:not subscribed"));
    rig.engine.events.message("i", ask);
    rig.relay.flush();
    expect(rig.engine.take()).toEqual([`publish i:${OTHER} answer answer`]);
    const answers: unknown[] = [];
    // Read as the asking instance would.
    rig.engine.events.message(OWN_CHANNEL, rig.engine.frames.at(-1)!.frame);
    rig.relay.count("a", (count) => answers.push(count));
    expect(answers).toEqual([{ connections: 2, instances: 1, silent: 0 }]);
  });

  it("are asked once for a topic, however often it is counted in a moment", () => {
    const rig = new Rig().up();
    rig.members.set("a", 1);
    for (const other of ["other", "third"]) rig.engine.events.message("i", controlOf(other, beat));
    const answers: unknown[] = [];
    for (let i = 0; i < 3; i++) rig.relay.count("a", (count) => answers.push(count));
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["publish i question"]);
    const answer = { type: "answer", number: 1, connections: 10 } as const;
    rig.engine.events.message(OWN_CHANNEL, controlOf("other", answer, answer));
    expect(answers).toEqual([]);
    rig.engine.events.message(OWN_CHANNEL, controlOf("third", answer));
    const whole = { connections: 21, instances: 3, silent: 0 };
    expect(answers).toEqual([whole, whole, whole]);
  });

  it("are asked in several frames if one would be too long; what no frame has room for is not asked", () => {
    const rig = new Rig().up();
    rig.engine.features = { maxFrameBytes: 31 + 40 };
    rig.engine.events.message("i", controlOf("other", beat));
    const answers: unknown[] = [];
    for (const topic of ["a", "b", "c", "d", "long".repeat(10)]) {
      rig.relay.count(topic, (count) => answers.push(count));
    }
    rig.relay.flush();
    expect(rig.engine.take()).toEqual(["publish i question question question", "publish i question"]);
    expect(rig.engine.frames.every(({ frame }) => frame.length <= 71)).toBe(true);
    rig.pass(1000);
    expect(answers).toEqual(Array(5).fill({ connections: 0, instances: 1, silent: 1 }));
  });

  it("cannot ask for millions of answers in one frame", () => {
    const rig = new Rig().up();
    rig.engine.features = { maxFrameBytes: 1_000_000 };
    const records = (count: number) => Array(count).fill({ type: "hello", number: 1 } as const);
    rig.engine.events.message("i", controlOf("other", ...records(13_108)));
    expect(rig.relay.metrics).toMatchObject({ refusedFrames: 1, instances: 1 });
    rig.engine.events.message("i", controlOf("other", ...records(13_107)));
    expect(rig.relay.metrics).toMatchObject({ refusedFrames: 1, instances: 2 });
  });

  it("that do not answer within a second are told", () => {
    const rig = new Rig().up();
    for (const other of ["other", "third", "gone"]) rig.engine.events.message("i", controlOf(other, beat));
    const answers: unknown[] = [];
    rig.relay.count("a", (count) => answers.push(count));
    rig.relay.flush();
    rig.engine.events.message(
      OWN_CHANNEL,
      controlOf("other", { type: "answer", number: 1, connections: 10 }),
    );
    rig.engine.events.message("i", controlOf("gone", { type: "farewell", number: 0 }));
    rig.pass(500);
    expect(answers).toEqual([]);
    rig.pass(500);
    expect(answers).toEqual([{ connections: 10, instances: 2, silent: 1 }]);
    rig.engine.events.down(new Error("broken"));
    rig.relay.count("a", (count) => answers.push(count));
    expect(answers[1]).toEqual({ connections: 0, instances: 1, silent: 2 });
  });
});

describe("a relay that is closed", () => {
  it("sends what it has and says goodbye", async () => {
    const rig = new Rig().up();
    rig.publish("a", "1");
    const closed = rig.relay.close();
    expect(rig.engine.take()).toEqual(["publish t:a 0: 1", "publish i farewell"]);
    expect(rig.engine.isClosed).toBe(true);
    expect(rig.relay.close()).toBe(closed);
    await closed;
  });

  it("drops what it has without an engine, and tells it; then it calls nobody", () => {
    const rig = new Rig();
    rig.relay.subscribe("a");
    rig.publish("a", "1");
    const counts: unknown[] = [];
    void rig.relay.close();
    expect(rig.takeEvents()).toEqual([{ type: "dropped", reason: "closed", messages: 1, bytes: 34 }]);
    rig.engine.events.down(new Error("late"));
    rig.engine.events.up();
    rig.engine.events.subscribed(["i"]);
    rig.engine.events.message("t:a", frameOf("other", 0, ["1"]));
    rig.engine.events.published(1);
    rig.publish("a", "2");
    rig.relay.flush();
    rig.relay.tick();
    rig.relay.count("a", (count) => counts.push(count));
    expect(counts).toHaveLength(1);
    expect(rig.events).toEqual([]);
    expect(rig.delivered).toEqual([]);
    expect(rig.engine.take()).toEqual([]);
    expect(rig.relay.state).toBe("down");
  });

  it("by a listener calls nobody either", () => {
    for (const type of ["gap", "dropped", "up"] as const) {
      const calls: string[] = [];
      const rig: Rig = new Rig({
        queue: { bytes: 0 },
        host: {
          deliver: () => void calls.push("deliver"),
          schedule() {},
          memberCount: () => 0,
          event: (event) => {
            calls.push(event.type);
            if (event.type === type) void rig.relay.close();
          },
        },
      });
      rig.relay.subscribe("a");
      rig.turn("a", "1");
      rig.up();
      rig.engine.events.message("t:a", frameOf("other", 0, ["1"]));
      rig.engine.events.message("t:a", frameOf("other", 2, ["1"]));
      expect(calls.indexOf(type)).toBe(calls.length - 1);
    }
  });

  it("ends the counts that wait", () => {
    const rig = new Rig().up();
    rig.engine.events.message("i", controlOf("other", { type: "heartbeat", number: 1 }));
    const answers: unknown[] = [];
    rig.relay.count("a", (count) => answers.push(count));
    void rig.relay.close();
    expect(answers).toEqual([{ connections: 0, instances: 1, silent: 1 }]);
  });
});

it("refuses options that are wrong, and names them", () => {
  const good = { instance: Buffer.alloc(8), now: () => 0 } as unknown as RelayOptions;
  const make = (options: object) => () => new Relay({ ...good, ...options });
  expect(make({ instance: Buffer.alloc(7) })).toThrow(new TypeError("instance must be 8 bytes"));
  expect(make({ instance: "12345678" })).toThrow(TypeError);
  expect(make({ queue: { bytes: "1" } })).toThrow(new TypeError("queue.bytes must be a number, not string"));
  for (const bytes of [-1, Number.NaN]) expect(make({ queue: { bytes } })).toThrow(RangeError);
  expect(make({ queue: { seconds: 61 } })).toThrow(
    new RangeError("queue.seconds must be from 0 to 60, not 61"),
  );
});
