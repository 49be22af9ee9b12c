import { Buffer } from "node:buffer";

/** Text that stands for its UTF-8, or bytes. */
export type BytesInput = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/**
 * A view of the bytes; text as its UTF-8.
 * @throws TypeError that names the argument, for other values
 */
export function bytesOf(input: unknown, name: string): Buffer {
  if (typeof input === "string") return Buffer.from(input);
  if (ArrayBuffer.isView(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return Buffer.from(input);
  throw invalid(`${name} must be a string, an ArrayBuffer or a view of one`);
}

/** A TypeError with the code that Node.js and Bun give it. */
export function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
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
  if (!Array.isArray(buffers)) throw invalid("concatArrayBuffers() takes an array");
  const parts = buffers.map((part) => {
    if (typeof part === "string") throw invalid("concatArrayBuffers() takes buffers, and no text");
    return bytesOf(part, "Each element");
  });
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(Math.min(size, maxLength));
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
  if (typeof buffer === "string") throw invalid("buffer must be an ArrayBuffer or a view of one");
  return bytesOf(buffer, "buffer").indexOf(10, Math.max(0, offset));
}
