import { Buffer } from "node:buffer";

const EMPTY = Buffer.alloc(0);
const CR = 0x0d;
const LF = 0x0a;

/**
 * So few bytes are looked at or copied one by one: a call into Node and a view on the bytes cost more. A head that
 * comes byte by byte takes a sixth of the time.
 */
const FEW_BYTES = 32;

/** What a search says when there is nothing to find (yet). */
export const NOT_FOUND = -1;

/**
 * The bytes that were received and not yet read.
 *
 * They are borrowed from the caller as long as they can be: only what is still unread when the caller wants
 * its memory back is copied (`keep`). Within one stay in memory the text of a head is decoded once, and
 * pipelined heads share it: one latin1 string, in which an index is a byte offset.
 */
export class ReceiveBuffer {
  #buffer: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** The memory is ours, so that it survives and can be appended to. */
  #owned = false;
  /** Bytes from `#start` that are known not to hold the end of a head: a trickled head is scanned once. */
  #scanned = 0;
  #text = "";
  /** Offset in `#buffer` of the first character of `#text`; negative once that has been overwritten. */
  #textStart = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds the bytes from `start` to `end`. They must not change until `keep` or the last byte is read.
   * @throws RangeError for bytes that are not there
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

  /** Copies what is unread, so that the memory that was pushed can be used again. Holds none if nothing is. */
  keep(): void {
    if (this.length === 0) this.clear();
    else if (!this.#owned) this.#moveTo(Buffer.allocUnsafeSlow(Math.max(this.length, 256)));
  }

  /** Drops everything, so that no memory is held for bytes that nobody will read. */
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
    const view = this.#buffer.subarray(this.#start, this.#start + count);
    this.skip(count);
    return view;
  }

  takeText(count: number): string {
    const text = this.#buffer.toString("latin1", this.#start, this.#start + count);
    this.skip(count);
    return text;
  }

  /** The text in which `findHeadEnd` found something, or which `decodeText` decoded. */
  get text(): string {
    return this.#text;
  }

  /** Whether all that is unread is this text. */
  isText(text: string): boolean {
    if (this.length !== text.length) return false;
    this.#decode(this.#end);
    return this.#text === text;
  }

  /** Whether what is unread begins with this text. */
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
      // Each end of a head has an LF.
      if (this.indexOfLF(this.#scanned, limit + 4) === NOT_FOUND) return NOT_FOUND;
      const from = Math.max(0, this.#scanned - 3);
      const found = this.#buffer.subarray(this.#start + from, reach).indexOf("\r\n\r\n", 0, "latin1");
      if (found < 0) return NOT_FOUND;
      this.#decode(this.#start + from + found + 4);
      return from + found;
    }
    // Text that an earlier, pipelined head left over is searched first, and decoded again only if it ends too early.
    let end = this.#textStart + this.#text.length;
    if (end <= this.#start) end = this.#decode(reach);
    for (;;) {
      const index = this.#text.indexOf("\r\n\r\n", this.textOffset);
      if (index >= 0 || end >= reach) return index;
      end = this.#decode(reach);
    }
  }

  /** How many of the unread bytes are known not to hold the end of a head. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Remembers that the unread bytes hold no end of a head: one that comes in drops is scanned once, not squared. */
  markScanned(): void {
    this.#scanned = this.length;
  }

  /** Offset of the first LF within `limit` bytes, looked for from `from` on, or NOT_FOUND. */
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
   * Offset of the first LF within `limit` bytes that does not follow CR, or NOT_FOUND. Bytes that were marked as
   * scanned are not looked at again.
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
      // Moved within the same memory only if half of it is free then: with less, a client that adds as much as
      // is read would have everything moved each time.
      const reuse = this.#owned && needed * 2 <= this.#buffer.length;
      this.#moveTo(reuse ? this.#buffer : Buffer.allocUnsafeSlow(needed * 2));
    }
    if (count > FEW_BYTES) this.#buffer.set(bytes.subarray(start, end), this.#end);
    else for (let i = 0; i < count; i++) this.#buffer[this.#end + i] = bytes[start + i]!;
    this.#end += count;
  }

  /** Moves what is unread to the start of memory of ours. Its text stays good: only where it began has moved. */
  #moveTo(target: Buffer): void {
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#textStart -= this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = target;
    this.#owned = true;
  }
}
