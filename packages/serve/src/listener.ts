import net from "node:net";
import tls from "node:tls";
import { listenNow } from "./bind.ts";
import type { ResolvedOptions } from "./options.ts";
import { acceptStream, adoptConnections, Transport, type TransportHandler } from "./transport.ts";
import type { TLSOptions } from "./types.ts";

/** The listening socket of a server, and the connections that came through it. */
export class Listener {
  readonly secure: boolean;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly #unix: string | undefined;
  readonly #server: net.Server;
  #connectionCount = 0;

  /**
   * Listens before it returns.
   * @throws Error if the address is taken or may not be used; what `node:tls` throws for keys and certificates
   */
  constructor(options: ResolvedOptions, makeHandler: (transport: Transport) => TransportHandler) {
    const { bind } = options;
    this.secure = options.tls !== undefined;
    this.#unix = bind.unix;
    this.#server =
      options.tls === undefined
        ? net.createServer(PLAIN_OPTIONS)
        : createTLSServer(options.tls, options.idleTimeout);
    const accept = (socket: net.Socket): Transport => {
      this.#connectionCount++;
      socket.once("close", () => this.#connectionCount--);
      return new Transport(socket, makeHandler);
    };
    listenNow(this.#server, bind);
    const adopted =
      !this.secure && process.env["MANTOU_TRANSPORT"] !== "stream" && adoptConnections(this.#server, accept);
    if (!adopted) {
      const event = this.secure ? "secureConnection" : "connection";
      this.#server.on(event, (socket: net.Socket) => acceptStream(socket, accept));
    }
    // A connection that could not be accepted, too many files being open for example, is its client's loss alone.
    this.#server.on("error", () => {});
    // A handshake that failed concerns its client alone.
    this.#server.on("tlsClientError", (_error, socket: tls.TLSSocket) => socket.destroy());
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

/** Seconds for a handshake if `idleTimeout` is off. Node.js gives two minutes, which only serves those who want none. */
const HANDSHAKE_SECONDS = 60;

function createTLSServer(options: TLSOptions, idleTimeout: number): tls.Server {
  const { key, cert, ca, passphrase } = options;
  const pem = (value: TLSOptions["key"]): Buffer[] | undefined =>
    value === undefined
      ? undefined
      : (Array.isArray(value) ? value : [value]).map((item) => Buffer.from(item));
  const secure: tls.TlsOptions = {
    noDelay: true,
    // Not half open: `node:tls` would not even notice that a client went away before or during the handshake.
    allowHalfOpen: false,
    handshakeTimeout: (idleTimeout === 0 ? HANDSHAKE_SECONDS : idleTimeout) * 1000,
    ALPNProtocols: ["http/1.1"],
  };
  for (const [name, value] of Object.entries({ key: pem(key), cert: pem(cert), ca: pem(ca), passphrase })) {
    if (value !== undefined) (secure as Record<string, unknown>)[name] = value;
  }
  return tls.createServer(secure);
}
