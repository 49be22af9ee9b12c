/**
 * The functions of Bun that read a whole stream. Each throws a TypeError for a value that is not a stream. Its promise rejects with the
 * stream's error, and for a stream that is locked or has been read: its text would lack what is gone.
 */
import { Readable } from "node:stream";
import { announceWhole } from "@mantou/serve/hosting";
import { wrongType } from "../../base/argument-error.ts";
import { bytesOf } from "../../base/bytes.ts";

export function readableStreamToArray<T>(stream: ReadableStream<T>): Promise<T[]> {
  check(stream);
  return chunksOf(stream);
}

export function readableStreamToBytes(stream: ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
  check(stream);
  return chunksOf(stream).then(join);
}

export function readableStreamToArrayBuffer(stream: ReadableStream): Promise<ArrayBuffer> {
  return readableStreamToBytes(stream).then((bytes) => bytes.buffer);
}

/** UTF-8, without a byte order mark. */
export function readableStreamToText(stream: ReadableStream): Promise<string> {
  return readableStreamToBytes(stream).then((bytes) => new TextDecoder().decode(bytes));
}

export function readableStreamToJSON(stream: ReadableStream): Promise<unknown> {
  return readableStreamToText(stream).then((text) => JSON.parse(text) as unknown);
}

export function readableStreamToBlob(stream: ReadableStream): Promise<Blob> {
  return readableStreamToBytes(stream).then((bytes) => new Blob([bytes]));
}

/** @param boundary of `multipart/form-data`, as text or bytes. Without it the stream is `application/x-www-form-urlencoded` */
export function readableStreamToFormData(
  stream: ReadableStream,
  boundary?: string | ArrayBufferView | ArrayBuffer,
): Promise<FormData> {
  const limit =
    typeof boundary === "string" || boundary === undefined
      ? boundary
      : bytesOf(boundary, "boundary").toString();
  const type =
    limit === undefined
      ? "application/x-www-form-urlencoded"
      : `multipart/form-data; boundary="${limit.replace(/[\\"]/g, "\\$&")}"`;
  return readableStreamToBytes(stream).then((bytes) =>
    new Response(bytes, { headers: { "content-type": type } }).formData(),
  );
}

function check(stream: unknown): void {
  if (stream instanceof ReadableStream) return;
  throw wrongType("stream must be a ReadableStream");
}

async function chunksOf<T>(stream: ReadableStream<T>): Promise<T[]> {
  if (stream.locked) throw invalidState("is locked");
  if (Readable.isDisturbed(stream as unknown as Readable)) throw invalidState("has already been used");
  announceWhole(stream);
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function invalidState(what: string): TypeError {
  const error = new TypeError(`Invalid state: ReadableStream ${what}`);
  return Object.assign(error, { code: "ERR_INVALID_STATE" });
}

/**
 * The chunks in memory of their own, which the caller may transfer.
 * @throws TypeError for a chunk that is neither text nor bytes
 */
function join(chunks: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map((chunk) => bytesOf(chunk, "A stream's chunk"));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
