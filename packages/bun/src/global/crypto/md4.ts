/** MD4 (RFC 1320), which the OpenSSL of Node.js and npm's libraries have no more. It is broken: old formats need it, and nothing else. */
import { Buffer } from "node:buffer";
import { dataView, rotateLeft32 } from "../hash/words.ts";

const BLOCK = 64;

/** What an operation of each of the three rounds adds, how it mixes, in which order it reads the words, and by how much it rotates. */
const ROUNDS = [
  {
    add: 0,
    mix: (x: number, y: number, z: number): number => (x & y) | (~x & z),
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    bits: [3, 7, 11, 19],
  },
  {
    add: 0x5a827999,
    mix: (x: number, y: number, z: number): number => (x & y) | (x & z) | (y & z),
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    bits: [3, 5, 9, 13],
  },
  {
    add: 0x6ed9eba1,
    mix: (x: number, y: number, z: number): number => x ^ y ^ z,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    bits: [3, 9, 11, 15],
  },
] as const;

/** A hash of input that comes in pieces, with the methods of `node:crypto`'s. */
export class MD4 {
  #state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  #size = 0;
  /** The beginning of a block. */
  #rest = Buffer.alloc(0);

  update(bytes: Uint8Array): this {
    this.#size += bytes.length;
    const input = Buffer.concat([this.#rest, bytes]);
    const end = input.length - (input.length % BLOCK);
    for (let at = 0; at < end; at += BLOCK) this.#block(dataView(input.subarray(at, at + BLOCK)));
    this.#rest = input.subarray(end);
    return this;
  }

  copy(): MD4 {
    const copy = new MD4();
    copy.#state = [...this.#state];
    copy.#size = this.#size;
    copy.#rest = this.#rest;
    return copy;
  }

  digest(): Buffer {
    const size = BigInt(this.#size) * 8n;
    const end = Buffer.alloc(this.#rest.length < 56 ? 64 - this.#rest.length : 128 - this.#rest.length);
    end[0] = 0x80;
    end.writeBigUInt64LE(BigInt.asUintN(64, size), end.length - 8);
    this.update(end);
    const hash = Buffer.alloc(16);
    for (const [i, word] of this.#state.entries()) hash.writeInt32LE(word | 0, 4 * i);
    return hash;
  }

  #block(words: DataView): void {
    let [a, b, c, d] = this.#state;
    for (const { add, mix, order, bits } of ROUNDS) {
      for (let i = 0; i < 16; i++) {
        const sum = (a + mix(b, c, d) + words.getUint32(4 * order[i]!, true) + add) | 0;
        [a, b, c, d] = [d, rotateLeft32(sum, bits[i % 4]!), b, c];
      }
    }
    const [a0, b0, c0, d0] = this.#state;
    this.#state = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
}
