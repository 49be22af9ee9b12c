import { describe, expect, it } from "vitest";
import { decodeRecords } from "../../src/relay/control.ts";
import { HEAD_BYTES } from "../../src/relay/frame.ts";
import { placeFrame } from "../../src/relay/history/placed-frames.ts";
import type { BackplaneError, HistorySlice, Position } from "../../src/relay/index.ts";
import { messageFrame } from "../support/message-frame.ts";
import { controlOf, Rig } from "../support/scripted-engine.ts";
import { HistoryRig, historyFrame, malformedFrame, RULE, textsOf } from "../support/scripted-history.ts";

/** A callback of `publish`, and what it was called with. */
function answers(): {
  readonly all: (string | Position | null)[];
  readonly published: (error: BackplaneError | null, position: Position | null) => void;
} {
  const all: (string | Position | null)[] = [];
  return { all, published: (error, position) => void all.push(error?.code ?? position) };
}

describe("what is published to a history topic", () => {
  it("is one append for each topic and turn, and is delivered here when it comes back", () => {
    const rig = new HistoryRig().up().topic("a");
    const { all, published } = answers();
    for (const text of ["1", "2"]) rig.publish("a", text, published, { tag: 7 });
    rig.publish("b", "3");
    expect(rig.takeCalls()).toEqual(["read ht:a 0 0"]);
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual(["append ht:a 1,2", "append ht:b 3"]);
    expect(rig.take()).toEqual([]);
    const { frame, request } = rig.history.appends[0]!;
    rig.message("a", frame, 2, 0);
    expect(rig.take()).toEqual(["a 2: 1,2"]);
    expect([0, 1].map((i) => rig.frames[0]!.tagOf(i))).toEqual([7, 7]);
    rig.history.events.appended(request, { epoch: "e", offset: 2 }, false);
    expect(all).toEqual([rig.frames[0]!.positionOf(0), rig.frames[0]!.positionOf(1)]);
    expect(all).toMatchObject([{ epoch: "e", offset: 1 }, { offset: 2 }]);
    expect(rig.relay.history!.position("a")).toEqual(all[1]);
  });

  it("waits while the engine is away, and what was not answered goes first, as a retry", () => {
    const rig = new HistoryRig().up();
    const { all, published } = answers();
    rig.publish("a", "1", published);
    rig.relay.flush();
    rig.rig.engine.events.down(new Error("broken"));
    rig.publish("a", "2", published);
    rig.relay.flush();
    rig.takeCalls();
    rig.up();
    expect(rig.takeCalls()).toEqual(["retry ht:a 1", "append ht:a 2"]);
    for (const { request } of rig.history.appends.slice(1)) {
      rig.history.events.appended(request, { epoch: "e", offset: request }, true);
    }
    expect(all).toHaveLength(2);
  });

  it("is a frame of its own with a name, which is the same at all instances, and looked for each time", () => {
    const [one, other] = [new HistoryRig().up(), new HistoryRig().up()];
    const { all, published } = answers();
    for (const [text, id] of [["1"], ["2", "order 7"], ["3", "order 8"], ["4"]] as const) {
      one.publish("a", text, published, id === undefined ? {} : { id });
    }
    one.relay.flush();
    expect(one.takeCalls()).toEqual(["append ht:a 1", "retry ht:a 2", "retry ht:a 3", "append ht:a 4"]);
    other.publish("b", "again", null, { id: "order 7" });
    other.relay.flush();
    const idOf = ({ frame }: { readonly frame: Buffer }): string => frame.toString("hex", 2, 18);
    const [first, second, third] = one.history.appends.map(idOf);
    expect(other.history.appends.map(idOf)).toEqual([second]);
    expect(new Set([first, second, third]).size).toBe(3);
    one.topic("a");
    for (const [i, { frame }] of one.history.appends.entries()) one.message("a", frame, i + 1);
    one.publish("a", "again", null, { id: "order 7" });
    one.relay.flush();
    // The engine had forgotten the first one: the same publication is not delivered again, another one is.
    one.message("a", one.history.appends[1]!.frame, 5);
    one.message("a", one.history.appends[4]!.frame, 6);
    expect(one.take()).toEqual(["a 1: 1", "a 2: 2", "a 3: 3", "a 4: 4", "a 6: again"]);
    const { request } = one.history.appends[1]!;
    one.history.events.appended(request, { epoch: "e", offset: 2 }, true);
    expect(all).toEqual([one.frames[1]!.position]);
  });

  it("with a name is not ambiguous if it was not sent", () => {
    const rig = new HistoryRig({ queue: { seconds: 10 } }).up();
    const { all, published } = answers();
    rig.rig.engine.events.down(new Error("broken"));
    rig.publish("a", "1", published, { id: "x" });
    rig.relay.flush();
    rig.rig.pass(11_000);
    expect(all).toEqual(["down"]);
  });

  it("leaves up to 16 MiB without an answer, and all of it is sent again in its order", () => {
    const rig = new HistoryRig({ queue: { bytes: 100_000_000 } });
    rig.rig.engine.features = { maxFrameBytes: 10_000_000 };
    rig.up();
    for (const text of ["1", "2"]) {
      const payload = Buffer.alloc(9_000_000, text);
      const head = messageFrame(true, payload).toString("latin1", 0, 10);
      rig.relay.history!.publish("a", RULE, { head, payload, compress: false, tag: 0, published: null });
      rig.relay.flush();
    }
    const calls = (): string[] => rig.takeCalls().map((call) => call.slice(0, 13));
    expect(calls()).toEqual(["append ht:a 1"]);
    rig.rig.engine.events.down(new Error("broken"));
    rig.up();
    expect(calls()).toEqual(["retry ht:a 11"]);
    const { request } = rig.history.appends[1]!;
    rig.history.events.appended(request, { epoch: "e", offset: 1 }, true);
    expect(calls()).toEqual(["append ht:a 2"]);
  });

  it("fails as down, full, ambiguous, size, refused or closed", () => {
    const rig = new HistoryRig({ queue: { bytes: 1000, seconds: 10 } }).up();
    const { all, published } = answers();
    rig.publish("a", "sent", published);
    rig.publish("a", "x".repeat(200_000), published);
    rig.relay.flush();
    expect(all.splice(0)).toEqual(["size"]);
    rig.publish("a", "refused", published);
    rig.relay.flush();
    rig.history.events.failed(rig.history.appends[1]!.request, new Error("no permission"), false);
    expect(all.splice(0)).toEqual(["refused"]);
    rig.rig.engine.events.down(new Error("broken"));
    for (const text of ["waits", "full"]) {
      rig.publish("b", text.padEnd(400), published);
      rig.relay.flush();
    }
    expect(all.splice(0)).toEqual(["ambiguous", "full"]);
    rig.rig.pass(11_000);
    expect(all.splice(0)).toEqual(["down"]);
    rig.publish("a", "late", published);
    void rig.relay.close();
    rig.publish("a", "too late", published);
    expect(all).toEqual(["closed", "closed"]);
  });

  it("fails as size if the engine tells after it was made that it takes no frame that long, and the others leave", () => {
    const rig = new HistoryRig();
    const { all, published } = answers();
    rig.publish("a", "x".repeat(5000), published);
    rig.publish("b", "2");
    rig.relay.flush();
    rig.rig.engine.features.maxFrameBytes = 1000;
    rig.up();
    expect(all).toEqual(["size"]);
    expect(rig.takeCalls()).toEqual(["append ht:b 2"]);
  });

  it("may be answered while the relay closes; without an answer it is ambiguous", async () => {
    const rig = new HistoryRig().up();
    const { all, published } = answers();
    for (const text of ["1", "2"]) {
      rig.publish("a", text, published);
      rig.relay.flush();
    }
    const closed = rig.relay.close();
    const place = { epoch: "e", offset: 1, previous: 0 };
    rig.history.events.appended(rig.history.appends[0]!.request, place, false);
    expect(all).toMatchObject([{ offset: 1 }]);
    await closed;
    expect(all.slice(1)).toEqual(["ambiguous"]);
  });

  it("reaches a member that came in the same turn, before the engine has told the topic's position", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.publish("a", "welcome");
    rig.relay.flush();
    rig.rig.engine.events.subscribed(["ht:a"]);
    const { frame } = rig.history.appends[0]!;
    rig.message("a", frame, 6, 5);
    const topHead = historyFrame("x", 0, "later").subarray(0, 31);
    rig.answer({ top: 7, topHead });
    rig.message("a", historyFrame("x", 0, "later"), 7, 6);
    expect(rig.take()).toEqual(["live a e 5", "a 6: welcome", "a 7: later"]);
    expect(rig.relay.history!.position("a")).toMatchObject({ offset: 7 });
  });

  it("reaches a member that came in the same turn, also if the message is told before the subscription that it came behind", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.publish("a", "welcome");
    rig.relay.flush();
    const { frame } = rig.history.appends[0]!;
    rig.message("a", frame, 6, 5);
    rig.rig.engine.events.subscribed(["ht:a"]);
    rig.answer({ top: 6, topHead: frame.subarray(0, 31) });
    expect(rig.take()).toEqual(["live a e 5", "a 6: welcome"]);
    expect(rig.history.reads).toEqual([]);
  });

  it("is followed by what was published between an earlier subscription and this one, if the message is of that one", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.relay.flush();
    const [first, second] = [5, 6].map((offset) => ({
      frame: historyFrame("x", offset, `${offset}`),
      offset,
      previous: offset - 1,
    }));
    rig.message("a", first!.frame, 5);
    rig.rig.engine.events.subscribed(["ht:a"]);
    rig.answer({ top: 6, topHead: second!.frame.subarray(0, 31) });
    expect(rig.take()).toEqual(["live a e 4", "a 5: 5"]);
    rig.answer({ frames: [first!, second!] });
    expect(rig.take()).toEqual(["a 6: 6", "live a e 6"]);
  });

  it("may be published to again from its callback", () => {
    const rig = new HistoryRig().up();
    rig.publish("a", "1", () => rig.publish("a", "2"));
    rig.relay.flush();
    rig.history.events.appended(rig.history.appends[0]!.request, { epoch: "e", offset: 1 }, false);
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual(["append ht:a 1", "append ht:a 2"]);
  });

  it("waits until the topics were read", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.rig.engine.events.down(new Error("broken"));
    rig.publish("a", "1");
    rig.relay.flush();
    rig.takeCalls();
    rig.up();
    expect(rig.takeCalls()).toEqual(["read ht:a 0 128"]);
    rig.answer({ frames: [] });
    expect(rig.takeCalls()).toEqual(["append ht:a 1"]);
  });
});

