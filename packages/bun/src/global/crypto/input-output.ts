/** What Bun's hashers take and give. */
import { Buffer } from "node:buffer";
import type { Encoding } from "node:crypto";
import { wrongType, wrongValue } from "../../base/argument-error.ts";
import { type BytesInput, bytesOf, isBytes } from "../../base/bytes.ts";

/** The input of a hash. */
export type HashInput = BytesInput;

/** Encodings of a digest. With `buffer` it is a Buffer. */
export type DigestEncoding =
  | "utf8"
  | "ucs2"
  | "utf16le"
  | "latin1"
  | "ascii"
  | "base64"
  | "base64url"
  | "hex";

/** A place for a digest. */
export type HashInto = ArrayBufferView | ArrayBuffer;

/**
 * The bytes of an input.
 * @param encoding of text; an unknown one means UTF-8
 * @throws TypeError for other values, and for hexadecimal digits without their second half
 */
export function inputBytes(input: unknown, encoding?: unknown): Uint8Array {
  const value = input instanceof String ? String(input) : input;
  if (typeof value === "string" && typeof encoding === "string" && Buffer.isEncoding(encoding)) {
    if (encoding.toLowerCase() === "hex" && value.length % 2 === 1) {
      const message = `The argument 'encoding' is invalid for data of length ${value.length}. Received 'hex'`;
      throw wrongValue(message);
    }
    return Buffer.from(value, encoding as Encoding);
  }
  if (value instanceof Blob)
    throw wrongType("input cannot be a Blob in Mantou: hash its bytes(), which Node.js reads later");
  if (!isInput(value)) throw wrongType("input must be a string, ArrayBuffer, ArrayBufferView or Blob");
  return bytesOf(value, "input");
}

/** The bytes of an HMAC's key. */
export function keyBytes(key: unknown): Uint8Array {
  const value = key instanceof String ? String(key) : key;
  if (!isInput(value)) throw wrongType("hmacKey must be a string, ArrayBuffer or ArrayBufferView");
  return bytesOf(value, "hmacKey");
}

const isInput = (value: unknown): value is HashInput => typeof value === "string" || isBytes(value);

/** How a digest is wanted: as bytes, as text, or in a given place. */
export type Wanted = null | { readonly encoding: string } | { readonly into: HashInto };

/**
 * Reads what a digest is called with, before the hash is used up.
 * @param size bytes of the digest
 * @throws TypeError for an unknown encoding, a place that is too small, and other values
 */
export function wanted(output: unknown, size: number): Wanted {
  if (output === undefined) return null;
  if (typeof output === "string" || output instanceof String) {
    const encoding = String(output).toLowerCase();
    if (encoding === "buffer" || Buffer.isEncoding(encoding)) return { encoding };
    throw wrongValue(`Unknown encoding: ${String(output)}`);
  }
  if (!ArrayBuffer.isView(output) && !(output instanceof ArrayBuffer))
    throw wrongType("output must be of type string or ArrayBuffer or ArrayBufferView");
  if (output.byteLength < size) throw wrongType(`TypedArray must be at least ${size} bytes`);
  return { into: output };
}

/** A digest as it is wanted. The bytes of the place that follow it stay as they were. */
export function give(digest: Buffer, as: Exclude<Wanted, null>): Buffer | string | HashInto {
  if ("encoding" in as)
    return as.encoding === "buffer" ? digest : digest.toString(as.encoding as BufferEncoding);
  digest.copy(bytesOf(as.into, "output"));
  return as.into;
}
