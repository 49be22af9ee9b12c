import { Buffer } from "node:buffer";
import { type Server as NetServer, Socket } from "node:net";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { SocketAddress } from "./types.ts";

/** Who gets a connection's bytes and is told of its ends. Replaced when the connection changes its protocol. */
export interface TransportHandler {
  /** The bytes of `buffer` from `start` to `end`; the memory is used again when this returns. */
  onBytes(buffer: Buffer, start: number, end: number): void;
  /** The peer will send no more; it may still read. */
  onEnd(): void;
  /** The connection is gone. The last call. */
  onClose(): void;
}

const EMPTY = Buffer.alloc(0);

/**
 * One accepted connection. What differs between the two ways to read it, adopted handles and `'data'` events, is in
 * `accept` below and in nothing else.
 */
export class Transport {
  readonly #socket: Socket;
  #handler: TransportHandler;
  #closed = false;
  /** Who waits until everything is written; null if nobody. */
  #drained: (() => void)[] | null = null;

  /** @param closed called when the connection is gone, before its handler is told */
  constructor(
    socket: Socket,
    makeHandler: (transport: Transport) => TransportHandler,
    closed: () => void = () => {},
  ) {
    this.#socket = socket;
    this.#handler = makeHandler(this);
    socket.on("end", () => this.#handler.onEnd());
    socket.on("close", () => {
      this.#closed = true;
      closed();
      this.#settleDrained();
      this.#handler.onClose();
    });
    // A reset or a broken pipe; 'close' follows, and says all that anybody here can act on.
    socket.on("error", ignore);
  }

  set handler(handler: TransportHandler) {
    this.#handler = handler;
  }

  received(buffer: Buffer, start: number, end: number): void {
    this.#handler.onBytes(buffer, start, end);
  }

  get closed(): boolean {
    return this.#closed || this.#socket.destroyed;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** Null once the connection is closed, and for a Unix socket. */
  get address(): SocketAddress | null {
    const { remoteAddress, remotePort, remoteFamily } = this.#socket;
    if (this.closed || remoteAddress === undefined || remotePort === undefined) return null;
    return { address: remoteAddress, port: remotePort, family: remoteFamily === "IPv6" ? "IPv6" : "IPv4" };
  }

  /** Null without TLS, without a certificate, and once the connection is closed. */
  peerCertificate(): { certificate: PeerCertificate; authorized: boolean } | null {
    if (this.closed || !(this.#socket instanceof TLSSocket)) return null;
    const certificate = this.#socket.getPeerCertificate();
    // Node.js gives an empty object for none.
    if (certificate == null || Object.keys(certificate).length === 0) return null;
    return { certificate, authorized: this.#socket.authorized };
  }

  /** Bytes that were written and that the operating system has not taken. */
  get buffered(): number {
    return this.#socket.writableLength;
  }

  /**
   * Bytes that the operating system has taken, ever: grows as long as the peer reads, whatever is sent meanwhile, and
   * also while one large write is under way, where the runtime tells. So who reads slowly can be told from who does not
   * read. Not documented API; without it only whole writes count.
   */
  get taken(): number {
    const socket = this.#socket;
    const handle = (socket as { _handle?: { writeQueueSize?: unknown; bytesWritten?: unknown } | null })
      ._handle;
    if (typeof handle?.writeQueueSize === "number" && typeof handle.bytesWritten === "number") {
      return handle.bytesWritten - handle.writeQueueSize;
    }
    return socket.bytesWritten - socket.writableLength;
  }

  write(latin1: string): void {
    if (this.#socket.writable) this.#socket.write(latin1, "latin1");
  }

  /** The memory must stay as it is until it has been written. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Writes all pieces in one system call, if the operating system takes them. */
  writeAll(pieces: readonly (string | Uint8Array)[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    socket.cork();
    for (const piece of pieces) {
      if (typeof piece === "string") socket.write(piece, "latin1");
      else socket.write(piece);
    }
    socket.uncork();
  }

  /**
   * Calls back once when everything written so far is with the operating system, or the connection is gone.
   * `'drain'` would not do: a stream sends it only after its high-water mark was passed.
   */
  whenDrained(callback: () => void): void {
    if (this.#drained !== null) {
      this.#drained.push(callback);
      return;
    }
    this.#drained = [callback];
    // Not a microtask: whoever calls again at once would keep the event loop from telling that the connection is gone.
    if (this.closed || !this.#socket.writable) setImmediate(() => this.#settleDrained());
    // An empty write is finished when all before it are.
    else this.#socket.write(EMPTY, () => this.#settleDrained());
  }

  #settleDrained(): void {
    const callbacks = this.#drained;
    this.#drained = null;
    for (const callback of callbacks ?? []) callback();
  }

  /** Reads no more until `resume`, so that the peer's writes back up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes our sending side when everything is written. */
  end(): void {
    this.#socket.end();
  }

  /** Closes the connection when everything is written. */
  close(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function ignore(): void {}

type Accept = (socket: Socket) => Transport;

/** What we use of the handles behind `node:net`. Not documented API: probed in `adopt`, and touched nowhere else. */
interface ListeningHandle {
  onconnection: (error: number | undefined, handle: object | undefined) => void;
}

/** Every adopted socket reads into this one block: bytes are parsed, or copied by whoever keeps them, before the next read. */
const SHARED_READ_BYTES = 64 * 1024;
const sharedRead = Buffer.allocUnsafeSlow(SHARED_READ_BYTES);

/**
 * Accepts connections of a listening plain server by taking their handles before `node:net` does: with `onread` there
 * are no stream reads and no Buffer for each (1.2 times the requests per second of `'data'` on Node.js 26).
 * @returns false, and nothing has changed, if this runtime has no such handles
 */
export function adoptConnections(server: NetServer, accept: Accept): boolean {
  const handle = (server as { _handle?: Partial<ListeningHandle> | null })._handle;
  if (typeof handle !== "object" || handle === null || typeof handle.onconnection !== "function")
    return false;
  handle.onconnection = (error, accepted) => {
    // The same that net.Server does: an accept that failed (too many files, say) concerns nobody but its client.
    if (error || accepted === undefined) return;
    let transport: Transport | null = null;
    const socket = new Socket({
      handle: accepted,
      allowHalfOpen: true,
      onread: {
        buffer: sharedRead,
        callback: (length: number): boolean => {
          transport?.received(sharedRead, 0, length);
          return true;
        },
      },
    } as ConstructorParameters<typeof Socket>[0]);
    socket.setNoDelay(true);
    transport = accept(socket);
  };
  return true;
}

/** Accepts a connection through documented API only: TLS, other runtimes, or `MANTOU_TRANSPORT=stream`. */
export function acceptStream(socket: Socket, accept: Accept): void {
  const transport = accept(socket);
  socket.on("data", (chunk: Buffer) => transport.received(chunk, 0, chunk.length));
}
