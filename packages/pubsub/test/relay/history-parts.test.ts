import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ID_FROM, ID_TO, RETRY_FRAMES } from "../../src/relay/history/history-engine.ts";
import { MEMORY_HISTORY_BYTES } from "../../src/relay/history/history-limits.ts";
import { MemoryHistory } from "../../src/relay/history/memory-history.ts";
import { type PlacedFrames, placeFrame } from "../../src/relay/history/placed-frames.ts";
import { checkOf, formatPosition, parsePosition } from "../../src/relay/history/position.ts";
import { Publishers } from "../../src/relay/history/publishers.ts";
import { Ring, RingBudget } from "../../src/relay/history/ring.ts";
import { MemoryBus, type Position, Relay } from "../../src/relay/index.ts";
import { runs } from "../runs.ts";
import { messageFrame } from "../support/message-frame.ts";
import { historyFrame, textsOf } from "../support/scripted-history.ts";

const START = { epoch: "e", offset: 0, check: "" };

/** The frame behind the first `previous` messages. */
function placed(previous: number, ...texts: readonly string[]): PlacedFrames {
  const place = { epoch: "e", offset: previous + texts.length, previous };
  return placeFrame(historyFrame("x", previous, ...texts), place);
}

describe("a position", () => {
  it("is a short text and back", () => {
    const word = (maxLength: number) => fc.stringMatching(new RegExp(`^[\\w-]{1,${maxLength}}$`));
    const check = fc.tuple(fc.string(), fc.nat()).map(([instance, sequence]) => checkOf(instance, sequence));
    const offset = fc.maxSafeNat();
    fc.assert(
      fc.property(word(32), offset, fc.oneof(check, fc.constant("")), (epoch, at, some) => {
        const position = { epoch, offset: at, check: some };
        expect(parsePosition(formatPosition(position))).toEqual(position);
      }),
      runs(200),
    );
  });

  it("is nothing else", () => {
    for (const text of [
      "",
      "e",
      "e.1",
      "e.01.abcdef",
      "e.-1.abcdef",
      "e.1.abcde",
      "e.1.abcdef\n",
      "e.1e3.abcdef",
    ]) {
      expect(parsePosition(text), text).toBeNull();
    }
    for (const text of [
      "é.1.abcdef",
      `${"e".repeat(33)}.1.abcdef`,
      "e.9999999999999999.abcdef",
      ".1.abcdef",
    ]) {
      expect(parsePosition(text), text).toBeNull();
    }
  });

  it("has a check that differs from message to message", () => {
    const checks = new Set<string>();
    for (let i = 0; i < 10_000; i++) checks.add(checkOf("\x01\x02\x03\x04\x05\x06\x07\x08", i));
    for (let i = 0; i < 10_000; i++) checks.add(checkOf(`${String.fromCharCode(i % 256, i >> 8)}abcdef`, 0));
    expect(checks.size).toBeGreaterThan(19_990);
  });
});

