import { Buffer } from "node:buffer";
import { formatPosition, type HistorySlice, type PlacedFrames, type Position } from "@mantou/pubsub/relay";
import { describe, expect, it } from "vitest";
import { PAGE_BYTES, PAGE_MESSAGES } from "../../src/resume/limits.ts";
import { TopicForm } from "../../src/resume/topic-form.ts";
import { TopicSessions } from "../../src/resume/topic-sessions.ts";
import { FlushScheduler } from "../../src/socket/flush-scheduler.ts";
import { HeldSocket } from "../support/held-socket.ts";

const EPOCH = "epoch";
const check = (offset: number): string => String(offset).padStart(6, "0");
const at = (offset: number): Position => ({ epoch: EPOCH, offset, check: offset === 0 ? "" : check(offset) });

/** One message of another instance in one frame. */
function frame(offset: number, text: string): PlacedFrames {
  const payload = Buffer.from(text);
  return {
    instance: "another_",
    count: 1,
    span: 1,
    compress: false,
    cost: payload.length,
    place: { epoch: EPOCH, offset, previous: offset - 1 },
    position: at(offset),
    positionOf: () => at(offset),
    tagOf: () => 0,
    *[Symbol.iterator]() {
      yield { text: true, payload, start: 0, end: payload.length };
    },
  } as unknown as PlacedFrames;
}

/** A history whose live messages may be behind what is read, as where these come by two ways. */
class TwoWayHistory {
  readonly instance = "instance";
  readonly frames: PlacedFrames[] = [];
  live = 0;
  reads = 0;
  error: Error | null = null;

  append(text: string): void {
    this.frames.push(frame(this.frames.length + 1, text));
  }

  hasHistory(): boolean {
    return true;
  }

  position(): Position {
    return at(this.live);
  }

  read(
    _topic: string,
    after: Position | null,
    callback: (error: Error | null, slice: HistorySlice | null) => void,
  ): void {
    this.reads++;
    if (this.error !== null) {
      callback(this.error, null);
      return;
    }
    const top = this.frames.length;
    const complete = after === null || (after.offset <= top && after.check === at(after.offset).check);
    const frames = complete ? this.frames.slice(after?.offset ?? 0) : [];
    callback(null, { frames, position: at(top), complete });
  }
}

