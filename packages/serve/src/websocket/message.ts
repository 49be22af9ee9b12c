import { Buffer } from "node:buffer";
import type { MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";

type BinaryData = Exclude<MessageData, string>;

/** The application's bytes themselves. */
export function bytesOf(data: BinaryData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("A message must be a string, an ArrayBuffer, a view of one, or a Blob");
}

/**
 * Bun sends the text of anything. What this is for is a number or a boolean, as which Elysia hands on what it has parsed; of an object the
 * text is `[object Object]`, which nobody wants to send.
 */
export function isScalar(data: unknown): data is number | boolean | bigint {
  return typeof data === "number" || typeof data === "boolean" || typeof data === "bigint";
}

/** Bytes that stay as they are now until they are written, whatever the application does with its own. */
export function ownBytes(data: BinaryData): Buffer {
  return Buffer.from(bytesOf(data));
}

/** Bytes of a message. */
export function messageSize(data: MessageData | Blob): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : bytesOf(data).length;
}

/** Reads a Blob, which takes until a later turn. What cannot be read is reported, and nobody's. */
export function readBlob(blob: Blob, use: (bytes: Uint8Array) => void, giveUp: () => void = () => {}): void {
  const read = async (): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
  // What `use` throws is reported too: a file may have grown since it was looked at, beyond what a ping can carry.
  read()
    .then(use, (error: unknown) => {
      giveUp();
      logError(error);
    })
    .catch(logError);
}

/** @throws TypeError unless it can be subscribed to */
export function checkTopic(topic: string): void {
  if (typeof topic !== "string" || topic === "") throw new TypeError("A topic must be a non-empty string");
}
