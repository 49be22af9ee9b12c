/** MurmurHash3 of 32 bits (https://github.com/aappleby/smhasher). */
import { dataView, rotateLeft32 } from "./words.ts";

const mixed = (word: number): number => Math.imul(rotateLeft32(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);

export function murmur32v3(bytes: Uint8Array, seed: number): number {
  const view = dataView(bytes);
  const tail = bytes.length & ~3;
  let hash = seed;
  for (let at = 0; at < tail; at += 4) {
    hash = rotateLeft32(hash ^ mixed(view.getUint32(at, true)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let last = 0;
  for (let at = tail; at < bytes.length; at++) last |= bytes[at]! << (8 * (at - tail));
  return finish(hash ^ mixed(last) ^ bytes.length);
}

/** Lets every bit of the hash depend on every other. */
export function finish(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
