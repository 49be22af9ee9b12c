/** rapidhash V1 (https://github.com/Nicoshev/rapidhash), with its default secret. */
import { dataView, fold, wrap } from "./words.ts";

const SECRET = [0x2d358dccaa6c78a5n, 0x8bb84b93962eacc9n, 0x4b33a62ed433d4a3n] as const;

export function rapidhash(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  const { byteLength: size } = view;
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const half = (at: number): bigint => BigInt(view.getUint32(at, true));
  let state = seed ^ fold(seed ^ SECRET[0], SECRET[1]) ^ BigInt(size);
  let a = 0n;
  let b = 0n;
  if (size <= 16) {
    if (size >= 4) {
      const delta = (size & 24) >> (size >> 3);
      a = (half(0) << 32n) | half(size - 4);
      b = (half(delta) << 32n) | half(size - 4 - delta);
    } else if (size > 0) {
      a = (BigInt(bytes[0]!) << 56n) | (BigInt(bytes[size >> 1]!) << 32n) | BigInt(bytes[size - 1]!);
    }
  } else {
    let at = 0;
    if (size > 48) {
      let second = state;
      let third = state;
      for (; size - at >= 48; at += 48) {
        state = fold(word(at) ^ SECRET[0], word(at + 8) ^ state);
        second = fold(word(at + 16) ^ SECRET[1], word(at + 24) ^ second);
        third = fold(word(at + 32) ^ SECRET[2], word(at + 40) ^ third);
      }
      state ^= second ^ third;
    }
    const left = size - at;
    if (left > 16) state = fold(word(at) ^ SECRET[2], word(at + 8) ^ state ^ SECRET[1]);
    if (left > 32) state = fold(word(at + 16) ^ SECRET[2], word(at + 24) ^ state);
    a = word(size - 16);
    b = word(size - 8);
  }
  const product = (a ^ SECRET[1]) * (b ^ state);
  return fold(wrap(product) ^ SECRET[0] ^ BigInt(size), (product >> 64n) ^ SECRET[1]);
}
