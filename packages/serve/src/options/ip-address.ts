import { SocketAddress as IPAddress, isIP } from "node:net";
import type { SocketAddress } from "../api/network.ts";

/** The largest number of a port. */
export const MAX_PORT = 65_535;

/** An IPv4 address as IPv6 (RFC 4291 §2.5.5.2), in canonical form. */
const MAPPED = /^::ffff:([0-9.]+)$/;

/**
 * An address in canonical form (RFC 5952), with a port.
 * @returns null for text that is no IP address. A zone (`fe80::1%eth0`) means something on its own machine only, so that it is none
 */
export function toAddress(text: string, port: number): SocketAddress | null {
  const version = text.includes("%") ? 0 : isIP(text);
  if (version === 0) return null;
  if (version === 4) return { address: text, family: "IPv4", port };
  return { address: new IPAddress({ address: text, family: "ipv6" }).address, family: "IPv6", port };
}

/** An address as Node.js tells it of a socket; null if it tells none, as of a Unix socket. */
export function toSocketAddress(
  address: string | undefined,
  port: number | undefined,
  family: string | undefined,
): SocketAddress | null {
  if (address === undefined || port === undefined) return null;
  return { address, family: family === "IPv6" ? "IPv6" : "IPv4", port };
}

/**
 * An address as lists of addresses have it: without a zone, and an IPv4 address as such, also if a socket for both kinds shows it as IPv6.
 * @param address in canonical form, as sockets give it
 */
export function unmapped(address: string): string {
  const zone = address.indexOf("%");
  const text = zone < 0 ? address : address.slice(0, zone);
  return MAPPED.exec(text)?.[1] ?? text;
}
