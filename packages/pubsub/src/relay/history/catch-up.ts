import { Buffer } from "node:buffer";
import { Fifo } from "../fifo.ts";
import { asBuffer } from "../frame.ts";
import type { EngineHistory, Slice } from "./history-engine.ts";
import { MOST_READS, PAGE_FRAMES } from "./history-limits.ts";
import { type PlacedFrames, placeFrame, topPosition } from "./placed-frames.ts";
import { type Position, samePosition } from "./position.ts";
import { RefusedReads } from "./refused-reads.ts";
import type { TopicLog } from "./topic-log.ts";

export interface CatchUpOptions {
  readonly engine: EngineHistory;
  /** A number for a request of the engine. */
  request(): number;
  deliver(log: TopicLog, frames: PlacedFrames): void;
  /** The topic goes on from its position, and not all before it was delivered. */
  gap(log: TopicLog): void;
  /** All up to its position was delivered, and what comes is. */
  live(log: TopicLog): void;
  /** The topic could not be read. It is tried again. */
  refused(log: TopicLog, error: Error): void;
}

/** What a slice says of a position. */
type Verdict = "whole" | "gap" | "rollback";

/** Reads from the engine what topics have missed: one read for a gap, at most 64 at once. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #waiting = new Fifo<TopicLog>();
  readonly #reads = new Map<number, TopicLog>();
  /** Those that had a position, and wait or are being read. */
  readonly #stale = new Set<TopicLog>();
  readonly #refused = new RefusedReads();
  /** Gaps that were told, and reads that were made for what was missed. */
  gaps = 0;
  repairs = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Whether nothing that had a position is being read. New topics come all the time, and have nothing to compare. */
  get isIdle(): boolean {
    return this.#stale.size === 0;
  }

  /** Whether a request is one of these. */
  has(request: number): boolean {
    return this.#reads.has(request);
  }

  /** The topic is to be read up to its top. */
  start(log: TopicLog): void {
    log.phase = "reading";
    if (log.position !== null) this.#stale.add(log);
    this.#waiting.push(log);
    this.#pump();
  }

  #pump(): void {
    while (this.#reads.size < MOST_READS) {
      const log = this.#waiting.shift();
      if (log === undefined) return;
      if (log.isOver || log.phase !== "reading") {
        this.#stale.delete(log);
        continue;
      }
      const request = this.#options.request();
      this.#reads.set(request, log);
      const { position, channel } = log;
      if (position !== null) this.repairs++;
      const limit = position === null ? 0 : PAGE_FRAMES;
      this.#options.engine.read(request, channel, log.readFrom, limit, log.rule);
    }
  }

  /** A frame of a subscribed channel. */
  receive(log: TopicLog, frames: PlacedFrames, now: number): void {
    // Drivers tell an answer in a later microtask or turn than what comes behind it: a frame may be told before its subscription.
    if (log.phase === "reading" || log.phase === "asked") log.hold(frames);
    if (log.phase !== "live") return;
    const relation = log.relationOf(frames);
    if (relation === "next") this.#take(log, frames, now);
    else if (relation === "unknown") {
      this.start(log);
      log.hold(frames);
    }
  }

  #take(log: TopicLog, frames: PlacedFrames, now: number): void {
    const delivered = log.take(frames, now);
    if (delivered !== null && log.hasMembers) this.#options.deliver(log, delivered);
  }

  slice(request: number, slice: Slice, now: number): void {
    const log = this.#ended(request);
    if (log !== undefined) {
      this.#refused.delete(log);
      if (!log.isOver && log.phase === "reading") this.#apply(log, slice, now);
    }
    this.#pump();
  }

  #ended(request: number): TopicLog | undefined {
    const log = this.#reads.get(request);
    this.#reads.delete(request);
    if (log !== undefined) this.#stale.delete(log);
    return log;
  }

  #apply(log: TopicLog, slice: Slice, now: number): void {
    const { epoch, top, topHead } = slice;
    const end = topPosition(epoch, top, topHead === null ? null : asBuffer(topHead));
    const { position } = log;
    if (position === null) log.moveTo(beginning(log.firstHeld, end));
    else {
      const frames = this.#framesOf(slice);
      const verdictOf = (): Verdict => judge(log.position!, frames, end, (offset) => log.checkAt(offset));
      let verdict = verdictOf();
      if (verdict === "gap" && log.isConfirmed && position.epoch === epoch) {
        this.#takeHeld(log, top, now);
        // A delivery may have ended it.
        if (log.isOver || log.phase !== "reading") return;
        verdict = verdictOf();
      }
      if (verdict === "rollback" && log.rotated !== epoch) {
        log.rotated = epoch;
        this.#options.engine.rotate(log.channel, epoch);
        this.start(log);
        return;
      }
      if (verdict === "whole") {
        for (const each of frames) {
          if (log.relationOf(each) === "next") this.#take(log, each, now);
          // A delivery may have ended it.
          if (log.isOver || log.phase !== "reading") return;
        }
        const reached = log.position!;
        if (reached.offset < top && reached.offset > position.offset) {
          this.start(log);
          return;
        }
      }
      if (log.position!.epoch !== epoch || log.position!.offset < top || verdict !== "whole") {
        log.moveTo(end);
        this.gaps++;
        this.#options.gap(log);
      }
    }
    if (!log.isOver && log.phase === "reading") this.#goLive(log, top, now);
  }

  /**
   * Takes what continues the position, up to the top. NATS gives frames in another order than it stores them in, if two connections append at
   * once: what was missing has come meanwhile, and the message at the position may be too old to be read.
   */
  #takeHeld(log: TopicLog, top: number, now: number): void {
    for (const frames of log.takeNextHeld(top)) {
      if (log.isOver || log.phase !== "reading") return;
      this.#take(log, frames, now);
    }
  }

  /**
   * Ends the reading with what came meanwhile. What does not fit was appended before the next read is executed: it is read. So is what is
   * missing up to the top if a frame came before the answer to the subscription: it may be of an earlier one, and others were between both.
   */
  #goLive(log: TopicLog, top: number, now: number): void {
    const { held, isAll, isEarly } = log.takeHeld();
    log.phase = "live";
    log.isConfirmed = true;
    log.isRefusalTold = false;
    this.#options.live(log);
    for (const frames of held) {
      if (log.isOver || log.phase !== "live") return;
      const relation = log.relationOf(frames);
      if (relation === "next") this.#take(log, frames, now);
      else if (relation === "unknown") {
        this.start(log);
        return;
      }
    }
    const isMissing = !isAll || (isEarly && log.position!.offset < top);
    if (isMissing && !log.isOver && log.phase === "live") this.start(log);
  }

  #framesOf({ epoch, frames }: Slice): PlacedFrames[] {
    return frames.map(({ frame, offset, previous }) =>
      placeFrame(Buffer.from(asBuffer(frame)), { epoch, offset, previous }),
    );
  }

  /** A read was refused. */
  failed(request: number, error: Error): void {
    const log = this.#ended(request);
    if (log !== undefined && !log.isOver && log.phase === "reading") {
      this.#refused.add(log);
      this.#options.refused(log, error);
    }
    this.#pump();
  }

  tick(now: number): void {
    for (const log of this.#refused.takeDue(now)) this.start(log);
  }

  /** The connection is lost: no answer comes. */
  down(): void {
    this.#waiting.takeAll();
    this.#reads.clear();
    this.#stale.clear();
    this.#refused.clear();
  }
}

