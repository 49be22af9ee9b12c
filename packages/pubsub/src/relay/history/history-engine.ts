/** What an engine keeps of a topic. */
export interface HistoryRule {
  /** The last so many messages. A frame is kept as long as one of its messages is among them. */
  readonly size: number;
  /** No longer than so many seconds. */
  readonly seconds: number;
}

/** Where the engine has put a frame. */
export interface Place {
  readonly epoch: string;
  /** The number of the frame's last message. The messages before it have the numbers before it. */
  readonly offset: number;
  /** The `offset` of the frame before it in that channel; 0 for the first. */
  readonly previous: number;
}

/** A frame as it is kept. The bytes never change. */
export interface StoredFrame {
  readonly frame: Uint8Array;
  readonly offset: number;
  readonly previous: number;
}

/** An answer to `read`. */
export interface Slice {
  /** The engine begins an epoch if the channel has none. */
  readonly epoch: string;
  /** The offset of the last frame that was ever appended in this epoch; 0 if there is none. */
  readonly top: number;
  /** The first `HEAD_BYTES` of that frame, kept longer than the frame itself; null if there is none. */
  readonly topHead: Uint8Array | null;
  /** Frames without a hole between them, the oldest first. */
  readonly frames: readonly StoredFrame[];
}

/** These bytes of a frame are its identity: a retry has the same. */
export const ID_FROM = 2;
export const ID_TO = 18;
/** A retry looks for its frame among the last so many of the channel. */
export const RETRY_FRAMES = 64;

/**
 * The part of an engine that keeps frames and numbers them: one order for all instances. Its channels are subscribed like all others, with
 * the engine's `subscribe`; their names begin with `h`. Frames of a channel may be kept from a connection until it has read some channel once.
 *
 * The rules of `Engine` hold: no function throws or calls an event before it returns, nothing is called while the engine is not up, requests
 * of one connection are executed in their order, and those without an answer are forgotten at `down`.
 */
export interface EngineHistory {
  /** Called once, before the engine's `open`. */
  listen(events: HistoryEvents): void;
  /**
   * Numbers a frame, keeps it, and sends it to all subscribers of the channel, this instance included, in one step.
   * @param count its messages, at least 1
   * @param retry it may have been executed before: if one of the last 64 frames has the same identity, that one is the answer, kept or not
   */
  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    retry: boolean,
  ): void;
  /**
   * Asks for the frames from the one that holds the message `from` on (all that are kept if it is not there any more).
   * @param limit at most so many frames, the oldest of them, and fewer if they are long; 0 asks for the top alone
   * @param rule as of `append`
   */
  read(request: number, channel: string, from: number, limit: number, rule: HistoryRule): void;
  /** Begins a new epoch, if the present one is still `epoch`. Frames and offsets stay. It has no answer. */
  rotate(channel: string, epoch: string): void;
}

/** What the history of an engine tells. */
export interface HistoryEvents {
  /**
   * A frame that was appended; an empty one is a place that the engine has taken itself. The bytes are borrowed: they are valid until the function
   * returns.
   */
  message(channel: string, frame: Uint8Array, place: Place): void;
  /** @param duplicate it was a retry of a frame that is at this place already */
  appended(request: number, place: Pick<Place, "epoch" | "offset">, duplicate: boolean): void;
  slice(request: number, slice: Slice): void;
  /**
   * A request was refused, and would be refused again.
   * @param ambiguous it may have been executed all the same
   */
  failed(request: number, error: Error, ambiguous: boolean): void;
}
