import { Buffer } from "node:buffer";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { platform } from "./platform.ts";
import { asBytes } from "./streams.ts";

/** The data that `file().write` takes: text, bytes, a Blob, a stream of bytes, or the body of a Response or Request. */
export type FileData =
  | string
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | { readonly body: ReadableStream<Uint8Array> | null };

/**
 * Replaces a file's content, and makes missing directories of its path.
 * @param target a path, or a descriptor, which stays open and is written from its position on
 * @returns the number of written bytes
 * @throws TypeError (rejects) for data of another type, and the operating system's errors
 */
export async function writeFile(target: string | number, data: FileData): Promise<number> {
  const source = toPieces(data);
  if (typeof target === "string") await mkdir(dirname(target), { recursive: true });
  const sink =
    typeof target === "string"
      ? createWriteStream(target)
      : createWriteStream("", { fd: target, autoClose: false });
  await pipeline(source, sink);
  return sink.bytesWritten;
}

function toPieces(data: FileData): AsyncIterable<Uint8Array> {
  if (typeof data === "string") return once(Buffer.from(data));
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return once(new Uint8Array(data));
  if (ArrayBuffer.isView(data)) return once(asBytes(data));
  if (data instanceof Blob) return each(data.stream() as ReadableStream<Uint8Array>);
  if (data instanceof ReadableStream) return each(data);
  if (data instanceof platform.Response || data instanceof platform.Request) {
    const { body } = data as { body: ReadableStream<Uint8Array> | null };
    return body === null ? once(new Uint8Array(0)) : each(body);
  }
  throw new TypeError("A file is written from text, bytes, a Blob, a stream, a Response or a Request");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* each(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield asBytes(chunk);
}
