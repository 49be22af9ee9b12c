import { Buffer } from "node:buffer";

/** A text, a safe integer or another number, or bytes. */
export type Field = string | number | Uint8Array;

/** Writes a frame of fields: numbers as doubles, texts in UTF-8 and bytes with their length before them. */
export function encodeFields(kind: number, fields: readonly Field[]): Buffer {
  let size = 5;
  for (const field of fields) size += sizeOf(field);
  const frame = Buffer.allocUnsafe(size);
  frame.writeUInt32BE(size - 4, 0);
  frame[4] = kind;
  let at = 5;
  for (const field of fields) {
    if (typeof field === "number") {
      at = frame.writeDoubleBE(field, at);
      continue;
    }
    const bytes = sizeOf(field) - 4;
    at = frame.writeUInt32BE(bytes, at);
    if (typeof field === "string") frame.write(field, at);
    else frame.set(field, at);
    at += bytes;
  }
  return frame;
}

function sizeOf(field: Field): number {
  if (typeof field === "number") return 8;
  return 4 + (typeof field === "string" ? Buffer.byteLength(field) : field.length);
}

/** Reads the fields of a frame. What is asked for beyond its end is empty, and the frame counts as malformed. */
export class FieldReader {
  readonly #frame: Buffer;
  #at = 5;
  #isMalformed = false;

  constructor(frame: Buffer) {
    this.#frame = frame;
  }

  /** Whether there is nothing behind what was read, and there was enough. */
  get isWhole(): boolean {
    return !this.#isMalformed && this.#at === this.#frame.length;
  }

  get hasMore(): boolean {
    return !this.#isMalformed && this.#at < this.#frame.length;
  }

  number(): number {
    const at = this.#at;
    if (!this.#skip(8)) return 0;
    const value = this.#frame.readDoubleBE(at);
    if (!Number.isFinite(value)) this.#isMalformed = true;
    return value;
  }

  /** @param least the smallest that it may be */
  integer(least: number): number {
    const value = this.number();
    if (!Number.isSafeInteger(value) || value < least) this.#isMalformed = true;
    return value;
  }

  text(): string {
    return this.bytes().toString();
  }

  /** A view of the frame. */
  bytes(): Buffer {
    const at = this.#at;
    const length = this.#skip(4) ? this.#frame.readUInt32BE(at) : 0;
    return this.#skip(length) ? this.#frame.subarray(this.#at - length, this.#at) : EMPTY;
  }

  #skip(bytes: number): boolean {
    if (this.#isMalformed || this.#at + bytes > this.#frame.length) this.#isMalformed = true;
    else this.#at += bytes;
    return !this.#isMalformed;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
