import { Buffer } from "node:buffer";

/** A body of up to this size gets its memory at once; a longer one gets it as bytes come, since a client may announce more than it sends. */
const AT_ONCE_BYTES = 1024 * 1024;
/** The first memory of a longer body, and of one of unknown length. */
const FIRST_BYTES = 16 * 1024;

/** With less room at its end, memory of a body that is longer is replaced before it is read into. */
const LEAST_ROOM_BYTES = 16 * 1024;

/** A view of the same memory with the methods of Node.js. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether a value is a buffer or a view, also of shared memory. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

/**
 * The bytes of a buffer or a view, not copied. A buffer that has been transferred has none (Web IDL, "get a copy of the bytes"), and a view of one
 * may have no length to ask for.
 */
export function bytesOf(source: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const buffer = ArrayBuffer.isView(source) ? source.buffer : source;
  if (buffer.byteLength === 0) return new Uint8Array(0);
  return ArrayBuffer.isView(source)
    ? new Uint8Array(buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(buffer);
}

/**
 * The Fetch standard's "UTF-8 decode": the byte order mark is removed, and invalid bytes become U+FFFD. `Buffer` is faster than
 * `TextDecoder` for small texts.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Joins a body that comes in pieces of borrowed memory, for a reader of the whole. */
export interface BodyCollector<T> {
  push(bytes: Uint8Array): void;
  /**
   * The memory of the next bytes. What has been written there is pushed by a view on it, and is not copied.
   * @returns null if the length of the body is not known, or it is complete
   */
  nextMemory(): Uint8Array | null;
  /** Gives the whole body. The collector is empty then. */
  take(): T;
}

/** Collects bytes in memory of their own, which the reader may change or transfer. */
export class BytesCollector implements BodyCollector<Uint8Array<ArrayBuffer>> {
  readonly #size: number | undefined;
  #memory: Uint8Array<ArrayBuffer> | null = null;
  #used = 0;

  /** @param size the declared length in bytes; undefined if the client declared none */
  constructor(size: number | undefined) {
    this.#size = size;
  }

  push(bytes: Uint8Array): void {
    const needed = this.#used + bytes.length;
    const memory = this.#memory !== null && needed <= this.#memory.length ? this.#memory : this.#grow(needed);
    if (bytes.buffer !== memory.buffer) memory.set(bytes, this.#used);
    this.#used = needed;
  }

  nextMemory(): Uint8Array | null {
    const left = (this.#size ?? 0) - this.#used;
    if (left <= 0) return null;
    let memory = this.#memory ?? this.#grow(1);
    const room = memory.length - this.#used;
    if (room < Math.min(left, LEAST_ROOM_BYTES)) memory = this.#grow(this.#used + 1);
    return memory.subarray(this.#used);
  }

  take(): Uint8Array<ArrayBuffer> {
    // Empty bodies do not share one array either: its owner may transfer it.
    const memory = this.#memory ?? new Uint8Array(0);
    this.#memory = null;
    return this.#used === memory.length ? memory : memory.slice(0, this.#used);
  }

  #grow(needed: number): Uint8Array<ArrayBuffer> {
    const size = this.#size ?? Number.POSITIVE_INFINITY;
    const atOnce = size <= AT_ONCE_BYTES ? size : FIRST_BYTES;
    const grown = allocate(Math.min(Math.max(atOnce, needed * 2), Math.max(size, needed)));
    if (this.#memory !== null) grown.set(this.#memory.subarray(0, this.#used));
    this.#memory = grown;
    return grown;
  }
}

/** Collects text. A body that comes in one piece, as most do, is not copied. */
export class TextCollector implements BodyCollector<string> {
  readonly #size: number | undefined;
  readonly #bytes: BytesCollector;
  #whole: string | null = null;

  constructor(size: number | undefined) {
    this.#size = size;
    this.#bytes = new BytesCollector(size);
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === this.#size) this.#whole = decodeText(bytes);
    else this.#bytes.push(bytes);
  }

  nextMemory(): Uint8Array | null {
    return this.#whole === null ? this.#bytes.nextMemory() : null;
  }

  take(): string {
    return this.#whole ?? decodeText(this.#bytes.take());
  }
}

/** The memory is not filled with zeros: each byte is overwritten or cut off before a reader gets it. */
function allocate(size: number): Uint8Array<ArrayBuffer> {
  const { buffer } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer as ArrayBuffer);
}
