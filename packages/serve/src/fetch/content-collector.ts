import { Buffer } from "node:buffer";
import { decodeText } from "./bytes.ts";

/** Memory for content up to this size is taken at once, for longer content as it comes: a client that announces much need not send it. */
const AT_ONCE_BYTES = 1024 * 1024;
/** And of unknown length. */
const FIRST_BYTES = 16 * 1024;

/** Puts content together that comes in pieces of borrowed memory, for a reader that wants all of it. */
export interface ContentCollector<T> {
  push(bytes: Uint8Array): void;
  /** Everything. Once. */
  take(): T;
}

/** As bytes, in memory of their own, which the reader may change or transfer. */
export class BytesCollector implements ContentCollector<Uint8Array<ArrayBuffer>> {
  readonly #size: number | undefined;
  #memory: Uint8Array<ArrayBuffer> | null = null;
  #used = 0;

  /** @param size the declared length, if there is one */
  constructor(size: number | undefined) {
    this.#size = size;
  }

  push(bytes: Uint8Array): void {
    const needed = this.#used + bytes.length;
    const memory = this.#memory !== null && needed <= this.#memory.length ? this.#memory : this.#grow(needed);
    memory.set(bytes, this.#used);
    this.#used = needed;
  }

  take(): Uint8Array<ArrayBuffer> {
    // Not one for all of those that are empty: its owner may transfer it.
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

/** As text. What comes in one piece, as most does, is not copied. */
export class TextCollector implements ContentCollector<string> {
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

  take(): string {
    return this.#whole ?? decodeText(this.#bytes.take());
  }
}

/** Not filled with zeros: every byte is overwritten, or cut off, before anybody sees it. */
function allocate(size: number): Uint8Array<ArrayBuffer> {
  const { buffer } = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer as ArrayBuffer);
}
