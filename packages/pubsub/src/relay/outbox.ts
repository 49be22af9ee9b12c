import type { Engine } from "./engine.ts";
import { encodeFrame, HEAD_BYTES } from "./frame.ts";
import { TURN_BYTES } from "./limits.ts";
import { type Counters, Drops } from "./metrics.ts";
import { OwnNumbers } from "./own-numbers.ts";
import type { RelayEvent } from "./relay-options.ts";
import { type QueuedFrame, SendQueue } from "./send-queue.ts";
import { Turn, type TurnBatch } from "./turn.ts";

export interface OutboxOptions {
  readonly engine: Engine;
  /** Latin-1. */
  readonly instance: string;
  readonly queue: { readonly bytes: number; readonly seconds: number };
  readonly counters: Counters;
  now(): number;
}

/** What leaves this instance: the messages of a turn become numbered frames, which wait for the engine. */
export class Outbox {
  readonly #engine: Engine;
  readonly #instance: string;
  readonly #counters: Counters;
  readonly #turn = new Turn();
  readonly #numbers = new OwnNumbers();
  readonly #queue: SendQueue;
  readonly #drops = new Drops();
  readonly #now: () => number;
  /** Whether frames may leave: the engine is there, and so are the others. */
  isOpen = false;

  constructor({ engine, instance, queue, counters, now }: OutboxOptions) {
    this.#engine = engine;
    this.#now = now;
    this.#instance = instance;
    this.#counters = counters;
    this.#queue = new SendQueue(
      {
        sending: (frame) => this.#sending(frame),
        dropped: ({ channel, frame, messages, sequence, resend }, reason, error) => {
          // What only tells of a loss would be refused as often as it is sent. The next message tells it.
          const isHopeless = messages === 0 && reason === "refused";
          if (resend && !isHopeless) this.#numbers.lose(channel, sequence + messages);
          this.#drops.add(reason, messages, frame.length, error);
        },
      },
      queue.bytes,
      queue.seconds * 1000,
    );
  }

  /** Messages that were dropped since the beginning. */
  get dropped(): number {
    return this.#drops.total;
  }

  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  /** Adds a message to this turn. */
  add(topic: string, head: string, payload: Uint8Array | null, compress: boolean): void {
    const most = this.#engine.features.maxFrameBytes - HEAD_BYTES;
    const full = this.#turn.add(topic, head, payload, compress, most);
    if (full !== null) this.#enqueue(full, this.#now());
    if (this.#turn.size > TURN_BYTES) this.seal(this.#now());
  }

  /** Makes frames of what was published in this turn. */
  seal(now: number): void {
    for (const batch of this.#turn.takeAll()) this.#enqueue(batch, now);
  }

  #enqueue({ channel, compress, pieces, size, messages }: TurnBatch, now: number): void {
    const { sequence, start } = this.#numbers.take(channel, messages);
    if (HEAD_BYTES + size > this.#engine.features.maxFrameBytes) {
      this.#numbers.lose(channel, sequence + messages);
      this.#drops.add("size", messages, size);
      return;
    }
    const head = { instance: this.#instance, sequence, start, count: messages, compress, control: false };
    const frame = encodeFrame(head, pieces, size);
    this.#queue.push({ channel, frame, messages, resend: true, sequence, madeAt: now });
    this.pump(now);
  }

  /** Hands to the engine what may leave, and drops what may not wait. */
  pump(now: number): void {
    if (this.isOpen) {
      this.#queue.pump(this.#engine, now);
      if (this.#queue.isEmpty) this.#tellLosses(now);
    }
    this.#queue.trim(now);
  }

  /** A frame without messages shows others a hole that no later frame has shown. */
  #tellLosses(now: number): void {
    for (const channel of this.#numbers.takeLost()) {
      const { sequence, start } = this.#numbers.take(channel, 0);
      const head = { instance: this.#instance, sequence, start, count: 0, compress: false, control: false };
      const frame = encodeFrame(head, [], 0);
      this.#queue.send(this.#engine, { channel, frame, messages: 0, resend: true, sequence, madeAt: now });
    }
  }

  /** Sends a frame of a control channel, before all that waits. */
  sendControl(channel: string, frame: Uint8Array, now: number): void {
    this.#queue.send(this.#engine, {
      channel,
      frame,
      messages: 0,
      resend: false,
      sequence: 0,
      madeAt: now,
    });
  }

  #sending({ channel, frame, messages, sequence, resend }: QueuedFrame): void {
    if (resend) this.#numbers.sent(channel, sequence);
    this.#counters.framesOut++;
    this.#counters.messagesOut += messages;
    this.#counters.bytesOut += frame.length;
  }

  /** The engine has executed the oldest `count` frames; with an error, refused them. */
  answered(count: number, error?: Error): void {
    this.#queue.answered(count, error);
  }

  /** The connection is lost: what is not answered waits again. */
  recall(now: number): void {
    this.isOpen = false;
    this.#queue.recall(now);
  }

  /** Drops what waits, for good. */
  close(): void {
    this.#queue.dropAll("closed");
  }

  /** What was dropped since the last call. */
  takeDrops(): RelayEvent[] {
    return this.#drops.take();
  }
}
