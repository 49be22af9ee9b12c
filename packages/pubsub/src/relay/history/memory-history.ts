import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { asBuffer, HEAD_BYTES } from "../frame.ts";
import {
  type HistoryRule,
  ID_FROM,
  ID_TO,
  type Place,
  RETRY_FRAMES,
  type Slice,
  type StoredFrame,
} from "./history-engine.ts";
import { EMPTY_EPOCH_MS, EPOCH_FACTOR, MEMORY_HISTORY_BYTES } from "./history-limits.ts";
import { Traces } from "./traces.ts";

interface Kept extends StoredFrame {
  readonly until: number;
}

interface Log {
  epoch: string;
  top: number;
  topHead: Buffer | null;
  frames: Kept[];
  /** Null as long as the last 64 frames are kept. */
  traces: Traces | null;
  /** Of the frames and the traces. */
  bytes: number;
  /** Then the epoch ends, unless the channel is subscribed. */
  until: number;
}

export interface MemoryHistoryOptions {
  /** A clock in milliseconds. */
  now(): number;
  /** Whether a channel is subscribed. The epoch of such a one does not end. */
  isSubscribed(channel: string): boolean;
  /** A new name for each epoch; random by default. */
  epoch?(): string;
}

/** The frames that an engine in memory keeps, by channel. */
export class MemoryHistory {
  readonly #logs = new Map<string, Log>();
  /** Those that may have something to lose. The one appended to last is the last one. */
  readonly #holding = new Set<Log>();
  /** Goes round all channels, a few at a time: one that is kept for long does not hide those behind it. */
  #round: Iterator<[string, Log]> = this.#logs.entries();
  readonly #options: MemoryHistoryOptions;
  #bytes = 0;

  constructor(options: MemoryHistoryOptions) {
    this.#options = options;
  }

  append(
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    retry: boolean,
  ): { readonly place: Place; readonly duplicate: boolean } {
    const now = this.#options.now();
    const log = this.#log(channel);
    const { epoch } = log;
    const known = retry ? findRetry(log, frame) : null;
    if (known !== null) return { place: { epoch, ...known }, duplicate: true };
    const previous = log.top;
    const offset = previous + count;
    log.top = offset;
    log.topHead = Buffer.from(asBuffer(frame).subarray(0, HEAD_BYTES));
    log.frames.push({ frame, offset, previous, until: now + rule.seconds * 1000 });
    log.until = now + rule.seconds * 1000 * EPOCH_FACTOR;
    this.#grow(log, frame.length);
    this.#drop(log, ({ offset: last }) => last <= offset - rule.size);
    this.#holding.delete(log);
    this.#holding.add(log);
    this.#forgetSome(now);
    this.#limit();
    return { place: { epoch, offset, previous }, duplicate: false };
  }

  read(channel: string, from: number, limit: number): Slice {
    const now = this.#options.now();
    const log = this.#log(channel);
    this.#drop(log, ({ until }) => until <= now);
    const { epoch, top, topHead, frames } = log;
    const first = frames.findIndex(({ offset }) => offset >= from);
    return { epoch, top, topHead, frames: first < 0 ? [] : frames.slice(first, first + limit) };
  }

  rotate(channel: string, epoch: string): void {
    const log = this.#logs.get(channel);
    if (log?.epoch === epoch) log.epoch = this.#newEpoch();
  }

  /** Forgets the last frames of a channel, as a failover to a replica that did not have them. */
  rollBack(channel: string, frames: number): void {
    const log = this.#logs.get(channel);
    if (log === undefined) return;
    for (const { frame } of log.frames.splice(-frames)) this.#grow(log, -frame.length);
    const last = log.frames.at(-1);
    log.top = last?.offset ?? 0;
    log.topHead = last === undefined ? null : Buffer.from(asBuffer(last.frame).subarray(0, HEAD_BYTES));
  }

  /** Forgets a channel. */
  evict(channel: string): void {
    const log = this.#logs.get(channel);
    if (log !== undefined) this.#empty(log);
    this.#logs.delete(channel);
  }

  #log(channel: string): Log {
    let log = this.#logs.get(channel);
    if (log === undefined) {
      const now = this.#options.now();
      log = {
        epoch: this.#newEpoch(),
        top: 0,
        topHead: null,
        frames: [],
        traces: null,
        bytes: 0,
        until: now + EMPTY_EPOCH_MS,
      };
      this.#forgetSome(now);
      this.#logs.set(channel, log);
    }
    return log;
  }

  #newEpoch(): string {
    return this.#options.epoch?.() ?? randomBytes(6).toString("base64url");
  }

  #grow(log: Log, bytes: number): void {
    log.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Drops the oldest frames, as long as they are to be dropped. */
  #drop(log: Log, isOver: (kept: Kept) => boolean): void {
    let count = 0;
    while (count < log.frames.length && isOver(log.frames[count]!)) {
      this.#grow(log, -log.frames[count]!.frame.length);
      count++;
    }
    if (count === 0) return;
    const dropped = log.frames.splice(0, count);
    if (log.frames.length >= RETRY_FRAMES) return;
    const before = log.traces?.bytes ?? 0;
    log.traces ??= new Traces();
    for (const { frame, offset } of dropped.slice(-RETRY_FRAMES)) log.traces.add(frame, offset);
    this.#grow(log, log.traces.bytes - before);
  }

  /** Forgets channels whose time has come, of the next few. */
  #forgetSome(now: number): void {
    for (let i = 0; i < LOOKS; i++) {
      const next = this.#round.next();
      if (next.done === true) {
        this.#round = this.#logs.entries();
        return;
      }
      const [channel, log] = next.value;
      if (log.until > now) continue;
      if (this.#options.isSubscribed(channel)) this.#drop(log, ({ until }) => until <= now);
      else this.evict(channel);
    }
  }

  /** The channels appended to longest ago lose their frames beyond the limit of bytes, and the traces of earlier ones. */
  #limit(): void {
    for (const log of this.#holding) {
      if (this.#bytes <= MEMORY_HISTORY_BYTES) return;
      this.#empty(log);
    }
  }

  #empty(log: Log): void {
    this.#grow(log, -log.bytes);
    log.frames = [];
    log.traces = null;
    this.#holding.delete(log);
  }
}

/** So many channels are looked at with each append, and with each new channel: more than can be added by it. */
const LOOKS = 4;

function findRetry(log: Log, frame: Uint8Array): Pick<Place, "offset" | "previous"> | null {
  const id = asBuffer(frame).subarray(ID_FROM, ID_TO);
  const kept = log.frames
    .slice(-RETRY_FRAMES)
    .find((each) => asBuffer(each.frame).subarray(ID_FROM, ID_TO).equals(id));
  if (kept !== undefined) return { offset: kept.offset, previous: kept.previous };
  const offset = log.traces?.find(frame) ?? null;
  // Of one that is not kept any more it is not known where it began.
  return offset === null ? null : { offset, previous: offset - 1 };
}
