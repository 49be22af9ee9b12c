import { isAscii } from "node:buffer";
import { maskInPlace, rotateMaskKey } from "./mask.ts";

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * How much more than what has come we allocate at once, if that much is announced. A header's word alone never makes us
 * allocate: 16 MiB announced, and 100 bytes sent, cost 1.6 KB. 16, since then a message of 1 MiB that is read by 64 KiB is
 * copied once.
 */
const GROWTH = 16;

/** One growing buffer that collects payload in pieces, unmasking as it copies. Linear time, whatever the pieces' size. */
export class PayloadBuffer {
  #bytes: Buffer = NOTHING;
  #length = 0;

  /** Bytes collected. */
  get length(): number {
    return this.#length;
  }

  /** Bytes allocated. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What has been collected; valid until the next call of `append` or `take`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Appends `source[start, end)`, which lies at `offset` of a payload masked with `key`.
   *
   * @param announced how many bytes the buffer will hold once the frames announced so far have come.
   */
  append(source: Buffer, start: number, end: number, key: number, offset: number, announced: number): void {
    const from = this.#length;
    const to = from + end - start;
    if (to > this.#bytes.length) this.#grow(to, announced);
    source.copy(this.#bytes, from, start, end);
    this.#length = to;
    if (key !== 0) maskInPlace(this.#bytes, from, to, rotateMaskKey(key, offset));
  }

  /** Gives away what has been collected, and begins anew. */
  take(): Buffer {
    // It fits exactly but for a message of many fragments, the last of which nobody could foresee.
    const bytes = this.#bytes.length === this.#length ? this.#bytes : Buffer.from(this.bytes);
    this.drop();
    return bytes;
  }

  /** Makes a string of what has been collected, which must be UTF-8, and begins anew. */
  takeText(): string {
    // Big ASCII, 16 KiB: by way of Latin-1 0.6 µs, check included; of UTF-8 1.0 µs on Node 20 and 0.57 on Node 26.
    const encoding = isAscii(this.bytes) ? "latin1" : "utf8";
    const text = this.#bytes.toString(encoding, 0, this.#length);
    this.drop();
    return text;
  }

  /** Forgets what has been collected. */
  drop(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  #grow(needed: number, announced: number): void {
    // Each new fragment announces only itself, so without doubling a message of 16,384 fragments would be copied as often.
    const capacity = Math.max(
      Math.min(announced, needed * GROWTH),
      Math.min(needed * 2, this.#bytes.length * 2),
    );
    const bytes = Buffer.allocUnsafe(Math.max(capacity, needed));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
