import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import { normalName, type ResolvedCertificate, type ResolvedTLS } from "../options/tls-options.ts";
import { readServerName } from "./client-hello.ts";
import { acceptedSocket } from "./node-handle.ts";

/** Seconds for a handshake if `idleTimeout` is off. Node.js gives two minutes, which only slow attackers need. */
const HANDSHAKE_SECONDS = 60;

/** A client may not half close: `node:tls` would not even notice that it went away before or during the handshake. */
const SOCKET_OPTIONS: net.ServerOpts = { allowHalfOpen: false, noDelay: true };

/** One entry of the `tls` option, as connections and requests refer to it. */
export interface Site {
  /** Tells the entries of one server from each other; the same again for the same name after `reload`. */
  readonly key: string;
  /** Its clients are asked for a certificate. */
  readonly asksForCertificates: boolean;
}

interface RunningSite extends Site {
  readonly server: tls.Server;
}

/** The entries of the `tls` option, by the name that a client asks for (RFC 6066 §3). */
class Sites {
  readonly #byName = new Map<string, RunningSite>();
  /** For clients that name no server, or an unknown one. */
  readonly fallback: RunningSite;
  /** The name in the ClientHello decides something. */
  readonly byName: boolean;
  /** Some requests may be meant for an entry whose certificates their connection was not asked for. */
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
 * A server that listens for nothing yet, and takes other certificates while it runs.
 *
 * Each entry of the `tls` option is a `tls.Server` of its own, which gets the connections that ask for its name. An
 * `SNICallback` would change the certificate and the authorities of a connection alone: whether a client needs a certificate,
 * the ciphers, and the keys of session tickets would be the first entry's. Node.js 20 then lets a session that one
 * authority's client has got resume where another authority is asked for.
 */
export class TLSServer {
  readonly server: net.Server;
  readonly #handshakeTimeout: number;
  readonly #opened: (socket: tls.TLSSocket, site: Site) => void;
  readonly #handshakeEnded: () => void;
  /** Connections whose handshake has not ended. */
  readonly #handshakes = new Set<net.Socket>();
  #sites: Sites;

  /**
   * @param opened gets each connection whose handshake has succeeded
   * @param handshakeEnded is told behind that, and when one has failed
   * @throws OpenSSL's error for an invalid key or certificate
   */
  constructor(
    options: ResolvedTLS,
    idleTimeout: number,
    opened: (socket: tls.TLSSocket, site: Site) => void,
    handshakeEnded: () => void,
  ) {
    this.#handshakeTimeout = (idleTimeout === 0 ? HANDSHAKE_SECONDS : idleTimeout) * 1000;
    this.#opened = opened;
    this.#handshakeEnded = handshakeEnded;
    this.#sites = new Sites(options, this.#start);
    this.server = net.createServer(SOCKET_OPTIONS, (socket) => this.#accept(socket));
  }

  /** Handshakes that have begun: of a client that is silent nothing is to be expected. */
  get handshakes(): number {
    let begun = 0;
    for (const socket of this.#handshakes) if (socket.bytesRead > 0) begun++;
    return begun;
  }

  /**
   * Other certificates, and other demands on clients, for handshakes from now on.
   * @throws OpenSSL's error for an invalid key or certificate; then nothing has changed
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

  /** Whether a request must be refused: its host asks for certificates that its connection was not asked for. */
  isMisdirected(site: Site, host: string): boolean {
    const wanted = this.#sites.find(host);
    return wanted.asksForCertificates && wanted.key !== site.key;
  }

  #start = (one: ResolvedCertificate, isFallback: boolean): RunningSite => {
    const { context, requestCert, rejectUnauthorized, renegotiates } = one;
    const server = tls.createServer({
      ...context,
      requestCert,
      rejectUnauthorized,
      handshakeTimeout: this.#handshakeTimeout,
      ALPNProtocols: ["http/1.1"],
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
    // A handshake that failed concerns its client alone.
    server.on("tlsClientError", (_error, socket: tls.TLSSocket) => socket.destroy());
    return site;
  };

  #accept(socket: net.Socket): void {
    this.#handshakes.add(socket);
    socket.once("close", () => this.#ended(socket));
    // A reset; 'close' follows.
    socket.on("error", ignore);
    if (this.#sites.byName) this.#awaitName(socket);
    else this.#sites.fallback.server.emit("connection", socket);
  }

  /** Reads the name that the client asks for, and gives the connection, with all bytes, to that name's server. */
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
