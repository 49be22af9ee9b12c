/** XXH3 of 64 bits (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md), with its default secret. */
import { Buffer } from "node:buffer";
import { dataView, fold, multiply, rotateLeft, swapBytes, swapBytes32, wrap } from "./words.ts";
import { PRIME32_1, PRIME32_2, PRIME32_3 } from "./xxhash32.ts";
import { avalanche64, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME64_5 } from "./xxhash64.ts";

const PRIME_MX1 = 0x165667919e3779f9n;
const PRIME_MX2 = 0x9fb21c651e98df25n;
const LOW_HALF = 0xffff_ffffn;

const SECRET = dataView(
  Buffer.from(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221" +
      "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8" +
      "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb" +
      "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e",
    "hex",
  ),
);
const secret = (at: number): bigint => SECRET.getBigUint64(at, true);

export function xxHash3(bytes: Uint8Array, seed: bigint): bigint {
  const view = dataView(bytes);
  if (bytes.length > 240) return long(view, seed);
  if (bytes.length > 16) return medium(view, seed);
  return short(view, seed);
}

function avalanche(hash: bigint): bigint {
  const mix = multiply(hash ^ (hash >> 37n), PRIME_MX1);
  return mix ^ (mix >> 32n);
}

/** Up to 16 bytes. */
function short(view: DataView, seed: bigint): bigint {
  const { byteLength: size } = view;
  if (size > 8) {
    const low = view.getBigUint64(0, true) ^ wrap((secret(24) ^ secret(32)) + seed);
    const high = view.getBigUint64(size - 8, true) ^ wrap((secret(40) ^ secret(48)) - seed);
    return avalanche(wrap(BigInt(size) + swapBytes(low) + high + fold(low, high)));
  }
  if (size >= 4) {
    const swapped = BigInt(swapBytes32(Number(seed & LOW_HALF)) >>> 0);
    const key = wrap((secret(8) ^ secret(16)) - (seed ^ (swapped << 32n)));
    const words = (BigInt(view.getUint32(0, true)) << 32n) | BigInt(view.getUint32(size - 4, true));
    const hash = key ^ words;
    let mix = multiply(hash ^ rotateLeft(hash, 49n) ^ rotateLeft(hash, 24n), PRIME_MX2);
    mix = multiply(mix ^ wrap((mix >> 35n) + BigInt(size)), PRIME_MX2);
    return mix ^ (mix >> 28n);
  }
  if (size > 0) {
    const ends = view.getUint8(size - 1) | (size << 8) | (view.getUint8(0) << 16);
    const word = (ends | (view.getUint8(size >> 1) << 24)) >>> 0;
    const flip = (SECRET.getUint32(0, true) ^ SECRET.getUint32(4, true)) >>> 0;
    return avalanche64(wrap(BigInt(flip) + seed) ^ BigInt(word));
  }
  return avalanche64(seed ^ secret(56) ^ secret(64));
}

/** From 17 to 240 bytes. */
function medium(view: DataView, seed: bigint): bigint {
  const { byteLength: size } = view;
  const mix = (at: number, secretAt: number): bigint =>
    fold(
      view.getBigUint64(at, true) ^ wrap(secret(secretAt) + seed),
      view.getBigUint64(at + 8, true) ^ wrap(secret(secretAt + 8) - seed),
    );
  let hash = BigInt(size) * PRIME64_1;
  if (size <= 128) {
    for (let i = (size - 1) >> 5; i >= 0; i--)
      hash += mix(16 * i, 32 * i) + mix(size - 16 * (i + 1), 32 * i + 16);
    return avalanche(wrap(hash));
  }
  for (let i = 0; i < 8; i++) hash += mix(16 * i, 16 * i);
  hash = avalanche(wrap(hash)) + mix(size - 16, 119);
  for (let i = 8; i < size >> 4; i++) hash += mix(16 * i, 16 * (i - 8) + 3);
  return avalanche(wrap(hash));
}

/** More than 240 bytes: eight lanes, in stripes of 64 bytes. */
function long(view: DataView, seed: bigint): bigint {
  const { byteLength: size } = view;
  // The seed makes a secret of its own.
  const words = new DataView(new ArrayBuffer(192));
  for (let at = 0; at < 192; at += 8)
    words.setBigUint64(at, wrap(at % 16 === 0 ? secret(at) + seed : secret(at) - seed), true);
  const lanes = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1].map(
    BigInt,
  );
  const accumulate = (at: number, secretAt: number): void => {
    for (let i = 0; i < 8; i++) {
      const word = view.getBigUint64(at + 8 * i, true);
      const keyed = word ^ words.getBigUint64(secretAt + 8 * i, true);
      lanes[i] = wrap(lanes[i]! + (keyed & LOW_HALF) * (keyed >> 32n));
      lanes[i ^ 1] = wrap(lanes[i ^ 1]! + word);
    }
  };
  const stripes = Math.floor((size - 1) / 64);
  for (let n = 0; n < stripes; n++) {
    accumulate(64 * n, 8 * (n % 16));
    if (n % 16 !== 15) continue;
    for (let i = 0; i < 8; i++) {
      const lane = lanes[i]!;
      lanes[i] = multiply(lane ^ (lane >> 47n) ^ words.getBigUint64(128 + 8 * i, true), BigInt(PRIME32_1));
    }
  }
  accumulate(size - 64, 121);
  let hash = BigInt(size) * PRIME64_1;
  for (let i = 0; i < 8; i += 2) {
    const [low, high] = [words.getBigUint64(11 + 8 * i, true), words.getBigUint64(19 + 8 * i, true)];
    hash += fold(lanes[i]! ^ low, lanes[i + 1]! ^ high);
  }
  return avalanche(wrap(hash));
}
