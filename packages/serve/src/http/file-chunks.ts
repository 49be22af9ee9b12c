import { Buffer } from "node:buffer";

/** One write of a large file, and one read for a client that does not take all of it at once. */
export const CHUNK_BYTES: number = 128 * 1024;
/**
 * One read for a client that does. The thread pool costs about as much as it takes to copy 128 KiB: in chunks of that size, 1 GiB takes 27,000
 * switches between threads, and in these 6,600.
 */
const LONG_CHUNK_BYTES = 512 * 1024;

/** The chunks that wait for the next transfers: 2 MiB. */
const KEPT_CHUNKS = 16;
/** The long chunks of the process: 2 MiB. Clients that stop to read may hold all of them, and the others get short ones. */
const LONG_CHUNKS = 4;

/** The memory that files are read into on their way. */
export class FileChunks {
  readonly #free: Buffer[] = [];
  readonly #freeLong: Buffer[] = [];
  #longTaken = 0;

  /** @param bytes that are wanted; the chunk may have more, or fewer */
  take(bytes: number): Buffer {
    if (bytes <= CHUNK_BYTES || this.#longTaken === LONG_CHUNKS)
      return this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#longTaken++;
    return this.#freeLong.pop() ?? Buffer.allocUnsafeSlow(LONG_CHUNK_BYTES);
  }

  /** No read and no write may use the chunk any more. */
  giveBack(chunk: Buffer): void {
    if (chunk.length > CHUNK_BYTES) {
      this.#longTaken--;
      this.#freeLong.push(chunk);
    } else if (this.#free.length < KEPT_CHUNKS) this.#free.push(chunk);
  }
}

/** Those of this process. */
export const fileChunks: FileChunks = /* @__PURE__ */ new FileChunks();
