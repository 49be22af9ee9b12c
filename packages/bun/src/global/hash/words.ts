/** Little-endian words of an input, and arithmetic modulo 2^64 on bigints. */

/** The input of a hash, for reading words. */
export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const LOW = 0xffff_ffff_ffff_ffffn;

/** The number modulo 2^64. */
export const wrap = (value: bigint): bigint => value & LOW;

/** The low 64 bits of a product. */
export const multiply = (a: bigint, b: bigint): bigint => (a * b) & LOW;

/** The halves of a product of 128 bits, combined by XOR. */
export function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & LOW) ^ (product >> 64n);
}

export const rotateRight = (value: bigint, bits: bigint): bigint =>
  (value >> bits) | ((value << (64n - bits)) & LOW);

export const rotateLeft = (value: bigint, bits: bigint): bigint => rotateRight(value, 64n - bits);

const scratch = new DataView(new ArrayBuffer(8));

/** The eight bytes in the opposite order. */
export function swapBytes(value: bigint): bigint {
  scratch.setBigUint64(0, value, true);
  return scratch.getBigUint64(0, false);
}

export const rotateRight32 = (value: number, bits: number): number =>
  (value >>> bits) | (value << (32 - bits));

export const rotateLeft32 = (value: number, bits: number): number =>
  (value << bits) | (value >>> (32 - bits));

/** The four bytes in the opposite order. */
export const swapBytes32 = (value: number): number =>
  (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
