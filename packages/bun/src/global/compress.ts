/** gzip and deflate. */
import zlib from "node:zlib";
import { wrongType } from "../base/argument-error.ts";
import { type BytesInput, bytesOf, inOwnMemory } from "../base/bytes.ts";

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
  return inOwnMemory(zlib.gzipSync(bytesOf(data, "data"), compressing(options)));
}

/** In the raw format (RFC 1951), as in Bun; that of `node:zlib` has a head. */
export function deflateSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  return inOwnMemory(zlib.deflateRawSync(bytesOf(data, "data"), compressing(options)));
}

/** @throws Error for bytes that are not gzip's */
export function gunzipSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  checkOptions(options);
  return inOwnMemory(zlib.gunzipSync(bytesOf(data, "data")));
}

/** @throws Error for bytes that are not deflate's */
export function inflateSync(data: BytesInput, options?: ZlibCompressionOptions): Uint8Array<ArrayBuffer> {
  checkOptions(options);
  const bits = options?.windowBits ?? 0;
  const bytes = bytesOf(data, "data");
  if (bits > 47) throw new RangeError(`windowBits is up to 47, not ${bits}`);
  if (bits > 31) return inOwnMemory(zlib.unzipSync(bytes));
  if (bits > 15) return inOwnMemory(zlib.gunzipSync(bytes));
  return inOwnMemory(bits > 0 ? zlib.inflateSync(bytes) : zlib.inflateRawSync(bytes));
}

function compressing(options: ZlibCompressionOptions = {}): zlib.ZlibOptions {
  checkOptions(options);
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

function checkOptions(options: ZlibCompressionOptions = {}): void {
  if (typeof options !== "object" || options === null) throw wrongType("options must be an object");
  const { library } = options;
  if (library !== undefined && library !== "zlib" && library !== "libdeflate")
    throw wrongType('library must be "zlib" or "libdeflate"');
}
