/** `Bun.hash`: hashes for tables, not for secrets. hash-wasm's are asynchronous, so these are our own, each in a file of `hash/`. */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { wrongType } from "../../base/argument-error.ts";
import { type BytesInput, viewOf } from "../../base/bytes.ts";
import { adler32 } from "./adler32.ts";
import { cityHash32 } from "./cityhash32.ts";
import { cityHash64 } from "./cityhash64.ts";
import { murmur32v2 } from "./murmur32v2.ts";
import { murmur32v3 } from "./murmur32v3.ts";
import { murmur64v2 } from "./murmur64v2.ts";
import { rapidhash } from "./rapidhash.ts";
import { wyhash } from "./wyhash.ts";
import { xxHash3 } from "./xxhash3.ts";
import { xxHash32 } from "./xxhash32.ts";
import { xxHash64 } from "./xxhash64.ts";

type Hash32 = (data: BytesInput, seed?: number | bigint) => number;
type Hash64 = (data: BytesInput, seed?: number | bigint) => bigint;

/** `Bun.hash` is wyhash; the others are its members. Those of 32 bits return numbers, those of 64 bits bigints. */
export interface HashFunctions extends Hash64 {
  readonly wyhash: Hash64;
  /** Its second argument is the checksum of what comes before. */
  readonly crc32: Hash32;
  /** Without a seed. */
  readonly adler32: (data: BytesInput) => number;
  /** Without a seed. */
  readonly cityHash32: (data: BytesInput) => number;
  readonly cityHash64: Hash64;
  readonly xxHash32: Hash32;
  readonly xxHash64: Hash64;
  /** The low 32 bits of the seed count, as in Bun. */
  readonly xxHash3: Hash64;
  readonly murmur32v2: Hash32;
  readonly murmur32v3: Hash32;
  readonly murmur64v2: Hash64;
  readonly rapidhash: Hash64;
}

const MAX_SEED = 0xffff_ffff_ffff_ffffn;

/** Anything but a number or a bigint is no seed. */
function seedOf(seed: unknown): bigint {
  if (typeof seed === "bigint") return BigInt.asUintN(64, seed);
  if (typeof seed !== "number" || Number.isNaN(seed) || seed === Number.NEGATIVE_INFINITY) return 0n;
  // Bun converts so: large numbers are the largest seed, small ones wrap around.
  return seed >= 2 ** 64 ? MAX_SEED : BigInt.asUintN(64, BigInt(Math.trunc(seed)));
}

function dataOf(data: unknown): Uint8Array {
  if (data === undefined || data === null)
    throw wrongType("data must be a string, ArrayBuffer, ArrayBufferView or Blob");
  if (data instanceof Blob)
    throw wrongType("data cannot be a Blob in Mantou: hash its bytes(), which Node.js reads later");
  return viewOf(data) ?? Buffer.from(`${data}`);
}

const of32 = (name: string, run: (bytes: Uint8Array, seed: number) => number): Hash32 =>
  named(name, (data, seed) => run(dataOf(data), Number(BigInt.asUintN(32, seedOf(seed)))));

const of64 = (name: string, run: (bytes: Uint8Array, seed: bigint) => bigint): Hash64 =>
  named(name, (data, seed) => run(dataOf(data), seedOf(seed)));

function named<R>(name: string, hash: (data: BytesInput, seed?: number | bigint) => R): typeof hash {
  // An arrow of two parameters has Bun's length of 1, because the second is optional.
  const one = (data: BytesInput, ...rest: [seed?: number | bigint]): R => hash(data, rest[0]);
  return Object.defineProperty(one, "name", { value: name, configurable: true });
}

/**
 * Hashes that are fast and not cryptographic (docs/runtime/hashing). A seed is an integer, taken modulo 2^64 or 2^32.
 * @throws TypeError with the code `ERR_INVALID_ARG_TYPE` for no data, and for a Blob, whose bytes Node.js gives only later
 */
export const hash: HashFunctions = Object.assign(of64("hash", wyhash), {
  wyhash: of64("wyhash", wyhash),
  adler32: of32("adler32", adler32),
  // zlib's checksum of no bytes is 0, whatever comes before.
  crc32: of32("crc32", (bytes, seed) => (bytes.length === 0 ? seed : crc32(bytes, seed))),
  cityHash32: of32("cityHash32", cityHash32),
  cityHash64: of64("cityHash64", cityHash64),
  xxHash32: of32("xxHash32", xxHash32),
  xxHash64: of64("xxHash64", xxHash64),
  xxHash3: of64("xxHash3", (bytes, seed) => xxHash3(bytes, BigInt.asUintN(32, seed))),
  murmur32v2: of32("murmur32v2", murmur32v2),
  murmur32v3: of32("murmur32v3", murmur32v3),
  murmur64v2: of64("murmur64v2", murmur64v2),
  rapidhash: of64("rapidhash", rapidhash),
});
