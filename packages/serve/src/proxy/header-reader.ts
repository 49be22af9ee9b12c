import { Buffer } from "node:buffer";
import { type ProxiedSource, ProxyHeaderError } from "./header.ts";
import { lineLength, parseLine, SIGNATURE_V1 } from "./header-v1.ts";
import { binaryLength, parseBinary, SIGNATURE_V2 } from "./header-v2.ts";

/** A header, and the bytes behind it. */
export interface ReadHeader {
  readonly source: ProxiedSource;
  /** Those of the last call that belong to the connection itself. */
  readonly rest: Buffer;
}

const CRLF_BYTES = 2;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, with which a proxy begins a connection. It is sans-IO: bytes go in, and a header comes out.
 *
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt for the specification
 */
export class ProxyHeaderReader {
  #pieces: Buffer[] = [];
  #size = 0;
  /** There is nothing to read before so many bytes have come. */
  #needed = 0;

  /**
   * Takes bytes, of which it keeps a copy if they are not the whole header.
   * @returns null if more bytes are needed
   * @throws ProxyHeaderError for bytes that are no header, as soon as that shows
   */
  receive(bytes: Buffer): ReadHeader | null {
    const before = this.#size;
    this.#size += bytes.length;
    if (this.#size < this.#needed) {
      this.#pieces.push(Buffer.from(bytes));
      return null;
    }
    const joined = before === 0 ? bytes : Buffer.concat([...this.#pieces, bytes]);
    const length = headerLength(joined);
    if (length === null || joined.length < length) {
      this.#needed = length ?? 0;
      this.#pieces = [before === 0 ? Buffer.from(bytes) : joined];
      return null;
    }
    const rest = bytes.subarray(length - before);
    const header = joined.subarray(0, length);
    const source = isOfVersion2(joined)
      ? parseBinary(header)
      : parseLine(header.toString("latin1", 0, length - CRLF_BYTES));
    this.#pieces = [];
    return { source, rest };
  }
}

/** @returns null if more bytes are needed */
function headerLength(bytes: Buffer): number | null {
  if (bytes.length === 0) return null;
  const signature = isOfVersion2(bytes) ? SIGNATURE_V2 : SIGNATURE_V1;
  const common = Math.min(bytes.length, signature.length);
  if (bytes.compare(signature, 0, common, 0, common) !== 0)
    throw new ProxyHeaderError("The connection begins without a header");
  if (bytes.length < signature.length) return null;
  return signature === SIGNATURE_V2 ? binaryLength(bytes) : lineLength(bytes);
}

function isOfVersion2(bytes: Buffer): boolean {
  return bytes[0] === SIGNATURE_V2[0];
}
