/** The algorithms of Bun's hashers: those of OpenSSL, BLAKE2b-256 of `@noble/hashes`, and MD4. */
import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { bufferInOwnMemory } from "../../base/bytes.ts";
import type { Hashing } from "./hashing.ts";
import { HMAC } from "./hmac.ts";
import { MD4 } from "./md4.ts";

/** The name of an algorithm of `Bun.CryptoHasher`. */
export type Algorithm =
  | "blake2b256"
  | "blake2b512"
  | "blake2s256"
  | "md4"
  | "md5"
  | "ripemd160"
  | "sha1"
  | "sha224"
  | "sha256"
  | "sha384"
  | "sha512"
  | "sha512-224"
  | "sha512-256"
  | "sha3-224"
  | "sha3-256"
  | "sha3-384"
  | "sha3-512"
  | "shake128"
  | "shake256";

/** Bytes of the result and of a block; a block of 0 bytes belongs to an algorithm without an HMAC. */
const SIZES: Readonly<Record<Algorithm, readonly [result: number, block: number]>> = {
  blake2b256: [32, 128],
  blake2b512: [64, 128],
  blake2s256: [32, 0],
  md4: [16, 64],
  md5: [16, 64],
  ripemd160: [20, 64],
  sha1: [20, 64],
  sha224: [28, 64],
  sha256: [32, 64],
  sha384: [48, 128],
  sha512: [64, 128],
  "sha512-224": [28, 128],
  "sha512-256": [32, 128],
  "sha3-224": [28, 144],
  "sha3-256": [32, 136],
  "sha3-384": [48, 104],
  "sha3-512": [64, 72],
  shake128: [16, 0],
  shake256: [32, 0],
};

export const ALGORITHMS: readonly Algorithm[] = Object.keys(SIZES) as Algorithm[];

const ALIASES: Readonly<Record<string, Algorithm>> = {
  rmd160: "ripemd160",
  sha128: "sha1",
  "sha-1": "sha1",
  "sha-224": "sha224",
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
  "sha-512/224": "sha512-224",
  "sha-512_224": "sha512-224",
  "sha-512224": "sha512-224",
  "sha-512/256": "sha512-256",
  "sha-512_256": "sha512-256",
  "sha-512256": "sha512-256",
};

/** The algorithm that is meant, in any case; null for an unknown one. */
export function findAlgorithm(name: string): Algorithm | null {
  const lower = name.toLowerCase();
  if (Object.hasOwn(SIZES, lower)) return lower as Algorithm;
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : null;
}

/** Bytes of the result. */
export const sizeOf = (algorithm: Algorithm): number => SIZES[algorithm][0];

export function startHash(algorithm: Algorithm): Hashing {
  if (algorithm === "md4") return new MD4();
  if (algorithm === "blake2b256") return new Blake(loadBlake().create({ dkLen: 32 }));
  // The default size of SHAKE is no more in newer lines of Node.js.
  if (algorithm.startsWith("shake")) return createHash(algorithm, { outputLength: sizeOf(algorithm) });
  return createHash(algorithm);
}

/** @throws Error for BLAKE2s and SHAKE, as Bun does */
export function startHmac(algorithm: Algorithm, key: Uint8Array): Hashing {
  const [, block] = SIZES[algorithm];
  if (block === 0) throw new Error("HMAC is not supported for this algorithm yet");
  return HMAC.start(() => startHash(algorithm), block, key);
}

type NobleBlake = typeof import("@noble/hashes/blake2.js")["blake2b"];

const require = createRequire(import.meta.url);
const loadBlake = (): NobleBlake => (require("@noble/hashes/blake2.js") as { blake2b: NobleBlake }).blake2b;

class Blake implements Hashing {
  readonly #hash: ReturnType<NobleBlake["create"]>;

  constructor(hash: ReturnType<NobleBlake["create"]>) {
    this.#hash = hash;
  }

  update(bytes: Uint8Array): void {
    // The library takes arrays of its own realm, and no Buffer of another.
    this.#hash.update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  copy(): Blake {
    return new Blake(this.#hash.clone());
  }

  digest(): Buffer {
    return bufferInOwnMemory(this.#hash.digest());
  }
}
