import type { Buffer } from "node:buffer";

/** How a stream works. Both kinds use raw DEFLATE (RFC 1951); a sync flush ends each message. */
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

/** The reason why a message could not be inflated: rows of errors.ts. */
export type ZlibFailure = "MESSAGE_TOO_BIG" | "UNDECODABLE";

/** The point at which inflate gives way to other jobs; a stream that cannot stop does not use it. */
export interface Pause {
  /** The stream calls `wait`, once, when it has made so many bytes. */
  readonly bytes: number;
  /** It gets the function that resumes the stream, and may call that late, also after `done`. */
  readonly wait: (resume: () => void) => void;
}

/**
 * A compressor or decompressor for payloads in the form of RFC 7692 §7.2: deflate leaves out the 00 00 FF FF that ends a sync
 * flush, and inflate puts it back.
 */
export interface ZlibStream {
  /**
   * Runs one message through the stream, synchronously.
   *
   * @param maxBytes inflate stops as soon as there is more
   * @returns the output; valid until the next `run` of any stream
   */
  run(input: Uint8Array, maxBytes: number): Buffer | ZlibFailure;
  /**
   * The same, but inflate stops as soon as there is more than `atOnce`, and returns null. The next call must be `runInPool` with
   * the same input.
   */
  begin(input: Uint8Array, maxBytes: number, atOnce: number): Buffer | ZlibFailure | null;
  /**
   * The same in the thread pool. Until `done`, `input` must not change, and `close` is the only method that may be called.
   *
   * @param done called once, in a later turn, with bytes that belong to the caller; with "UNDECODABLE" if the stream was closed
   * @param pause may make the stream wait
   */
  runInPool(
    input: Uint8Array,
    maxBytes: number,
    done: (output: Buffer | ZlibFailure) => void,
    pause?: Pause,
  ): void;
  /** Drops the context of the messages before. */
  reset(): void;
  /** Frees the memory. A stream that is used again starts without context. */
  close(): void;
}
