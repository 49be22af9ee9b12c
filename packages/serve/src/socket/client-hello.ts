import { Buffer } from "node:buffer";

const HANDSHAKE_RECORD = 22;
const RECORD_HEADER_BYTES = 5;
const CLIENT_HELLO = 1;
const HANDSHAKE_HEADER_BYTES = 4;
const SERVER_NAME_EXTENSION = 0;
const HOST_NAME = 0;
/** The bytes behind the handshake header: two of the version, and 32 of the random. */
const VERSION_AND_RANDOM_BYTES = 34;

/** A longer ClientHello counts as one without a name. HAProxy's buffer has the same size; browsers send 2 KiB. */
export const MAX_CLIENT_HELLO_BYTES: number = 16 * 1024;

/**
 * The server name in the first bytes of a TLS connection (RFC 8446 §4.1.2, RFC 6066 §3).
 * @returns undefined if more bytes are needed; null for a ClientHello without a name, and for bytes of another message, which
 *   OpenSSL refuses
 */
export function readServerName(bytes: Buffer): string | null | undefined {
  const pieces: Buffer[] = [];
  let received = 0;
  /** The size of the message in bytes; infinite until its header has come. */
  let length = Number.POSITIVE_INFINITY;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE_RECORD) return null;
    if (at + RECORD_HEADER_BYTES > bytes.length) break;
    const start = at + RECORD_HEADER_BYTES;
    at = start + bytes.readUInt16BE(start - 2);
    if (at === start) return null;
    const piece = bytes.subarray(start, at);
    pieces.push(piece);
    received += piece.length;
    if (length === Number.POSITIVE_INFINITY && received >= HANDSHAKE_HEADER_BYTES) {
      const header = Buffer.concat(pieces);
      if (header[0] !== CLIENT_HELLO) return null;
      length = HANDSHAKE_HEADER_BYTES + header.readUIntBE(1, 3);
      if (length > MAX_CLIENT_HELLO_BYTES) return null;
    }
    if (received >= length) return nameIn(Buffer.concat(pieces).subarray(HANDSHAKE_HEADER_BYTES, length));
  }
  return bytes.length > MAX_CLIENT_HELLO_BYTES ? null : undefined;
}

function nameIn(hello: Buffer): string | null {
  try {
    const fields = new Reader(hello, VERSION_AND_RANDOM_BYTES);
    fields.vector(1); // legacy_session_id
    fields.vector(2); // cipher_suites
    fields.vector(1); // legacy_compression_methods
    if (fields.atEnd) return null;
    const extensions = new Reader(fields.vector(2), 0);
    while (!extensions.atEnd) {
      const type = extensions.integer(2);
      const data = extensions.vector(2);
      if (type === SERVER_NAME_EXTENSION) return hostName(new Reader(new Reader(data, 0).vector(2), 0));
    }
    return null;
  } catch {
    return null;
  }
}

function hostName(names: Reader): string | null {
  while (!names.atEnd) {
    const type = names.integer(1);
    const name = names.vector(2);
    if (type === HOST_NAME) return name.toString("latin1");
  }
  return null;
}

/** Reads TLS's presentation language (RFC 8446 §3). Throws a RangeError past the end. */
class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  integer(bytes: number): number {
    const value = this.#bytes.readUIntBE(this.#at, bytes);
    this.#at += bytes;
    return value;
  }

  /** Reads bytes with their length in front. */
  vector(lengthBytes: number): Buffer {
    const length = this.integer(lengthBytes);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError("The vector is longer than its container");
    return this.#bytes.subarray(start, this.#at);
  }
}
