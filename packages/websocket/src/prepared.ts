import { Buffer } from "node:buffer";
import { type EncodedFrame, encodeFrame, encodeTextFrame } from "./frame-encoder.ts";
import { POOL_BYTES } from "./limits.ts";
import { BINARY, type DataOpcode, TEXT } from "./opcode.ts";
import { compressNoContextTakeover, compressNoContextTakeoverInPool } from "./shared-streams.ts";

/**
 * What a server sends to many clients, framed once: a {@link Prepared} message, or frames that have come framed, of several messages
 * perhaps.
 */
export interface PreparedFrames {
  /** For clients without compression. */
  readonly plain: EncodedFrame;
  /** Bytes of `plain`. */
  readonly size: number;
  /**
   * The same for a connection, by its codec's `preparedWindowBits`.
   * @returns null while something is compressed in the thread pool: `whenReady` gives it then
   */
  frame(windowBits: number): EncodedFrame | null;
  /** Calls back, in a later turn, with what `frame` did not have. */
  whenReady(windowBits: number, ready: (frame: EncodedFrame) => void): void;
}

/**
 * A message framed once, for sending to many clients. Only a server can send it: its frames are the same for all clients. The
 * message is compressed once for each size of window that a client has, and only if there is such a client.
 */
export class Prepared implements PreparedFrames {
  /** The frame for clients without compression. */
  readonly plain: EncodedFrame;
  readonly #data: string | Uint8Array;
  readonly #compress: boolean;
  /** By the bits of the window: the frame, or the callbacks that wait for it. */
  #compressed: Map<number, EncodedFrame | Array<(frame: EncodedFrame) => void>> | null = null;

  /** Use {@link prepareMessage}. */
  constructor(data: string | Uint8Array, compress: boolean) {
    this.#data = data;
    this.#compress = compress && data.length > 0;
    this.plain = typeof data === "string" ? encodeTextFrame(data) : encodeFrame(BINARY, data);
  }

  /** Bytes of `plain`. */
  get size(): number {
    const { head, payload } = this.plain;
    return head.length + (payload === null ? 0 : payload.length);
  }

  /**
   * The frame for a connection, by its codec's `preparedWindowBits`.
   *
   * @returns null while a big message is compressed in the thread pool: `whenReady` gives the frame then
   */
  frame(windowBits: number): EncodedFrame | null {
    if (!this.#compress || windowBits === 0) return this.plain;
    const known = this.#compressed?.get(windowBits);
    if (known !== undefined) return Array.isArray(known) ? null : known;
    const bytes = this.#bytes();
    if (bytes.length >= POOL_BYTES) return null;
    return this.#keep(windowBits, bytes, Buffer.from(compressNoContextTakeover(bytes, windowBits)));
  }

  /** Calls back, in a later turn, with the frame that `frame` did not have. */
  whenReady(windowBits: number, ready: (frame: EncodedFrame) => void): void {
    const waiting = this.#compressed?.get(windowBits);
    if (Array.isArray(waiting)) {
      waiting.push(ready);
      return;
    }
    const all = [ready];
    this.#compressed ??= new Map();
    this.#compressed.set(windowBits, all);
    const bytes = this.#bytes();
    compressNoContextTakeoverInPool(bytes, windowBits, (payload) => {
      const frame = this.#keep(windowBits, bytes, payload);
      callAll(all, frame);
    });
  }

  #keep(windowBits: number, bytes: Uint8Array, payload: Buffer): EncodedFrame {
    const isSmaller = payload.length < bytes.length;
    const frame = isSmaller ? encodeFrame(this.#opcode, payload, true) : this.plain;
    this.#compressed ??= new Map();
    this.#compressed.set(windowBits, frame);
    return frame;
  }

  #bytes(): Uint8Array {
    return typeof this.#data === "string" ? Buffer.from(this.#data) : this.#data;
  }

  get #opcode(): DataOpcode {
    return typeof this.#data === "string" ? TEXT : BINARY;
  }
}

/** Calls all callbacks. One that throws keeps no other from its frame. */
function callAll(waiting: ReadonlyArray<(frame: EncodedFrame) => void>, frame: EncodedFrame): void {
  const errors: unknown[] = [];
  for (const ready of waiting) {
    try {
      ready(frame);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
}

/**
 * Frames `data` once: a string as a text message, bytes as a binary one, unmasked. Bytes must not change until the message has
 * been written for the last time.
 *
 * @param compress whether clients that have negotiated compression get it compressed
 */
export function prepareMessage(data: string | Uint8Array, compress = false): Prepared {
  return new Prepared(data, compress);
}
