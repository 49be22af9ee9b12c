import { Buffer } from "node:buffer";
import { asBuffer } from "../frame.ts";
import { BackplaneError } from "./backplane-error.ts";
import { judge } from "./catch-up.ts";
import type { EngineHistory, HistoryRule, Slice } from "./history-engine.ts";
import { READ_BYTES } from "./history-limits.ts";
import type { HistorySlice } from "./history-slice.ts";
import { type PlacedFrames, placeFrame, topPosition } from "./placed-frames.ts";
import { type Position, samePosition } from "./position.ts";
import { Publishers } from "./publishers.ts";

/** What is kept here of a topic. */
interface Keeper {
  /** The engine has more than is kept here. */
  isLarge: boolean;
  kept(after: Position | null, now: number): HistorySlice | null;
  fill(frames: readonly PlacedFrames[], isAll: boolean, now: number): void;
}

export type HistoryRead = (error: BackplaneError | null, slice: HistorySlice | null) => void;

interface Waiting {
  readonly after: Position | null;
  readonly callback: HistoryRead;
}

interface Read {
  from: number;
  readonly channel: string;
  readonly rule: HistoryRule;
  waiting: Waiting[];
  /** The first of those that wait was not answered by the read before: this one begins at its place. */
  isAgain: boolean;
  /** The last frames are wanted: those before them are left out beyond the bytes. Else it ends there, with the first ones. */
  isToTop: boolean;
  /** What came so far: an engine gives long frames by and by. */
  readonly frames: PlacedFrames[];
  bytes: number;
  /** The top as the first answer tells it: a topic may grow as fast as it is read. */
  end: number | null;
  /** The engine has frames before these, which were left out. */
  isCut: boolean;
  /** It has begun a second time. */
  isRepeated: boolean;
}

/**
 * Reads of history for clients: one of the engine for each topic at a time, however many clients ask. Of a history that is longer than one read may be, a read has
 * a part; a client whose place is not in it is answered by another read.
 */
export class Reads {
  readonly #engine: EngineHistory;
  readonly #request: () => number;
  readonly #keeperOf: (channel: string) => Keeper | undefined;
  readonly #now: () => number;
  /** Of this turn, by channel. */
  readonly #asked = new Map<string, Read>();
  readonly #reads = new Map<number, Read>();
  /** Channels that are being read. What is asked meanwhile waits: mostly it is answered by the same answer. */
  readonly #busy = new Set<string>();

  /** @param keeperOf what is kept of a channel here, if it is subscribed */
  constructor(
    engine: EngineHistory,
    request: () => number,
    keeperOf: (channel: string) => Keeper | undefined,
    now: () => number,
  ) {
    this.#engine = engine;
    this.#request = request;
    this.#keeperOf = keeperOf;
    this.#now = now;
  }

  add(channel: string, rule: HistoryRule, after: Position | null, callback: HistoryRead): void {
    const read = this.#asked.get(channel) ?? newRead(channel, rule);
    this.#asked.set(channel, read);
    read.waiting.push({ after, callback });
  }

