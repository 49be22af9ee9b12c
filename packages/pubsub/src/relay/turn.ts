import { topicChannel } from "./channel.ts";
import type { Piece } from "./frame.ts";

/** The messages of one topic that become one frame. */
export interface TurnBatch {
  readonly channel: string;
  readonly compress: boolean;
  readonly pieces: Piece[];
  /** Bytes of the pieces. */
  size: number;
  messages: number;
}

/** What was published in this turn of the event loop, by topic. */
export class Turn {
  readonly #batches = new Map<string, TurnBatch>();
  #size = 0;

  /** Bytes of all messages. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a message.
   * @param most bytes of one batch
   * @returns the batch that this message did not fit in, by its size or its compression: it is over
   */
  add(
    topic: string,
    head: string,
    payload: Uint8Array | null,
    compress: boolean,
    most: number,
  ): TurnBatch | null {
    const size = head.length + (payload === null ? 0 : payload.length);
    let batch = this.#batches.get(topic);
    let full: TurnBatch | null = null;
    if (batch === undefined || batch.compress !== compress || batch.size + size > most) {
      full = batch ?? null;
      if (full !== null) this.#size -= full.size;
      const channel = full?.channel ?? topicChannel(topic);
      batch = { channel, compress, pieces: [], size: 0, messages: 0 };
      this.#batches.set(topic, batch);
    }
    batch.pieces.push(head);
    if (payload !== null) batch.pieces.push(payload);
    batch.size += size;
    batch.messages++;
    this.#size += size;
    return full;
  }

  /** Takes all batches, in the order of their topics' first messages. */
  takeAll(): TurnBatch[] {
    const batches = [...this.#batches.values()];
    this.#batches.clear();
    this.#size = 0;
    return batches;
  }
}
