import net from "node:net";
import type { TLSSocket } from "node:tls";
import type { SocketAddress } from "../api/network.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import type { ResolvedTLS } from "../options/tls-options.ts";
import { whenQueueIsEmpty } from "./accept-queue.ts";
import { listenNow } from "./bind.ts";
import type { Gate } from "./gate.ts";
import { HandleTransport } from "./handle-transport.ts";
import { acceptedSocket, listeningHandle } from "./node-handle.ts";
import { type ServerAddress, serverAddress } from "./server-address.ts";
import { shortTurns } from "./short-turns.ts";
import { SocketTransport } from "./socket-transport.ts";
import { type Site, TLSServer } from "./tls-server.ts";
import type { MakeHandler, Transport } from "./transport.ts";

const { queueMicrotask } = globalThis;

/** What a server needs of what it listens on. */
export interface ServerListener extends ServerAddress {
  readonly secure: boolean;
  /** Whether connections are accepted. */
  readonly listening: boolean;
  /** The open connections, and those whose TLS handshake has begun. */
  readonly connectionCount: number;
  /** Whether some server names ask for client certificates and others may not. */
  readonly sitesDiffer: boolean;
  /** Whether a request must be refused: its host asks for client certificates, and its connection is another name's. */
  isMisdirected(site: Site, host: string): boolean;
  /**
   * Replaces the certificates, and the requirements on clients, for handshakes from now on.
   * @throws TypeError without TLS; OpenSSL's error for an invalid key or certificate
   */
  rotate(tls: ResolvedTLS): void;
  /** Stops accepting. Open connections stay, but for those without the PROXY header that is due, and those that wait in the queue are reset, unless another process accepts them. */
  close(): void;
  /**
   * Accepts what waits in the queue, and then stops accepting.
   * @param closed is called when it has, unless `close` was called before
   */
  closeBehindQueue(closed: () => void): void;
  /** Closes connections that have not begun: their TLS handshake has not ended, or they are being refused. */
  abortHandshakes(): void;
  ref(): void;
  unref(): void;
}

/** Begins to listen. The arguments are those of the constructor of `Listener`. */
export type Listen = (...args: ConstructorParameters<typeof Listener>) => ServerListener;

export const listen: Listen = (...args) => new Listener(...args);

/** The listening socket of a server, and the connections that it accepts. */
export class Listener implements ServerListener {
  readonly secure: boolean;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly authority: string;
  readonly url: URL;
  readonly address: SocketAddress | string | null;
  readonly #server: net.Server;
  readonly #tls: TLSServer | null;
  /** Other processes accept from the same queue. */
  readonly #isShared: boolean;
  readonly #gate: Gate | null;
  #openConnections = 0;
  #accepted = 0;
  /** Null unless the queue is being emptied. */
  #endEmptying: (() => void) | null = null;

  /**
   * Listens before it returns.
   * @param gone is called after each TLS handshake, successful or not, and behind the last steps of each connection that is gone when
   *   nothing is accepted any more: its protocol may have been another server's
   * @param gate what connections pass first; null for nothing
   * @throws Error if the address is taken or not permitted; `node:tls`'s error for an invalid key or certificate
   */
  constructor(
    options: ResolvedOptions,
    tls: ResolvedTLS | undefined,
    makeHandler: MakeHandler,
    gone: () => void,
    gate: Gate | null = null,
  ) {
    const { bind } = options;
    this.secure = tls !== undefined;
    this.#gate = gate;
    const openedSecurely = (socket: TLSSocket, site: Site): void => {
      const transport = new SocketTransport(socket, passed, closed, site);
      const source = gate?.sourceOf(acceptedSocket(socket)) ?? "own";
      if (source !== "own") transport.setAddress(source);
    };
    const passed: MakeHandler = (transport) => {
      this.#openConnections++;
      this.#accepted++;
      return makeHandler(transport);
    };
    const closed = (transport: Transport): void => {
      this.#openConnections--;
      gate?.leave(transport);
      if (!this.listening) queueMicrotask(gone);
    };
    const opened: MakeHandler =
      gate === null
        ? passed
        : (transport) => {
            this.#openConnections++;
            this.#accepted++;
            return gate.enter(transport, makeHandler);
          };
    this.#tls =
      tls === undefined ? null : new TLSServer(tls, options.idleTimeout, openedSecurely, gone, gate);
    this.#server = this.#tls?.server ?? net.createServer(PLAIN_OPTIONS);
    this.#isShared = listenNow(this.#server, bind, options.id);
    const adopted =
      !this.secure &&
      process.env["MANTOU_TRANSPORT"] !== "stream" &&
      adoptConnections(this.#server, opened, closed);
    if (!adopted) {
      this.#server.on("connection", (socket) => {
        shortTurns.accepted();
        if (!this.secure) new SocketTransport(socket, opened, closed);
      });
    }
    // A failed accept, because of too many open files for example, concerns its client alone.
    this.#server.on("error", () => {});
    const bound = this.#server.address();
    ({
      hostname: this.hostname,
      port: this.port,
      authority: this.authority,
      url: this.url,
      address: this.address,
    } = serverAddress(bind, this.secure, typeof bound === "object" ? bound : null));
  }

  get connectionCount(): number {
    return this.#openConnections + (this.#tls?.handshakes ?? 0);
  }

  rotate(tls: ResolvedTLS): void {
    if (this.#tls === null) throw new TypeError("tls cannot be turned on while the server listens");
    this.#tls.rotate(tls);
  }

  get sitesDiffer(): boolean {
    return this.#tls?.sitesDiffer ?? false;
  }

  isMisdirected(site: Site, host: string): boolean {
    return this.#tls?.isMisdirected(site, host) ?? false;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  close(): void {
    this.#stopAccepting();
    this.#gate?.close();
  }

  #stopAccepting(): void {
    this.#endEmptying?.();
    this.#endEmptying = null;
    this.#server.close();
  }

  closeBehindQueue(closed: () => void): void {
    // Requests of connections that are still to tell their source get a response, too.
    const end = (): void => {
      this.#stopAccepting();
      closed();
    };
    if (this.#isShared || !this.listening) end();
    else this.#endEmptying ??= whenQueueIsEmpty(() => this.#accepted + (this.#tls?.handshakes ?? 0), end);
  }

  abortHandshakes(): void {
    this.#tls?.abort();
    this.#gate?.abort();
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }
}

/**
 * Accepts the connections of a listening plain server by taking their handles before `node:net` does.
 * @returns false if this runtime has no handles that we know: then nothing has changed
 */
export function adoptConnections(
  server: net.Server,
  makeHandler: MakeHandler,
  closed: (transport: Transport) => void,
): boolean {
  const handle = listeningHandle(server);
  if (handle === null) return false;
  handle.onconnection = (error, accepted) => {
    // A failed accept concerns its client alone, as in `net.Server`.
    if (error || accepted === undefined) return;
    shortTurns.accepted();
    new HandleTransport(accepted, makeHandler, closed);
  };
  return true;
}

/** A client may close its sending side first. Nagle's algorithm would hold small responses back. */
const PLAIN_OPTIONS: net.ServerOpts = { allowHalfOpen: true, noDelay: true };