function start() {
  const history = new TwoWayHistory();
  const flushScheduler = new FlushScheduler(() => {});
  const sessions = new TopicSessions({
    history,
    presence: null,
    flushScheduler,
    later: () => {},
    publish: () => {},
  });
  const socket = new HeldSocket();
  const session = sessions.open(socket, 0);
  const ask = (from: number, to: number, topic = "t"): void =>
    session.receive(`r\n${topic} ${formatPosition(at(from))} ${formatPosition(at(to))}`);
  return { history, sessions, socket, session, ask };
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

describe("a replay", () => {
  it("has pages of 128 messages, each of which waits until the one before was taken", () => {
    const { history, socket, session, ask } = start();
    for (let i = 0; i < 300; i++) history.append("x");
    history.live = 300;
    ask(0, 300);
    expect(socket.sent).toEqual(numbers(1, PAGE_MESSAGES));
    expect(socket.isAwaited).toBe(true);
    session.drained();
    expect(socket.pages).toEqual([128, 128]);
    session.drained();
    expect(socket.sent).toEqual([...numbers(1, 300), `=t ${formatPosition(at(300))}`]);
  });

  it("has pages of 64 KiB, and one message more, which all replays of a client share", () => {
    const { history, socket, session, ask } = start();
    for (let i = 0; i < 8; i++) history.append("x".repeat(PAGE_BYTES / 2));
    history.live = 8;
    ask(0, 8);
    ask(0, 8, "u");
    ask(7, 8, "v");
    expect(socket.pages).toEqual([2]);
    const reads = history.reads;
    session.drained();
    expect(socket.pages).toEqual([2, 2]);
    // The others do not even read.
    expect(history.reads).toBe(reads + 1);
    for (let i = 0; i < 20; i++) session.drained();
    expect(socket.pages.reduce((sum, page) => sum + page)).toBe(17);
    expect(socket.sent.filter((line) => line.startsWith("="))).toHaveLength(3);
    expect(socket.pages.every((page) => page <= 2)).toBe(true);
  });

  it("of a client that has more than this instance ends when it has that, too", () => {
    const { history, sessions, socket, ask } = start();
    for (let i = 0; i < 5; i++) history.append("x");
    history.live = 3;
    ask(5, 3);
    expect(socket.sent).toEqual([]);
    history.live = 4;
    sessions.deliver("t", history.frames[3]!);
    expect(socket.sent).toEqual([]);
    history.live = 5;
    sessions.deliver("t", history.frames[4]!);
    expect(socket.sent).toEqual([`=t ${formatPosition(at(3))}`]);
  });

  it("of such a client is a gap if the engine has lost on the way what it has", () => {
    const { history, sessions, socket, session } = start();
    for (let i = 0; i < 5; i++) history.append("x");
    history.live = 3;
    session.receive(`r\nt ${EPOCH}.4.${check(4)} ${formatPosition(at(3))}`);
    expect(socket.sent).toEqual([]);
    history.live = 4;
    history.read = (_topic, _after, callback) =>
      callback(null, { frames: [], position: at(5), complete: false });
    sessions.deliver("t", history.frames[3]!);
    expect(socket.sent).toEqual([`!t ${formatPosition(at(3))}`]);
  });

  it("that cannot be read now begins again with a +, and one that is refused is a gap", () => {
    const { history, sessions, socket, ask } = start();
    history.append("x");
    history.live = 1;
    history.error = Object.assign(new Error("down"), { code: "down" });
    ask(0, 1);
    expect(socket.sent).toEqual([]);
    history.error = null;
    sessions.live("t");
    expect(socket.sent).toEqual([`+t ${formatPosition(at(1))}`]);
    history.error = Object.assign(new Error("no"), { code: "refused" });
    ask(0, 1);
    expect(socket.sent.at(-1)).toBe(`!t ${formatPosition(at(1))}`);
  });

  it("of last messages that cannot be read is empty: a client that is told a gap would ask for them again, without end", () => {
    const { history, socket, session } = start();
    history.append("x");
    history.live = 1;
    const to = formatPosition(at(1));
    history.error = Object.assign(new Error("no"), { code: "refused" });
    session.receive(`r\nt *3 ${to}`);
    expect(socket.sent).toEqual([`=t ${to}`]);
    history.read = (_topic, _after, callback) =>
      callback(null, { frames: [], position: { ...at(1), epoch: "other" }, complete: true });
    session.receive(`r\nt *3 ${to}`);
    expect(socket.sent).toEqual([`=t ${to}`, `=t ${to}`]);
  });

  it("ends with a gap if the engine gives nothing of what it has", () => {
    const { history, socket, ask } = start();
    for (let i = 0; i < 5; i++) history.append("x");
    history.live = 5;
    history.read = (_topic, after, callback) =>
      callback(null, { frames: [], position: after ?? at(0), complete: true });
    ask(1, 5);
    expect(socket.sent).toEqual([`!t ${formatPosition(at(5))}`]);
  });

  it("is ended by another one of its topic, and by its end", () => {
    const { history, socket, session, ask } = start();
    for (let i = 0; i < 200; i++) history.append("x");
    history.live = 200;
    ask(0, 200);
    ask(199, 200);
    session.drained();
    expect(socket.sent.slice(128)).toEqual(["200", `=t ${formatPosition(at(200))}`]);
    ask(0, 200);
    session.unsubscribed("t");
    session.drained();
    expect(socket.sent.at(-1)).toBe("-t");
    ask(0, 200);
    session.closed();
    session.drained();
    expect(socket.sent.at(-1)).toBe("128");
  });
});

describe("a topic of which messages are left out just before", () => {
  /** What was published is delivered with the next line, and too many bytes wait for the client. */
  function startLate() {
    const started = start();
    const { socket, session } = started;
    socket.flushPublished = () => session.missed([new TopicForm("t", "numbered", "m t 1.1\n", false)]);
    return started;
  }

  it("is not told the place of an own message: the client would believe that it has all before it", () => {
    const { socket, session } = startLate();
    session.tellOwn("t", at(2));
    expect(socket.sent).toEqual([]);
  });

  it("is not answered: a + follows", () => {
    const { socket, session, history, ask } = startLate();
    history.live = 3;
    ask(3, 3);
    expect(socket.sent).toEqual([]);
    socket.flushPublished = () => {};
    session.drained();
    expect(socket.sent).toEqual([`+t ${formatPosition(at(3))}`]);
  });
});
