import type { Engine } from "./engine.ts";
import { Fifo } from "./fifo.ts";
import { FRAME_COST, UNANSWERED_BYTES } from "./limits.ts";
import type { DropReason } from "./relay-options.ts";

/** A frame on its way to the engine. */
export interface QueuedFrame {
  readonly channel: string;
  readonly frame: Uint8Array;
  /** Number of messages; 0 for a frame of a control channel, and for one that only tells of a loss. */
  readonly messages: number;
  /** Whether it is sent again if the connection breaks before the answer: all but frames of control channels. */
  readonly resend: boolean;
  /** The number of the first message, in its channel. */
  readonly sequence: number;
  /** When it was made. */
  readonly madeAt: number;
}

/** What the queue tells of its frames. */
export interface SendQueueHost {
  /** The frame is handed to the engine. */
  sending(frame: QueuedFrame): void;
  dropped(frame: QueuedFrame, reason: DropReason, error?: Error): void;
}

/**
 * The frames that the engine does not have yet: those that wait, and those that it has not answered. After a break the latter are sent
 * again, first and in their order.
 */
export class SendQueue {
  #waiting = new Fifo<QueuedFrame>();
  readonly #unanswered = new Fifo<QueuedFrame>();
  #waitingBytes = 0;
  #unansweredBytes = 0;
  readonly #host: SendQueueHost;
  readonly #maxBytes: number;
  readonly #maxAge: number;

  /** @param maxAge of a frame that waits, in milliseconds */
  constructor(host: SendQueueHost, maxBytes: number, maxAge: number) {
    this.#host = host;
    this.#maxBytes = maxBytes;
    this.#maxAge = maxAge;
  }

  /** Bytes that wait, each frame with its cost. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(frame: QueuedFrame): void {
    this.#waiting.push(frame);
    this.#waitingBytes += costOf(frame);
  }

  /** Hands frames to the engine, as many as it may have without an answer. */
  pump(engine: Engine, now: number): void {
    this.#dropOld(now);
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const { length } = next.frame;
      // It was made before the engine told what it takes.
      if (length > engine.features.maxFrameBytes) {
        this.#host.dropped(this.#takeOldest(), "size");
        continue;
      }
      if (this.#unansweredBytes > 0 && this.#unansweredBytes + length > UNANSWERED_BYTES) return;
      this.#takeOldest();
      this.send(engine, next);
    }
  }

  /** Hands one frame to the engine now. */
  send(engine: Engine, frame: QueuedFrame): void {
    this.#unanswered.push(frame);
    this.#unansweredBytes += frame.frame.length;
    this.#host.sending(frame);
    engine.publish(frame.channel, frame.frame);
  }

  /** Drops the oldest frames that wait beyond the limits. */
  trim(now: number): void {
    this.#dropOld(now);
    while (this.#waitingBytes > this.#maxBytes) this.#host.dropped(this.#takeOldest(), "full");
  }

  #dropOld(now: number): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      if (now - next.madeAt < this.#maxAge) return;
      this.#host.dropped(this.#takeOldest(), "old");
    }
  }

  #takeOldest(): QueuedFrame {
    const frame = this.#waiting.shift()!;
    this.#waitingBytes -= costOf(frame);
    return frame;
  }

  /** The engine has answered the oldest `count` frames. A driver that answers too much is not believed. */
  answered(count: number, error?: Error): void {
    for (let i = 0; i < count; i++) {
      const frame = this.#unanswered.shift();
      if (frame === undefined) return;
      this.#unansweredBytes -= frame.frame.length;
      if (error !== undefined) this.#host.dropped(frame, "refused", error);
    }
  }

  /** The connection is lost. What is not answered waits again, before all else; frames of control channels are forgotten. */
  recall(now: number): void {
    const waiting = this.#waiting.takeAll();
    this.#waitingBytes = 0;
    for (const frame of this.#unanswered.takeAll()) if (frame.resend) this.push(frame);
    this.#unansweredBytes = 0;
    for (const frame of waiting) this.push(frame);
    this.trim(now);
  }

  /** Drops all that waits. */
  dropAll(reason: DropReason): void {
    while (this.#waiting.length > 0) this.#host.dropped(this.#takeOldest(), reason);
  }
}

function costOf({ frame }: QueuedFrame): number {
  return frame.length + FRAME_COST;
}
