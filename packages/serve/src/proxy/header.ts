import type { SocketAddress } from "../api/network.ts";

/**
 * The connection for which a proxy has connected: the address of its client; null if that has none, as for a Unix socket of the proxy's
 * machine; "own" if the connection is the proxy's own, or of a kind that it cannot tell.
 */
export type ProxiedSource = SocketAddress | null | "own";

/** Bytes that are no PROXY header. There is nothing that could be answered: the connection ends. */
export class ProxyHeaderError extends Error {
  static {
    Object.defineProperty(ProxyHeaderError.prototype, "name", { value: "ProxyHeaderError" });
  }
}
