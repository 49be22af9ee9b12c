import { Buffer } from "node:buffer";
import { toAddress } from "../options/ip-address.ts";
import { type ProxiedSource, ProxyHeaderError } from "./header.ts";
import { PROXY_HEADER_BYTES } from "./limits.ts";

/** The first bytes of a header of version 2. */
export const SIGNATURE_V2: Buffer = /* @__PURE__ */ Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** The signature, the version and command, the family and protocol, and the length of the rest. */
const FIXED_BYTES = 16;
const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;

const INET = 1;
const UNIX = 3;
const STREAM = 1;
const DGRAM = 2;
/** The bytes of both addresses and their ports, by family. Family 0 is unspecified. */
const ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];

/** Type, and length of the value. */
const TLV_HEAD_BYTES = 3;

/**
 * The length of a header of version 2.
 * @returns null if more bytes are needed
 * @throws ProxyHeaderError for another version or command, and for a header that is too long
 */
export function binaryLength(bytes: Buffer): number | null {
  const command = bytes[SIGNATURE_V2.length];
  if (command !== undefined && (command >> 4 !== VERSION || (command & 0xf) > PROXY))
    throw new ProxyHeaderError("The version or the command is unknown");
  if (bytes.length < FIXED_BYTES) return null;
  const length = FIXED_BYTES + bytes.readUInt16BE(FIXED_BYTES - 2);
  if (length > PROXY_HEADER_BYTES) throw new ProxyHeaderError("The header is too long");
  return length;
}

/**
 * A whole header of version 2 (section 2.2 of the specification).
 * @throws ProxyHeaderError for a family, a protocol or a length that it does not have
 */
export function parseBinary(header: Buffer): ProxiedSource {
  const command = header[SIGNATURE_V2.length]! & 0xf;
  // The family and all that follows are to be ignored.
  if (command === LOCAL) return "own";
  const kind = header[SIGNATURE_V2.length + 1]!;
  const [family, protocol] = [kind >> 4, kind & 0xf];
  const size = ADDRESS_BYTES[family];
  if (size === undefined || protocol > DGRAM)
    throw new ProxyHeaderError("The family or the protocol is unknown");
  // Without a protocol the addresses are to be ignored, and nothing says where they end.
  if (family === 0 || protocol === 0) return "own";
  if (header.length < FIXED_BYTES + size) throw new ProxyHeaderError("The addresses are cut short");
  checkTLVs(header, FIXED_BYTES + size);
  // A server for streams does not support datagrams. The specification lets it accept the connection with its own address.
  if (protocol !== STREAM) return "own";
  if (family === UNIX) return null;
  const port = header.readUInt16BE(FIXED_BYTES + size - 4);
  return family === INET
    ? toAddress(header.subarray(FIXED_BYTES, FIXED_BYTES + 4).join("."), port)
    : toAddress(groupsOf(header.subarray(FIXED_BYTES, FIXED_BYTES + 16)), port);
}

/** The eight groups of an IPv6 address. */
function groupsOf(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(":");
}

/** What follows the addresses is of types, lengths and values (section 2.2 of the specification). None of them is used, and a receiver need not verify the checksum among them. */
function checkTLVs(header: Buffer, start: number): void {
  let at = start;
  while (at + TLV_HEAD_BYTES <= header.length) at += TLV_HEAD_BYTES + header.readUInt16BE(at + 1);
  if (at !== header.length) throw new ProxyHeaderError("A value behind the addresses is cut short");
}
