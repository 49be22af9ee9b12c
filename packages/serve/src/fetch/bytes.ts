import { Buffer } from "node:buffer";

/** The same memory, with Node's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Text as the Fetch standard's bodies have it: UTF-8 without a byte order mark, and U+FFFD for what is none. For small texts
 * `Buffer` is faster than `TextDecoder`.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString("utf8");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
