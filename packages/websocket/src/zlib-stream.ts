/** What a stream is made for. Every side of it: raw DEFLATE (RFC 1951), each message ended by a sync flush. */
export interface ZlibSettings {
  readonly kind: "deflate" | "inflate";
  /** Base-2 logarithm of the window: 9-15, for inflate also 8. */
  readonly windowBits: number;
  /** 1-9; deflate only. */
  readonly memLevel: number;
  /** 0-9, or -1 for zlib's default; deflate only. */
  readonly level: number;
  /** Whether a message may refer to those before it; if not, one stream can serve many connections (RFC 7692 §7.1.1). */
  readonly takeover: boolean;
}

/** Why a message could not be inflated: rows of errors.ts. */
export type ZlibFailure = "MESSAGE_TOO_BIG" | "UNDECODABLE";

/** Where inflate makes way for others; a stream that cannot stop does not ask. */
export interface Pause {
  /** Once so many bytes have come out, `wait` is called, once. */
  readonly bytes: number;
  /** Is given what makes the stream go on, which may be called late, also behind `done`. */
  readonly wait: (goOn: () => void) => void;
}

/**
 * A compressor or decompressor with the payload's form of RFC 7692 §7.2: the 00 00 FF FF that ends a sync flush is left
 * out by deflate, and put back by inflate.
 */
export interface ZlibStream {
  /**
   * Runs one message through, at once.
   *
   * @param maxBytes inflate stops as soon as there is more
   * @returns what came out; good until the next `run` of any stream
   */
  run(input: Uint8Array, maxBytes: number): Buffer | ZlibFailure;
  /**
   * The same, but inflate stops as soon as there is more than `atOnce`, and returns null. `runInPool` must be called next, with
   * the same input.
   */
  begin(input: Uint8Array, maxBytes: number, atOnce: number): Buffer | ZlibFailure | null;
  /**
   * The same in the thread pool. Until `done`, `input` must not change, and nothing may be asked of the stream but `close`.
   *
   * @param done called once, in a later turn, with bytes that are the caller's; "UNDECODABLE" if the stream was closed
   * @param pause may keep it waiting
   */
  runInPool(
    input: Uint8Array,
    maxBytes: number,
    done: (output: Buffer | ZlibFailure) => void,
    pause?: Pause,
  ): void;
  /** Forgets the messages before. */
  reset(): void;
  /** Frees the memory. A stream that is used again begins without context. */
  close(): void;
}
