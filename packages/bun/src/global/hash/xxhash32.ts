/** XXH32 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
import { dataView, rotateLeft32 } from "./words.ts";

export const PRIME32_1 = 0x9e3779b1;
export const PRIME32_2 = 0x85ebca77;
export const PRIME32_3 = 0xc2b2ae3d;
const PRIME32_4 = 0x27d4eb2f;
const PRIME32_5 = 0x165667b1;

const round = (lane: number, word: number): number =>
  Math.imul(rotateLeft32((lane + Math.imul(word, PRIME32_2)) | 0, 13), PRIME32_1);

export function xxHash32(bytes: Uint8Array, seed: number): number {
  const view = dataView(bytes);
  const { byteLength: size } = view;
  let at = 0;
  let hash = (seed + PRIME32_5) | 0;
  if (size >= 16) {
    let a = (seed + PRIME32_1 + PRIME32_2) | 0;
    let b = (seed + PRIME32_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME32_1) | 0;
    for (; at + 16 <= size; at += 16) {
      a = round(a, view.getUint32(at, true));
      b = round(b, view.getUint32(at + 4, true));
      c = round(c, view.getUint32(at + 8, true));
      d = round(d, view.getUint32(at + 12, true));
    }
    hash = (rotateLeft32(a, 1) + rotateLeft32(b, 7) + rotateLeft32(c, 12) + rotateLeft32(d, 18)) | 0;
  }
  hash = (hash + size) | 0;
  for (; at + 4 <= size; at += 4) {
    const word = Math.imul(view.getUint32(at, true), PRIME32_3);
    hash = Math.imul(rotateLeft32((hash + word) | 0, 17), PRIME32_4);
  }
  for (; at < size; at++)
    hash = Math.imul(rotateLeft32((hash + Math.imul(bytes[at]!, PRIME32_5)) | 0, 11), PRIME32_1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME32_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME32_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
