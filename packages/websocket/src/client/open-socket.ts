import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Address } from "./address.ts";
import type { TlsOptions } from "./options.ts";

/**
 * Begins to connect. What is written at once is sent when the connection is there; whether it comes about, events will tell.
 *
 * @throws what `tls.connect` throws for options that cannot be used
 */
export function openSocket(address: Address, tls: TlsOptions): Socket {
  const { unixPath, host, port } = address;
  // The end of the server's side must not end ours by itself: what was read before may not have been heard yet.
  const to = { ...(unixPath === null ? { host, port } : { path: unixPath }), allowHalfOpen: true };
  const socket = address.secure ? connectTls({ ...tlsOptions(address, tls), ...to }) : connectTcp(to);
  socket.setNoDelay(true);
  return socket;
}

function tlsOptions({ unixPath, host }: Address, { serverName, ...tls }: TlsOptions): TlsOptions {
  // RFC 6066 §3: a name, and not an address, is what a server is asked for.
  const servername =
    tls.servername ?? serverName ?? (unixPath === null && isIP(host) === 0 ? host : undefined);
  return {
    ...tls,
    ...(servername === undefined ? {} : { servername }),
    // RFC 7301: nothing else can be upgraded to a WebSocket by RFC 6455.
    ALPNProtocols: ["http/1.1"],
  };
}
