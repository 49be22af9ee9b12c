import { Buffer } from "node:buffer";

/** As much as a write queue may hold, so that it leaves in one write. Twice as much takes no less time. */
const COPY_BUFFER_BYTES = 80 * 1024;

/** Buffers that are not in use. A server that sends much sends it in few turns at a time. */
const MOST_FREE = 16;
const free: CopyBuffer[] = [];

/**
 * A pooled 80 KiB buffer: small chunks, and long texts, are copied here and leave in one write. As text, bytes would be copied three
 * times: to be text, to be one text, to be written. As a piece of a vectored write, each chunk costs as much as 2 KiB. And Node copies
 * text from 16 KiB on into new memory when it is written.
 */
export class CopyBuffer {
  readonly #memory: Buffer = Buffer.allocUnsafeSlow(COPY_BUFFER_BYTES);
  #used = 0;

  static take(): CopyBuffer {
    return free.pop() ?? new CopyBuffer();
  }

  /** It is empty again. Not for one whose bytes are still to be written. */
  giveBack(): void {
    this.#used = 0;
    if (free.length < MOST_FREE) free.push(this);
  }

  /** Whether so many bytes more have room. */
  hasRoom(bytes: number): boolean {
    return bytes <= COPY_BUFFER_BYTES - this.#used;
  }

  /**
   * Adds as much of the text from `start` on as there is room for.
   * @returns how much that was
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

  /** All that is in it; not a copy. */
  get content(): Buffer {
    return this.#memory.subarray(0, this.#used);
  }
}
