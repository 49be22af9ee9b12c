import { Fifo } from "../fifo.ts";
import { FRAME_COST, UNANSWERED_BYTES } from "../limits.ts";
import type { DropReason } from "../relay-options.ts";
import type { BackplaneErrorCode } from "./backplane-error.ts";
import type { EngineHistory, HistoryRule } from "./history-engine.ts";
import type { Published } from "./history-turn.ts";

/** A frame that is to be appended. */
export interface Append {
  readonly channel: string;
  readonly frame: Uint8Array;
  readonly messages: number;
  readonly rule: HistoryRule;
  /** Of the frame, in Latin-1. */
  readonly instance: string;
  readonly sequence: number;
  /** It may have been appended before, from another place. */
  readonly isNamed: boolean;
  readonly madeAt: number;
  readonly published: readonly (Published | null)[] | null;
  /** The engine may have it. */
  wasSent: boolean;
}

export interface AppendQueueOptions {
  readonly engine: EngineHistory;
  /** Of a frame, as the engine tells it. */
  maxFrameBytes(): number;
  readonly maxBytes: number;
  /** Of an append that waits, in milliseconds. */
  readonly maxAge: number;
  request(): number;
  sending(append: Append): void;
  /** It is given up. */
  dropped(append: Append, reason: DropReason, code: BackplaneErrorCode, error?: Error): void;
}

/**
 * The appends that wait for the engine, and those that it has not answered. After a break the latter go first, in their order, and the engine
 * looks whether it has them.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #waiting = new Fifo<Append>();
  #waitingBytes = 0;
  /** By request; the oldest first. */
  readonly #unanswered = new Map<number, Append>();
  #unansweredBytes = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  push(append: Append): void {
    this.#waiting.push(append);
    this.#waitingBytes += costOf(append);
  }

  /**
   * Whether a retry waits for one of some channels. The appends that were sent before stand before the others.
   * @param isOne whether a channel is one of them
   */
  hasRetry(isOne: (channel: string) => boolean): boolean {
    for (const { channel, wasSent } of this.#waiting) {
      if (!wasSent) return false;
      if (isOne(channel)) return true;
    }
    return false;
  }

  /** Hands appends to the engine, as many as it may have without an answer. */
  pump(now: number): void {
    this.#dropOld(now);
    const { engine, maxFrameBytes, request, sending } = this.#options;
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const { channel, frame, messages, rule, wasSent, isNamed } = next;
      // It was made before the engine told what it takes.
      if (frame.length > maxFrameBytes()) {
        this.#drop("size");
        continue;
      }
      if (this.#unansweredBytes > 0 && this.#unansweredBytes + frame.length > UNANSWERED_BYTES) return;
      this.#takeOldest();
      const number = request();
      this.#unanswered.set(number, next);
      this.#unansweredBytes += frame.length;
      sending(next);
      next.wasSent = true;
      engine.append(number, channel, frame, messages, rule, wasSent || isNamed);
    }
  }

  /** Drops the oldest that wait beyond the limits. */
  trim(now: number): void {
    this.#dropOld(now);
    while (this.#waitingBytes > this.#options.maxBytes) this.#drop("full");
  }

  #dropOld(now: number): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      if (now - next.madeAt < this.#options.maxAge) return;
      this.#drop("old");
    }
  }

  #drop(reason: "full" | "old" | "closed" | "size"): void {
    const append = this.#takeOldest();
    const code = append.wasSent ? "ambiguous" : reason === "old" ? "down" : reason;
    this.#options.dropped(append, reason, code);
  }

  #takeOldest(): Append {
    const append = this.#waiting.shift()!;
    this.#waitingBytes -= costOf(append);
    return append;
  }

  /** Takes an append that was answered. */
  take(request: number): Append | undefined {
    const append = this.#unanswered.get(request);
    if (append !== undefined) {
      this.#unanswered.delete(request);
      this.#unansweredBytes -= append.frame.length;
    }
    return append;
  }

  /** The connection is lost. What is not answered waits again, before all else. */
  recall(now: number): void {
    const waiting = this.#waiting.takeAll();
    this.#waitingBytes = 0;
    for (const append of this.#unanswered.values()) this.push(append);
    this.#unanswered.clear();
    this.#unansweredBytes = 0;
    for (const append of waiting) this.push(append);
    this.trim(now);
  }

  /** Drops what waits, for good. */
  close(): void {
    while (this.#waiting.length > 0) this.#drop("closed");
  }

  /** Takes the appends that the engine has not answered. */
  takeUnanswered(): Append[] {
    const unanswered = [...this.#unanswered.values()];
    this.#unanswered.clear();
    this.#unansweredBytes = 0;
    return unanswered;
  }
}

function costOf({ frame }: Append): number {
  return frame.length + FRAME_COST;
}
