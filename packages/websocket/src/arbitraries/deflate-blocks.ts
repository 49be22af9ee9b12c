import { Buffer } from "node:buffer";

/** A byte as it is, or a match: `length` (3-258) bytes again that stand `distance` (1-32768) bytes before (RFC 1951 §3.2.5). */
export type DeflateSymbol = number | readonly [length: number, distance: number];

/** A block whose codes are fixed, or one that is not compressed (RFC 1951 §3.2.4, §3.2.6). */
export interface DeflateBlock {
  /** BFINAL: nothing follows in this stream. The next bytes are another stream (RFC 7692 §7.2.3.4). */
  readonly final: boolean;
  readonly content: readonly DeflateSymbol[] | Uint8Array;
}

/** Bits from the least significant on, as DEFLATE packs them (RFC 1951 §3.1.1). */
export class BitWriter {
  readonly #bytes: number[] = [];
  #free = 0;

  /** `count` bits of a number, its lowest first. */
  bits(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.#bit((value >> i) & 1);
    return this;
  }

  /** `count` bits of a Huffman code, its highest first. */
  code(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bit((value >> i) & 1);
    return this;
  }

  /** Continues at the next byte, over zeros. */
  align(): this {
    this.#free = 0;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.align();
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** All written bits, and zeros up to a whole byte. */
  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }

  #bit(bit: number): void {
    if (this.#free === 0) {
      this.#bytes.push(0);
      this.#free = 8;
    }
    if (bit === 1) this.#bytes[this.#bytes.length - 1]! |= 1 << (8 - this.#free);
    this.#free--;
  }
}

/** The payload of blocks by RFC 7692 §7.2.1: without the 00 00 FF FF of the empty stored block at its end. */
export function writeBlocks(blocks: readonly DeflateBlock[]): Buffer {
  const writer = new BitWriter();
  for (const block of blocks) writeBlock(writer, block);
  return writer.bits(0, 3).finish();
}

/** One block, independent of the ones before. */
export function writeBlock(writer: BitWriter, { final, content }: DeflateBlock): void {
  writer.bits(final ? 1 : 0, 1);
  if (content instanceof Uint8Array) {
    const length = content.length;
    writer
      .bits(0, 2)
      .bytes(Uint8Array.of(length, length >> 8, ~length, ~length >> 8))
      .bytes(content);
  } else {
    writer.bits(1, 2);
    for (const symbol of content) writeSymbol(writer, symbol);
    writer.code(0, 7); // End of block.
  }
  if (final) writer.align();
}

/** A symbol in the fixed codes. */
export function writeSymbol(writer: BitWriter, symbol: DeflateSymbol): void {
  if (typeof symbol === "number") {
    writeLengthOrLiteral(writer, symbol);
    return;
  }
  const [length, distance] = symbol;
  const { index, extraBits, extra } = bucket(LENGTHS, length);
  writeLengthOrLiteral(writer, 257 + index);
  writer.bits(extra, extraBits);
  const far = bucket(DISTANCES, distance);
  writer.code(far.index, 5).bits(far.extra, far.extraBits);
}

/** A symbol of the first alphabet: 0-255 a byte, 257-285 a length, 286 and 287 reserved (RFC 1951 §3.2.6). */
export function writeLengthOrLiteral(writer: BitWriter, symbol: number): void {
  if (symbol < 144) writer.code(0x30 + symbol, 8);
  else if (symbol < 256) writer.code(0x190 + symbol - 144, 9);
  else if (symbol < 280) writer.code(symbol - 256, 7);
  else writer.code(0xc0 + symbol - 280, 8);
}

/** First value and number of extra bits of each code (RFC 1951 §3.2.5). */
type Buckets = ReadonlyArray<readonly [first: number, extraBits: number]>;

const LENGTHS: Buckets = [
  ...Array.from({ length: 8 }, (_, i) => [3 + i, 0] as const),
  ...Array.from({ length: 20 }, (_, i) => {
    const extraBits = 1 + (i >> 2);
    return [3 + ((4 + (i & 3)) << extraBits), extraBits] as const;
  }),
  [258, 0],
];

const DISTANCES: Buckets = Array.from({ length: 30 }, (_, i) => {
  const extraBits = Math.max(0, (i >> 1) - 1);
  return [i < 2 ? 1 + i : 1 + ((2 + (i & 1)) << extraBits), extraBits] as const;
});

function bucket(buckets: Buckets, value: number): { index: number; extraBits: number; extra: number } {
  const index = buckets.findLastIndex(([first]) => first <= value);
  const [first, extraBits] = buckets[index]!;
  return { index, extraBits, extra: value - first };
}
