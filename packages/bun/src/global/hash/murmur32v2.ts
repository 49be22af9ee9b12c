/** MurmurHash2 of 32 bits (https://github.com/aappleby/smhasher). */
import { dataView } from "./words.ts";

const M = 0x5bd1e995;

export function murmur32v2(bytes: Uint8Array, seed: number): number {
  const view = dataView(bytes);
  const tail = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < tail; at += 4) {
    let word = Math.imul(view.getUint32(at, true), M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (bytes.length > tail) {
    for (let at = tail; at < bytes.length; at++) hash ^= bytes[at]! << (8 * (at - tail));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