describe("what an instance has missed", () => {
  it("is awaited before messages leave, and the reading of new topics is not", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.rig.engine.events.down(new Error("broken"));
    rig.relay.history!.subscribe("new", RULE);
    rig.publish("a", "1");
    rig.relay.flush();
    rig.takeCalls();
    rig.up();
    expect(rig.takeCalls()).toEqual(["read ht:a 0 128", "read ht:new 0 0"]);
    rig.answer({ frames: [] });
    expect(rig.takeCalls()).toEqual(["append ht:a 1"]);
  });

  it("is read once, and delivered in order before what came meanwhile", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    rig.takeCalls();
    rig.message("a", historyFrame("x", 2, "3"), 3);
    rig.message("a", historyFrame("x", 3, "4"), 4);
    expect(rig.takeCalls()).toEqual(["read ht:a 1 128"]);
    const frames = ["1", "2", "3"].map((text, i) => ({
      frame: historyFrame("x", i, text),
      offset: i + 1,
      previous: i,
    }));
    rig.answer({ frames });
    expect(rig.take()).toEqual(["a 1: 1", "a 2: 2", "a 3: 3", "live a e 3", "a 4: 4"]);
    expect(rig.relay.history!.metrics).toMatchObject({ repairs: 1, gaps: 0 });
  });

  it("is read in pages", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 9, "x"), 300);
    rig.takeCalls();
    const stored = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({
        frame: historyFrame("y", from + i, "y"),
        offset: from + i + 1,
        previous: from + i,
      }));
    rig.answer({ frames: stored(0, 128), top: 200 });
    expect(rig.takeCalls()).toEqual(["read ht:a 121 128"]);
    rig.answer({ frames: stored(120, 200) });
    expect(rig.frames).toHaveLength(200);
  });

  it("is read on for a client where the engine gives less, and anew if it changes on the way", () => {
    const rig = new HistoryRig().up();
    const stored = (...ids: readonly number[]) =>
      ids.map((id) => ({ frame: historyFrame("y", id, `${id}`), offset: id, previous: id - 1 }));
    const read = (): string[] => {
      const answers: string[] = [];
      rig.relay.history!.read("b", RULE, null, (error, slice) => {
        answers.push(error?.code ?? `${slice!.frames.map(textsOf).join()} ${slice!.position.offset}`);
      });
      rig.relay.flush();
      expect(rig.takeCalls()).toEqual(["read ht:b 0 101"]);
      return answers;
    };
    const whole = read();
    rig.answer({ frames: stored(1, 2), top: 4 });
    expect(rig.takeCalls()).toEqual(["read ht:b 2 101"]);
    rig.answer({ frames: stored(2, 3), top: 5 });
    expect(rig.takeCalls()).toEqual(["read ht:b 3 101"]);
    rig.answer({ frames: stored(3, 4, 5) });
    expect(whole).toEqual(["1,2,3,4,5 5"]);
    const changed = read();
    rig.answer({ frames: stored(1, 2), top: 4 });
    rig.takeCalls();
    rig.answer({ frames: stored(4, 5), top: 5 });
    expect(rig.takeCalls()).toEqual(["read ht:b 0 101"]);
    rig.answer({ frames: stored(4), top: 5 });
    expect(rig.takeCalls()).toEqual(["read ht:b 4 101"]);
    rig.answer({ frames: stored(4, 5) });
    expect(changed).toEqual(["4,5 5"]);
    const changedTwice = read();
    rig.answer({ frames: stored(1, 2), top: 4 });
    rig.answer({ frames: stored(4, 5), top: 6 });
    rig.answer({ frames: stored(4), top: 6 });
    rig.takeCalls();
    rig.answer({ frames: stored(6, 7), top: 8 });
    expect(changedTwice).toEqual(["6,7 7"]);
    const stuck = read();
    rig.answer({ frames: stored(1), top: 2 });
    rig.takeCalls();
    rig.answer({ frames: stored(1), top: 2 });
    expect(stuck).toEqual(["1 1"]);
  });

  it("is read of at most 64 topics at once", () => {
    const rig = new HistoryRig();
    for (let i = 0; i < 100; i++) rig.relay.history!.subscribe(`t${i}`, RULE);
    rig.up();
    expect(rig.history.reads).toHaveLength(64);
    rig.answer({});
    rig.answer({});
    expect(rig.history.reads).toHaveLength(64);
    while (rig.history.reads.length > 0) rig.answer({});
    expect(rig.take().filter((line) => line.startsWith("live"))).toHaveLength(100);
  });

  it("is a gap if it is not kept any more, or the epoch is another one", () => {
    for (const slice of [
      { frames: [{ frame: historyFrame("x", 5, "6"), offset: 6, previous: 5 }] },
      { epoch: "f", top: 6, topHead: historyFrame("x", 5, "6").subarray(0, 31) },
    ]) {
      const rig = new HistoryRig().up().topic("a");
      rig.message("a", historyFrame("x", 5, "6"), 6);
      rig.answer(slice);
      expect(rig.take()).toEqual([`gap a ${slice.epoch ?? "e"} 6`, `live a ${slice.epoch ?? "e"} 6`]);
      expect(rig.relay.history!.metrics.gaps).toBe(1);
    }
  });

  it("is no gap if frames came in another order than they are stored in, and what is before them is not kept any more", () => {
    const frames = [12, 14].map((offset) => ({
      frame: historyFrame("x", offset, `${offset}`),
      offset,
      // The engine does not know that nothing of the topic is between 10 and 12.
      previous: offset === 12 ? 11 : 12,
    }));
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 10, "10"), 10, 0);
    rig.message("a", historyFrame("x", 14, "14"), 14, 12);
    rig.message("a", historyFrame("x", 12, "12"), 12, 10);
    rig.message("a", historyFrame("x", 16, "16"), 16, 14);
    rig.answer({ frames });
    expect(rig.take()).toEqual(["a 10: 10", "a 12: 12", "a 14: 14", "live a e 14", "a 16: 16"]);
    expect(rig.relay.history!.metrics).toMatchObject({ repairs: 1, gaps: 0 });
    // After a new connection what is held proves nothing: an engine that has lost its tail uses numbers again.
    rig.rig.engine.events.down(new Error("failover"));
    rig.up();
    rig.message("a", historyFrame("y", 18, "18"), 18, 16);
    rig.answer({ frames: [{ frame: historyFrame("y", 18, "18"), offset: 18, previous: 17 }] });
    expect(rig.take()).toEqual(["gap a e 18", "live a e 18"]);
  });

  it("is no gap if more frames than are kept came in another order, and others came behind them", () => {
    const rig = new HistoryRig().up().topic("a");
    const message = (offset: number): void =>
      rig.message("a", historyFrame("x", offset, `${offset}`), offset, offset - 2);
    rig.message("a", historyFrame("x", 10, "10"), 10, 0);
    const top = 12 + 2 * (RULE.size + 2);
    message(14);
    message(12);
    for (let offset = 16; offset <= top + 4; offset += 2) message(offset);
    rig.takeCalls();
    rig.take();
    // The engine keeps the last one alone.
    rig.answer({ frames: [{ frame: historyFrame("x", top, `${top}`), offset: top, previous: top - 1 }] });
    const told = rig.take();
    expect(told.filter((line) => line.startsWith("a "))).toHaveLength((top + 4 - 10) / 2);
    expect(told.slice(-3)).toEqual([
      `live a e ${top}`,
      `a ${top + 2}: ${top + 2}`,
      `a ${top + 4}: ${top + 4}`,
    ]);
    expect(rig.takeCalls()).toEqual([]);
    expect(rig.relay.history!.metrics).toMatchObject({ repairs: 1, gaps: 0 });
  });

  it("begins with the first message that was stored, not that came, since the topic was subscribed", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.relay.flush();
    rig.rig.engine.events.subscribed(["ht:a"]);
    for (const offset of [3, 2, 4]) rig.message("a", historyFrame("x", offset, `${offset}`), offset);
    rig.answer({ top: 3, topHead: historyFrame("x", 3, "3").subarray(0, 31) });
    expect(rig.take()).toEqual(["live a e 1", "a 2: 2", "a 3: 3", "a 4: 4"]);
    expect(rig.history.reads).toEqual([]);
  });

  it("makes the epoch end if the engine has lost what it had: by the top, and by the check", () => {
    const other = { frame: historyFrame("y", 0, "other"), offset: 1, previous: 0 };
    const further = { frame: historyFrame("y", 1, "further"), offset: 2, previous: 1 };
    for (const frames of [[], [other], [other, further]]) {
      const rig = new HistoryRig().up().topic("a");
      rig.message("a", historyFrame("x", 0, "1"), 1);
      rig.rig.engine.events.down(new Error("failover"));
      rig.take();
      rig.takeCalls();
      rig.up();
      rig.answer({ frames });
      expect(rig.takeCalls()).toEqual(["read ht:a 1 128", "rotate ht:a e", "read ht:a 1 128"]);
      rig.answer({ epoch: "f", frames });
      expect(rig.take()).toEqual([`gap a f ${frames.length}`, `live a f ${frames.length}`]);
    }
  });

  it("makes the epoch end once by each connection: a request may be lost with it, and an engine may refuse it", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    rig.take();
    const frames = [{ frame: historyFrame("y", 0, "other"), offset: 1, previous: 0 }];
    for (let i = 0; i < 2; i++) {
      rig.rig.engine.events.down(new Error("failover"));
      rig.takeCalls();
      // Reads of the connection that is lost have no answer.
      rig.history.reads.length = 0;
      rig.up();
      rig.answer({ frames });
      expect(rig.takeCalls()).toEqual(["read ht:a 1 128", "rotate ht:a e", "read ht:a 1 128"]);
    }
    expect(rig.take()).toEqual([]);
    rig.answer({ frames });
    expect(rig.takeCalls()).toEqual([]);
    expect(rig.take()).toEqual(["gap a e 1", "live a e 1"]);
  });

  it("makes the epoch end by the last message's check if no message is kept any more", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    for (const [instance, rotates] of [
      ["x", false],
      ["y", true],
    ] as const) {
      rig.rig.engine.events.down(new Error("failover"));
      rig.up();
      rig.takeCalls();
      rig.answer({ top: 1, topHead: historyFrame(instance, 0, "1").subarray(0, 31) });
      expect(rig.takeCalls()).toEqual(rotates ? ["rotate ht:a e", "read ht:a 1 128"] : []);
    }
  });

  it("makes the epoch end also if a retry has the number that it had, behind another message", () => {
    const rig = new HistoryRig().up().topic("a");
    for (const i of [0, 1]) rig.message("a", historyFrame("x", i, `${i}`), i + 1);
    rig.rig.engine.events.down(new Error("failover"));
    rig.take();
    rig.takeCalls();
    rig.up();
    const frames = [
      { frame: historyFrame("y", 0, "other"), offset: 1, previous: 0 },
      { frame: historyFrame("x", 1, "1"), offset: 2, previous: 1 },
    ];
    rig.answer({ frames });
    expect(rig.takeCalls()).toEqual(["read ht:a 1 128", "rotate ht:a e", "read ht:a 1 128"]);
  });

  it("lets no retry leave for a topic whose read was refused: it could take the number that it had behind another message", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.publish("a", "1");
    rig.relay.flush();
    const own = rig.history.appends[0]!.frame;
    rig.message("a", own, 1);
    rig.rig.engine.events.down(new Error("failover"));
    rig.publish("a", "2");
    rig.relay.flush();
    rig.up();
    rig.takeCalls();
    const refuse = (): void =>
      rig.history.events.failed(rig.history.reads.shift()!.request, new Error("busy"), false);
    refuse();
    rig.rig.pass(500);
    expect(rig.takeCalls()).toEqual(["read ht:a 1 128"]);
    rig.answer({ frames: [{ frame: own, offset: 1, previous: 0 }] });
    expect(rig.takeCalls()).toEqual(["retry ht:a 1", "append ht:a 2"]);
  });

  it("gives a retry up as ambiguous if reads are refused for too long, and then the others leave", () => {
    const rig = new HistoryRig().up().topic("a");
    const { all, published } = answers();
    rig.publish("a", "1", published);
    rig.relay.flush();
    rig.message("a", rig.history.appends[0]!.frame, 1);
    rig.rig.pass(5000);
    rig.rig.engine.events.down(new Error("failover"));
    rig.up();
    rig.publish("a", "2", published);
    rig.relay.flush();
    rig.takeCalls();
    for (let i = 0; i < 12; i++) {
      for (const { request } of rig.history.reads.splice(0))
        rig.history.events.failed(request, new Error("no permission"), false);
      rig.rig.pass(500);
    }
    expect(all).toEqual(["ambiguous"]);
    expect(rig.takeCalls().filter((call) => !call.startsWith("read"))).toEqual(["append ht:a 2"]);
  });

  it("gives a retry up as ambiguous if its topic is refused, and then the others leave", () => {
    const rig = new HistoryRig().up().topic("a");
    const { all, published } = answers();
    rig.publish("a", "1", published);
    rig.relay.flush();
    rig.message("a", rig.history.appends[0]!.frame, 1);
    rig.rig.engine.events.down(new Error("broken"));
    rig.rig.pass(6000);
    rig.rig.engine.events.up();
    rig.rig.engine.events.denied(["ht:a"], new Error("no permission"));
    rig.rig.engine.events.subscribed(["i"]);
    rig.publish("b", "2");
    rig.relay.flush();
    rig.takeCalls();
    rig.rig.pass(3000);
    expect(rig.takeCalls()).toEqual([]);
    rig.rig.pass(2000);
    expect(all).toEqual(["ambiguous"]);
    expect(rig.takeCalls()).toEqual(["append ht:b 2"]);
  });

  it("lets new appends leave though the read was refused: a refusal is to reach the publisher", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.rig.engine.events.down(new Error("away"));
    rig.publish("a", "1");
    rig.relay.flush();
    rig.up();
    rig.takeCalls();
    rig.history.events.failed(rig.history.reads.shift()!.request, new Error("no permission"), false);
    expect(rig.takeCalls()).toEqual(["append ht:a 1"]);
  });

  it("is refused as closed to those who wait for it when the relay closes, and ask again then", () => {
    const rig = new HistoryRig().up().topic("a");
    const codes: (string | undefined)[] = [];
    const read = (then: () => void): void =>
      rig.relay.history!.read("b", RULE, null, (error) => {
        codes.push(error?.code);
        then();
      });
    read(() => read(() => {}));
    rig.relay.flush();
    read(() => {});
    void rig.relay.close();
    expect(codes).toEqual(["closed", "closed", "closed"]);
  });

  it("is asked for again with the next tick if the read was refused", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.takeCalls();
    rig.message("a", historyFrame("x", 1, "2"), 2);
    rig.history.events.failed(rig.history.reads.shift()!.request, new Error("busy"), false);
    rig.rig.pass(500);
    expect(rig.takeCalls()).toEqual(["read ht:a 0 128", "read ht:a 0 128"]);
  });

  it("is told as refused, once for each topic until it can be read, and is asked for less and less often", () => {
    const rig = new HistoryRig().up();
    for (const topic of ["a", "b"]) rig.relay.history!.subscribe(topic, RULE);
    rig.relay.flush();
    rig.rig.engine.events.subscribed(["ht:a", "ht:b"]);
    rig.rig.takeEvents();
    const error = new Error("no permission");
    const refuse = (): number => {
      const reads = rig.history.reads.splice(0);
      for (const { request } of reads) rig.history.events.failed(request, error, false);
      return reads.length;
    };
    expect(refuse()).toBe(2);
    const refused = ["a", "b"].map((topic) => ({ type: "refused", topic, error }));
    expect(rig.rig.takeEvents()).toEqual(refused);
    let reads = 0;
    for (let i = 0; i < 120; i++) {
      rig.rig.pass(500);
      reads += refuse();
    }
    expect(reads).toBeGreaterThan(10);
    expect(reads).toBeLessThan(30);
    expect(rig.rig.takeEvents().filter(({ type }) => type === "refused")).toEqual([]);
    rig.rig.pass(8500);
    expect(rig.history.reads).toHaveLength(2);
    for (let i = 0; i < 2; i++) rig.answer({ frames: [] });
    expect(rig.take()).toEqual(["live a e 0", "live b e 0"]);
    // It was read: the next refusal is told, and tried again at once.
    rig.message("a", historyFrame("x", 1, "2"), 2);
    expect(refuse()).toBe(1);
    expect(rig.rig.takeEvents().filter(({ type }) => type === "refused")).toEqual([refused[0]]);
    rig.rig.pass(500);
    expect(rig.history.reads).toHaveLength(1);
  });

  it("is asked for less and less often also while other topics are read, whose own refusals are tried again at once", () => {
    const rig = new HistoryRig().up();
    const add = (topic: string): void => {
      rig.relay.history!.subscribe(topic, RULE);
      rig.relay.flush();
      rig.rig.engine.events.subscribed([`ht:${topic}`]);
    };
    const refuse = (): void => {
      const { request } = rig.history.reads.shift()!;
      rig.history.events.failed(request, new Error("no permission"), false);
    };
    add("a");
    let reads = 0;
    for (let i = 0; i < 120; i++) {
      while (rig.history.reads.length > 0) {
        expect(rig.history.reads[0]!.channel).toBe("ht:a");
        refuse();
        reads++;
      }
      add(`other${i}`);
      rig.answer({ frames: [] });
      rig.rig.pass(500);
    }
    expect(reads).toBeGreaterThan(5);
    expect(reads).toBeLessThan(15);
    rig.history.reads.length = 0;
    add("b");
    refuse();
    rig.rig.pass(500);
    expect(rig.history.reads.map(({ channel }) => channel)).toContain("ht:b");
  });

  it("is read again if more came meanwhile than may be held", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 1, "2"), 2);
    const big = "x".repeat(200_000);
    for (const i of [2, 3]) rig.message("a", historyFrame("x", i, big), i + 1);
    rig.takeCalls();
    const frames = [0, 1].map((i) => ({ frame: historyFrame("x", i, `${i}`), offset: i + 1, previous: i }));
    rig.answer({ frames });
    expect(rig.take().map((line) => line.slice(0, 4))).toEqual(["a 1:", "a 2:", "live", "a 3:"]);
    expect(rig.takeCalls()).toEqual(["read ht:a 1 128"]);
  });
});

