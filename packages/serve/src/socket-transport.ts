import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { Site } from "./tls-server.ts";
import type { MakeHandler, Transport, TransportHandler } from "./transport.ts";
import type { SocketAddress } from "./types.ts";

const EMPTY = Buffer.alloc(0);

/**
 * A connection through documented API only: TLS, runtimes whose handles we do not know, or `MANTOU_TRANSPORT=stream`.
 */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly site: Site | null;
  handler: TransportHandler;
  #closed = false;
  /** Who waits until everything is written. */
  readonly #waiting = new Set<() => void>();

  /** @param closed called when the connection is gone, before its handler is told */
  constructor(
    socket: Socket,
    makeHandler: MakeHandler,
    closed: () => void = () => {},
    site: Site | null = null,
  ) {
    this.#socket = socket;
    this.site = site;
    this.handler = makeHandler(this);
    socket.on("data", (chunk: Buffer) => this.handler.onBytes(chunk, 0, chunk.length));
    socket.on("end", () => this.handler.onEnd());
    socket.on("close", () => {
      this.#closed = true;
      closed();
      for (const settle of this.#waiting) settle();
      this.handler.onClose();
    });
    // A reset or a broken pipe; 'close' follows, and says all that anybody here can act on.
    socket.on("error", ignore);
  }

  get closed(): boolean {
    return this.#closed || this.#socket.destroyed;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get address(): SocketAddress | null {
    const { remoteAddress, remotePort, remoteFamily } = this.#socket;
    if (this.closed || remoteAddress === undefined || remotePort === undefined) return null;
    return { address: remoteAddress, port: remotePort, family: remoteFamily === "IPv6" ? "IPv6" : "IPv4" };
  }

  peerCertificate(): { certificate: PeerCertificate; authorized: boolean } | null {
    if (this.closed || !(this.#socket instanceof TLSSocket)) return null;
    const certificate = this.#socket.getPeerCertificate();
    // Node.js gives an empty object for none.
    if (certificate == null || Object.keys(certificate).length === 0) return null;
    return { certificate, authorized: this.#socket.authorized };
  }

  get buffered(): number {
    return this.#socket.writableLength;
  }

  /** While one large write is under way, only undocumented API tells how much of it has been taken. */
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

  writeBytes(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

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

  /** `'drain'` would not do: a stream sends it only after its high-water mark was passed. */
  whenDrained(callback: () => void): void {
    // Not a microtask: whoever calls again at once would keep the event loop from telling that the connection is gone.
    if (this.closed || !this.#socket.writable) {
      setImmediate(callback);
      return;
    }
    const settle = (): void => {
      if (this.#waiting.delete(settle)) callback();
    };
    this.#waiting.add(settle);
    // An empty write is finished when all before it are.
    this.#socket.write(EMPTY, settle);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function ignore(): void {}
