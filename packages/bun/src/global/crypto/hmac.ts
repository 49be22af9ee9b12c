import { Buffer } from "node:buffer";
import type { Hashing } from "./hashing.ts";

/** HMAC (RFC 2104) of any hash. That of `node:crypto` cannot be copied, and knows only the hashes of OpenSSL. */
export class HMAC implements Hashing {
  readonly #inner: Hashing;
  readonly #outer: Hashing;

  private constructor(inner: Hashing, outer: Hashing) {
    this.#inner = inner;
    this.#outer = outer;
  }

  /** @param block bytes of the hash's block */
  static start(startHash: () => Hashing, block: number, key: Uint8Array): HMAC {
    let fitting = key;
    if (key.length > block) {
      const hash = startHash();
      hash.update(key);
      fitting = hash.digest();
    }
    const begin = (pad: number): Hashing => {
      const padded = Buffer.alloc(block, pad);
      fitting.forEach((byte, i) => {
        padded[i] = byte ^ pad;
      });
      const hash = startHash();
      hash.update(padded);
      return hash;
    };
    return new HMAC(begin(0x36), begin(0x5c));
  }

  update(bytes: Uint8Array): void {
    this.#inner.update(bytes);
  }

  copy(): HMAC {
    return new HMAC(this.#inner.copy(), this.#outer.copy());
  }

  digest(): Buffer {
    this.#outer.update(this.#inner.digest());
    return this.#outer.digest();
  }
}