describe("a frame", () => {
  it("of another epoch is not the next one, whatever its number", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    rig.takeCalls();
    rig.message("a", historyFrame("x", 1, "2"), 2, 1, "f");
    expect(rig.take()).toEqual(["a 1: 1"]);
    expect(rig.takeCalls()).toEqual(["read ht:a 1 128"]);
  });

  it("that comes twice is delivered once", () => {
    const rig = new HistoryRig().up().topic("a");
    for (let times = 0; times < 2; times++) rig.message("a", historyFrame("x", 0, "1"), 1);
    expect(rig.take()).toEqual(["a 1: 1"]);
    expect(rig.history.reads).toEqual([]);
  });

  it("that is in the engine twice is delivered once, and takes its place", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    rig.message("a", historyFrame("x", 0, "1"), 2);
    rig.message("a", historyFrame("x", 1, "2"), 3);
    expect(rig.take()).toEqual(["a 1: 1", "a 3: 2"]);
  });

  it("that is malformed takes its place, and nothing of it is delivered", () => {
    const rig = new HistoryRig().up().topic("a");
    rig.message("a", malformedFrame("x", 0), 1);
    rig.message("a", Buffer.from("nonsense"), 2);
    rig.message("a", historyFrame("x", 1, "2"), 3);
    expect(rig.take()).toEqual(["a 3: 2"]);
    expect(rig.relay.metrics.refusedFrames).toBe(2);
  });
});

