import { Buffer } from "node:buffer";
import type { BinaryType, MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";

type BinaryData = Exclude<MessageData, string>;

/**
 * The application's bytes, not copied.
 * @throws TypeError for any other value
 */
export function bytesOf(data: BinaryData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("A message must be a string, an ArrayBuffer, a view of one, or a Blob");
}

/**
 * Whether a value is sent as its text. Bun sends the text of any value. Elysia needs it for numbers and booleans, as which it passes
 * parsed messages on. The text of an object, `[object Object]`, would be a mistake.
 */
export function isScalar(data: unknown): data is number | boolean | bigint {
  return typeof data === "number" || typeof data === "boolean" || typeof data === "bigint";
}

/** A copy of the application's bytes, which later changes of its memory do not affect. */
export function ownBytes(data: BinaryData): Buffer {
  return Buffer.from(bytesOf(data));
}

/** The size of a message in bytes. */
export function messageSize(data: MessageData | Blob): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : bytesOf(data).length;
}

const BLOB_MESSAGE = "a WebSocket message from a Blob";

/** Reads a Blob, which takes until a later turn. A failure is logged, and `giveUp` is called. */
export function readBlob(blob: Blob, use: (bytes: Uint8Array) => void, giveUp: () => void = () => {}): void {
  const read = async (): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
  // Errors of `use` are logged, too: a file may have grown beyond the size of a ping since its size was checked.
  read()
    .then(use, (error: unknown) => {
      giveUp();
      logError(error, BLOB_MESSAGE);
    })
    .catch((error: unknown) => logError(error, BLOB_MESSAGE));
}

/** @throws TypeError unless it is a non-empty string */
export function checkTopic(topic: string): void {
  if (typeof topic !== "string" || topic === "") throw new TypeError("A topic must be a non-empty string");
}

/**
 * Received bytes as `binaryType` wants them. They are the application's, with the whole of their `buffer`: `hono/bun` passes that on,
 * and it must not contain another client's bytes.
 */
export function convertReceived(bytes: Buffer, type: BinaryType): Buffer | Uint8Array | ArrayBuffer | Blob {
  if (type === "nodebuffer") return bytes;
  const { buffer } = bytes as Buffer<ArrayBuffer>;
  if (type === "arraybuffer") return buffer;
  return type === "uint8array" ? new Uint8Array(buffer) : new Blob([buffer]);
}
