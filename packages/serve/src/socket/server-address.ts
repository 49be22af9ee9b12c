import net from "node:net";
import type { SocketAddress } from "../api/network.ts";
import { toSocketAddress } from "../options/ip-address.ts";
import type { BindAddress } from "../options/serve-options.ts";

/** Where a server listens, as clients and programs see it. */
export interface ServerAddress {
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  /** `host:port` as clients write it; without a port for a Unix socket. */
  readonly authority: string;
  /** The URL for clients: a wildcard address becomes localhost, and a default port is left out. */
  readonly url: URL;
  /** The address and port, or the path of a Unix socket; null if Node.js gives none. */
  readonly address: SocketAddress | string | null;
}

/** @param bound the address of the listening socket; null if it has none, as a Unix socket */
export function serverAddress(
  bind: BindAddress,
  secure: boolean,
  bound: net.AddressInfo | null,
): ServerAddress {
  const { unix } = bind;
  if (unix !== undefined) {
    return {
      hostname: undefined,
      port: undefined,
      authority: "localhost",
      url: unixURL(unix),
      address: unix,
    };
  }
  const hostname = bind.hostname ?? "localhost";
  const port = bound?.port ?? bind.port;
  const authority = `${hostOf(hostname)}:${port}`;
  return {
    hostname,
    port,
    authority,
    url: new URL(`${secure ? "https" : "http"}://${authority}/`),
    address: bound === null ? null : toSocketAddress(bound.address, bound.port, bound.family),
  };
}

/** As in Bun, and every name has one: a path may hold a colon, a question mark, or a sign that no URL has. */
function unixURL(path: string): URL {
  const encode = (text: string): string =>
    text
      .replace(/\p{Surrogate}/gu, "\ufffd")
      .split("/")
      .map(encodeURIComponent)
      .join("/");
  return new URL(path.startsWith("\0") ? `abstract://${encode(path.slice(1))}/` : `unix://${encode(path)}`);
}

function hostOf(name: string): string {
  if (name === "0.0.0.0" || name === "::") return "localhost";
  return net.isIPv6(name) ? `[${name}]` : name;
}