describe("a topic without members", () => {
  it("goes on for 5 seconds, and costs nothing if it has members again", () => {
    const rig = new HistoryRig().up().topic("a");
    const { history } = rig.relay;
    history!.unsubscribe("a");
    rig.message("a", historyFrame("x", 0, "1"), 1);
    rig.rig.pass(4500);
    rig.takeCalls();
    history!.subscribe("a", RULE);
    expect(rig.take()).toEqual(["live a e 1"]);
    history!.unsubscribe("a");
    rig.rig.engine.take();
    expect(rig.rig.pass(5000)).toContain("unsubscribe ht:a");
    expect(rig.takeCalls()).toEqual([]);
    rig.message("a", historyFrame("x", 1, "2"), 2);
    expect(rig.take()).toEqual([]);
  });
});

describe("reading history", () => {
  const read = (rig: HistoryRig, after: Position | null): (HistorySlice | string)[] => {
    const all: (HistorySlice | string)[] = [];
    rig.relay.history!.read("a", RULE, after, (error, slice) => void all.push(error?.code ?? slice!));
    return all;
  };

  it("asks the memory of this instance first", () => {
    const rig = new HistoryRig().up().topic("a");
    for (const i of [0, 1, 2]) rig.message("a", historyFrame("x", i, `${i}`), i + 1);
    const [slice] = read(rig, rig.frames[0]!.position) as [HistorySlice];
    expect(slice.frames.map(textsOf)).toEqual(["1", "2"]);
    expect(slice).toMatchObject({ complete: true, position: { offset: 3 } });
  });

  it("asks the engine once for all of a turn", () => {
    const rig = new HistoryRig().up();
    const frames = [0, 1].map((i) => ({ frame: historyFrame("x", i, `${i}`), offset: i + 1, previous: i }));
    const all = [null, { epoch: "e", offset: 1, check: "wrong-" }, { epoch: "d", offset: 1, check: "" }].map(
      (after) => read(rig, after),
    );
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual(["read ht:a 0 101"]);
    rig.answer({ frames });
    expect(all).toMatchObject([
      [{ complete: true, frames: [{}, {}] }],
      [{ complete: false, frames: [], position: { offset: 2 } }],
      [{ complete: false }],
    ]);
    const [first] = all[0] as [HistorySlice];
    const again = read(rig, first.frames[0]!.position);
    rig.relay.flush();
    rig.answer({ frames });
    expect(again).toMatchObject([{ complete: true, frames: [{ place: { offset: 2 } }] }]);
  });

  it("asks the engine for all that it keeps, once: others are answered from that, also with what is gone", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.relay.flush();
    rig.rig.engine.events.subscribed(["ht:a"]);
    // Messages 6 and 7 are kept, those before are not any more. Message 8 comes live.
    const stored = (i: number) => ({ frame: historyFrame("x", i, `${i}`), offset: i, previous: i - 1 });
    const positionOf = (i: number): Position => {
      const { frame, offset, previous } = stored(i);
      return placeFrame(frame, { epoch: "e", offset, previous }).position;
    };
    rig.answer({ top: 7, topHead: stored(7).frame });
    rig.message("a", stored(8).frame, 8);
    rig.takeCalls();
    const first = read(rig, positionOf(6));
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual(["read ht:a 0 101"]);
    rig.answer({ frames: [6, 7, 8].map(stored) });
    expect(first).toMatchObject([{ complete: true, frames: [{}, {}] }]);
    expect(read(rig, positionOf(6))).toMatchObject([
      { complete: true, frames: [{}, {}], position: { offset: 8 } },
    ]);
    expect((read(rig, null) as [HistorySlice])[0].frames.map(textsOf)).toEqual(["6", "7", "8"]);
    for (const i of [1, 5]) expect(read(rig, positionOf(i))).toMatchObject([{ complete: false, frames: [] }]);
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual([]);
    // Another message at a place that is known: the engine has to tell.
    read(rig, { ...positionOf(7), check: "wrong-" });
    rig.relay.flush();
    expect(rig.takeCalls()).toEqual(["read ht:a 0 101"]);
  });

  it("asks for no more than is wanted if the engine keeps more than fits here", () => {
    const rig = new HistoryRig().up();
    rig.relay.history!.subscribe("a", RULE);
    rig.relay.flush();
    rig.rig.engine.events.subscribed(["ht:a"]);
    const big = "x".repeat(200_000);
    const frames = [1, 2, 3].map((i) => ({ frame: historyFrame("x", i, big), offset: i, previous: i - 1 }));
    rig.answer({ top: 3, topHead: frames[2]!.frame });
    rig.takeCalls();
    for (const from of [0, 1]) {
      read(rig, placeFrame(frames[0]!.frame, { epoch: "e", offset: 1, previous: 0 }).position);
      rig.relay.flush();
      expect(rig.takeCalls()).toEqual([`read ht:a ${from} 101`]);
      rig.answer({ frames });
    }
  });

  it("fails while the engine is down", () => {
    const rig = new HistoryRig();
    expect(read(rig, null)).toEqual(["down"]);
    rig.up();
    const all = read(rig, null);
    rig.relay.flush();
    rig.rig.engine.events.down(new Error("broken"));
    expect(all).toEqual(["down"]);
  });
});

