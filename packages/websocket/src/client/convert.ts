import { Buffer } from "node:buffer";
import { toUSVString, types } from "node:util";

const { isAnyArrayBuffer } = types;

/** How binary data is given to `message`, `ping` and `pong` listeners; `"nodebuffer"` is a Buffer, as in Bun and ws. */
export type BinaryType = "blob" | "arraybuffer" | "nodebuffer";

/** The data that `send` accepts. */
export type SendData = string | Blob | ArrayBufferLike | ArrayBufferView;

/** Web IDL's USVString: lone surrogates become U+FFFD. @throws TypeError for a symbol */
export function toScalarString(value: unknown): string {
  return toUSVString(`${value as string}`);
}

/** Web IDL's `[Clamp] unsigned short`. @throws TypeError for a bigint or a symbol */
export function clampToUnsignedShort(value: unknown): number {
  const number = +(value as number);
  if (Number.isNaN(number)) return 0;
  const clamped = Math.min(Math.max(number, 0), 0xffff);
  const floor = Math.floor(clamped);
  const fraction = clamped - floor;
  if (fraction === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return Math.round(clamped);
}

/**
 * The data as `send` sends it: text as a string, bytes as they are in memory, a Blob unchanged. Any other value becomes text, as in Web
 * IDL. SharedArrayBuffers are bytes too, as in Bun.
 */
export function toSendable(data: unknown): string | Uint8Array | Blob {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // Not instanceof: a buffer may come from another realm, such as a vm context.
  if (isAnyArrayBuffer(data)) return new Uint8Array(data);
  if (data instanceof Blob) return data;
  return `${data as string}`;
}

/** The bytes of application data that `bufferedAmount` counts. */
export function sizeOf(data: string | Uint8Array | Blob): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : data.byteLength;
}

export function isBinaryType(value: string): value is BinaryType {
  return value === "blob" || value === "arraybuffer" || value === "nodebuffer";
}

/** Received bytes in the form of `type`. The bytes must have no other user. */
export function fromBytes(bytes: Buffer, type: BinaryType): Blob | ArrayBuffer | Buffer {
  if (type === "nodebuffer") return bytes;
  if (type === "blob") return new Blob([bytes]);
  const { buffer, byteOffset, byteLength } = bytes;
  // Small Buffers are parts of a bigger block.
  const whole = byteLength === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
