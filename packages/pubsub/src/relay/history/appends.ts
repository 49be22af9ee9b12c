import type { Engine } from "../engine.ts";
import { TURN_BYTES } from "../limits.ts";
import { type Counters, Drops } from "../metrics.ts";
import { OwnNumbers } from "../own-numbers.ts";
import type { RelayEvent } from "../relay-options.ts";
import { type Append, AppendQueue } from "./append-queue.ts";
import { BackplaneError } from "./backplane-error.ts";
import type { EngineHistory, HistoryRule, Place } from "./history-engine.ts";
import { type HistoryBatch, type HistoryMessage, HistoryTurn, type Published } from "./history-turn.ts";
import { identityOf } from "./identity.ts";
import { encodeHistoryFrame, encodeNamedFrame, historyOverhead, NAMED_OVERHEAD } from "./placed-frames.ts";
import { checkOf, type Position } from "./position.ts";

export interface AppendsOptions {
  readonly engine: Engine;
  readonly history: EngineHistory;
  /** Latin-1. */
  readonly instance: string;
  readonly queue: { readonly bytes: number; readonly seconds: number };
  readonly counters: Counters;
  request(): number;
}

/** A callback, and what it is to be called with. */
type Outcome = readonly [Published, BackplaneError | null, Position | null];

/** What this instance publishes to history topics: the messages of a turn become one frame for each topic, which the engine numbers. */
export class Appends {
  readonly #engine: Engine;
  readonly #instance: string;
  readonly #turn = new HistoryTurn();
  readonly #numbers = new OwnNumbers();
  readonly #queue: AppendQueue;
  readonly #drops = new Drops();
  /** Callbacks run when the machine is consistent again: they may call it. */
  #outcomes: Outcome[] = [];
  /** Whether appends may leave. */
  isOpen = false;

  constructor({ engine, history, instance, queue, counters, request }: AppendsOptions) {
    this.#engine = engine;
    this.#instance = instance;
    this.#queue = new AppendQueue({
      engine: history,
      maxFrameBytes: () => engine.features.maxFrameBytes,
      maxBytes: queue.bytes,
      maxAge: queue.seconds * 1000,
      request,
      sending: ({ frame, messages }) => {
        counters.framesOut++;
        counters.messagesOut += messages;
        counters.bytesOut += frame.length;
      },
      dropped: ({ frame, messages, published }, reason, code, error) => {
        this.#drops.add(reason, messages, frame.length, error);
        this.#fail(published, new BackplaneError(code, error));
      },
    });
  }

  get dropped(): number {
    return this.#drops.total;
  }

  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  /** Adds a message to this turn. */
  add(channel: string, rule: HistoryRule, message: HistoryMessage, now: number): void {
    const full = this.#turn.add(channel, rule, message, this.#engine.features.maxFrameBytes);
    if (full !== null) this.#enqueue(full, now);
    if (this.#turn.size > TURN_BYTES) this.seal(now);
  }

  /** Makes frames of what was published in this turn. */
  seal(now: number): void {
    for (const batch of this.#turn.takeAll()) this.#enqueue(batch, now);
    this.pump(now);
  }

  #enqueue({ channel, rule, compress, id, pieces, tags, published, size }: HistoryBatch, now: number): void {
    const messages = tags.length;
    const { sequence, start } = this.#numbers.take(channel, messages);
    const overhead = id === null ? historyOverhead(messages) : NAMED_OVERHEAD;
    if (overhead + size > this.#engine.features.maxFrameBytes) {
      this.#drops.add("size", messages, size);
      this.#fail(published, new BackplaneError("size"));
      return;
    }
    const own = { instance: this.#instance, sequence };
    const identity = id === null ? own : identityOf(id);
    const head = { start, ...identity, count: messages, compress, control: false };
    const frame =
      id === null
        ? encodeHistoryFrame(head, tags.some((tag) => tag !== 0) ? tags : null, pieces, size)
        : encodeNamedFrame(head, own, pieces, size);
    const append = { channel, frame, messages, rule, ...identity, published };
    this.#queue.push({ ...append, isNamed: id !== null, madeAt: now, wasSent: false });
    this.#queue.trim(now);
  }

  /** Whether the engine may have an append that waits for one of some channels. */
  hasRetry(isOne: (channel: string) => boolean): boolean {
    return this.#queue.hasRetry(isOne);
  }

  /** Hands to the engine what may leave, and drops what may not wait. */
  pump(now: number): void {
    if (this.isOpen) this.#queue.pump(now);
    this.#queue.trim(now);
  }

  /** @returns false if the request is not one of these */
  appended(request: number, { epoch, offset }: Pick<Place, "epoch" | "offset">): boolean {
    const append = this.#queue.take(request);
    if (append === undefined) return false;
    const { published, messages, instance, sequence } = append;
    published?.forEach((each, i) => {
      if (each === null) return;
      const check = checkOf(instance, sequence + i);
      this.#outcomes.push([each, null, { epoch, offset: offset - (messages - 1 - i), check }]);
    });
    return true;
  }

  failed(request: number, error: Error, ambiguous: boolean): void {
    const append: Append | undefined = this.#queue.take(request);
    if (append === undefined) return;
    this.#drops.add("refused", append.messages, append.frame.length, error);
    this.#fail(append.published, new BackplaneError(ambiguous ? "ambiguous" : "refused", error));
  }

  #fail(published: readonly (Published | null)[] | null, error: BackplaneError): void {
    for (const each of published ?? []) if (each !== null) this.#outcomes.push([each, error, null]);
  }

  /** The connection is lost: what is not answered waits again. */
  down(now: number): void {
    this.isOpen = false;
    this.#queue.recall(now);
  }

  /** What waits is dropped. The engine may answer the rest. */
  close(): void {
    this.#queue.close();
  }

  /** No answer comes any more. */
  end(): void {
    for (const { published } of this.#queue.takeUnanswered()) {
      this.#fail(published, new BackplaneError("ambiguous"));
    }
  }

  /** What was dropped since the last call. */
  takeDrops(): RelayEvent[] {
    return this.#drops.take();
  }

  /** Runs the callbacks of what was answered and dropped. */
  settle(): void {
    while (this.#outcomes.length > 0) {
      const outcomes = this.#outcomes;
      this.#outcomes = [];
      for (const [published, error, position] of outcomes) published(error, position);
    }
  }
}
