import { createHash } from "node:crypto";

/** By which a frame is known again: 16 bytes of its head. */
export interface Identity {
  /** Of 8 bytes, in Latin-1. */
  readonly instance: string;
  /** The number of its first message at that instance. */
  readonly sequence: number;
}

/** No instance gets there by counting. */
const FIRST_NAMED = 2 ** 48;

/** The identity of a message with a name, which is the same at all instances: 112 bits of a hash in the place of an instance and its count. */
export function identityOf(id: string): Identity {
  const hash = createHash("sha256").update(id).digest();
  return { instance: hash.toString("latin1", 0, 8), sequence: FIRST_NAMED + hash.readUIntBE(8, 6) };
}
