import { Buffer, isAscii } from "node:buffer";
import { webcrypto } from "node:crypto";

/**
 * Masking (RFC 6455 §5.3): byte i of the payload XOR byte i mod 4 of the key. A key is held here as an unsigned 32-bit
 * number whose lowest byte is the key's first; 0 means "not masked".
 *
 * Measured on Node 26, ns, with the copy: 64 bytes by the byte 24, by 32 bits 28; 128 bytes 46, 34; 1 KiB by 32 bits 129,
 * by 64 bits 72; 16 KiB by the byte 5,500, by 32 bits 1,700, by 64 bits 800. A loop by 64 bits that also finds out
 * whether the payload is ASCII loses its advantage, so the platform does that: 150 ns for 16 KiB. To unmask in the input, without
 * the copy, would save another 115 ns, but the transport would have to lend writable memory: not done.
 */
const WORDS_FROM = 96;
const LONGS_FROM = 1024;

/** A bit that no ASCII byte has, in each lane of a word. */
const NOT_ASCII = 0x80808080;

/** The most bytes for one call of {@link unmaskToScratch}: as many as a transport commonly reads at once. */
export const SCRATCH_BYTES: number = 64 * 1024;

/**
 * Memory for an unmasked payload while a string is made of it: an allocation would cost as much as the work. All connections share
 * it, and it is valid until the next call, which suffices for a synchronous machine.
 */
export const scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
const scratchWords = new Uint32Array(scratch.buffer, 0, SCRATCH_BYTES / 4);
const scratchLongs = new BigUint64Array(scratch.buffer, 0, SCRATCH_BYTES / 8);

const scratchView = new DataView(scratch.buffer);

/**
 * The input of the last short payload, and a view of it, by which words can be read from anywhere: 64 bytes take 17 ns, and by the byte
 * 37 (Node 26). Most connections read into the same memory. An input gets its view at its second payload: a view costs 76 ns.
 */
let lastInput: Buffer | null = null;
let lastView: DataView | null = null;

function viewOf(input: Buffer): DataView | null {
  if (input === lastInput) {
    lastView ??= new DataView(input.buffer, input.byteOffset, input.length);
  } else {
    lastInput = input;
    lastView = null;
  }
  return lastView;
}

/** A key twice, as bytes in their order and as the platform reads them, so that its byte order does not matter. */
const keyBytes = new Uint8Array(8);
const keyWords = new Uint32Array(keyBytes.buffer);
const keyLongs = new BigUint64Array(keyBytes.buffer);

