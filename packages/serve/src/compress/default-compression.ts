import type { Encoding } from "../api/compress.ts";
import { resolveCompress } from "../options/compress-options.ts";
import { Compression } from "./compression.ts";

/** What values need that keep compressed forms of their own. */
export interface FormCompressor {
  /** A body of fewer bytes has no forms. */
  readonly threshold: number;
  isCompressible(contentType: string | null): boolean;
  /**
   * Negotiates (RFC 9110 §12.5.3).
   * @param field the request's Accept-Encoding; null without it
   * @returns the codings that the client prefers to none, its favourite first
   */
  accept(field: string | null): { readonly encodings: readonly Encoding[] };
  /** Whether this Node.js has the coding. */
  has(encoding: Encoding): boolean;
  /** Compresses what is sent often, in the thread pool. */
  compressKept(bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array>;
}

let shared: FormCompressor | null = null;

/** Compression with the defaults of `compress: true`, made at the first call. */
export function defaultCompression(): FormCompressor {
  shared ??= new Compression(resolveCompress(true)!);
  return shared;
}
