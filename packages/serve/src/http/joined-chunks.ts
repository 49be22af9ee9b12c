import { Buffer } from "node:buffer";
import { CopyBuffer } from "../socket/copy-buffer.ts";
import { COPIED_BYTES } from "../socket/write-queue.ts";

/**
 * Copies of a stream's chunks. Small chunks that are ready together become one: to each, memory and framing of its own cost 0.5 µs, more than
 * twice as much as the stream itself.
 */
export class JoinedChunks {
  readonly #chunks: Uint8Array[] = [];
  /** The small chunks behind the others. */
  #buffer: CopyBuffer | null = null;
  /** Bytes of all chunks. */
  size = 0;

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (chunk.length > COPIED_BYTES) {
      this.settle();
      this.#chunks.push(Buffer.from(chunk));
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
    this.#chunks.push(Buffer.from(this.#buffer.content));
    this.#buffer.giveBack();
    this.#buffer = null;
  }

  /** Gives all chunks away. */
  take(): Uint8Array[] {
    this.settle();
    this.size = 0;
    return this.#chunks.splice(0);
  }

  /**
   * Lends all chunks to a write queue, and forgets them.
   * @param use returns whether the operating system has taken them
   */
  lend(use: (chunks: readonly Uint8Array[]) => boolean): void {
    const chunks = this.#chunks.splice(0);
    const buffer = this.#buffer;
    if (buffer !== null) chunks.push(buffer.content);
    this.#buffer = null;
    this.size = 0;
    const isTaken = use(chunks);
    if (buffer === null) return;
    // The queue copies so few bytes. With TLS, or a slow client, each small chunk would take a buffer away.
    if (isTaken || buffer.content.length <= COPIED_BYTES) buffer.giveBack();
  }
}
