/** The largest prime below 2^16 (RFC 1950 §8.2). */
const BASE = 65_521;
/** So many bytes cannot make a sum of more than 32 bits. */
const CHUNK = 5552;

/** Adler-32 (RFC 1950). */
export function adler32(bytes: Uint8Array): number {
  let sum = 1;
  let sums = 0;
  for (let at = 0; at < bytes.length; ) {
    for (const end = Math.min(at + CHUNK, bytes.length); at < end; at++) {
      sum += bytes[at]!;
      sums += sum;
    }
    sum %= BASE;
    sums %= BASE;
  }
  return ((sums << 16) | sum) >>> 0;
}