describe("the memory of a topic", () => {
  it("holds the last messages, whole frames", () => {
    const ring = new Ring(START);
    const frames = [placed(0, "1", "2"), placed(2, "3"), placed(3, "4", "5")];
    for (const each of frames) ring.push(each, 3, 1000);
    expect(ring.after(2)!.map(textsOf)).toEqual(["3", "4,5"]);
    expect(ring.after(3)!.map(textsOf)).toEqual(["4,5"]);
    expect(ring.after(1)).toBeNull();
    expect(ring.messages).toBe(3);
    expect(ring.checkAt(2)).toBe(frames[0]!.positionOf(1).check);
    expect(ring.checkAt(4)).toBe(frames[2]!.positionOf(0).check);
    expect(ring.checkAt(1)).toBeNull();
  });

  it("ends at 256 KiB, and with the seconds of the history", () => {
    const ring = new Ring(START);
    for (let i = 0; i < 10; i++) ring.push(placed(i, "x".repeat(60_000)), 1000, i);
    expect(ring.bytes).toBeLessThanOrEqual(256 * 1024);
    expect(ring.messages).toBe(4);
    ring.push(placed(10, "x".repeat(300_000)), 1000, 20);
    expect(ring).toMatchObject({ bytes: 0, messages: 0 });
    expect(ring.after(11)).toEqual([]);
    for (const i of [11, 12]) ring.push(placed(i, "1"), 1000, i * 10);
    ring.expire(115);
    expect(ring.messages).toBe(1);
    ring.expire(1000);
    expect(ring).toMatchObject({ bytes: 0, messages: 0 });
  });

  it("is filled with what the engine has kept before it, as far as there is room", () => {
    const frames = [placed(0, "1"), placed(1, "2"), placed(2, "3"), placed(3, "4")];
    const base = frames[2]!.position;
    const filled = (isAll: boolean, size: number, some = frames.slice(0, 3)): Ring => {
      const ring = new Ring(base);
      ring.push(frames[3]!, size, 1000);
      ring.fill(some, isAll, size, 1000);
      return ring;
    };
    expect(new Ring(START).isWhole).toBe(true);
    expect(new Ring(base)).toMatchObject({ isWhole: false, base: 3 });
    expect(filled(true, 100)).toMatchObject({ isWhole: true, base: 0, messages: 4 });
    expect(filled(true, 100).after(1)!.map(textsOf)).toEqual(["2", "3", "4"]);
    expect(filled(false, 100)).toMatchObject({ isWhole: false, base: 0 });
    // Of its size: the engine keeps no more, either.
    expect(filled(true, 2)).toMatchObject({ isWhole: true, base: 2, messages: 2 });
    expect(filled(true, 2).checkAt(2)).toBeNull();
    // With a hole, or another message before it.
    expect(filled(true, 100, frames.slice(0, 2))).toMatchObject({ isWhole: false, base: 3 });
    const other = placeFrame(historyFrame("y", 0, "?"), { epoch: "e", offset: 3, previous: 2 });
    expect(filled(true, 100, [other])).toMatchObject({ isWhole: false, base: 3 });
    // Nothing is before it.
    expect(filled(true, 100, [])).toMatchObject({ isWhole: true, base: 3 });
    expect(filled(true, 100, [frames[3]!])).toMatchObject({ isWhole: true, base: 3 });
    expect(filled(true, 100, [placed(4, "5")])).toMatchObject({ isWhole: true, base: 3 });
    const large = filled(true, 100, [
      placed(0, "x".repeat(200_000)),
      placed(1, "x".repeat(200_000)),
      frames[2]!,
    ]);
    expect(large).toMatchObject({ isWhole: false, base: 1, messages: 3 });
  });

  it("is not whole any more when it lets go of what the engine may keep", () => {
    const whole = (): Ring => {
      const ring = new Ring(START);
      ring.push(placed(0, "x".repeat(200_000)), 2, 10);
      return ring;
    };
    const [bytes, seconds, cleared, size] = [whole(), whole(), whole(), whole()];
    bytes!.push(placed(1, "x".repeat(200_000)), 100, 10);
    seconds!.expire(10);
    cleared!.clear();
    size!.push(placed(1, "1"), 1, 10);
    expect([bytes, seconds, cleared, size].map((ring) => ring!.isWhole)).toEqual([false, false, false, true]);
  });

  it("is bounded over all topics: the one that got a message longest ago loses its own", () => {
    const budget = new RingBudget(200_000);
    const rings = [0, 1, 2].map(() => new Ring(START));
    for (const ring of rings) budget.push(ring, placed(0, "x".repeat(60_000)), 100, 1000);
    budget.push(rings[0]!, placed(1, "x".repeat(60_000)), 100, 1000);
    expect(rings.map(({ messages }) => messages)).toEqual([2, 0, 1]);
    expect(budget.bytes).toBe(rings[0]!.bytes + rings[2]!.bytes);
    expect(rings[1]!.after(1)).toEqual([]);
    budget.forget(rings[0]!);
    budget.forget(rings[2]!);
    expect(budget.bytes).toBe(0);
  });
});

