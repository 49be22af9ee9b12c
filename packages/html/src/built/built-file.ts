import { createHash } from "node:crypto";
import {
  defaultCompression,
  type Encoding,
  evaluateConditions,
  type FormCompressor,
  parseRange,
  rangeAllowed,
  type Validators,
} from "@mantou/serve/hosting";
import { Response } from "@mantou/serve/plain";

export const IMMUTABLE = "public, max-age=31536000, immutable";

/** A file of a built page, in memory, with the compressed forms that clients have asked for. */
export class BuiltFile {
  readonly #bytes: Uint8Array;
  readonly #type: string;
  readonly #cacheControl: string;
  readonly #etag: string;
  /** Each is made once, by the thread pool; null for one that is not shorter. One that could not be made is made anew for the next request. */
  readonly #encoded = new Map<Encoding, Promise<Uint8Array | null>>();

  /** @param cached the value of Cache-Control, or whether the name says the content, so that clients may keep the file for ever */
  constructor(bytes: Uint8Array, type: string, cached: boolean | string) {
    this.#bytes = bytes;
    this.#type = type;
    this.#cacheControl = typeof cached === "string" ? cached : cached ? IMMUTABLE : "no-cache";
    this.#etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  }

  async respond(request: Request): Promise<Response> {
    const compression = defaultCompression();
    const isCompressible = compression.isCompressible(this.#type);
    const { coding, body } = isCompressible
      ? await this.#encodedFor(compression, request.headers.get("accept-encoding"))
      : { coding: null, body: this.#bytes };
    const etag = `"${this.#etag}${coding === null ? "" : `-${coding}`}"`;
    const headers: Record<string, string> = {
      "Accept-Ranges": "bytes",
      "Cache-Control": this.#cacheControl,
      ETag: etag,
    };
    if (isCompressible) headers["Vary"] = "Accept-Encoding";
    const validators = { etag, lastModified: null };
    // RFC 9110 §13.2.1: the conditions are about GET and HEAD, which select the file.
    if (request.method === "GET" || request.method === "HEAD") {
      const outcome = evaluateConditions(request.headers, validators);
      if (outcome !== "proceed")
        return new Response(null, { status: outcome === "failed" ? 412 : 304, headers });
    }
    headers["Content-Type"] = this.#type;
    if (coding !== null) headers["Content-Encoding"] = coding;
    return wholeOrRange(request, validators, body, headers);
  }

  async #encodedFor(
    compression: FormCompressor,
    field: string | null,
  ): Promise<{ coding: Encoding | null; body: Uint8Array }> {
    if (this.#bytes.length >= compression.threshold) {
      for (const coding of compression.accept(field).encodings) {
        const body = compression.has(coding) ? await this.#encode(compression, coding) : null;
        if (body !== null) return { coding, body };
      }
    }
    return { coding: null, body: this.#bytes };
  }

  #encode(compression: FormCompressor, coding: Encoding): Promise<Uint8Array | null> {
    let encoded = this.#encoded.get(coding);
    if (encoded === undefined) {
      encoded = compression
        .compressKept(this.#bytes, coding)
        .then((bytes) => (bytes.length < this.#bytes.length ? bytes : null));
      this.#encoded.set(coding, encoded);
      encoded.catch(() => this.#encoded.delete(coding));
    }
    return encoded;
  }
}

/** The body, or the part of it that the request asks for (RFC 9110 §14.2). A part of a compressed form is one of its bytes (§14.1.2). */
function wholeOrRange(
  request: Request,
  validators: Validators,
  body: Uint8Array,
  headers: Record<string, string>,
): Response {
  const asked = request.method === "GET" ? request.headers.get("range") : null;
  if (asked === null || !rangeAllowed(request.headers, validators)) return new Response(body, { headers });
  const range = parseRange(asked, body.length);
  if (range === null) return new Response(body, { headers });
  if (range === "unsatisfiable") {
    headers["Content-Range"] = `bytes */${body.length}`;
    delete headers["Content-Encoding"];
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range;
  headers["Content-Range"] = `bytes ${start}-${end - 1}/${body.length}`;
  return new Response(body.subarray(start, end), { status: 206, headers });
}
