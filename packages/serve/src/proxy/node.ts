import type { SocketAddress } from "../api/network.ts";
import { MAX_PORT, toAddress } from "../options/ip-address.ts";

/** node of RFC 7239 §6, as far as it has an address, with a port or an obfuscated one. */
const NODE = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::(?:([0-9]{1,5})|_[A-Za-z0-9._-]+))?$/;

/**
 * The address of a node of `Forwarded` or `X-Forwarded-For`; the latter has IPv6 addresses without brackets, too. The port is 0 if it is not told.
 * @returns null for `unknown`, an obfuscated identifier (RFC 7239 §6.3), and for what is no node
 */
export function nodeAddress(text: string): SocketAddress | null {
  const match = NODE.exec(text);
  if (match === null) return text.includes(":") ? toAddress(text, 0) : null;
  const [, bracketed, plain, digits = "0"] = match;
  const port = Number(digits);
  const address = toAddress(bracketed ?? plain!, port);
  // Brackets are for IPv6.
  const isRight = (address?.family === "IPv6") === (bracketed !== undefined);
  return isRight && port <= MAX_PORT ? address : null;
}
