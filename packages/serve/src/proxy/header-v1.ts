import { Buffer } from "node:buffer";
import { isIPv4 } from "node:net";
import { MAX_PORT, toAddress } from "../options/ip-address.ts";
import { type ProxiedSource, ProxyHeaderError } from "./header.ts";
import { PROXY_LINE_BYTES } from "./limits.ts";

/** The first bytes of a line of version 1. */
export const SIGNATURE_V1: Buffer = /* @__PURE__ */ Buffer.from("PROXY ");

const CR = 0x0d;
const LF = 0x0a;

const LINE = /^PROXY (TCP4|TCP6) ([0-9A-Fa-f:.]+) ([0-9A-Fa-f:.]+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})$/;
/** Whatever stands behind UNKNOWN must be ignored. */
const UNKNOWN = /^PROXY UNKNOWN(?: |$)/;

/**
 * The length of the line with its CRLF.
 * @returns null if more bytes are needed
 * @throws ProxyHeaderError for a line that is too long, or has another end
 */
export function lineLength(bytes: Buffer): number | null {
  const lf = bytes.indexOf(LF);
  const cr = bytes.indexOf(CR);
  const end = lf < 0 ? bytes.length : lf + 1;
  if (end > PROXY_LINE_BYTES || (lf < 0 && end === PROXY_LINE_BYTES))
    throw new ProxyHeaderError("The line is too long");
  const isEnded = lf >= 0 && cr === lf - 1;
  if (!isEnded && (lf >= 0 || (cr >= 0 && cr < bytes.length - 1)))
    throw new ProxyHeaderError("A line ends in CRLF, and has no other CR or LF");
  return isEnded ? lf + 1 : null;
}

/**
 * A whole line of version 1 (section 2.1 of the specification).
 * @param line without its CRLF
 * @throws ProxyHeaderError for any other text
 */
export function parseLine(line: string): ProxiedSource {
  if (UNKNOWN.test(line)) return "own";
  const match = LINE.exec(line);
  if (match === null) throw new ProxyHeaderError("The line is malformed");
  const [, family, source = "", destination = "", sourcePort, destinationPort] = match;
  const ports = [Number(sourcePort), Number(destinationPort)] as const;
  const isOfFamily = (text: string): boolean =>
    toAddress(text, 0) !== null && isIPv4(text) === (family === "TCP4");
  if (!isOfFamily(source) || !isOfFamily(destination)) throw new ProxyHeaderError("An address is malformed");
  if (ports[0] > MAX_PORT || ports[1] > MAX_PORT) throw new ProxyHeaderError("A port is out of range");
  return toAddress(source, ports[0]);
}
