import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import net from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import tls from "node:tls";
import { normalName, type ResolvedCertificate, type ResolvedTLS } from "../options/tls-options.ts";
import { readServerName } from "./client-hello.ts";
import { inheritedSockets } from "./inherited.ts";
import { acceptedSocket } from "./node-handle.ts";
import { ticketKeys } from "./ticket-keys.ts";

/** Seconds for a handshake if `idleTimeout` is off. Only slow attackers need the two minutes of Node.js. */
const HANDSHAKE_SECONDS = 60;

/** No half-closed connections: with them `node:tls` does not notice a client that leaves before or during the handshake. */
const SOCKET_OPTIONS: net.ServerOpts = { allowHalfOpen: false, noDelay: true };

/** An entry of the `tls` option, as connections and requests refer to it. */
export interface Site {
  /** Identifies the entry of a server. An entry of the same name has the same key after `reload`. */
  readonly key: string;
  /** Whether clients of this name are asked for a certificate. */
  readonly asksForCertificates: boolean;
}

/** What connections pass before their handshake. */
export interface HandshakeGate {
  /** @param begin begins the handshake */
  enterSecurely(socket: net.Socket, begin: () => void): void;
}

interface RunningSite extends Site {
  readonly server: tls.Server;
}

/** The entries of the `tls` option, by the name that a client requests (RFC 6066 §3). */
class Sites {
  readonly #byName = new Map<string, RunningSite>();
  /** The entry for clients that request no name, or an unknown one. */
  readonly fallback: RunningSite;
  /** Whether the name in the ClientHello matters: there are several entries. */
  readonly byName: boolean;
  /** Whether a request may be for an entry that asks for certificates, over a connection of one that does not. */
  readonly differ: boolean;

  /** @throws OpenSSL's error for an invalid key or certificate */
  constructor(
    { certificates }: ResolvedTLS,
    start: (one: ResolvedCertificate, isFallback: boolean) => RunningSite,
  ) {
    const sites = certificates.map((one, i) => start(one, i === 0));
    this.fallback = sites[0]!;
    this.byName = sites.length > 1;
    this.differ = sites.length > 1 && sites.some((site) => site.asksForCertificates);
    for (const [i, { serverName }] of certificates.entries())
      if (serverName !== null) this.#byName.set(serverName, sites[i]!);
  }

  /** A `*` stands for one label. */
  find(name: string): RunningSite {
    const normal = normalName(name);
    return (
      this.#byName.get(normal) ?? this.#byName.get(`*${normal.slice(normal.indexOf("."))}`) ?? this.fallback
    );
  }
}

/**
 * A TLS server, which the caller makes listen, and whose certificates can be replaced while it runs.
 *
 * Each entry of the `tls` option is a `tls.Server` of its own, which gets the connections that request its name. An
 * `SNICallback` would change only the certificate and the authorities of a connection: the requirement of a certificate, the
 * ciphers, and the keys of session tickets would be the first entry's. With it, Node.js 20 lets a client resume a session of one
 * authority where another authority is required.
 */
export class TLSServer {
  readonly server: net.Server;
  readonly #handshakeTimeout: number;
  readonly #opened: (socket: tls.TLSSocket, site: Site) => void;
  readonly #handshakeEnded: () => void;
  readonly #gate: HandshakeGate | null;
  /** Connections whose handshake has not ended. */
  readonly #handshakes = new Set<net.Socket>();
  /** The secret of session tickets in a process that is no worker: its sessions end with this server. */
  readonly #tickets: Buffer = randomBytes(32);
  #sites: Sites;