it("a history topic that the engine refuses is told once, and asked for again on the next connection", () => {
  const rig = new HistoryRig().up().topic("b");
  rig.relay.history!.subscribe("a", RULE);
  rig.relay.flush();
  rig.rig.takeEvents();
  const error = new Error("no permission");
  for (let times = 0; times < 2; times++) {
    rig.rig.engine.events.denied(["ht:a"], error);
    expect(rig.rig.takeEvents()).toEqual(times === 0 ? [{ type: "refused", topic: "a", error }] : []);
    rig.rig.engine.events.down(new Error("broken"));
    rig.rig.engine.take();
    rig.rig.engine.events.up();
    expect(rig.rig.engine.take().join()).toContain("subscribe ht:b ht:a");
    rig.rig.takeEvents();
  }
});

it("members of a history topic are counted like others", () => {
  const rig = new HistoryRig().up().topic("a");
  rig.rig.members.set("a", 3);
  const question = { type: "question", number: 5, channel: "t:a" } as const;
  rig.rig.engine.events.message("i", controlOf("x", question));
  rig.rig.engine.frames.length = 0;
  rig.relay.flush();
  const [{ frame } = { frame: Buffer.alloc(0) }] = rig.rig.engine.frames;
  expect(decodeRecords(frame.subarray(HEAD_BYTES))).toEqual([{ type: "answer", number: 5, connections: 3 }]);
});

it("history needs an engine that keeps messages", () => {
  const host = { deliver: () => {}, gap: () => {} };
  expect(() => new Rig({ history: host })).toThrow(
    new TypeError("history needs an engine that keeps messages"),
  );
  expect(new Rig().relay.history).toBeNull();
});
