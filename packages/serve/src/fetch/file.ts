import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { FileBlob, type FileOptions } from "./file-blob.ts";

const MAX_DESCRIPTOR = 2 ** 31 - 1;

/**
 * A file as a `Blob`, after `Bun.file`. Each read of a path opens the file anew, and it need not exist before. As the body of a `Response` it is sent
 * with Content-Type, Content-Length and Last-Modified, in ranges (RFC 9110 §14) and conditionally (§13).
 *
 * The platform's functions that copy a Blob's inner state do
 * not know files: `new Blob([file])`, `structuredClone`, `URL.createObjectURL`.
 * @param source a path, relative to the working directory at the time of reading; a path's bytes in UTF-8; a `file:` URL; or
 *   a descriptor, which stays open and is the caller's to close
 * @throws TypeError for any other value, for an empty path, and for a path with a NUL; RangeError for a number that is not a descriptor
 * @example
 * ```ts
 * import { file, serve } from "@mantou/serve";
 *
 * serve({
 *   routes: {
 *     "/report": file("report.pdf"),
 *     "/start": () => new Response(file("notes.txt").slice(0, 100)),
 *   },
 * });
 * ```
 */
export function file(
  source: string | URL | Uint8Array | ArrayBuffer | number,
  options?: FileOptions,
): FileBlob {
  const { type } = options ?? {};
  if (type !== undefined && typeof type !== "string") throw new TypeError("A file's type must be a string");
  return new FileBlob(resolve(source), type);
}

function resolve(source: unknown): string | number {
  if (typeof source === "number") {
    if (Number.isInteger(source) && source >= 0 && source <= MAX_DESCRIPTOR) return source;
    throw new RangeError(`A file descriptor must be an integer from 0 to ${MAX_DESCRIPTOR}, not ${source}`);
  }
  const path = toPath(source);
  if (path === "") throw new TypeError("A file's path must not be empty");
  if (path.includes("\0")) throw new TypeError("A file's path must not contain NUL");
  return path;
}

/** @throws TypeError for a value that is neither a path nor the URL of a file */
function toPath(source: unknown): string {
  if (typeof source === "string") return source;
  if (source instanceof URL) return fileURLToPath(source);
  if (source instanceof ArrayBuffer) return Buffer.from(source).toString();
  if (source instanceof Uint8Array)
    return Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString();
  throw new TypeError("file() takes a path, a file: URL or a file descriptor");
}
