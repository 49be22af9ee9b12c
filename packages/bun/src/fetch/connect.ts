/** Sockets for `fetch`: to a server, over a Unix socket, or through a proxy's tunnel. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { buildConnector, Client } from "undici";
import type { FetchProxy } from "./proxy.ts";
import type { TLSSettings } from "./tls-settings.ts";

export type Connector = buildConnector.connector;

/** A proxy gets this long for a connection, and as long for its response to CONNECT. */
const PROXY_MS = 10_000;

/**
 * Connects to servers for an `Agent` of undici.
 * @param unix path of a socket in place of the URL's host and port
 * @param proxy makes a tunnel to the server
 */
export function makeConnector(
  unix: string | null,
  proxy: FetchProxy | null,
  tls: TLSSettings | null,
): Connector {
  const direct = buildConnector({ ...tls?.options, socketPath: unix } as buildConnector.BuildOptions);
  // The `Host` that a program sets does not replace a name that it asks for.
  const servername = tls?.options.servername;
  const named: Connector = (target, callback) =>
    direct(servername === undefined ? target : { ...target, servername }, callback);
  if (proxy === null) return named;
  return (target, callback) => {
    openTunnel(proxy, target).then(
      (httpSocket) => named({ ...target, httpSocket }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * A connection to an https: server through a proxy (RFC 9110 §9.3.6).
 * @throws Error (rejects) with the proxy's response, if that is not a success
 */
async function openTunnel(proxy: FetchProxy, { host, port }: buildConnector.Options): Promise<Socket> {
  const authority = port === "" ? `${host}:443` : host!;
  const client = new Client(proxy.url.origin, {
    connect: { timeout: PROXY_MS },
    headersTimeout: PROXY_MS,
  });
  try {
    const headers = { host: authority, ...proxy.headers };
    const response = await client.connect({ path: authority, headers });
    const socket = response.socket as Socket;
    if (response.statusCode >= 200 && response.statusCode < 300) return socket;
    socket.on("error", () => {}).destroy();
    throw tunnelError(response.statusCode, response.headers);
  } finally {
    // The tunnel's socket is no longer the client's.
    client.destroy().catch(() => {});
  }
}

function tunnelError(status: number, fields: Readonly<Record<string, string | string[] | undefined>>): Error {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(fields))
    for (const value of [values].flat()) headers.append(name, value);
  const error = new Error(`The proxy refused the tunnel: ${status}`);
  // The client does not tell the proxy's own phrase.
  const statusText = STATUS_CODES[status] ?? "";
  return Object.assign(error, { code: "ERR_PROXY_TUNNEL", status, statusText, headers });
}
