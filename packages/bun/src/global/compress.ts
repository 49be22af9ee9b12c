/** Compression by `node:zlib`. */
import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { type BytesInput, bytesOf, invalid } from "./bytes.ts";

/** The options of gzip and deflate. */
export interface ZlibCompressionOptions {
  /** From 0 for speed to 9 for size, or to 12 with libdeflate, which is here the same as 9; -1 for the default, 6. */
  level?: number;
  memLevel?: number;
  /** Bits of the window; `inflateSync` reads the format of zlib if it is positive. */
  windowBits?: number;
  strategy?: number;
  library?: "zlib" | "libdeflate";
}

/** In the format of gzip (RFC 1952). */
export function gzipSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  return own(zlib.gzipSync(bytesOf(data, "data"), compressing(options)));
}

/** In the raw format (RFC 1951), as in Bun; that of `node:zlib` has a head. */
export function deflateSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  return own(zlib.deflateRawSync(bytesOf(data, "data"), compressing(options)));
}

/** @throws Error for bytes that are not gzip's */
export function gunzipSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  checkLibrary(options);
  return own(zlib.gunzipSync(bytesOf(data, "data")));
}

/** @throws Error for bytes that are not deflate's */
export function inflateSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  checkLibrary(options);
  const bits = options?.windowBits ?? 0;
  const bytes = bytesOf(data, "data");
  if (bits > 47) throw new RangeError(`windowBits is up to 47, not ${bits}`);
  if (bits > 31) return own(zlib.unzipSync(bytes));
  if (bits > 15) return own(zlib.gunzipSync(bytes));
  return own(bits > 0 ? zlib.inflateSync(bytes) : zlib.inflateRawSync(bytes));
}

function compressing(options: ZlibCompressionOptions = {}): zlib.ZlibOptions {
  checkLibrary(options);
  const { level, memLevel, windowBits, strategy, library } = options;
  const isOf = library === "libdeflate" && level !== undefined ? Math.min(level, 9) : level;
  // node:zlib knows the window's size alone: raw deflate and gzip have functions of their own.
  const bits = windowBits === undefined ? 0 : Math.abs(windowBits) & 15;
  return {
    ...(isOf === undefined ? {} : { level: isOf }),
    ...(memLevel === undefined ? {} : { memLevel }),
    ...(bits < 9 ? {} : { windowBits: bits }),
    ...(strategy === undefined ? {} : { strategy }),
  };
}

function checkLibrary({ library }: ZlibCompressionOptions = {}): void {
  if (library !== undefined && library !== "zlib" && library !== "libdeflate")
    throw invalid('library must be "zlib" or "libdeflate"');
}

/** A Uint8Array, as in Bun, and not a Buffer. */
function own(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

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
  return zstd().zstdCompressSync(bytesOf(data, "data"), zstdOptions(options));
}

/** @throws Error for bytes that are not Zstandard's, and on a Node.js that has none */
export function zstdDecompressSync(data: BytesInput): Buffer {
  return zstd().zstdDecompressSync(bytesOf(data, "data"));
}

/** In a thread of its own. */
export function zstdCompress(data: BytesInput, options?: ZstdOptions): Promise<Buffer> {
  return promisify(zstd().zstdCompress)(bytesOf(data, "data"), zstdOptions(options));
}

/** In a thread of its own. */
export function zstdDecompress(data: BytesInput): Promise<Buffer> {
  return promisify(zstd().zstdDecompress)(bytesOf(data, "data"));
}

function zstdOptions({ level = 3 }: ZstdOptions = {}): object {
  if (!(Number.isInteger(level) && level >= 1 && level <= 22))
    throw invalid(`level must be an integer from 1 to 22, not ${String(level)}`);
  return { params: { [zstd().constants.ZSTD_c_compressionLevel]: level } };
}
