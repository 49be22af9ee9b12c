/** MurmurHash2 of 64 bits, the variant A (https://github.com/aappleby/smhasher). */
import { dataView, multiply } from "./words.ts";

const M = 0xc6a4a7935bd1e995n;

export function murmur64v2(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  const tail = bytes.length - (bytes.length % 8);
  let hash = seed ^ multiply(BigInt(bytes.length), M);
  for (let at = 0; at < tail; at += 8) {
    const word = multiply(view.getBigUint64(at, true), M);
    hash = multiply(hash ^ multiply(word ^ (word >> 47n), M), M);
  }
  if (bytes.length > tail) {
    let last = 0n;
    for (let at = bytes.length - 1; at >= tail; at--) last = (last << 8n) | BigInt(bytes[at]!);
    hash = multiply(hash ^ last, M);
  }
  hash = multiply(hash ^ (hash >> 47n), M);
  return hash ^ (hash >> 47n);
}