it("the numbers of publishers are bounded, and those who published last are known", () => {
  const publishers = new Publishers();
  const of = (i: number): PlacedFrames => {
    return placeFrame(historyFrame(`p${i}`, 0, "1"), { epoch: "e", offset: 1, previous: 0 });
  };
  for (let i = 0; i < 65; i++) expect(publishers.take(of(i))).toBe(true);
  expect(publishers.take(of(64))).toBe(false);
  expect(publishers.take(of(0))).toBe(true);
});

describe("the engine in memory", () => {
  const rule = { size: 3, seconds: 10 };
  let now = 0;
  let epochs = 0;
  const make = (isSubscribed = false): MemoryHistory => {
    now = 0;
    epochs = 0;
    const epoch = (): string => `e${++epochs}`;
    return new MemoryHistory({ now: () => now, isSubscribed: () => isSubscribed, epoch });
  };

  it("numbers messages, and keeps the last ones for some seconds", () => {
    const history = make();
    const offsets = [0, 1, 2, 3].map((i) => history.append("c", historyFrame("x", i, "a"), 1, rule, false));
    expect(offsets.map(({ place }) => place.offset)).toEqual([1, 2, 3, 4]);
    expect(history.read("c", 0, 100).frames.map(({ offset }) => offset)).toEqual([2, 3, 4]);
    expect(history.read("c", 3, 1).frames).toMatchObject([{ offset: 3, previous: 2 }]);
    now = 10_000;
    expect(history.read("c", 0, 100)).toMatchObject({ epoch: "e1", top: 4, frames: [] });
    expect(
      history
        .read("c", 0, 100)
        .topHead?.subarray(ID_FROM, ID_FROM + 1)
        .toString(),
    ).toBe("x");
  });

  it("finds a retry among the last 64 frames, and no further", () => {
    const history = make();
    const long = { size: 1000, seconds: 10 };
    for (let i = 0; i < 65; i++) history.append("c", historyFrame("x", i, "a"), 1, long, false);
    const again = (i: number) => history.append("c", historyFrame("x", i, "a"), 1, long, true);
    expect(again(1)).toEqual({ place: { epoch: "e1", offset: 2, previous: 1 }, duplicate: true });
    expect(again(0)).toMatchObject({ place: { offset: 66 }, duplicate: false });
  });

  it("finds a retry of one of the last 64 frames also if it is not kept any more: beyond its size, or its time", () => {
    const history = make();
    const last = { size: 1, seconds: 10 };
    const frame = (i: number): Buffer => historyFrame("x", i, "a");
    for (let i = 0; i < 64; i++) history.append("c", frame(i), 1, last, false);
    const again = (i: number) => history.append("c", frame(i), 1, last, true);
    expect(again(62)).toMatchObject({ place: { epoch: "e1", offset: 63 }, duplicate: true });
    expect(again(0)).toMatchObject({ place: { offset: 1 }, duplicate: true });
    expect(history.read("c", 0, 9).frames).toMatchObject([{ offset: 64 }]);
    for (let i = 0; i < 4; i++) history.append("late", frame(i), 1, { size: 100, seconds: 10 }, false);
    now = 10_000;
    expect(history.read("late", 0, 9).frames).toEqual([]);
    expect(history.append("late", frame(3), 1, last, true)).toMatchObject({ duplicate: true });
    expect(history.append("late", frame(4), 1, last, true)).toMatchObject({
      place: { offset: 5 },
      duplicate: false,
    });
  });

  it("begins another epoch only if the present one is the one that is to end", () => {
    const history = make();
    history.append("c", historyFrame("x", 0, "a"), 1, rule, false);
    history.rotate("c", "e1");
    history.rotate("c", "e1");
    expect(history.read("c", 0, 9)).toMatchObject({ epoch: "e2", top: 1, frames: [{ offset: 1 }] });
  });

  it("forgets a topic without members, also behind one that is kept for longer", () => {
    const history = make();
    history.append("week", historyFrame("x", 0, "a"), 1, { size: 3, seconds: 604_800 }, false);
    history.append("old", historyFrame("x", 1, "a"), 1, rule, false);
    now = 240_001;
    for (const channel of ["new", "newer"])
      history.append(channel, historyFrame("x", 2, "a"), 1, rule, false);
    expect(history.read("old", 0, 9)).toMatchObject({ epoch: "e5", top: 0, frames: [] });
    expect(history.read("week", 0, 9)).toMatchObject({ epoch: "e1", top: 1, frames: [{ offset: 1 }] });
  });

  it("forgets topics without members that got no message for long, and is bounded in bytes", () => {
    const history = make();
    history.append("old", historyFrame("x", 0, "a"), 1, rule, false);
    now = 240_001;
    history.append("new", historyFrame("x", 1, "a"), 1, rule, false);
    expect(history.read("old", 0, 9)).toMatchObject({ epoch: "e3", top: 0 });
    for (let i = 0; i < 5; i++) {
      history.append(`big${i}`, Buffer.alloc(15_000_000), 1, { size: 3, seconds: 1000 }, false);
    }
    expect(history.read("big0", 0, 9)).toMatchObject({ top: 1, frames: [] });
    expect(history.read("big4", 0, 9).frames).toHaveLength(1);
    const subscribed = make(true);
    subscribed.append("old", historyFrame("x", 0, "a"), 1, rule, false);
    now = 240_001;
    subscribed.append("new", historyFrame("x", 1, "a"), 1, rule, false);
    expect(subscribed.read("old", 0, 9)).toMatchObject({ epoch: "e1", top: 1, frames: [] });
  });

  it("counts what it remembers of frames that are not kept any more", () => {
    const history = make();
    const frame = Buffer.alloc(60_000);
    const topics = 1_200;
    for (let topic = 0; topic < topics; topic++)
      for (let i = 0; i <= RETRY_FRAMES; i++)
        history.append(`t${topic}`, frame, 1, { size: 1, seconds: 1000 }, false);
    let kept = 0;
    for (let topic = 0; topic < topics; topic++) kept += history.read(`t${topic}`, 0, 9).frames.length;
    const bytes = frame.length + RETRY_FRAMES * (ID_TO - ID_FROM + 8);
    expect(kept).toBe(Math.floor(MEMORY_HISTORY_BYTES / bytes));
  });

  it("takes no more memory for a topic that has lost its frames to the limit", () => {
    const history = make();
    const frame = Buffer.alloc(MEMORY_HISTORY_BYTES / 2);
    const before = process.memoryUsage().arrayBuffers;
    for (let topic = 0; topic < 50_000; topic++)
      history.append(`t${topic}`, frame, 1, { size: 1, seconds: 1000 }, false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
    // What was in its place is not known any more.
    expect(history.append("t0", frame, 1, rule, true)).toMatchObject({ duplicate: false });
  });
});

it("one process needs no backplane: the engine in memory keeps and numbers", async () => {
  const bus = new MemoryBus({ defer: (task) => void setImmediate(task) });
  const received: string[] = [];
  const relay: Relay = new Relay({
    engine: bus.engine(),
    instance: randomBytes(8),
    now: () => performance.now(),
    host: {
      deliver: () => {},
      schedule: () => void setImmediate(() => relay.flush()),
      event: () => {},
      memberCount: () => 0,
    },
    history: { deliver: (_topic, frames) => void received.push(textsOf(frames)), gap: () => {} },
  });
  const rule = { size: 10, seconds: 60 };
  relay.open();
  const history = relay.history!;
  history.subscribe("news", rule);
  const publish = (text: string): Promise<Position> =>
    new Promise((resolve, reject) => {
      const head = messageFrame(true, Buffer.from(text)).toString("latin1");
      const published = (error: Error | null, position: Position | null): void => {
        if (position === null) reject(error as Error);
        else resolve(position);
      };
      history.publish("news", rule, { head, payload: null, compress: false, tag: 0, published });
    });
  const first = await publish("bread");
  await publish("steam");
  for (let i = 0; i < 10; i++) await nextTurn();
  expect(received.join()).toBe("bread,steam");
  const texts = await new Promise((resolve) => {
    history.read("news", rule, first, (_error, slice) => resolve(slice?.frames.map(textsOf)));
  });
  expect(texts).toEqual(["steam"]);
  const last = publish("crust");
  const closed = relay.close();
  expect(await last).toMatchObject({ offset: 3 });
  await closed;
});
