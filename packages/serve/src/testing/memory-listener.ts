import { clearInterval, setInterval } from "node:timers";
import type { SocketAddress } from "../api/network.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import type { ResolvedTLS } from "../options/tls-options.ts";
import type { Gate } from "../socket/gate.ts";
import type { ServerListener } from "../socket/listener.ts";
import { serverAddress } from "../socket/server-address.ts";
import { SocketTransport } from "../socket/socket-transport.ts";
import type { MakeHandler, Transport } from "../socket/transport.ts";
import { MemorySocket } from "./memory-socket.ts";

/** The first of the ports that no service has (RFC 6335 §6). Clients have those from here on, and a server with `port: 0` this one. */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 16_384;

/** Longer than any test. */
const LONG_MS = 2 ** 30;

/** Connects clients of the same process to a server: it has an address, and listens nowhere. */
export class MemoryListener implements ServerListener {
  readonly secure: boolean;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly authority: string;
  readonly url: URL;
  readonly address: SocketAddress | string | null;
  readonly sitesDiffer = false;
  listening = true;
  connectionCount = 0;
  readonly #makeHandler: MakeHandler;
  readonly #gate: Gate | null;
  /** An open connection keeps the process alive, as on the wire. */
  #alive: NodeJS.Timeout | undefined;
  #clients = 0;

  /** @param gate what connections pass first; null for nothing */
  constructor(
    { bind }: ResolvedOptions,
    tls: ResolvedTLS | undefined,
    makeHandler: MakeHandler,
    gate: Gate | null,
  ) {
    this.secure = tls !== undefined;
    this.#gate = gate;
    this.#makeHandler = (transport) => {
      this.connectionCount++;
      this.#alive ??= setInterval(() => {}, LONG_MS);
      return gate === null ? makeHandler(transport) : gate.enter(transport, makeHandler);
    };
    const port = bind.port === 0 ? FIRST_DYNAMIC_PORT : bind.port;
    ({
      hostname: this.hostname,
      port: this.port,
      authority: this.authority,
      url: this.url,
      address: this.address,
    } = serverAddress(bind, this.secure, { address: "127.0.0.1", family: "IPv4", port }));
  }

  /**
   * Opens a connection.
   * @returns the client's end
   * @throws Error with the code ECONNREFUSED, if the server has stopped
   */
  connect(): MemorySocket {
    if (!this.listening) {
      const code = "ECONNREFUSED";
      throw Object.assign(new Error(`connect ${code}: the server has stopped`), { code, syscall: "connect" });
    }
    const clientPort = FIRST_DYNAMIC_PORT + (++this.#clients % DYNAMIC_PORTS);
    const [client, server] = MemorySocket.pair(this.port ?? 0, clientPort);
    new SocketTransport(server, this.#makeHandler, (transport) => this.#closed(transport));
    return client;
  }

  #closed(transport: Transport): void {
    this.#gate?.leave(transport);
    this.connectionCount--;
    if (this.connectionCount > 0) return;
    clearInterval(this.#alive);
    this.#alive = undefined;
  }

  isMisdirected(): boolean {
    return false;
  }

  /** Certificates are checked, and used for nothing. */
  rotate(): void {
    if (!this.secure) throw new TypeError("tls cannot be turned on while the server listens");
  }

  close(): void {
    this.listening = false;
  }

  closeBehindQueue(closed: () => void): void {
    this.close();
    closed();
  }

  abortHandshakes(): void {
    this.#gate?.abort();
  }

  ref(): void {}

  unref(): void {}
}
