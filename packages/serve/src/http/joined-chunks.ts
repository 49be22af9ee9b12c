import { Buffer } from "node:buffer";
import { CopyBuffer } from "../socket/copy-buffer.ts";
import { COPIED_BYTES } from "../socket/write-queue.ts";

/**
 * Copies of a stream's chunks. Small chunks that are ready together become one: to each, memory and framing of its own cost 0.5 µs, more than
 * twice as much as the stream itself.
 */
export class JoinedChunks {
  /** Null if there are none: most streams give one small chunk at a time. */
  #chunks: Uint8Array[] | null = null;
  /** The small chunks behind the others. */
  #buffer: CopyBuffer | null = null;
  /** Bytes of all chunks. */
  size = 0;

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (chunk.length > COPIED_BYTES) {
      this.settle();
      this.#push(Buffer.from(chunk));
      return;
    }
    for (let at = 0; at < chunk.length; ) {
      if (this.#buffer?.hasRoom(1) === false) this.settle();
      this.#buffer ??= CopyBuffer.take();
      at += this.#buffer.bytes(chunk, at);
    }
  }

  /** Called where chunks wait for another turn: they get memory of their own size, and other streams the buffer. */
  settle(): void {
    if (this.#buffer === null) return;
    this.#push(Buffer.from(this.#buffer.content));
    this.#buffer.giveBack();
    this.#buffer = null;
  }

  #push(chunk: Uint8Array): void {
    if (this.#chunks === null) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
  }

  /** Gives all chunks away. */
  take(): Uint8Array[] {
    this.settle();
    const chunks = this.#chunks ?? [];
    this.#chunks = null;
    this.size = 0;
    return chunks;
  }

  /**
   * Lends all chunks to a write queue, and forgets them.
   * @param use returns whether the operating system has taken them
   */
  lend(use: (chunks: readonly Uint8Array[]) => boolean): void {
    const buffer = this.#buffer;
    if (buffer === null) {
      use(this.take());
      return;
    }
    const { content } = buffer;
    this.#push(content);
    this.#buffer = null;
    // The queue copies so few bytes. With TLS, or a slow client, each small chunk would take a buffer away.
    if (use(this.take()) || content.length <= COPIED_BYTES) buffer.giveBack();
  }
}
