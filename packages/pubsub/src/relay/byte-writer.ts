import { Buffer } from "node:buffer";

const HIGH = 0x1_0000_0000;
/** Most records are shorter. */
const FIRST_BYTES = 128;

/** Joins numbers (big-endian) and texts. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  u8(value: number): this {
    this.#makeRoom(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u32(value: number): this {
    this.#makeRoom(4);
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
    return this;
  }

  u64(value: number): this {
    return this.u32(Math.floor(value / HIGH)).u32(value % HIGH);
  }

  /** Its length (u32), then UTF-8. */
  text(text: string): this {
    // A character is at most three bytes of UTF-8.
    this.#makeRoom(4 + 3 * text.length);
    const length = this.#bytes.write(text, this.#at + 4);
    this.#bytes.writeUInt32BE(length, this.#at);
    this.#at += 4 + length;
    return this;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#at + count));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
