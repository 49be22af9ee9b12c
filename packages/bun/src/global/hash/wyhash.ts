/** wyhash, final version 4 (https://github.com/wangyi-fudan/wyhash), with its default secret. */
import { dataView, fold, wrap } from "./words.ts";

const SECRET = [0xa0761d6478bd642fn, 0xe7037ed1a0b428dbn, 0x8ebc6af09c88c6e3n, 0x589965cc75374cc3n] as const;

export function wyhash(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  const { byteLength: size } = view;
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const half = (at: number): bigint => BigInt(view.getUint32(at, true));
  let state = seed ^ fold(seed ^ SECRET[0], SECRET[1]);
  let a = 0n;
  let b = 0n;
  if (size <= 16) {
    if (size >= 4) {
      const quarter = (size >> 3) << 2;
      a = (half(0) << 32n) | half(quarter);
      b = (half(size - 4) << 32n) | half(size - 4 - quarter);
    } else if (size > 0) a = BigInt((bytes[0]! << 16) | (bytes[size >> 1]! << 8) | bytes[size - 1]!);
  } else {
    let at = 0;
    if (size > 48) {
      let second = state;
      let third = state;
      for (; at + 48 < size; at += 48) {
        state = fold(word(at) ^ SECRET[1], word(at + 8) ^ state);
        second = fold(word(at + 16) ^ SECRET[2], word(at + 24) ^ second);
        third = fold(word(at + 32) ^ SECRET[3], word(at + 40) ^ third);
      }
      state ^= second ^ third;
    }
    for (; at + 16 < size; at += 16) state = fold(word(at) ^ SECRET[1], word(at + 8) ^ state);
    a = word(size - 16);
    b = word(size - 8);
  }
  const product = (a ^ SECRET[1]) * (b ^ state);
  return fold(wrap(product) ^ SECRET[0] ^ BigInt(size), (product >> 64n) ^ SECRET[1]);
}