/** The key at `bytes[at, at + 4)`. */
export function readMaskKey(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

const KEYS = new Uint32Array(1024);
let keysLeft = 0;

/** An unpredictable key (§5.3, §10.3). The system gives many at once, so that one costs some nanoseconds. */
export function randomMaskKey(): number {
  if (keysLeft === 0) {
    webcrypto.getRandomValues(KEYS);
    keysLeft = KEYS.length;
  }
  return KEYS[--keysLeft]!;
}

/** The key for the payload from byte `offset` on. */
export function rotateMaskKey(key: number, offset: number): number {
  const bits = (offset & 3) << 3;
  return bits === 0 ? key : ((key >>> bits) | (key << (32 - bits))) >>> 0;
}

/** Masks or unmasks `bytes[from, to)` in place; the key applies from `from` on. */
export function maskInPlace(bytes: Uint8Array, from: number, to: number, key: number): void {
  const length = to - from;
  if (length < WORDS_FROM) {
    maskBytes(bytes, from, bytes, from, to, key);
    return;
  }
  // An array of longs can begin only at a multiple of eight in its ArrayBuffer.
  const first = from + (-(bytes.byteOffset + from) & 7);
  const count = (to - first) >>> 3;
  const last = first + count * 8;
  const rotated = rotateMaskKey(key, first - from);
  maskBytes(bytes, from, bytes, from, first, key);
  if (length < LONGS_FROM) {
    maskWords(new Uint32Array(bytes.buffer, bytes.byteOffset + first, count * 2), count * 2, rotated);
  } else {
    maskLongs(new BigUint64Array(bytes.buffer, bytes.byteOffset + first, count), count, rotated);
  }
  // Whole longs do not change the key's phase.
  maskBytes(bytes, last, bytes, last, to, rotated);
}

/**
 * Writes `source[from, to)`, at most {@link SCRATCH_BYTES}, unmasked to the beginning of {@link scratch}.
 *
 * @returns whether it is all ASCII.
 */
export function unmaskToScratch(source: Buffer, from: number, to: number, key: number): boolean {
  const length = to - from;
  if (length < WORDS_FROM) return unmaskToScratchAt(source, from, to, key, 0);
  source.copy(scratch, 0, from, to);
  if (length >= LONGS_FROM) {
    const count = length >>> 3;
    maskLongs(scratchLongs, count, key);
    maskBytes(scratch, count * 8, scratch, count * 8, length, key);
    return isAscii(scratch.subarray(0, length));
  }
  const count = length >>> 2;
  const seen = maskWords(scratchWords, count, key);
  return ((seen | maskBytes(scratch, count * 4, scratch, count * 4, length, key)) & NOT_ASCII) === 0;
}

/** The same for a short payload, to `at` of the scratch. */
export function unmaskToScratchAt(
  source: Buffer,
  from: number,
  to: number,
  key: number,
  at: number,
): boolean {
  const view = viewOf(source);
  const seen =
    view === null
      ? maskBytes(scratch, at, source, from, to, key)
      : unmaskView(view, source, from, to, key, at);
  return (seen & NOT_ASCII) === 0;
}

/** A new Buffer, which shares its memory with no other, with `source[from, to)` unmasked. */
export function unmaskToCopy(source: Buffer, from: number, to: number, key: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(to - from);
  if (copy.length < WORDS_FROM) {
    maskBytes(copy, 0, source, from, to, key);
    return copy;
  }
  source.copy(copy, 0, from, to);
  if (key !== 0) maskInPlace(copy, 0, copy.length, key);
  return copy;
}

/** @returns all resulting bytes ORed together. */
function maskBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
  key: number,
): number {
  const k0 = key & 0xff;
  const k1 = (key >>> 8) & 0xff;
  const k2 = (key >>> 16) & 0xff;
  const k3 = key >>> 24;
  let seen = 0;
  let read = from;
  let write = at;
  for (; read + 3 < to; read += 4, write += 4) {
    const b0 = source[read]! ^ k0;
    const b1 = source[read + 1]! ^ k1;
    const b2 = source[read + 2]! ^ k2;
    const b3 = source[read + 3]! ^ k3;
    target[write] = b0;
    target[write + 1] = b1;
    target[write + 2] = b2;
    target[write + 3] = b3;
    seen |= b0 | b1 | b2 | b3;
  }
  for (let bits = 0; read < to; read++, write++, bits += 8) {
    const byte = source[read]! ^ ((key >>> bits) & 0xff);
    target[write] = byte;
    seen |= byte;
  }
  return seen;
}

/**
 * Unmasks `source[from, to)`, of which `view` is a view, to `at` of the scratch.
 *
 * @returns all resulting words and bytes ORed together.
 */
function unmaskView(
  view: DataView,
  source: Uint8Array,
  from: number,
  to: number,
  key: number,
  at: number,
): number {
  let seen = 0;
  let read = from;
  let write = at;
  for (; read + 3 < to; read += 4, write += 4) {
    const word = view.getInt32(read, true) ^ key;
    scratchView.setInt32(write, word, true);
    seen |= word;
  }
  return seen | maskBytes(scratch, write, source, read, to, key);
}

/** @returns all resulting words ORed together. */
function maskWords(words: Uint32Array, count: number, key: number): number {
  spreadKey(key);
  const word = keyWords[0]!;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const value = words[i]! ^ word;
    words[i] = value;
    seen |= value;
  }
  return seen;
}

function maskLongs(longs: BigUint64Array, count: number, key: number): void {
  spreadKey(key);
  const long = keyLongs[0]!;
  for (let i = 0; i < count; i++) longs[i] = longs[i]! ^ long;
}

function spreadKey(key: number): void {
  for (let i = 0; i < 8; i++) keyBytes[i] = key >>> ((i & 3) << 3);
}
