import net from "node:net";
import type { TLSSocket } from "node:tls";
import { listenNow } from "./bind.ts";
import { adoptConnections } from "./handle-transport.ts";
import type { ResolvedOptions } from "./options.ts";
import { SocketTransport } from "./socket-transport.ts";
import type { ResolvedTLS } from "./tls-options.ts";
import { createTLSServer, type TLSServer } from "./tls-server.ts";
import type { MakeHandler } from "./transport.ts";

/** The listening socket of a server, and the connections that came through it. */
export class Listener {
  readonly secure: boolean;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly #unix: string | undefined;
  readonly #server: net.Server;
  readonly #tls: TLSServer | null;
  #connectionCount = 0;

  /**
   * Listens before it returns.
   * @throws Error if the address is taken or may not be used; what `node:tls` throws for keys and certificates
   */
  constructor(options: ResolvedOptions, tls: ResolvedTLS | undefined, makeHandler: MakeHandler) {
    const { bind } = options;
    this.secure = tls !== undefined;
    this.#unix = bind.unix;
    this.#tls = tls === undefined ? null : createTLSServer(tls, options.idleTimeout);
    this.#server = this.#tls?.server ?? net.createServer(PLAIN_OPTIONS);
    const opened: MakeHandler = (transport) => {
      this.#connectionCount++;
      return makeHandler(transport);
    };
    const closed = (): void => {
      this.#connectionCount--;
    };
    listenNow(this.#server, bind);
    const adopted =
      !this.secure &&
      process.env["MANTOU_TRANSPORT"] !== "stream" &&
      adoptConnections(this.#server, opened, closed);
    if (!adopted) {
      const event = this.secure ? "secureConnection" : "connection";
      this.#server.on(event, (socket: net.Socket) => new SocketTransport(socket, opened, closed));
    }
    // A connection that could not be accepted, too many files being open for example, is its client's loss alone.
    this.#server.on("error", () => {});
    // A handshake that failed concerns its client alone.
    this.#server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
    const address = this.#server.address();
    this.port =
      bind.unix !== undefined
        ? undefined
        : typeof address === "object" && address !== null
          ? address.port
          : bind.port;
    this.hostname = bind.unix !== undefined ? undefined : (bind.hostname ?? "localhost");
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  /** As clients write it: a wildcard address is reached as localhost, a default port is left out. */
  get url(): URL {
    if (this.#unix !== undefined) return new URL(`unix://${encodeURI(this.#unix.replace("\0", "%00"))}`);
    return new URL(`${this.secure ? "https" : "http"}://${this.authority}/`);
  }

  get authority(): string {
    const name = this.hostname ?? "localhost";
    const host = name === "0.0.0.0" || name === "::" ? "localhost" : net.isIPv6(name) ? `[${name}]` : name;
    return this.port === undefined ? host : `${host}:${this.port}`;
  }

  /**
   * Other certificates for handshakes from now on.
   * @throws TypeError if it has none; what OpenSSL makes of those that are none
   */
  rotate(tls: ResolvedTLS): void {
    if (this.#tls === null) throw new TypeError("tls cannot be turned on while the server listens");
    this.#tls.rotate(tls);
  }

  /** No more connections; those that are open stay. */
  close(): void {
    this.#server.close();
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }
}

/** A client may close its sending side first; small answers must not wait for more. */
const PLAIN_OPTIONS: net.ServerOpts = { allowHalfOpen: true, noDelay: true };