  /** Adds those whose places were not in what was read, before all others: the first of them is answered next. */
  #addAgain({ channel, rule }: Read, waiting: readonly Waiting[]): void {
    if (waiting.length === 0) return;
    const read = this.#asked.get(channel) ?? newRead(channel, rule);
    this.#asked.set(channel, read);
    read.waiting = [...waiting, ...read.waiting];
    read.isAgain = true;
  }

  /** The end of a turn. */
  flush(): void {
    for (const read of [...this.#asked.values()]) {
      if (this.#busy.has(read.channel)) continue;
      this.#asked.delete(read.channel);
      this.#busy.add(read.channel);
      const own = read.isAgain ? read.waiting[0]!.after : null;
      read.isToTop = own === null && read.waiting.some(({ after }) => after === null);
      if (own !== null) read.from = own.offset;
      // All of it, which others will want, too: unless it is more than is kept here.
      else if (this.#keeperOf(read.channel)?.isLarge !== false)
        read.from = read.waiting.reduce(
          (from, { after }) => Math.min(from, after?.offset ?? 0),
          Number.MAX_SAFE_INTEGER,
        );
      this.#ask(read, read.from);
    }
  }

  #ask(read: Read, from: number): void {
    const request = this.#request();
    this.#reads.set(request, read);
    this.#engine.read(request, read.channel, from, read.rule.size + 1, read.rule);
  }

  slice(request: number, { epoch, top, topHead, frames }: Slice): void {
    const read = this.#reads.get(request);
    if (read === undefined) return;
    this.#reads.delete(request);
    const came = frames.map(({ frame, offset, previous }) =>
      placeFrame(Buffer.from(asBuffer(frame)), { epoch, offset, previous }),
    );
    const next = this.#take(read, came, top);
    if (next !== null) {
      this.#ask(read, next);
      return;
    }
    const publishers = new Publishers();
    // What was executed late is in the engine twice: it is given once, as it is delivered.
    const placed = read.frames.map((each) => (publishers.take(each) ? each : each.emptied()));
    const last = placed.at(-1);
    this.#busy.delete(read.channel);
    const end = topPosition(epoch, top, topHead === null ? null : asBuffer(topHead));
    // It may be less than was asked for.
    const position = last !== undefined && last.place.offset < top ? last.position : end;
    const base = placed[0]?.place.previous ?? top;
    const isAll = !read.isCut && (read.from === 0 || base >= read.from);
    const keeper = this.#keeperOf(read.channel);
    keeper?.fill(placed, isAll, this.#now());
    if (read.isCut && keeper !== undefined) keeper.isLarge = true;
    /** Whether it is known now what is behind a place, or that it is missing. */
    const isAnswered = (each: Waiting): boolean => {
      const { after } = each;
      if (after === null) return read.isToTop;
      // It was read for this one.
      if (read.isAgain && each === read.waiting[0]) return true;
      if (after.epoch !== epoch || after.offset > top) return true;
      return (
        (read.isCut ? after.offset > base : after.offset >= read.from) && after.offset <= position.offset
      );
    };
    const answered = read.waiting.filter(isAnswered);
    this.#addAgain(
      read,
      read.waiting.filter((each) => !isAnswered(each)),
    );
    for (const { after, callback } of answered) {
      const behind = placed.filter(({ place }) => after === null || place.offset > after.offset);
      const complete = after === null || judge(after, placed, position) === "whole";
      callback(null, { frames: complete ? behind : [], position, complete });
    }
    this.#answerKept(read.channel);
  }

  /** Adds what came to what is there. @returns from where to read on; null if that is all */
  #take(read: Read, came: readonly PlacedFrames[], top: number): number | null {
    const { frames, rule } = read;
    const before = frames.at(-1);
    const [first] = came;
    if (before !== undefined && (first === undefined || !samePosition(first.position, before.position)))
      return changed(read, came);
    read.end ??= top;
    for (const each of before === undefined ? came : came.slice(1)) {
      frames.push(each);
      read.bytes += each.cost;
    }
    if (read.isToTop) cut(read);
    const last = frames.at(-1);
    const isOver = last === before || last === undefined || last.place.offset >= read.end;
    const isFull = !read.isToTop && (read.bytes > READ_BYTES || frames.length > rule.size);
    return isOver || isFull ? null : last.place.offset;
  }

  /** Answers what was asked meanwhile and is kept here now. The rest is read at the end of the turn. */
  #answerKept(channel: string): void {
    const read = this.#asked.get(channel);
    const keeper = this.#keeperOf(channel);
    if (read === undefined || keeper === undefined) return;
    for (const each of read.waiting.splice(0)) {
      const kept = keeper.kept(each.after, this.#now());
      if (kept === null) read.waiting.push(each);
      else each.callback(null, kept);
    }
    if (read.waiting.length === 0) this.#asked.delete(channel);
  }

  failed(request: number, error: Error): void {
    const read = this.#reads.get(request);
    this.#reads.delete(request);
    if (read !== undefined) this.#busy.delete(read.channel);
    for (const { callback } of read?.waiting ?? [])
      callback(new BackplaneError("refused", error, "read"), null);
  }

  /** The connection is lost, or closed: no answer comes. */
  end(code: "down" | "closed"): void {
    const all = [...this.#reads.values(), ...this.#asked.values()];
    this.#reads.clear();
    this.#asked.clear();
    this.#busy.clear();
    for (const { waiting } of all) {
      for (const { callback } of waiting) callback(new BackplaneError(code, undefined, "read"), null);
    }
  }
}

function newRead(channel: string, rule: HistoryRule): Read {
  return {
    from: 0,
    channel,
    rule,
    waiting: [],
    isAgain: false,
    isToTop: false,
    frames: [],
    bytes: 0,
    end: null,
    isCut: false,
    isRepeated: false,
  };
}

/** It has changed on the way: all of it is read again, once. If it changes faster than it is read, what came last is given. */
function changed(read: Read, came: readonly PlacedFrames[]): number | null {
  const { frames, isRepeated, from } = read;
  frames.splice(0, frames.length, ...(isRepeated ? came : []));
  read.bytes = 0;
  read.end = null;
  read.isCut = isRepeated;
  read.isRepeated = true;
  return isRepeated ? null : from;
}

/** Leaves out the oldest frames beyond the bytes. The last one stays. */
function cut(read: Read): void {
  let count = 0;
  while (read.bytes > READ_BYTES && count < read.frames.length - 1) read.bytes -= read.frames[count++]!.cost;
  if (count === 0) return;
  read.frames.splice(0, count);
  read.isCut = true;
}
