import { Buffer } from "node:buffer";
import { asBuffer } from "../frame.ts";
import { Appends } from "./appends.ts";
import { BackplaneError } from "./backplane-error.ts";
import { CatchUp } from "./catch-up.ts";
import type { HistoryRule, Place, Slice } from "./history-engine.ts";
import type { HistoryMetrics } from "./history-host.ts";
import type { HistoryOptions } from "./history-options.ts";
import type { HistoryMessage } from "./history-turn.ts";
import { placeFrame } from "./placed-frames.ts";
import type { Position } from "./position.ts";
import { type HistoryRead, Reads } from "./reads.ts";
import { historyChannel, historyChannelOf, TopicLogs } from "./topic-logs.ts";

/**
 * The history topics of one instance: the engine numbers each frame, and all instances deliver in that order, the publishing one included. What an
 * instance has missed it reads, and its clients notice nothing; what cannot be read any more is told as a gap.
 */
export class History {
  readonly #options: HistoryOptions;
  readonly #logs = new TopicLogs();
  readonly #appends: Appends;
  readonly #catchUp: CatchUp;
  readonly #reads: Reads;
  #isUp = false;
  /** All topics are subscribed. */
  #isReady = false;
  #isClosed = false;
  #request = 0;

  /** @internal made by the relay */
  constructor(options: HistoryOptions) {
    this.#options = options;
    const { history, host } = options;
    const request = (): number => ++this.#request;
    this.#appends = new Appends({ ...options, request });
    this.#reads = new Reads(history, request, (channel) => this.#logs.find(channel), options.now);
    this.#catchUp = new CatchUp({
      engine: history,
      request,
      deliver: ({ topic }, frames) => {
        if (!this.#isClosed) host.deliver(topic, frames);
      },
      gap: (log) => {
        if (!this.#isClosed && log.hasMembers) host.gap(log.topic, log.position!);
      },
      live: (log) => {
        if (!this.#isClosed && log.hasMembers) host.live?.(log.topic, log.position!);
      },
      refused: (log, error) => {
        if (log.isRefusalTold || !log.hasMembers) return;
        log.isRefusalTold = true;
        options.tell({ type: "refused", topic: log.topic, error });
      },
    });
    history.listen({
      message: (channel, frame, place) => this.#message(channel, frame, place),
      appended: (number, place) => this.#appended(number, place),
      slice: (number, slice) => this.#slice(number, slice),
      failed: (number, error, ambiguous) => this.#failed(number, error, ambiguous),
    });
  }

  get metrics(): HistoryMetrics {
    const { dropped, waitingBytes } = this.#appends;
    const { gaps, repairs } = this.#catchUp;
    const { size, rings } = this.#logs;
    return { topics: size, gaps, repairs, ringBytes: rings.bytes, queueBytes: waitingBytes, dropped };
  }

  /** A topic has its first member here. `rule` is the same at all instances. */
  subscribe(topic: string, rule: HistoryRule): void {
    const { log, isNew } = this.#logs.join(topic, rule);
    if (isNew) this.#options.schedule();
    else if (log.position !== null) this.#options.host.live?.(topic, log.position);
  }

  /** A topic has lost its last member here. It is given up some seconds later. */
  unsubscribe(topic: string): void {
    this.#logs.leave(topic, this.#options.now());
  }

  /** Publishes at the end of the turn. It is delivered to the members here when it has its number. */
  publish(topic: string, rule: HistoryRule, message: HistoryMessage): void {
    if (this.#isClosed) message.published?.(new BackplaneError("closed"), null);
    else {
      this.#appends.add(historyChannel(topic), rule, message, this.#options.now());
      this.#options.schedule();
    }
  }

  /** The position behind the last message that was delivered; null if the topic is not subscribed here, or the engine has not told one yet. */
  position(topic: string): Position | null {
    return this.#logs.find(historyChannel(topic))?.position ?? null;
  }

  /**
   * Reads a topic's history: from the memory of this instance if it is there, which calls back at once, else from the engine.
   * @param after a position; null for the last messages: all that are kept, up to 8 MiB
   */
  read(topic: string, rule: HistoryRule, after: Position | null, callback: HistoryRead): void {
    const channel = historyChannel(topic);
    const log = this.#logs.find(channel);
    const kept = log?.kept(after, this.#options.now()) ?? null;
    if (this.#isClosed) callback(new BackplaneError("closed", undefined, "read"), null);
    else if (kept !== null) callback(null, kept);
    else if (!this.#isUp) callback(new BackplaneError("down", undefined, "read"), null);
    else {
      this.#reads.add(channel, rule, after, callback);
      this.#options.schedule();
    }
  }

  /** @internal The topic that has this channel where it has no history: by it instances ask for its members. */
  find(channel: string): { readonly topic: string; readonly hasMembers: boolean } | undefined {
    return this.#logs.find(historyChannelOf(channel));
  }

  /** @internal The end of a turn. The relay calls the engine's `flush` behind it. */
  flush(now: number): void {
    if (this.#isUp) {
      this.#logs.settle(this.#options.engine);
      this.#reads.flush();
    }
    this.#appends.seal(now);
    this.#tell();
  }

  /** @internal */
  tick(now: number): void {
    this.#logs.expire(this.#isUp ? this.#options.engine : null, now);
    if (this.#isUp) this.#catchUp.tick(now);
    this.#appends.pump(now);
    // A retry that held up the others may have been given up.
    this.#open(now);
    this.#tell();
  }

  /** @internal A new connection: all topics are asked for. */
  up(): void {
    this.#isUp = true;
    this.#logs.settleAll(this.#options.engine);
  }

  /** @internal */
  subscribed(channels: readonly string[]): void {
    for (const channel of channels) {
      const log = this.#logs.find(channel);
      if (log?.phase === "asked") this.#catchUp.start(log);
    }
    this.#options.schedule();
  }

  /** @internal The engine refuses a channel. @returns the topic, if that is to be told */
  refuse(channel: string): string | null {
    return this.#logs.refuse(channel);
  }

  /** @internal All is subscribed: what waits may leave. */
  ready(now: number): void {
    this.#isReady = true;
    this.#open(now);
    this.#tell();
  }

  /**
   * Lets appends leave when the topics were read. An engine that has lost its tail could give a retry the offset that it had: a position there would
   * look sound, and what others had appended before it would be missed. A refused read holds up nothing but that: a new append cannot look like what was lost, and
   * it may be refused as well, which its publisher is to learn. The retry is given up as `ambiguous` when it is too old.
   */
  #open(now: number): void {
    if (this.#appends.isOpen || !this.#isReady || !this.#catchUp.isIdle) return;
    if (this.#appends.hasRetry((channel) => this.#logs.find(channel)?.isStale === true)) return;
    this.#appends.isOpen = true;
    this.#appends.pump(now);
  }

  /** @internal */
  down(now: number): void {
    this.#isUp = false;
    this.#isReady = false;
    this.#logs.down();
    this.#catchUp.down();
    this.#appends.down(now);
    this.#reads.end("down");
    this.#tell();
  }

  /** @internal Sends what it has. */
  close(now: number): void {
    this.#isClosed = true;
    this.#appends.seal(now);
    this.#appends.close();
    this.#reads.end("closed");
    this.#tell();
  }

  /** @internal The engine is closed: what it has not answered stays unknown. */
  end(): void {
    this.#appends.end();
    this.#appends.settle();
  }

  #message(channel: string, frame: Uint8Array, place: Place): void {
    if (this.#isClosed) return;
    const log = this.#logs.find(channel);
    // A frame may come after its channel was given up.
    if (log === undefined) return;
    const { counters, now } = this.#options;
    const placed = placeFrame(Buffer.from(asBuffer(frame)), place);
    if (placed.count === 0 && frame.length > 0) counters.refusedFrames++;
    counters.framesIn++;
    counters.messagesIn += placed.count;
    counters.bytesIn += frame.length;
    this.#catchUp.receive(log, placed, now());
    if (log.phase === "reading") this.#options.schedule();
  }

  #appended(request: number, place: Pick<Place, "epoch" | "offset">): void {
    this.#appends.appended(request, place);
    if (this.#isClosed) {
      this.#appends.settle();
      return;
    }
    this.#appends.pump(this.#options.now());
    this.#options.schedule();
    this.#tell();
  }

  #slice(request: number, slice: Slice): void {
    if (this.#isClosed) return;
    if (this.#catchUp.has(request)) {
      const now = this.#options.now();
      this.#catchUp.slice(request, slice, now);
      this.#open(now);
    } else this.#reads.slice(request, slice);
    this.#options.schedule();
  }

  #failed(request: number, error: Error, ambiguous: boolean): void {
    if (this.#isClosed) return;
    if (this.#catchUp.has(request)) {
      this.#catchUp.failed(request, error);
      this.#open(this.#options.now());
    } else {
      this.#reads.failed(request, error);
      this.#appends.failed(request, error, ambiguous);
    }
    this.#options.schedule();
    this.#tell();
  }

  #tell(): void {
    for (const event of this.#appends.takeDrops()) this.#options.tell(event);
    this.#appends.settle();
  }
}
