import { Buffer } from "node:buffer";
import { asBuffer } from "../frame.ts";
import { BackplaneError } from "./backplane-error.ts";
import { judge } from "./catch-up.ts";
import type { EngineHistory, HistoryRule, Slice } from "./history-engine.ts";
import { READ_BYTES } from "./history-limits.ts";
import type { HistorySlice } from "./history-slice.ts";
import { type PlacedFrames, placeFrame, topPosition } from "./placed-frames.ts";
import { type Position, samePosition } from "./position.ts";

/** What is kept here of a topic. */
interface Keeper {
  readonly isLarge: boolean;
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
  readonly waiting: Waiting[];
  /** What came so far: an engine gives long frames by and by. */
  readonly frames: PlacedFrames[];
  bytes: number;
}

/** Reads of history for clients: one of the engine for each topic at a time, however many clients ask. */
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
    const read = this.#asked.get(channel) ?? { from: 0, channel, rule, waiting: [], frames: [], bytes: 0 };
    this.#asked.set(channel, read);
    read.waiting.push({ after, callback });
  }

  /** The end of a turn. */
  flush(): void {
    for (const read of [...this.#asked.values()]) {
      if (this.#busy.has(read.channel)) continue;
      this.#asked.delete(read.channel);
      this.#busy.add(read.channel);
      // All of it, which others will want, too: unless it is more than is kept here.
      if (this.#keeperOf(read.channel)?.isLarge !== false)
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
    const placed = read.frames;
    const last = placed.at(-1);
    this.#busy.delete(read.channel);
    const end = topPosition(epoch, top, topHead === null ? null : asBuffer(topHead));
    // It may be less than was asked for.
    const position = last !== undefined && last.place.offset < top ? last.position : end;
    const isAll = read.from === 0 || (placed[0]?.place.previous ?? top) >= read.from;
    this.#keeperOf(read.channel)?.fill(placed, isAll, this.#now());
    for (const { after, callback } of read.waiting) {
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
    if (before !== undefined && (first === undefined || !samePosition(first.position, before.position))) {
      // It has changed on the way: all of it is read again, and what there is then is given.
      frames.length = 0;
      read.bytes = Number.POSITIVE_INFINITY;
      return read.from;
    }
    for (const each of before === undefined ? came : came.slice(1)) {
      frames.push(each);
      read.bytes += each.cost;
    }
    const last = frames.at(-1);
    const isOver = last === before || last === undefined || last.place.offset >= top;
    return isOver || read.bytes > READ_BYTES || frames.length > rule.size ? null : last.place.offset;
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
