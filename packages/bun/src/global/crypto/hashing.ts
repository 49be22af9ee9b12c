import type { Buffer } from "node:buffer";

/** A hash of input that comes in pieces. After `digest` it is used up. */
export interface Hashing {
  update(bytes: Uint8Array): unknown;
  copy(): Hashing;
  digest(): Buffer;
}