  /**
   * @param opened is called for each connection whose handshake has succeeded
   * @param handshakeEnded is called after that, and after each handshake that has failed
   * @param gate what connections pass before their handshake; null for nothing
   * @throws OpenSSL's error for an invalid key or certificate
   */
  constructor(
    options: ResolvedTLS,
    idleTimeout: number,
    opened: (socket: tls.TLSSocket, site: Site) => void,
    handshakeEnded: () => void,
    gate: HandshakeGate | null = null,
  ) {
    this.#gate = gate;
    this.#handshakeTimeout = (idleTimeout === 0 ? HANDSHAKE_SECONDS : idleTimeout) * 1000;
    this.#opened = opened;
    this.#handshakeEnded = handshakeEnded;
    this.#sites = new Sites(options, this.#start);
    this.server = net.createServer(SOCKET_OPTIONS, (socket) => this.#accept(socket));
  }

  /** The number of handshakes that have begun. Silent clients do not count. */
  get handshakes(): number {
    let begun = 0;
    for (const socket of this.#handshakes) if (socket.bytesRead > 0) begun++;
    return begun;
  }

  /**
   * Replaces the certificates, and the requirements on clients, for later handshakes.
   * @throws OpenSSL's error for an invalid key or certificate; nothing has changed then
   */
  rotate(options: ResolvedTLS): void {
    this.#sites = new Sites(options, this.#start);
  }

  /** Breaks off all handshakes. */
  abort(): void {
    for (const socket of [...this.#handshakes]) socket.destroy();
  }

  get sitesDiffer(): boolean {
    return this.#sites.differ;
  }

  /** Whether a request must be refused: its host asks for certificates, and its connection is another entry's. */
  isMisdirected(site: Site, host: string): boolean {
    const wanted = this.#sites.find(host);
    return wanted.asksForCertificates && wanted.key !== site.key;
  }

  #start = (one: ResolvedCertificate, isFallback: boolean): RunningSite => {
    const { context, requestCert, rejectUnauthorized, renegotiates } = one;
    const keys = ticketKeys(inheritedSockets().tickets ?? this.#tickets, one, isFallback);
    const server = tls.createServer({
      ...context,
      requestCert,
      rejectUnauthorized,
      handshakeTimeout: this.#handshakeTimeout,
      ALPNProtocols: ["http/1.1"],
      // Otherwise they are random, and the sessions end with the next reload.
      ...(keys === undefined ? {} : { ticketKeys: keys }),
    });
    const site: RunningSite = {
      key: `${isFallback ? "*" : ""} ${one.serverName ?? ""}`,
      asksForCertificates: requestCert,
      server,
    };
    server.on("secureConnection", (socket: tls.TLSSocket) => {
      if (!renegotiates) socket.disableRenegotiation();
      this.#opened(socket, site);
      this.#ended(acceptedSocket(socket));
    });
    // A failed handshake concerns its client alone.
    server.on("tlsClientError", (_error, socket: tls.TLSSocket) => socket.destroy());
    return site;
  };

  #accept(socket: net.Socket): void {
    this.#handshakes.add(socket);
    socket.once("close", () => this.#ended(socket));
    // A reset. The 'close' event follows.
    socket.on("error", ignore);
    if (this.#gate === null) this.#begin(socket);
    else this.#gate.enterSecurely(socket, () => this.#begin(socket));
  }

  #begin(socket: net.Socket): void {
    if (this.#sites.byName) this.#awaitName(socket);
    else this.#sites.fallback.server.emit("connection", socket);
  }

  /** Reads the name that the client requests, and passes the connection, with all its bytes, to the server of that name. */
  #awaitName(socket: net.Socket): void {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), this.#handshakeTimeout);
    const stop = (): void => {
      clearTimeout(timer);
      socket.off("readable", read);
      socket.off("close", stop);
    };
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read())
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (received.length === 0) return;
      const name = readServerName(received);
      if (name === undefined) return;
      stop();
      socket.unshift(received);
      const sites = this.#sites;
      (typeof name === "string" ? sites.find(name) : sites.fallback).server.emit("connection", socket);
    };
    socket.on("readable", read);
    socket.on("close", stop);
  }

  #ended(socket: net.Socket | undefined): void {
    if (socket !== undefined && this.#handshakes.delete(socket)) this.#handshakeEnded();
  }
}

function ignore(): void {}
