import { Buffer } from "node:buffer";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bytesOf, isBytes } from "./bytes.ts";
import { platform } from "./platform.ts";
import { standardOutput, writeError } from "./sink-targets.ts";
import { announceWhole, asBytes } from "./streams.ts";

/** The data that `file().write` takes: text, bytes, a Blob, a stream of bytes, or the body of a Response or Request. */
export type FileData =
  | string
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | { readonly body: ReadableStream<Uint8Array> | null };

/** The options of `file().write` and of `Bun.write`. */
export interface WriteOptions {
  /** Permissions of the file, as a number such as 0o600. */
  mode?: number | undefined;
  /** Whether missing directories of the path are made: yes by default. */
  createPath?: boolean | undefined;
}

/**
 * Replaces a file's content, and makes missing directories of its path.
 * @param target a path, or a descriptor, which stays open and is written from its position on
 * @returns the number of written bytes
 * @throws TypeError (rejects) for data of another type, and the operating system's errors
 */
export async function writeFile(
  target: string | number,
  data: FileData,
  { mode, createPath }: WriteOptions = {},
): Promise<number> {
  if (mode !== undefined && typeof mode !== "number") throw new TypeError("mode must be a number");
  const standard = standardOutput(target);
  // What the program prints behind this call comes behind it.
  const whole = standard === null ? null : wholeBytes(data);
  if (standard !== null && whole !== null) return writeChunk(standard, whole);
  const source = toPieces(data);
  if (standard !== null) return writeTo(standard, source);
  if (typeof target === "number") {
    const sink = createWriteStream("", { fd: target, autoClose: false });
    await pipeline(source, sink);
    return sink.bytesWritten;
  }
  try {
    return await replaceFile(target, source, mode, createPath);
  } catch (error) {
    // A stream that nothing reads any more is cancelled. What comes of that changes nothing here.
    source.return(undefined).catch(() => {});
    throw error;
  }
}

async function replaceFile(
  path: string,
  source: AsyncGenerator<Uint8Array>,
  mode: number | undefined,
  createPath: boolean | undefined,
): Promise<number> {
  // The file stays as it is if there is nothing to read.
  const first = await source.next();
  if (createPath !== false) await makeFolder(dirname(path));
  const sink = createWriteStream(path, mode === undefined ? {} : { mode });
  await pipeline(from(first, source), sink);
  // The mode of the call above is that of a new file.
  if (mode !== undefined) await chmod(path, mode);
  return sink.bytesWritten;
}

/** Not by `recursive`: in Node.js 20 that never ends where the system makes no folder, as in /proc or a deleted working directory. */
async function makeFolder(path: string): Promise<void> {
  // Of a root, `mkdir` fails with another error on each system.
  if (await isFolder(path)) return;
  const failed = await makeOne(path);
  if (failed === null || failed.code === "EEXIST") return;
  if (failed.code !== "ENOENT" || dirname(path) === path) throw failed;
  await makeFolder(dirname(path));
  const again = await makeOne(path);
  if (again !== null && again.code !== "EEXIST") throw again;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function makeOne(path: string): Promise<NodeJS.ErrnoException | null> {
  return mkdir(path).then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
}

/** Writes to this process's output, which stays open. */
async function writeTo(output: Writable, source: AsyncIterable<Uint8Array>): Promise<number> {
  let written = 0;
  for await (const bytes of source) written += await writeChunk(output, bytes);
  return written;
}

function writeChunk(output: Writable, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    output.write(bytes, (error) => {
      if (error === null || error === undefined) resolve(bytes.length);
      else reject(writeError(error));
    });
  });
}

async function* from(
  first: IteratorResult<Uint8Array, unknown>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** Data that is at hand; null for other data. Bytes are copied: the program may change its memory before they are written. */
function wholeBytes(data: FileData): Uint8Array | null {
  if (typeof data === "string") return Buffer.from(data);
  return isBytes(data) ? Buffer.from(bytesOf(data)) : null;
}

function toPieces(data: FileData): AsyncGenerator<Uint8Array> {
  const whole = wholeBytes(data);
  if (whole !== null) return once(whole);
  const stream = data instanceof Blob ? (data.stream() as ReadableStream<Uint8Array>) : streamOf(data);
  if (stream !== null) return each(stream);
  if (isMessage(data)) return once(new Uint8Array(0));
  throw new TypeError("A file is written from text, bytes, a Blob, a stream, a Response or a Request");
}

/** The stream that is to be written, itself or the body of a Response or Request; null for other data. */
export function streamOf(data: FileData): ReadableStream<Uint8Array> | null {
  if (data instanceof ReadableStream) return data;
  return isMessage(data) ? data.body : null;
}

function isMessage(data: unknown): data is { readonly body: ReadableStream<Uint8Array> | null } {
  return data instanceof platform.Response || data instanceof platform.Request;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* each(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  announceWhole(stream);
  for await (const chunk of stream) yield asBytes(chunk);
}
