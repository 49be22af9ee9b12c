import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Target } from "./target.ts";

/** More bytes on one connection are a flood: it is cut. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Milliseconds. A busy machine takes its time to accept; a port without a server refuses at once. */
const CONNECT_TIMEOUT = 10_000;
const NO_CONNECTION = `no connection within ${CONNECT_TIMEOUT} ms`;

/** What plain sockets read into: a piece is copied out of it before the next one comes, and no socket needs 64 KiB for a few bytes. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** The server's side of the connection: nothing said, a whole end, or broken off. */
export type ConnectionEnd = "open" | "closed" | "reset";

/** No connection came about. */
export class ConnectError extends Error {
  override readonly name: string = "ConnectError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One connection to the target. It holds what comes until an exchange reads it, up to a bound. */
export class Connection {
  readonly #socket: Socket;
  #received = 0;
  #end: ConnectionEnd = "open";
  #flooded = false;
  /** The bytes by which it has become a WebSocket. */
  handshake: string | null = null;
  /** How many exchanges it has had. */
  uses = 0;
  /** Called with each piece that comes, which nothing else changes: it may be kept. */
  onData: ((bytes: Buffer) => void) | null = null;
  /** Called when the server's side ends. */
  onEnd: (() => void) | null = null;
  /** Bytes came while no exchange was going on. */
  unexpected = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.take(bytes));
    socket.on("end", () => this.#finish("closed"));
    // A server that closes while bytes of ours are unread makes a reset of it: for the judges it has closed.
    socket.on("error", () => this.#finish("reset"));
    socket.on("close", () => this.#finish("reset"));
  }

  get end(): ConnectionEnd {
    return this.#end;
  }

  get flooded(): boolean {
    return this.#flooded;
  }

  write(bytes: Uint8Array): void {
    if (this.#end !== "reset" && bytes.length > 0) this.#socket.write(bytes);
  }

  /** Closes our side only. */
  halfClose(): void {
    if (this.#end !== "reset") this.#socket.end();
  }

  destroy(): void {
    this.onData = null;
    this.onEnd = null;
    this.#socket.destroy();
  }

  /** Bytes have come. */
  take(bytes: Buffer): void {
    this.#received += bytes.length;
    if (this.onData === null) this.unexpected = true;
    else this.onData(bytes);
    if (this.#received <= MOST_BYTES) return;
    this.#flooded = true;
    this.#finish("reset");
    this.#socket.destroy();
  }

  #finish(how: "closed" | "reset"): void {
    if (this.#end !== "open") return;
    this.#end = how;
    this.onEnd?.();
  }
}

/** @throws ConnectError if it does not come about in time */
export function openConnection(target: Target): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const { address, tls, servername } = target;
    // A variable, since the types of TLS do not have the option of its sockets.
    const options = { ...address, allowHalfOpen: true, noDelay: true };
    let connection: Connection | null = null;
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        connection?.take(Buffer.from(READ_BUFFER.subarray(0, length)));
        return true;
      },
    };
    const secure = { rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
    const socket = tls
      ? connectSecurely({ ...options, ...secure, ...(servername === "" ? {} : { servername }) })
      : connect({ ...options, onread });
    const fail = (code: string, message: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new ConnectError(code, message));
    };
    const timer = setTimeout(() => fail("ETIMEDOUT", NO_CONNECTION), CONNECT_TIMEOUT);
    const failed = (error: NodeJS.ErrnoException) => fail(error.code ?? "UNKNOWN", error.message);
    socket.once("error", failed);
    socket.once(tls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      connection = new Connection(socket);
      socket.off("error", failed);
      resolve(connection);
    });
  });
}

/**
 * Connects and says nothing, to find out whether the target is there.
 * @throws ConnectError if it is not
 */
export function knock({ address, tls }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(new ConnectError(code ?? "UNKNOWN", message)),
    );
    socket.setTimeout(CONNECT_TIMEOUT, () => {
      socket.destroy();
      reject(new ConnectError("ETIMEDOUT", NO_CONNECTION));
    });
    socket.once("connect", () => {
      // A TLS server may wait for a handshake although this side has ended.
      if (tls && !("path" in address)) socket.resetAndDestroy();
      else socket.destroy();
      resolve();
    });
  });
}
