import { createHash } from "node:crypto";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { Response } from "@mantou/serve/plain";
import { acceptedCodings, type Coding } from "./accept-encoding.ts";

/** Shorter files gain nothing by compression: a packet has 1,460 bytes. */
const LEAST_BYTES = 1024;
/** Media types that are not compressed already. */
const COMPRESSIBLE =
  /^(?:text\/|(?:application|image|font|model)\/(?:[^;]*\+)?(?:json|xml|javascript|wasm|ttf|otf|vnd\.ms-fontobject|manifest)(?:;|$)|image\/(?:x-icon|bmp))/;
export const IMMUTABLE = "public, max-age=31536000, immutable";

type Compress = (bytes: Uint8Array) => Promise<Buffer>;

const BROTLI_QUALITY = 9;
const ZSTD_LEVEL = 12;
const gzip = promisify(zlib.gzip) as (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>;
const brotli = promisify(zlib.brotliCompress) as (
  bytes: Uint8Array,
  options: zlib.BrotliOptions,
) => Promise<Buffer>;

/** In the order of preference. Node.js has zstd from 22.15 on. */
const COMPRESSORS: ReadonlyMap<Coding, Compress> = new Map([
  [
    "br",
    (bytes: Uint8Array) =>
      brotli(bytes, {
        params: {
          [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
          [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
  ],
  ...zstdCompressor(),
  ["gzip", (bytes: Uint8Array) => gzip(bytes, { level: 9 })],
] as [Coding, Compress][]);

/** A file of a built page, in memory, with the compressed forms that clients have asked for. */
export class BuiltFile {
  readonly #bytes: Uint8Array;
  readonly #type: string;
  readonly #cacheControl: string;
  readonly #etag: string;
  /** Each is made once, by the thread pool; null for one that is not shorter. */
  readonly #encoded = new Map<Coding, Promise<Buffer | null>>();

  /** @param cached the value of Cache-Control, or whether the name says the content, so that clients may keep the file for ever */
  constructor(bytes: Uint8Array, type: string, cached: boolean | string) {
    this.#bytes = bytes;
    this.#type = type;
    this.#cacheControl = typeof cached === "string" ? cached : cached ? IMMUTABLE : "no-cache";
    this.#etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  }

  async respond(request: Request): Promise<Response> {
    const { coding, body } = await this.#encodedFor(request.headers.get("accept-encoding"));
    const etag = `"${this.#etag}${coding === null ? "" : `-${coding}`}"`;
    const headers: Record<string, string> = { "Cache-Control": this.#cacheControl, ETag: etag };
    if (COMPRESSIBLE.test(this.#type)) headers["Vary"] = "Accept-Encoding";
    if (isFresh(request, etag)) return new Response(null, { status: 304, headers });
    headers["Content-Type"] = this.#type;
    if (coding !== null) headers["Content-Encoding"] = coding;
    return new Response(body, { headers });
  }

  async #encodedFor(accepted: string | null): Promise<{ coding: Coding | null; body: Uint8Array }> {
    if (accepted !== null && this.#bytes.length >= LEAST_BYTES && COMPRESSIBLE.test(this.#type)) {
      for (const coding of acceptedCodings(accepted, [...COMPRESSORS.keys()])) {
        const body = await this.#encode(coding);
        if (body !== null) return { coding, body };
      }
    }
    return { coding: null, body: this.#bytes };
  }

  #encode(coding: Coding): Promise<Buffer | null> {
    let encoded = this.#encoded.get(coding);
    if (encoded === undefined) {
      encoded = COMPRESSORS.get(coding)!(this.#bytes).then((bytes) =>
        bytes.length < this.#bytes.length ? bytes : null,
      );
      this.#encoded.set(coding, encoded);
    }
    return encoded;
  }
}

function zstdCompressor(): [Coding, Compress][] {
  const { zstdCompress, constants } = zlib as unknown as {
    zstdCompress?: (
      bytes: Uint8Array,
      options: object,
      done: (error: Error | null, to: Buffer) => void,
    ) => void;
    constants: Record<string, number>;
  };
  if (zstdCompress === undefined) return [];
  const compress = promisify(zstdCompress);
  const params = { [constants["ZSTD_c_compressionLevel"]!]: ZSTD_LEVEL };
  return [["zstd", (bytes) => compress(bytes, { params })]];
}

/** RFC 9110 §13.1.2, for GET and HEAD: the tags are compared weakly. */
function isFresh(request: Request, etag: string): boolean {
  const given = request.headers.get("if-none-match");
  if (given === null || (request.method !== "GET" && request.method !== "HEAD")) return false;
  if (given.trim() === "*") return true;
  return given.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
