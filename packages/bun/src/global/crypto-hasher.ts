import type { Buffer } from "node:buffer";
import {
  type BinaryToTextEncoding,
  createHash,
  createHmac,
  type Encoding,
  getHashes,
  type Hash,
  type Hmac,
} from "node:crypto";

/** The input of a hash: text, or bytes. */
export type HashInput = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/**
 * A hash of input that comes in pieces, after `Bun.CryptoHasher`. It has the algorithms of `node:crypto`: Bun's BLAKE2b-256 and MD4
 * are missing. After `digest` it begins again, empty.
 */
export class CryptoHasher {
  readonly algorithm: string;
  readonly #make: () => Hash | Hmac;
  #hash: Hash | Hmac;

  /**
   * @param algorithm in any case, such as `sha256`
   * @param hmacKey makes it an HMAC (RFC 2104)
   * @throws TypeError for an unknown algorithm
   */
  constructor(algorithm: string, hmacKey?: string | Uint8Array) {
    const name = String(algorithm).toLowerCase();
    if (!CryptoHasher.algorithms.includes(name)) throw new TypeError(`The algorithm ${name} is unknown`);
    this.algorithm = name;
    this.#make = () => (hmacKey === undefined ? createHash(name) : createHmac(name, hmacKey));
    this.#hash = this.#make();
  }

  /** @returns the hash of the whole input: a Buffer, or text with an encoding */
  static hash(algorithm: string, input: HashInput): Buffer;
  static hash(algorithm: string, input: HashInput, encoding: BinaryToTextEncoding): string;
  static hash(algorithm: string, input: HashInput, encoding?: BinaryToTextEncoding): Buffer | string {
    const hasher = new CryptoHasher(algorithm).update(input);
    return encoding === undefined ? hasher.digest() : hasher.digest(encoding);
  }

  static get algorithms(): string[] {
    return getHashes().map((name) => name.toLowerCase());
  }

  /** Bytes of the hash. */
  get byteLength(): number {
    return this.#make().digest().length;
  }

  /** @param encoding of text, UTF-8 by default */
  update(input: HashInput, encoding?: Encoding): this {
    if (typeof input === "string") this.#hash.update(input, encoding ?? "utf8");
    else this.#hash.update(bytesOf(input));
    return this;
  }

  /** @throws TypeError for an HMAC, which Node.js cannot copy */
  copy(): CryptoHasher {
    if (!("copy" in this.#hash)) throw new TypeError("An HMAC cannot be copied");
    const copy = new CryptoHasher(this.algorithm);
    copy.#hash = this.#hash.copy();
    return copy;
  }

  /** @returns the hash of the input since the last digest: a Buffer, or text with an encoding */
  digest(): Buffer;
  digest(encoding: BinaryToTextEncoding): string;
  digest(encoding?: BinaryToTextEncoding): Buffer | string {
    const hash = this.#hash;
    this.#hash = this.#make();
    return encoding === undefined ? hash.digest() : hash.digest(encoding);
  }
}

function bytesOf(input: Exclude<HashInput, string>): Uint8Array {
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input);
  throw new TypeError("The input of a hash must be text or bytes");
}
