import { Buffer } from "node:buffer";
import * as zlib from "node:zlib";

const { zstdDecompressSync } = zlib as unknown as {
  zstdDecompressSync?: (bytes: Uint8Array, options?: { finishFlush: number }) => Buffer;
};

/** The codings that this Node.js has. */
export const ENCODINGS: readonly string[] = [
  "br",
  "gzip",
  ...(zstdDecompressSync === undefined ? [] : ["zstd"]),
];

/** The body of a response without its content coding, of which it must have at most one. */
export function decode({
  headers,
  body,
}: {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}): Buffer {
  switch (headers["content-encoding"]) {
    case undefined:
      return body;
    case "br":
      return zlib.brotliDecompressSync(body);
    case "gzip":
      return zlib.gunzipSync(body);
    case "zstd":
      return zstdDecompressSync!(body);
    default:
      throw new Error(`not a coding: ${headers["content-encoding"]}`);
  }
}

/** What a client can decode of the chunked response that has begun to come. */
export function decoded({ received }: { readonly received: Buffer }, encoding: string): string {
  const at = received.indexOf("\r\n\r\n");
  if (at < 0) return "";
  const pieces: Buffer[] = [];
  for (let position = at + 4; position < received.length; ) {
    const lineEnd = received.indexOf("\r\n", position);
    const size = Number.parseInt(received.toString("latin1", position, lineEnd), 16);
    if (lineEnd < 0 || size === 0) break;
    pieces.push(received.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = lineEnd + 4 + size;
  }
  const body = Buffer.concat(pieces);
  const { constants } = zlib;
  if (body.length === 0) return "";
  if (encoding === "gzip") return zlib.gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  if (encoding === "br")
    return zlib.brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }).toString();
  return zstdDecompressSync!(body, { finishFlush: 0 }).toString();
}
