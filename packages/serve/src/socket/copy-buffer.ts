import { Buffer } from "node:buffer";

/** More than a write queue holds, so that its bytes leave in one write. Twice the size takes the same time. */
const COPY_BUFFER_BYTES = 80 * 1024;

/** The most buffers that wait for their next use. Few connections fill one at the same time. */
const MOST_FREE = 16;
const free: CopyBuffer[] = [];

/**
 * A pooled 80 KiB buffer: small chunks, and long texts, are copied here and leave in one write. Bytes that become text are copied three
 * times: to the text, to the joined text, and by the write. As a piece of a vectored write, each chunk costs as much as 2 KiB. And
 * Node.js copies text from 16 KiB on into new memory when it writes it.
 */
export class CopyBuffer {
  readonly #memory: Buffer = Buffer.allocUnsafeSlow(COPY_BUFFER_BYTES);
  #used = 0;

  static take(): CopyBuffer {
    return free.pop() ?? new CopyBuffer();
  }

  /** Empties the buffer and puts it back into the pool. Its bytes must have been written. */
  giveBack(): void {
    this.#used = 0;
    if (free.length < MOST_FREE) free.push(this);
  }

  /** Whether the buffer has room for so many more bytes. */
  hasRoom(bytes: number): boolean {
    return bytes <= COPY_BUFFER_BYTES - this.#used;
  }

  /**
   * Adds as much of the text from `start` on as the buffer has room for.
   * @returns the number of added bytes
   */
  text(latin1: string, start: number): number {
    const count = this.#memory.write(start === 0 ? latin1 : latin1.slice(start), this.#used, "latin1");
    this.#used += count;
    return count;
  }

  /** The same for bytes. */
  bytes(chunk: Uint8Array, start: number): number {
    const count = Math.min(chunk.length - start, COPY_BUFFER_BYTES - this.#used);
    this.#memory.set(count === chunk.length ? chunk : chunk.subarray(start, start + count), this.#used);
    this.#used += count;
    return count;
  }

  /** A view of all added bytes. */
  get content(): Buffer {
    return this.#memory.subarray(0, this.#used);
  }
}
