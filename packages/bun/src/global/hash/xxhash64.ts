/** XXH64 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
import { dataView, multiply, rotateLeft, wrap } from "./words.ts";

export const PRIME64_1 = 0x9e3779b185ebca87n;
export const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
export const PRIME64_3 = 0x165667b19e3779f9n;
export const PRIME64_4 = 0x85ebca77c2b2ae63n;
export const PRIME64_5 = 0x27d4eb2f165667c5n;

const round = (lane: bigint, word: bigint): bigint =>
  multiply(rotateLeft(wrap(lane + word * PRIME64_2), 31n), PRIME64_1);

const merge = (hash: bigint, lane: bigint): bigint => wrap((hash ^ round(0n, lane)) * PRIME64_1 + PRIME64_4);

export function xxHash64(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  const { byteLength: size } = view;
  let at = 0;
  let hash = seed + PRIME64_5;
  if (size >= 32) {
    let a = wrap(seed + PRIME64_1 + PRIME64_2);
    let b = wrap(seed + PRIME64_2);
    let c = seed;
    let d = wrap(seed - PRIME64_1);
    for (; at + 32 <= size; at += 32) {
      a = round(a, view.getBigUint64(at, true));
      b = round(b, view.getBigUint64(at + 8, true));
      c = round(c, view.getBigUint64(at + 16, true));
      d = round(d, view.getBigUint64(at + 24, true));
    }
    hash = wrap(rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n));
    for (const lane of [a, b, c, d]) hash = merge(hash, lane);
  }
  hash = wrap(hash + BigInt(size));
  for (; at + 8 <= size; at += 8) hash = merge8(hash, view.getBigUint64(at, true));
  if (at + 4 <= size) {
    const word = BigInt(view.getUint32(at, true));
    hash = wrap(rotateLeft(hash ^ multiply(word, PRIME64_1), 23n) * PRIME64_2 + PRIME64_3);
    at += 4;
  }
  for (; at < size; at++)
    hash = multiply(rotateLeft(hash ^ multiply(BigInt(bytes[at]!), PRIME64_5), 11n), PRIME64_1);
  return avalanche64(hash);
}

const merge8 = (hash: bigint, word: bigint): bigint =>
  wrap(rotateLeft(hash ^ round(0n, word), 27n) * PRIME64_1 + PRIME64_4);

/** Lets every bit of the hash depend on every other. */
export function avalanche64(hash: bigint): bigint {
  let mix = multiply(hash ^ (hash >> 33n), PRIME64_2);
  mix = multiply(mix ^ (mix >> 29n), PRIME64_3);
  return mix ^ (mix >> 32n);
}
