import type { Piece } from "../frame.ts";
import type { BackplaneError } from "./backplane-error.ts";
import type { HistoryRule } from "./history-engine.ts";
import { historyOverhead } from "./placed-frames.ts";
import type { Position } from "./position.ts";

/** Called once: with the position of the message, or with the reason why it has none. */
export type Published<Reason extends Error = BackplaneError> = (
  error: Reason | null,
  position: Position | null,
) => void;

/** A message for a history topic. */
export interface HistoryMessage {
  /** The head of its RFC 6455 frame, unmasked, in Latin-1; or the whole frame. */
  readonly head: string;
  readonly payload: Uint8Array | null;
  readonly compress: boolean;
  /** u32; 0 for none. */
  readonly tag: number;
  readonly published: Published | null;
  /** A name of the message: the engine has it once, whichever instance publishes it again, as long as it is among the last 64 frames of the topic. It has no tag. */
  readonly id?: string | null;
}

/** The messages of one topic that become one frame. */
export interface HistoryBatch {
  readonly channel: string;
  readonly rule: HistoryRule;
  readonly compress: boolean;
  /** Of its only message; null for messages without a name. */
  readonly id: string | null;
  readonly pieces: Piece[];
  readonly tags: number[];
  /** By message; null if none of them has one. */
  published: (Published | null)[] | null;
  /** Bytes of the pieces. */
  size: number;
}

/** What was published to history topics in this turn, by channel. */
export class HistoryTurn {
  readonly #batches = new Map<string, HistoryBatch>();
  #size = 0;

  /** Bytes of all messages. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a message.
   * @param most bytes of one frame
   * @returns the batch that this message did not fit in
   */
  add(channel: string, rule: HistoryRule, message: HistoryMessage, most: number): HistoryBatch | null {
    const { head, payload, compress, tag, published, id = null } = message;
    const size = head.length + (payload === null ? 0 : payload.length);
    let batch = this.#batches.get(channel);
    let full: HistoryBatch | null = null;
    if (
      batch === undefined ||
      batch.compress !== compress ||
      batch.id !== null ||
      id !== null ||
      historyOverhead(batch.tags.length + 1) + batch.size + size > most
    ) {
      full = batch ?? null;
      if (full !== null) this.#size -= full.size;
      batch = { channel, rule, compress, id, pieces: [], tags: [], published: null, size: 0 };
      this.#batches.set(channel, batch);
    }
    batch.pieces.push(head);
    if (payload !== null) batch.pieces.push(payload);
    if (published !== null) {
      batch.published ??= batch.tags.map(() => null);
    }
    batch.published?.push(published);
    batch.tags.push(tag);
    batch.size += size;
    this.#size += size;
    return full;
  }

  /** Takes all batches, in the order of their first messages. */
  takeAll(): HistoryBatch[] {
    const batches = [...this.#batches.values()];
    this.#batches.clear();
    this.#size = 0;
    return batches;
  }
}
