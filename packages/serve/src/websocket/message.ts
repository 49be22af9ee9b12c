import { Buffer } from "node:buffer";
import { types } from "node:util";
import type { BinaryType, MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { bytesInMemory } from "../fetch/blob-bytes.ts";

type BinaryData = Exclude<MessageData, string>;

/**
 * The application's bytes, not copied.
 * @throws TypeError for any other value
 */
export function bytesOf(data: BinaryData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  // `instanceof` does not hold for those of another realm (`node:vm`, and so Jest).
  if (types.isAnyArrayBuffer(data)) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("A message must be a string, an ArrayBuffer, a view of one, or a Blob");
}

/**
 * The text of a value that is no message, as Bun sends it. Elysia passes on numbers and booleans, which it has made of texts; crossws
 * passes on lists. `[object Object]` would be a mistake: an object without a text of its own has none.
 */
export function textOf(data: unknown): string | null {
  switch (typeof data) {
    case "number":
    case "boolean":
    case "bigint":
      return String(data);
    case "object":
      return data !== null && hasOwnText(data) ? String(data) : null;
    default:
      return null;
  }
}

/** Whether it is bytes, or a Blob of them. */
export function isBinary(data: unknown): data is BinaryData | Blob {
  return ArrayBuffer.isView(data) || types.isAnyArrayBuffer(data) || data instanceof Blob;
}

/** Bytes are sent as such, whatever text they have. `Object.prototype` may be that of another realm, whose `toString` is another one. */
function hasOwnText(data: object): boolean {
  if (isBinary(data) || typeof data.toString !== "function") return false;
  const root = lastPrototype(data);
  return root === data || data.toString !== root.toString;
}

/** The end of an object's chain of prototypes: mostly the `Object.prototype` of its realm. */
function lastPrototype(object: object): object {
  const next = Object.getPrototypeOf(object) as object | null;
  return next === null ? object : lastPrototype(next);
}

/** A copy of the application's bytes, which later changes of its memory do not affect. */
export function ownBytes(data: BinaryData): Buffer {
  return Buffer.from(bytesOf(data));
}

/** The message, which later changes of the application's memory do not affect. Null for a Blob that has to be read first. */
export function ownMessage(data: MessageData | Blob): string | Uint8Array | null {
  if (typeof data === "string") return data;
  if (data instanceof Blob) return bytesInMemory(data);
  return textOf(data) ?? ownBytes(data);
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

/** @throws TypeError for a value that cannot be sent. The mistake shows before the first subscriber is there. */
export function checkMessage(data: MessageData | Blob): void {
  if (typeof data !== "string" && !(data instanceof Blob) && textOf(data) === null) bytesOf(data);
}

/** A string. As in Bun, a `String` object is its text where a string is wanted; any other value stays as it is. */
export function primitiveText<T>(value: T): T | string {
  return typeof value !== "string" && types.isStringObject(value) ? String(value) : value;
}

/**
 * The topic that is given.
 * @throws TypeError unless it is a non-empty string, or an object of one
 */
export function topicOf(topic: string): string {
  const text = primitiveText(topic);
  checkTopic(text);
  return text;
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
