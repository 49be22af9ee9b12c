import { type Buffer, isUtf8 } from "node:buffer";

const HIGH = 0x1_0000_0000;

/** Reads numbers and texts one behind the other. What is cut off or malformed reads as 0 or "", and makes the reader bad. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  isBad = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#has(1) ? this.#bytes[this.#at++]! : 0;
  }

  u32(): number {
    if (!this.#has(4)) return 0;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  /** A number below 2⁵². */
  u64(): number {
    const high = this.u32();
    if (high >= 0x10_0000) this.isBad = true;
    return high * HIGH + this.u32();
  }

  /** Its length (u32), then UTF-8. */
  text(): string {
    const length = this.u32();
    if (!this.#has(length)) return "";
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    if (!isUtf8(bytes)) this.isBad = true;
    return bytes.toString();
  }

  #has(count: number): boolean {
    if (this.isBad || this.#at + count > this.#bytes.length) this.isBad = true;
    return !this.isBad;
  }
}
