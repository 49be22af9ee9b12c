import { Buffer } from "node:buffer";

const EMPTY = Buffer.alloc(0);
const CR = 0x0d;
const LF = 0x0a;

/**
 * So few bytes are read or copied one by one: a call into Node and a view on the bytes cost more. A head that comes byte by byte
 * takes a sixth of the time.
 */
const FEW_BYTES = 32;

/**
 * So many bytes are decoded for a head at first. A part of a text keeps the whole in memory: a value that an application keeps of a
 * head must not hold all of the content that came with it. It is more than `CACHED_HEAD_CHARACTERS` of head-reader.ts: the text of a long
 * pipeline is still known as one.
 */
const HEAD_TEXT_BYTES = 8 * 1024;

/** The result of a search that has found nothing (yet). */
export const NOT_FOUND = -1;

/**
 * The bytes that were received and not yet read.
 *
 * They are borrowed from the caller as long as possible: `keep` copies only the bytes that are unread when the caller needs its
 * memory back. The text of a head is decoded once for each memory, and pipelined heads share it: one latin1 string, in which an
 * index is a byte offset.
 */
export class ReceiveBuffer {
  #buffer: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** The memory belongs to this buffer: it lives on, and can be appended to. */
  #owned = false;
  /** Bytes from `#start` that are known to have no end of a head, so that a slow head is scanned once. */
  #scanned = 0;
  #text = "";
  /** Offset in `#buffer` of the first character of `#text`; negative once that has been overwritten. */
  #textStart = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds the bytes from `start` to `end`. They must not change until `keep` or the last byte is read.
   * @throws RangeError for bytes that do not exist
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end <= bytes.length)) {
      throw new RangeError(`There are no bytes from ${start} to ${end} in ${bytes.length}`);
    }
    if (start >= end) return;
    if (this.length > 0) {
      this.#append(bytes, start, end);
      return;
    }
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = end;
    this.#owned = false;
    this.#forgetText();
  }

  /** Copies the unread bytes, so that the caller can use its memory again. Without unread bytes it holds no memory. */
  keep(): void {
    if (this.length === 0) this.clear();
    else if (!this.#owned) this.#moveTo(Buffer.allocUnsafeSlow(Math.max(this.length, 256)));
  }

  /** Drops all bytes and their memory. */
  clear(): void {
    this.#buffer = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
    this.#scanned = 0;
    this.#forgetText();
  }

  byteAt(offset: number): number {
    return this.#buffer[this.#start + offset]!;
  }

  skip(count: number): void {
    this.#start += count;
    this.#scanned = 0;
  }

  /** The next `count` bytes, as a view that lives as long as the memory does. */
  take(count: number): Buffer {
    if (count === 0) return EMPTY;
    const view = this.#buffer.subarray(this.#start, this.#start + count);
    this.skip(count);
    return view;
  }

  takeText(count: number): string {
    const text = this.#buffer.toString("latin1", this.#start, this.#start + count);
    this.skip(count);
    return text;
  }

  /** The text that `findHeadEnd` searched or `decodeText` decoded. */
  get text(): string {
    return this.#text;
  }

  /** Whether the unread bytes are this text and no more. */
  isText(text: string): boolean {
    if (this.length !== text.length) return false;
    this.#decode(this.#end);
    return this.#text === text;
  }

  /** Whether the unread bytes begin with this text. */
  startsWith(text: string): boolean {
    if (this.length < text.length) return false;
    this.#decode(this.#start + text.length);
    return this.#text === text;
  }

  /** The index in `text` of the first unread byte. */
  get textOffset(): number {
    return this.#start - this.#textStart;
  }

  /**
   * Looks for the empty line that ends a head and begins within `limit` bytes.
   * @returns the index in `text` of its CRLF CRLF, or NOT_FOUND
   */
  findHeadEnd(limit: number): number {
    const reach = Math.min(this.#end, this.#start + limit + 4);
    if (this.#scanned > 0) {
      // Without an LF there is no end of a head.
      if (this.indexOfLF(this.#scanned, limit + 4) === NOT_FOUND) return NOT_FOUND;
      const from = Math.max(0, this.#scanned - 3);
      const found = this.#buffer.subarray(this.#start + from, reach).indexOf("\r\n\r\n", 0, "latin1");
      if (found < 0) return NOT_FOUND;
      this.#decode(this.#start + from + found + 4);
      return from + found;
    }
    // Searches the text that an earlier, pipelined head has left first. It decodes again only if that ends too early.
    let end = this.#textStart + this.#text.length;
    const first = Math.min(reach, this.#start + HEAD_TEXT_BYTES);
    if (end <= this.#start) end = this.#decode(first);
    for (;;) {
      const index = this.#text.indexOf("\r\n\r\n", this.textOffset);
      if (index >= 0 || end >= reach) return index;
      end = this.#decode(end < first ? first : reach);
    }
  }

  /** How many of the unread bytes are known to have no end of a head. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Marks the unread bytes as having no end of a head: the scan of a slow head takes linear time, not quadratic. */
  markScanned(): void {
    this.#scanned = this.length;
  }

  /** Offset of the first LF from `from` on within `limit` bytes, or NOT_FOUND. */
  indexOfLF(from: number, limit: number): number {
    const start = this.#start + from;
    const end = Math.min(this.#end, this.#start + limit);
    if (end - start > FEW_BYTES) {
      const index = this.#buffer.subarray(start, end).indexOf(LF);
      return index < 0 ? NOT_FOUND : from + index;
    }
    for (let position = start; position < end; position++) {
      if (this.#buffer[position] === LF) return position - this.#start;
    }
    return NOT_FOUND;
  }

  /**
   * Offset of the first LF within `limit` bytes that does not follow CR, or NOT_FOUND. It does not search scanned
   * bytes again.
   */
  indexOfBareLF(limit: number): number {
    for (let from = this.#scanned; ; from++) {
      from = this.indexOfLF(from, limit);
      if (from < 0) return NOT_FOUND;
      if (from === 0 || this.byteAt(from - 1) !== CR) return from;
    }
  }

  /** Decodes the first `count` unread bytes, or all if there are fewer. */
  decodeText(count: number): string {
    this.#decode(Math.min(this.#end, this.#start + count));
    return this.#text;
  }

  #decode(end: number): number {
    this.#text = this.#buffer.toString("latin1", this.#start, end);
    this.#textStart = this.#start;
    return end;
  }

  #forgetText(): void {
    this.#text = "";
    this.#textStart = 0;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const count = end - start;
    const needed = this.length + count;
    if (!this.#owned || this.#end + count > this.#buffer.length) {
      // It moves within the same memory only if half of that is free then: with less, a client that adds as much as is read would
      // cause a move of all bytes each time.
      const reuse = this.#owned && needed * 2 <= this.#buffer.length;
      this.#moveTo(reuse ? this.#buffer : Buffer.allocUnsafeSlow(needed * 2));
    }
    if (count > FEW_BYTES) this.#buffer.set(bytes.subarray(start, end), this.#end);
    else for (let i = 0; i < count; i++) this.#buffer[this.#end + i] = bytes[start + i]!;
    this.#end += count;
  }

  /** Moves the unread bytes to the start of the buffer's own memory. The text stays valid, with another start. */
  #moveTo(target: Buffer): void {
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#textStart -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = target;
    this.#owned = true;
  }
}
