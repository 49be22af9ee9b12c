import { Buffer } from "node:buffer";
import { types } from "node:util";
import { wrongType } from "./argument-error.ts";

/** Text that stands for its UTF-8, or bytes. */
export type BytesInput = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** Whether a value is bytes: an ArrayBuffer, a SharedArrayBuffer, or a view of one. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
}

/** The same bytes with the methods of Node.js, not copied; null for a value that is not bytes. */
export function viewOf(value: ArrayBufferView | ArrayBufferLike): Buffer;
export function viewOf(value: unknown): Buffer | null;
export function viewOf(value: unknown): Buffer | null {
  if (!isBytes(value)) return null;
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  // As in Bun, a buffer that has been transferred has no bytes. A view of one may have no length to ask for.
  if (buffer.byteLength === 0) return Buffer.alloc(0);
  return ArrayBuffer.isView(value)
    ? Buffer.from(buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
}

/**
 * A view of the bytes; text as its UTF-8.
 * @throws TypeError that names the argument, for other values
 */
export function bytesOf(input: unknown, name: string): Buffer {
  const bytes = typeof input === "string" ? Buffer.from(input) : viewOf(input);
  if (bytes === null) throw wrongType(`${name} must be a string, an ArrayBuffer or a view of one`);
  return bytes;
}

/**
 * The same bytes, with a `buffer` that holds nothing else, as in Bun. The memory behind a Buffer of Node.js may be larger: a program that sends `buffer`
 * would send bytes of others, or what was in the memory before.
 */
export function inOwnMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

/** `inOwnMemory` for results that are Buffers. */
export function bufferInOwnMemory(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(inOwnMemory(bytes).buffer);
}

/** Memory that is not filled. */
export function allocUnsafe(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer as ArrayBuffer);
}

/** @param maxLength bytes of the result at most */
export function concatArrayBuffers(
  buffers: readonly (ArrayBufferView | ArrayBuffer)[],
  maxLength?: number,
  asUint8Array?: false,
): ArrayBuffer;
export function concatArrayBuffers(
  buffers: readonly (ArrayBufferView | ArrayBuffer)[],
  maxLength: number | undefined,
  asUint8Array: true,
): Uint8Array<ArrayBuffer>;
export function concatArrayBuffers(
  buffers: readonly (ArrayBufferView | ArrayBuffer)[],
  maxLength: number = Number.POSITIVE_INFINITY,
  asUint8Array = false,
): ArrayBuffer | Uint8Array<ArrayBuffer> {
  if (!Array.isArray(buffers)) throw wrongType("concatArrayBuffers() takes an array");
  const parts = buffers.map((part) => {
    if (typeof part === "string") throw wrongType("concatArrayBuffers() takes buffers, and no text");
    return bytesOf(part, "Each element");
  });
  const limit: unknown = maxLength ?? Number.POSITIVE_INFINITY;
  if (!(Number(limit) >= 0)) throw new RangeError("maxLength must be a number from 0 on");
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.min(size, Number(limit)));
  let end = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, bytes.length - end);
    bytes.set(fitting, end);
    end += fitting.length;
  }
  return asUint8Array ? bytes : bytes.buffer;
}

/** The position of the first line feed from `offset` on; -1 if there is none. */
export function indexOfLine(buffer: ArrayBufferView | ArrayBuffer, offset = 0): number {
  if (typeof buffer === "string") throw wrongType("buffer must be an ArrayBuffer or a view of one");
  return bytesOf(buffer, "buffer").indexOf(10, Math.max(0, offset));
}
