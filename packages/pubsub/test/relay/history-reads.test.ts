import { describe, expect, it } from "vitest";
import { placeFrame } from "../../src/relay/history/placed-frames.ts";
import type { HistorySlice, Position, StoredFrame } from "../../src/relay/index.ts";
import { HistoryRig, historyFrame, RULE, textsOf } from "../support/scripted-history.ts";

const MESSAGE = "x".repeat(3_000_000);

/** A message of 3 MB: a read has two of them, and ends with the third. */
function stored(offset: number): StoredFrame & { readonly frame: Buffer } {
  return { frame: historyFrame("x", offset, MESSAGE), offset, previous: offset - 1 };
}

const FRAMES = Array.from({ length: 9 }, (_, i) => stored(i + 1));

const topHead = FRAMES.at(-1)!.frame.subarray(0, 31);

function positionOf(offset: number): Position {
  const { frame, previous } = FRAMES[offset - 1]!;
  return placeFrame(frame, { epoch: "e", offset, previous }).position;
}

/** A rig whose engine has nine such messages, two of which are in an answer. */
class LongHistory {
  readonly rig = new HistoryRig().up();

  /** @returns what the callback is called with: the offsets, the one of the position, and whether it is complete */
  read(after: number | Position | null): string[] {
    const answers: string[] = [];
    const position = typeof after === "number" ? positionOf(after) : after;
    const answered = (error: Error | null, slice: HistorySlice | null): void => {
      const offsets = slice?.frames.map(({ place }) => place.offset).join() ?? error;
      answers.push(`${offsets} to ${slice?.position.offset}${slice?.complete === true ? "" : ", a gap"}`);
    };
    this.rig.relay.history!.read("a", RULE, position, answered);
    return answers;
  }

  /** Answers all reads of the engine. @returns from where they were made */
  answerAll(): number[] {
    const from: number[] = [];
    this.rig.relay.flush();
    for (let calls = this.rig.takeCalls(); calls.length > 0; calls = this.rig.takeCalls()) {
      const [, , offset] = calls[0]!.split(" ");
      expect(calls).toHaveLength(1);
      from.push(Number(offset));
      const at = Math.max(0, Number(offset) - 1);
      this.rig.answer({ frames: FRAMES.slice(at, at + 2), top: 9, topHead });
      this.rig.relay.flush();
    }
    return from;
  }
}

describe("a history that is longer than a read may be", () => {
  it("is read up to its top for the last messages, and the oldest are left out", () => {
    const history = new LongHistory();
    const last = history.read(null);
    expect(history.answerAll()).toEqual([0, 2, 3, 4, 5, 6, 7, 8]);
    expect(last).toEqual(["8,9 to 9"]);
  });

  it("is read in parts behind a position", () => {
    const history = new LongHistory();
    const first = history.read(2);
    expect(history.answerAll()).toEqual([2, 3]);
    expect(first).toEqual(["3,4 to 4"]);
  });

  it("is no gap for a client whose place is behind the part, whoever has asked with it", () => {
    const history = new LongHistory();
    const answers = [1, 7, 5, 9].map((after) => history.read(after));
    const others = [
      { ...positionOf(7), check: "wrong-" },
      { ...positionOf(7), epoch: "d" },
      { ...positionOf(9), offset: 10 },
    ].map((after) => history.read(after));
    expect(history.answerAll()).toEqual([1, 2, 7, 8, 5, 6]);
    expect(answers).toEqual([["2,3 to 3"], ["8,9 to 9"], ["6,7 to 7"], [" to 9"]]);
    expect(others.map(([answer]) => answer!.endsWith(", a gap"))).toEqual([true, true, true]);
  });

  it("is no gap for a client whose place is before the last messages, that others have asked for", () => {
    const history = new LongHistory();
    const [early, last, late] = [history.read(1), history.read(null), history.read(8)];
    expect(history.answerAll()).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
    expect([early, last, late]).toEqual([["2,3 to 3"], ["8,9 to 9"], ["9 to 9"]]);
  });

  it("is read for those who were left out before it is read for those who came later", () => {
    const history = new LongHistory();
    const [last, early, earlier] = [history.read(null), history.read(4), history.read(1)];
    let later: string[] = [];
    history.rig.relay.flush();
    later = history.read(null);
    expect(history.answerAll().slice(8)).toEqual([4, 5, 1, 2, 0, 2, 3, 4, 5, 6, 7, 8]);
    expect([last, early, earlier, later]).toEqual([["8,9 to 9"], ["5,6 to 6"], ["2,3 to 3"], ["8,9 to 9"]]);
  });

  it("is asked for from the place of a client when it is known to be long", () => {
    const history = new LongHistory();
    history.rig.relay.history!.subscribe("a", RULE);
    history.rig.relay.flush();
    history.rig.rig.engine.events.subscribed(["ht:a"]);
    history.rig.answer({ top: 9, topHead });
    history.rig.takeCalls();
    const first = history.read(7);
    expect(history.answerAll()).toEqual([0, 2, 7, 8]);
    const second = history.read(6);
    expect(history.answerAll()).toEqual([6, 7]);
    expect([first, second]).toEqual([["8,9 to 9"], ["7,8 to 8"]]);
  });

  it("is refused as closed to those who wait for another read when the relay closes", () => {
    const history = new LongHistory();
    history.read(1);
    const waits = history.read(9);
    history.rig.relay.flush();
    for (const at of [0, 1]) history.rig.answer({ frames: FRAMES.slice(at, at + 2), top: 9, topHead });
    expect(waits).toEqual([]);
    void history.rig.relay.close();
    expect(waits).toHaveLength(1);
    expect(waits[0]).toContain("closed");
  });
});

it("a frame that was executed late, and is in the engine twice, is given once, and takes its place", () => {
  const rig = new HistoryRig().up();
  const frames = [
    { frame: historyFrame("x", 0, "1"), offset: 1, previous: 0 },
    { frame: historyFrame("x", 0, "1"), offset: 2, previous: 1 },
    { frame: historyFrame("x", 1, "2"), offset: 3, previous: 2 },
    // It was given up by its publisher, which has published another one since.
    { frame: historyFrame("x", 0, "1"), offset: 4, previous: 3 },
  ];
  const after = placeFrame(frames[1]!.frame, { epoch: "e", offset: 2, previous: 1 }).position;
  const texts: [string, number][] = [];
  for (const from of [null, after]) {
    rig.relay.history!.read("a", RULE, from, (_error, slice) => {
      texts.push([slice!.frames.map(textsOf).join(), slice!.position.offset]);
    });
  }
  rig.relay.flush();
  rig.answer({ frames });
  expect(texts).toEqual([
    ["1,,2,", 4],
    ["2,", 4],
  ]);
});
