/** Sockets for `fetch`: to a server, over a Unix socket, or through a proxy's tunnel. */
import { type ClientRequest, type IncomingMessage, request as requestHTTP } from "node:http";
import { request as requestHTTPS } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectOverTLS } from "node:tls";
import type { FetchProxy } from "./proxy.ts";
import type { TLSSettings } from "./tls-settings.ts";

interface Target {
  readonly hostname: string;
  readonly port: string;
  readonly protocol: string;
}

/** That of undici's own connections. */
const CONNECT_MS = 10_000;

/** @throws the operating system's error (rejects) */
export function openSocket(unix: string | null, target: Target): Promise<Socket> {
  const host = hostOf(target);
  const socket =
    unix === null ? connect({ host, port: portOf(target), noDelay: true }) : connect({ path: unix });
  return connected(socket, "connect");
}

/**
 * A connection to the target through a proxy (RFC 9110 §9.3.6).
 * @throws Error (rejects) with the proxy's response, if that is not a success
 */
export function openTunnel(proxy: FetchProxy, target: Target): Promise<Socket> {
  const { protocol, hostname, port } = proxy.url;
  const authority = `${target.hostname}:${portOf(target)}`;
  const request = (protocol === "https:" ? requestHTTPS : requestHTTP)({
    method: "CONNECT",
    host: hostOf({ hostname }),
    port: port === "" ? undefined : Number(port),
    path: authority,
    headers: { host: authority, ...proxy.headers },
    agent: false,
  });
  return tunnelOf(request);
}

function tunnelOf(request: ClientRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(timeoutError()), CONNECT_MS);
    request.once("connect", (response, socket) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        resolve(socket as Socket);
        return;
      }
      socket.destroy();
      reject(tunnelError(status, response));
    });
    request.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

function tunnelError(status: number, response: IncomingMessage): Error {
  const headers = new Headers();
  for (let i = 0; i < response.rawHeaders.length; i += 2)
    headers.append(response.rawHeaders[i]!, response.rawHeaders[i + 1]!);
  const statusText = response.statusMessage ?? "";
  const error = new Error(`The proxy refused the tunnel: ${status} ${statusText}`.trimEnd());
  return Object.assign(error, { code: "ERR_PROXY_TUNNEL", status, statusText, headers });
}

/** @throws Error (rejects) for a certificate that is not trusted */
export function connectTLS(socket: Socket, target: Target, tls: TLSSettings | null): Promise<Socket> {
  const host = hostOf(target);
  const secure = connectOverTLS({
    ALPNProtocols: ["http/1.1"],
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...tls?.options,
    socket,
  });
  return connected(secure, "secureConnect");
}

function connected<S extends Socket>(socket: S, event: "connect" | "secureConnect"): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(timeoutError()), CONNECT_MS);
    const settle = (): void => {
      clearTimeout(timer);
      socket.off("error", fail);
      socket.off(event, succeed);
    };
    const succeed = (): void => {
      settle();
      resolve(socket);
    };
    const fail = (error: Error): void => {
      settle();
      // A late error of a socket that is given up would end the process.
      socket.on("error", () => {});
      reject(error);
    };
    socket.once(event, succeed);
    socket.once("error", fail);
  });
}

function timeoutError(): Error {
  return Object.assign(new Error(`No connection within ${CONNECT_MS} ms`), { code: "ETIMEDOUT" });
}

function portOf({ port, protocol }: Target): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function hostOf({ hostname }: Pick<Target, "hostname">): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
