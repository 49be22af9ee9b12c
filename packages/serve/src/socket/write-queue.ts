import { Buffer } from "node:buffer";
import type { Output } from "@mantou/http1";
import { asBuffer } from "../fetch/bytes.ts";
import { CopyBuffer } from "./copy-buffer.ts";
import type { Transport } from "./transport.ts";

/** Pieces up to this size become a part of the text, since most of what is sent is one text. */
const INLINE_BYTES = 256;

/** Pieces up to this size are copied: whoever sent them may use their memory again. */
export const COPIED_BYTES: number = 4 * 1024;

/**
 * Texts from this length on are copied by us: Node would copy them into new memory. Echo of 16 KiB on Node 26, of text 9.9 µs of CPU
 * instead of 10.0, of bytes 11.1 instead of 11.9 and with 95 MB instead of 168; answers of 64 KiB 16.0 instead of 16.9.
 */
const LONG_TEXT = 16 * 1024;

/**
 * And up to this length. Beyond, that takes as long, and somehow makes the system take back, and give anew, the memory of others: an
 * echo of 1 MiB of bytes took 570 µs of CPU instead of 380, all of the difference in the kernel.
 */
const LONGEST_COPIED = 64 * 1024;

/** What waits for the end of the turn is written early beyond this: backpressure must show while it can still matter. */
const EARLY_FLUSH_BYTES = 64 * 1024;

/**
 * Collects what is sent on one connection, so that it leaves in one write: answers to pipelined requests, and all
 * messages of one turn. Mostly it is one latin1 string, the cheapest thing to append to and to write. Much does not wait.
 */
export class WriteQueue implements Output {
  readonly #transport: Transport;
  /** Big pieces of others' memory, and what was sent before them. */
  #pieces: (string | Uint8Array)[] | null = null;
  /** What is behind those. */
  #buffer: CopyBuffer | null = null;
  /** And behind that. */
  #text = "";
  #size = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Bytes that have been sent but not written. */
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

  /** Written at once: of each connection's long text kept to the end of the turn, the memory would be cold by then. */
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

  /** A buffer that has the text in it, and room for more. */
  #openBuffer(): CopyBuffer {
    if (this.#buffer?.hasRoom(this.#text.length + 1) === false) this.flush();
    this.#buffer ??= CopyBuffer.take();
    // All of it: no more than `EARLY_FLUSH_BYTES` is kept.
    if (this.#text !== "") this.#buffer.text(this.#text, 0);
    this.#text = "";
    return this.#buffer;
  }

  #added(count: number): number {
    this.#size += count;
    return count;
  }

  /** What has been joined becomes a piece like others. */
  #closeBuffer(): void {
    if (this.#buffer === null) return;
    this.#pieces ??= [];
    this.#pieces.push(this.#buffer.content);
    this.#buffer = null;
  }

  /** Hands everything to the transport. */
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
    // To a slow client each of these would keep a whole buffer, however little is in it.
    const waits = transport.buffered > 0;
    transport.writeBytes(waits ? Buffer.from(buffer.content) : buffer.content);
    // What the operating system has not taken is read from there when it takes it.
    if (waits || transport.buffered === 0) buffer.giveBack();
  }
}
