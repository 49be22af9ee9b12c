import type { Socket } from "node:net";
import type { SocketAddress } from "../api/network.ts";
import { toSocketAddress } from "../options/ip-address.ts";
import type { ResolvedLimits } from "../options/limits-options.ts";
import type { ProxiedSource } from "../proxy/header.ts";
import type { TrustedProxies } from "../proxy/trusted-proxies.ts";
import { ConnectionCounts } from "./connection-counts.ts";
import type { ProxyHeaders } from "./proxy-headers.ts";
import type { HandshakeGate } from "./tls-server.ts";
import type { MakeHandler, Transport, TransportHandler } from "./transport.ts";

/** The status for a connection too many: of all, and of its address. */
export type RefusedStatus = 503 | 429;

/** Refused connections that are answered at a time. The others are closed at once: the answers must not take what the limits save. */
const REFUSED_AT_ONCE = 64;

/** What a connection passes before anything else of it is read: the limits of connections, and its PROXY header. */
export class Gate implements HandshakeGate {
  readonly #counts: ConnectionCounts | null;
  readonly #headers: ProxyHeaders | null;
  readonly #proxies: TrustedProxies | null;
  readonly #refuse: (transport: Transport, status: RefusedStatus, over: () => void) => TransportHandler;
  /** Of connections with TLS: what their headers have told, by the socket below TLS. */
  readonly #sources = new WeakMap<object, ProxiedSource>();
  readonly #refused = new Set<Transport>();

  /**
   * @param headers null without the PROXY protocol
   * @param proxies whose connections count for no address; null if no proxy is trusted
   * @param refuse makes the handler of a connection too many, which calls `over` when that is gone
   */
  constructor(
    { maxConnections, maxConnectionsPerIP }: ResolvedLimits,
    headers: ProxyHeaders | null,
    proxies: TrustedProxies | null,
    refuse: (transport: Transport, status: RefusedStatus, over: () => void) => TransportHandler,
  ) {
    const isLimited = maxConnections !== 0 || maxConnectionsPerIP !== 0;
    this.#counts = isLimited ? new ConnectionCounts(maxConnections, maxConnectionsPerIP) : null;
    this.#headers = headers;
    this.#proxies = proxies;
    this.#refuse = refuse;
  }

  /** The first handler of a plain connection. */
  enter(transport: Transport, makeHandler: MakeHandler): TransportHandler {
    if (this.#counts?.enter(transport) === false) return this.#refusal(transport, 503);
    if (this.#headers === null) return this.#locate(transport, makeHandler);
    return this.#headers.read(transport, (source) => {
      if (source !== "own") transport.setAddress(source);
      return this.#locate(transport, makeHandler);
    });
  }

  #locate(transport: Transport, makeHandler: MakeHandler): TransportHandler {
    return this.#hasRoom(transport, transport.address)
      ? makeHandler(transport)
      : this.#refusal(transport, 429);
  }

  /**
   * Lets a connection pass, or closes it: before the TLS handshake there is no answer, and a handshake is work.
   * @param begin begins the handshake
   */
  enterSecurely(socket: Socket, begin: () => void): void {
    if (this.#counts?.enter(socket) === false) {
      socket.destroy();
      return;
    }
    socket.once("close", () => this.leave(socket));
    const locate = (source: ProxiedSource): void => {
      if (source !== "own") this.#sources.set(socket, source);
      if (this.#hasRoom(socket, source === "own" ? addressOf(socket) : source)) begin();
      else socket.destroy();
    };
    if (this.#headers === null) locate("own");
    else this.#headers.readBelowTLS(socket, locate);
  }

  /** What the header of a connection with TLS has told, by the socket below TLS. */
  sourceOf(socket: Socket | undefined): ProxiedSource {
    const source = socket === undefined ? undefined : this.#sources.get(socket);
    return source === undefined ? "own" : source;
  }

  /** The connection is gone. */
  leave(connection: object): void {
    this.#counts?.leave(connection);
  }

  /** Closes the connections whose headers have not come. */
  close(): void {
    this.#headers?.close();
  }

  /** Closes those that are being refused, too. */
  abort(): void {
    for (const transport of [...this.#refused]) transport.destroy();
  }

  #hasRoom(connection: object, address: SocketAddress | null): boolean {
    if (this.#counts === null || address === null || this.#proxies?.includes(address) === true) return true;
    return this.#counts.locate(connection, address.address);
  }

  #refusal(transport: Transport, status: RefusedStatus): TransportHandler {
    if (this.#refused.size >= REFUSED_AT_ONCE) transport.destroy();
    else this.#refused.add(transport);
    return this.#refuse(transport, status, () => this.#refused.delete(transport));
  }
}

function addressOf({ remoteAddress, remotePort, remoteFamily }: Socket): SocketAddress | null {
  return toSocketAddress(remoteAddress, remotePort, remoteFamily);
}
