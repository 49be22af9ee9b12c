import type { Buffer } from "node:buffer";
import type { Encoding } from "node:crypto";
import { wrongType } from "../../base/argument-error.ts";
import { ALGORITHMS, type Algorithm, findAlgorithm, sizeOf, startHash, startHmac } from "./algorithms.ts";
import type { Hashing } from "./hashing.ts";
import {
  type DigestEncoding,
  give,
  type HashInput,
  type HashInto,
  inputBytes,
  keyBytes,
  wanted,
} from "./input-output.ts";

/**
 * A hash of input that comes in pieces, after `Bun.CryptoHasher` (docs/runtime/hashing). After `digest` a hash begins again, empty; an
 * HMAC is used up.
 */
export class CryptoHasher {
  readonly #algorithm: Algorithm;
  readonly #isHmac: boolean;
  /** Null for an HMAC that is used up. */
  #hash: Hashing | null;

  /**
   * @param algorithm one of `CryptoHasher.algorithms` in any case, or a usual spelling of it, such as `SHA-256`
   * @param hmacKey makes it an HMAC (RFC 2104)
   * @throws TypeError for an unknown algorithm, and for a key that is neither text nor bytes
   */
  constructor(algorithm: Algorithm | (string & {}), hmacKey?: HashInput | null) {
    if (typeof algorithm !== "string" && !((algorithm as unknown) instanceof String))
      throw wrongType("algorithm must be a string");
    const found = findAlgorithm(String(algorithm));
    if (found === null) throw wrongType(`Unsupported algorithm ${algorithm}`);
    this.#algorithm = found;
    this.#isHmac = hmacKey !== undefined && hmacKey !== null;
    this.#hash = this.#isHmac ? startHmac(found, keyBytes(hmacKey)) : startHash(found);
  }

  /**
   * The hash of the whole input.
   * @returns a Buffer, text with an encoding, or the given place
   * @throws TypeError for an unknown algorithm or encoding, and for a place that is too small
   */
  static hash(algorithm: Algorithm | (string & {}), input: HashInput): Buffer;
  static hash(algorithm: Algorithm | (string & {}), input: HashInput, encoding: DigestEncoding): string;
  static hash<T extends HashInto>(algorithm: Algorithm | (string & {}), input: HashInput, into: T): T;
  static hash(algorithm: string, input: HashInput, output?: unknown): Buffer | string | HashInto {
    if (typeof algorithm === "string" && findAlgorithm(algorithm) === null)
      throw wrongType(`Unsupported algorithm "${algorithm}"`);
    const hasher = new CryptoHasher(algorithm);
    const as = wanted(output, hasher.byteLength);
    const digest = hasher.update(input).digest();
    return as === null ? digest : give(digest, as);
  }

  static get algorithms(): Algorithm[] {
    return [...ALGORITHMS];
  }

  get [Symbol.toStringTag](): string {
    return "CryptoHasher";
  }

  /** The name as it stands in `algorithms`. */
  get algorithm(): Algorithm {
    this.#usable();
    return this.#algorithm;
  }

  /** Bytes of the hash. */
  get byteLength(): number {
    this.#usable();
    return sizeOf(this.#algorithm);
  }

  /**
   * @param encoding of text, UTF-8 by default
   * @throws TypeError for input that is neither text nor bytes; a Blob is refused, because Node.js gives its bytes only later
   */
  update(input: HashInput, encoding?: Encoding): this {
    this.#usable().update(inputBytes(input, encoding));
    return this;
  }

  /** A hasher that goes on from the same input. */
  copy(): CryptoHasher {
    const hash = this.#usable().copy();
    const copy = new CryptoHasher(this.#algorithm, this.#isHmac ? "" : null);
    copy.#hash = hash;
    return copy;
  }

  /** @returns the hash of the input since the last digest: a Buffer, text with an encoding, or the given place */
  digest(): Buffer;
  digest(encoding: DigestEncoding): string;
  digest<T extends HashInto>(into: T): T;
  digest(output?: unknown): Buffer | string | HashInto {
    const hash = this.#usable();
    const as = wanted(output ?? undefined, sizeOf(this.#algorithm));
    this.#hash = this.#isHmac ? null : startHash(this.#algorithm);
    const digest = hash.digest();
    return as === null ? digest : give(digest, as);
  }

  #usable(): Hashing {
    if (this.#hash === null) throw new Error("HMAC has been consumed and is no longer usable");
    return this.#hash;
  }
}
