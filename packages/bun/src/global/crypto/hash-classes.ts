/** `Bun.MD5` and its like: a class for each of the older algorithms, and `Bun.sha`. */
import type { Buffer } from "node:buffer";
import { type Algorithm, sizeOf, startHash } from "./algorithms.ts";
import type { Hashing } from "./hashing.ts";
import {
  type DigestEncoding,
  give,
  type HashInput,
  type HashInto,
  inputBytes,
  wanted,
} from "./input-output.ts";

/** A hash of input that comes in pieces. After `digest` it is used up. */
export interface HashInstance {
  /** Bytes of the hash. */
  readonly byteLength: number;
  /** @throws Error with the code `ERR_INVALID_STATE` after `digest`; TypeError for input that is neither text nor bytes */
  update(input: HashInput): this;
  /** @throws Error with the code `ERR_INVALID_STATE` after `digest`; TypeError for an unknown encoding or a place that is too small */
  digest(): Uint8Array;
  digest(encoding: DigestEncoding): string;
  digest<T extends HashInto>(into: T): T;
}

/** A class such as `Bun.SHA256` (docs/runtime/hashing). */
export interface HashClass {
  new (): HashInstance;
  readonly prototype: HashInstance;
  readonly byteLength: number;
  /** The hash of the whole input. */
  hash(input: HashInput): Uint8Array;
  hash(input: HashInput, encoding: DigestEncoding): string;
  hash<T extends HashInto>(input: HashInput, into: T): T;
}

function makeClass(name: string, algorithm: Algorithm): HashClass {
  const size = sizeOf(algorithm);
  const made = class {
    #hash: Hashing | null = startHash(algorithm);

    static get byteLength(): number {
      return size;
    }

    static hash(input: HashInput, output?: unknown): unknown {
      const as = wanted(output, size);
      const hash = startHash(algorithm);
      hash.update(inputBytes(input));
      return result(hash.digest(), as);
    }

    get byteLength(): number {
      return size;
    }

    update(input: HashInput): this {
      this.#usable("update").update(inputBytes(input));
      return this;
    }

    digest(output?: unknown): unknown {
      const hash = this.#usable("digest again");
      const as = wanted(output ?? undefined, size);
      this.#hash = null;
      return result(hash.digest(), as);
    }

    #usable(use: string): Hashing {
      if (this.#hash !== null) return this.#hash;
      const message = `${name} hasher already digested, create a new instance to ${use}`;
      throw Object.assign(new Error(message), { code: "ERR_INVALID_STATE" });
    }
  };
  Object.defineProperty(made, "name", { value: name, configurable: true });
  Object.defineProperty(made.prototype, Symbol.toStringTag, { value: name, configurable: true });
  return made as unknown as HashClass;
}

/** Without an encoding these classes return plain bytes, and no Buffer. */
function result(digest: Buffer, as: ReturnType<typeof wanted>): unknown {
  return as === null ? new Uint8Array(digest) : give(digest, as);
}

export const MD4: HashClass = makeClass("MD4", "md4");
export const MD5: HashClass = makeClass("MD5", "md5");
export const SHA1: HashClass = makeClass("SHA1", "sha1");
export const SHA224: HashClass = makeClass("SHA224", "sha224");
export const SHA256: HashClass = makeClass("SHA256", "sha256");
export const SHA384: HashClass = makeClass("SHA384", "sha384");
export const SHA512: HashClass = makeClass("SHA512", "sha512");
export const SHA512_256: HashClass = makeClass("SHA512_256", "sha512-256");

/** SHA-512/256 of the whole input: the hash of `Bun.SHA512_256.hash`. */
export function sha(input: HashInput): Uint8Array;
export function sha(input: HashInput, encoding: DigestEncoding): string;
export function sha<T extends HashInto>(input: HashInput, into: T): T;
export function sha(input: HashInput, ...rest: [output?: DigestEncoding]): unknown {
  return SHA512_256.hash(input, ...(rest as [DigestEncoding]));
}
