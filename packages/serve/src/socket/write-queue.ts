import { Buffer } from "node:buffer";
import type { Output } from "@mantou/http1";
import { asBuffer } from "../fetch/bytes.ts";
import { CopyBuffer } from "./copy-buffer.ts";
import type { Flushed } from "./flush-queue.ts";
import type { Transport } from "./transport.ts";

/** Pieces of up to this size become a part of the text: most writes are one text. */
export const INLINE_BYTES: number = 256;

/** Pieces of up to this size are copied, so that their sender may use the memory again. */
export const COPIED_BYTES: number = 4 * 1024;

/**
 * Texts from this length on are copied here: Node.js would copy them into new memory. On Node.js 26 an echo of 16 KiB of text takes
 * 9.9 µs of CPU in place of 10.0; of bytes 11.1 in place of 11.9, and 95 MB in place of 168. A response of 64 KiB takes 16.0 in
 * place of 16.9.
 */
const LONG_TEXT = 16 * 1024;

/**
 * And up to this length. A copy of a longer text takes the same time, but the system releases and allocates other memory more often:
 * an echo of 1 MiB of bytes took 570 µs of CPU in place of 380, with all of the difference in the kernel.
 */
const LONGEST_COPIED = 64 * 1024;

/** More bytes do not wait for the end of the turn: backpressure must show before the application has sent everything. */
const EARLY_FLUSH_BYTES = 64 * 1024;

/**
 * Joins the bytes that are sent on one connection to one write: responses to pipelined requests, and all messages of one turn. Mostly
 * they are one latin1 string, which is the cheapest to append to and to write.
 */
export class WriteQueue implements Output, Flushed {
  next: Flushed | null = null;
  readonly #transport: Transport;
  /** Large pieces of other memory, and the bytes before them. */
  #pieces: (string | Uint8Array)[] | null = null;
  /** The bytes behind the pieces. */
  #buffer: CopyBuffer | null = null;
  /** The bytes behind the buffer. */
  #text = "";
  #size = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Sent bytes that are not written yet. */
  get size(): number {
    return this.#size;
  }

  text(latin1: string): void {
    if (latin1.length >= LONG_TEXT) {
      this.#longText(latin1);
      return;
    }
    this.#text += latin1;
    this.#size += latin1.length;
    if (this.#size > EARLY_FLUSH_BYTES) this.flush();
  }

  /** Writes a long text now: at the end of the turn the memory of all long texts would not be in the cache any more. */
  #longText(latin1: string): void {
    if (latin1.length > LONGEST_COPIED || this.#transport.buffered > 0) this.#addPiece(latin1);
    else for (let at = 0; at < latin1.length; ) at += this.#added(this.#openBuffer().text(latin1, at));
    this.flush();
  }

  bytes(chunk: Uint8Array): void {
    if (chunk.length <= INLINE_BYTES) {
      this.text(asBuffer(chunk).toString("latin1"));
      return;
    }
    if (chunk.length <= COPIED_BYTES) {
      for (let at = 0; at < chunk.length; ) at += this.#added(this.#openBuffer().bytes(chunk, at));
    } else this.#addPiece(chunk);
    if (this.#size > EARLY_FLUSH_BYTES) this.flush();
  }

  #addPiece(piece: string | Uint8Array): void {
    this.#closeBuffer();
    this.#pieces ??= [];
    if (this.#text !== "") this.#pieces.push(this.#text);
    this.#text = "";
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** The buffer, with the text in it, and with room for more. */
  #openBuffer(): CopyBuffer {
    if (this.#buffer?.hasRoom(this.#text.length + 1) === false) this.flush();
    this.#buffer ??= CopyBuffer.take();
    // The buffer has room for all of it: the queue holds no more than `EARLY_FLUSH_BYTES`.
    if (this.#text !== "") this.#buffer.text(this.#text, 0);
    this.#text = "";
    return this.#buffer;
  }

  #added(count: number): number {
    this.#size += count;
    return count;
  }

  /** Makes the buffer a piece. */
  #closeBuffer(): void {
    if (this.#buffer === null) return;
    this.#pieces ??= [];
    this.#pieces.push(this.#buffer.content);
    this.#buffer = null;
  }

  /** Gives all bytes to the transport. */
  flush(): void {
    if (this.#size === 0) return;
    this.#size = 0;
    const buffer = this.#buffer;
    if (buffer !== null && this.#pieces === null && buffer.hasRoom(this.#text.length)) {
      if (this.#text !== "") buffer.text(this.#text, 0);
      this.#text = "";
      this.#buffer = null;
      this.#write(buffer);
      return;
    }
    this.#closeBuffer();
    const text = this.#text;
    const pieces = this.#pieces;
    this.#text = "";
    this.#pieces = null;
    if (pieces === null) {
      this.#transport.write(text);
      return;
    }
    if (text !== "") pieces.push(text);
    this.#transport.writeAll(pieces);
  }

  #write(buffer: CopyBuffer): void {
    const transport = this.#transport;
    // Each write to a slow client would keep a whole buffer, however few bytes it has.
    const waits = transport.buffered > 0;
    transport.writeBytes(waits ? Buffer.from(buffer.content) : buffer.content);
    if (waits || transport.buffered === 0) buffer.giveBack();
    // The operating system still reads from the buffer what it has not taken; and every write of TLS ends in a later turn.
    else transport.whenDrained(() => buffer.giveBack());
  }
}
