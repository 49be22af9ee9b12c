import net from "node:net";
import type { SocketAddress } from "../api/network.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import type { ResolvedTLS } from "../options/tls-options.ts";
import { listenNow } from "./bind.ts";
import { HandleTransport } from "./handle-transport.ts";
import { listeningHandle } from "./node-handle.ts";
import { SocketTransport } from "./socket-transport.ts";
import { type Site, TLSServer } from "./tls-server.ts";
import type { MakeHandler } from "./transport.ts";

/** The listening socket of a server, and the connections that it accepts. */
export class Listener {
  readonly secure: boolean;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  /** The URL for clients: a wildcard address becomes localhost, and a default port is left out. */
  readonly url: URL;
  /** The address and port, or the path of a Unix socket; null if Node.js gives none. */
  readonly address: SocketAddress | string | null;
  readonly #server: net.Server;
  readonly #tls: TLSServer | null;
  #openConnections = 0;

  /**
   * Listens before it returns.
   * @param handshakeEnded is called after each TLS handshake, successful or not
   * @throws Error if the address is taken or not permitted; `node:tls`'s error for an invalid key or certificate
   */
  constructor(
    options: ResolvedOptions,
    tls: ResolvedTLS | undefined,
    makeHandler: MakeHandler,
    handshakeEnded: () => void,
  ) {
    const { bind } = options;
    this.secure = tls !== undefined;
    const opened: MakeHandler = (transport) => {
      this.#openConnections++;
      return makeHandler(transport);
    };
    const closed = (): void => {
      this.#openConnections--;
    };
    const openedSecurely = (socket: net.Socket, site: Site): void => {
      new SocketTransport(socket, opened, closed, site);
    };
    this.#tls =
      tls === undefined ? null : new TLSServer(tls, options.idleTimeout, openedSecurely, handshakeEnded);
    this.#server = this.#tls?.server ?? net.createServer(PLAIN_OPTIONS);
    listenNow(this.#server, bind);
    const adopted =
      this.secure ||
      (process.env["MANTOU_TRANSPORT"] !== "stream" && adoptConnections(this.#server, opened, closed));
    if (!adopted) this.#server.on("connection", (socket) => new SocketTransport(socket, opened, closed));
    // A failed accept, because of too many open files for example, concerns its client alone.
    this.#server.on("error", () => {});
    const address = this.#server.address();
    this.port =
      bind.unix !== undefined
        ? undefined
        : typeof address === "object" && address !== null
          ? address.port
          : bind.port;
    this.hostname = bind.unix !== undefined ? undefined : (bind.hostname ?? "localhost");
    this.address =
      bind.unix ?? (typeof address === "object" && address !== null ? socketAddress(address) : null);
    this.url =
      bind.unix === undefined
        ? new URL(`${this.secure ? "https" : "http"}://${this.authority}/`)
        : new URL(`unix://${encodeURI(bind.unix.replace("\0", "%00"))}`);
  }

  /** The open connections, and those whose TLS handshake has begun. */
  get connectionCount(): number {
    return this.#openConnections + (this.#tls?.handshakes ?? 0);
  }

  /** `host:port` as clients write it; without a port for a Unix socket. */
  get authority(): string {
    const name = this.hostname ?? "localhost";
    const host = name === "0.0.0.0" || name === "::" ? "localhost" : net.isIPv6(name) ? `[${name}]` : name;
    return this.port === undefined ? host : `${host}:${this.port}`;
  }

  /**
   * Replaces the certificates, and the requirements on clients, for handshakes from now on.
   * @throws TypeError without TLS; OpenSSL's error for an invalid key or certificate
   */
  rotate(tls: ResolvedTLS): void {
    if (this.#tls === null) throw new TypeError("tls cannot be turned on while the server listens");
    this.#tls.rotate(tls);
  }

  /** Whether some server names ask for client certificates and others may not. */
  get sitesDiffer(): boolean {
    return this.#tls?.sitesDiffer ?? false;
  }

  /** Whether a request must be refused: its host asks for client certificates, and its connection is another name's. */
  isMisdirected(site: Site, host: string): boolean {
    return this.#tls?.isMisdirected(site, host) ?? false;
  }

  /** Stops accepting. Open connections stay. */
  close(): void {
    this.#server.close();
  }

  /** Closes connections whose TLS handshake has not ended. */
  abortHandshakes(): void {
    this.#tls?.abort();
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }
}

function socketAddress({ address, port, family }: net.AddressInfo): SocketAddress {
  return { address, port, family: family === "IPv6" ? "IPv6" : "IPv4" };
}

/**
 * Accepts the connections of a listening plain server by taking their handles before `node:net` does.
 * @returns false if this runtime has no handles that we know: then nothing has changed
 */
export function adoptConnections(server: net.Server, makeHandler: MakeHandler, closed: () => void): boolean {
  const handle = listeningHandle(server);
  if (handle === null) return false;
  handle.onconnection = (error, accepted) => {
    // A failed accept concerns its client alone, as in `net.Server`.
    if (!error && accepted !== undefined) new HandleTransport(accepted, makeHandler, closed);
  };
  return true;
}

/** A client may close its sending side first. Nagle's algorithm would hold small responses back. */
const PLAIN_OPTIONS: net.ServerOpts = { allowHalfOpen: true, noDelay: true };