/**
 * Where a topic begins that had no position: at the top, or before the first message that came since it was subscribed. A program may subscribe a
 * client and greet it in the same turn.
 */
function beginning(first: PlacedFrames | null, end: Position): Position {
  if (first === null || first.place.epoch !== end.epoch || first.place.previous >= end.offset) return end;
  return { epoch: end.epoch, offset: first.place.previous, check: "" };
}

/**
 * Whether all messages behind a position are in the frames that were read. The messages at the position and before it must be the same that they
 * were: an engine that has lost its tail uses offsets twice.
 * @param checkAt of the messages that are known; null for others
 */
export function judge(
  position: Position,
  frames: readonly PlacedFrames[],
  top: Position,
  checkAt: (offset: number) => string | null = () => null,
): Verdict {
  if (top.epoch !== position.epoch) return "gap";
  if (top.offset < position.offset) return "rollback";
  for (const { place, position: end } of frames) {
    if (place.offset > position.offset) break;
    const known = checkAt(place.offset);
    if (known !== null && known !== end.check) return "rollback";
  }
  if (top.offset === position.offset) return samePosition(top, position) ? "whole" : "rollback";
  const [first] = frames;
  if (first === undefined) return "gap";
  if (position.offset === 0) return first.place.previous === 0 ? "whole" : "gap";
  if (first.place.previous >= position.offset) return "gap";
  const holder = frames.find(({ place }) => place.offset >= position.offset);
  return holder?.checkAt(position.offset) === position.check ? "whole" : "rollback";
}
