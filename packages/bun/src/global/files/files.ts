import { type BunFile, type FileData, file, type WriteOptions } from "@mantou/serve";
import { fileSource, isFileBlob, isSameFile } from "@mantou/serve/hosting";
import { wrongType } from "../../base/argument-error.ts";
import { viewOf } from "../../base/bytes.ts";

/** What `write` takes: also an array of texts, bytes and Blobs, which are joined; numbers and booleans as their text. */
export type WriteData =
  | FileData
  | readonly (string | Blob | ArrayBufferView | ArrayBuffer)[]
  | number
  | bigint
  | boolean;

/**
 * Replaces a file, and makes the directories on its path.
 * @param target an argument of `file`, or its result
 * @returns bytes written
 * @throws TypeError for a target or data of another kind; RangeError for a number that is no descriptor; it rejects with the operating system's errors
 */
export function write(
  target: BunFile | Parameters<typeof file>[0],
  data: WriteData,
  options?: WriteOptions | null,
): Promise<number> {
  const { mode, ...others } = options ?? {};
  if (mode !== undefined && mode !== null && typeof mode !== "number") {
    throw wrongType("Expected options.mode to be a number for 'write'.");
  }
  const to = isFileBlob(target) ? target : file(destination(target));
  return to.write(dataOf(data, to), typeof mode === "number" ? { ...others, mode } : others);
}

/** The input of this process. */
export const stdin: BunFile = file(0);
/** Its output. */
export const stdout: BunFile = file(1);
/** Its other output, for errors. */
export const stderr: BunFile = file(2);

function destination(target: unknown): Parameters<typeof file>[0] {
  const isPath = typeof target === "string" || typeof target === "number" || target instanceof URL;
  if (isPath || target instanceof Uint8Array || target instanceof ArrayBuffer) return target;
  const kind =
    target === null || typeof target !== "object"
      ? String(target)
      : `an instance of ${target.constructor?.name}`;
  throw wrongType(
    `The "destination" argument must be of type path, file descriptor, or Blob. Received ${kind}`,
  );
}

function dataOf(data: unknown, to: BunFile): FileData {
  if (data === undefined || data === null) {
    throw wrongType("Bun.write(pathOrFdOrBlob, blob) expects a Blob-y thing to write");
  }
  if (typeof data === "number" || typeof data === "bigint" || typeof data === "boolean") return String(data);
  if (data instanceof URLSearchParams) return String(data);
  return Array.isArray(data) ? joined(data, to) : (data as FileData);
}

/** A Blob of the platform would not read the files among the parts. */
function joined(parts: readonly unknown[], to: BunFile): FileData {
  if (!parts.some(isFileBlob)) return new Blob(parts.map(blobPart));
  // Bytes wait for the files in front of them, and the program may change its memory meanwhile.
  const blobs = parts.map((part) => (isFileBlob(part) ? part : new Blob([blobPart(part)])));
  return ReadableStream.from(piecesOf(blobs, to)) as ReadableStream<Uint8Array>;
}

async function* piecesOf(blobs: readonly Blob[], to: BunFile): AsyncGenerator<Uint8Array> {
  const ready = await Promise.all(blobs.map((blob) => beforeWrite(blob, to)));
  for (const blob of ready) yield* blob.stream();
}

/** Nothing is written before the first piece is there. The file that is written would be empty when its turn as a part comes. */
async function beforeWrite(blob: Blob, to: BunFile): Promise<Blob> {
  const isOwn = isFileBlob(blob) && isSameFile(fileSource(blob), fileSource(to));
  return isOwn ? new Blob([await blob.bytes()]) : blob;
}

/** The platform's Blob refuses a buffer that has been transferred. Here, as in Bun, it has no bytes. */
function blobPart(part: unknown): Blob | string | Uint8Array<ArrayBuffer> {
  return (viewOf(part) ?? part) as Blob | string | Uint8Array<ArrayBuffer>;
}
