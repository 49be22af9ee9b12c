/** Zstandard (RFC 8878), by the `node:zlib` of Node.js 22.15 and later. */
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { wrongType } from "../base/argument-error.ts";
import { type BytesInput, bufferInOwnMemory, bytesOf } from "../base/bytes.ts";

/** The options of Zstandard. */
export interface ZstdOptions {
  /** From 1 to 22; the default is 3. */
  level?: number;
}

/** The functions of `node:zlib` that Node.js 22.15, 23.8 and later have; the types of older lines lack them. */
interface Zstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  readonly zstdCompressSync: (data: Buffer, options: object) => Buffer;
  readonly zstdDecompressSync: (data: Buffer) => Buffer;
  readonly zstdCompress: (
    data: Buffer,
    options: object,
    done: (error: Error | null, bytes: Buffer) => void,
  ) => void;
  readonly zstdDecompress: (data: Buffer, done: (error: Error | null, bytes: Buffer) => void) => void;
}

function zstd(): Zstd {
  if ("zstdCompressSync" in zlib) return zlib as unknown as Zstd;
  throw new Error(`Zstandard needs Node.js 22.15, 23.8 or newer, and this is ${process.version}`);
}

/** @throws Error on a Node.js that has no Zstandard */
export function zstdCompressSync(data: BytesInput, options?: ZstdOptions): Buffer {
  return bufferInOwnMemory(zstd().zstdCompressSync(bytesOf(data, "data"), zstdOptions(options)));
}

/** @throws Error for bytes that are not Zstandard's, and on a Node.js that has none */
export function zstdDecompressSync(data: BytesInput): Buffer {
  return bufferInOwnMemory(zstd().zstdDecompressSync(bytesOf(data, "data")));
}

/** In a thread of its own. */
export function zstdCompress(data: BytesInput, options?: ZstdOptions): Promise<Buffer> {
  return promisify(zstd().zstdCompress)(bytesOf(data, "data"), zstdOptions(options)).then(bufferInOwnMemory);
}

/** In a thread of its own. */
export function zstdDecompress(data: BytesInput): Promise<Buffer> {
  return promisify(zstd().zstdDecompress)(bytesOf(data, "data")).then(bufferInOwnMemory);
}

function zstdOptions(options: ZstdOptions = {}): object {
  if (typeof options !== "object" || options === null) throw wrongType("options must be an object");
  const { level = 3 } = options;
  if (!(Number.isInteger(level) && level >= 1 && level <= 22))
    throw wrongType(`level must be an integer from 1 to 22, not ${String(level)}`);
  return { params: { [zstd().constants.ZSTD_c_compressionLevel]: level } };
}
