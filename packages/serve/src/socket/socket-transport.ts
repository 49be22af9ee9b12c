import { AsyncResource } from "node:async_hooks";
import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { SocketAddress } from "../api/network.ts";
import { runIsolated } from "../errors/log.ts";
import { toSocketAddress } from "../options/ip-address.ts";
import { WaitingWrites } from "./backlog.ts";
import { acceptedSocket, bytesTaken, hasTakenAll } from "./node-handle.ts";
import { shortTurns, type Waiting } from "./short-turns.ts";
import type { Site } from "./tls-server.ts";
import { type MakeHandler, READ_BYTES_A_TURN, type Transport, type TransportHandler } from "./transport.ts";
import { turnWrites } from "./turn-writes.ts";

/**
 * The most waiting bytes of one write. TLS encrypts a write as a whole before the next event: this many bytes take less than a
 * millisecond.
 */
const BATCH_BYTES = 256 * 1024;

/** Up to so many bytes that wait for TLS are not congestion, as long as the operating system takes all bytes. */
const ENCRYPTED_BYTES = 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** What is used of a `net.Socket`. Connections in memory have it, too. */
export interface StreamSocket extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly remoteFamily?: string | undefined;
  /** Also those that wait in the stream. */
  readonly bytesWritten: number;
  /** Destroys the stream behind all that has been written. */
  destroySoon(): void;
  /** Throws for a socket that is not TCP's own. */
  resetAndDestroy?(): unknown;
}

/**
 * A connection that `net.Socket` drives: with TLS, where handles are not known, or with `MANTOU_TRANSPORT=stream`; or one in memory.
 */
export class SocketTransport extends WaitingWrites implements Transport, Waiting {
  readonly #socket: StreamSocket;
  readonly site: Site | null;
  handler: TransportHandler;
  /** What a proxy has told; undefined for the socket's own. */
  #address: SocketAddress | null | undefined = undefined;
  #closed = false;
  #paused = false;
  /** Bytes that were read since this connection last waited for another turn. */
  #read = 0;
  /** It reads no more in this turn of the event loop. */
  #waitsForTurn = false;
  /** How the connection ends when all bytes are written; null as long as more may be written. */
  #ending: "end" | "close" | null = null;
  /** All writes have the same callback: a stream then keeps one entry for several writes. */
  readonly #written = (): void => this.#writeOn();

  /** @param closed is called when the connection is gone, before `onClose` of its handler */
  constructor(
    socket: StreamSocket,
    makeHandler: MakeHandler,
    closed: (transport: Transport) => void = () => {},
    site: Site | null = null,
  ) {
    super();
    this.#socket = socket;
    // A client that has sent all may end its side, and still gets its responses.
    socket.allowHalfOpen = true;
    this.site = site;
    this.handler = makeHandler(this);
    // This is called in the async context of `serve()`. A stream gives what it holds in that of `resume`, which is a handler's, mostly.
    const scope = new AsyncResource("mantou.connection");
    const received = (chunk: Buffer): void => this.#received(chunk);
    socket.on("data", (chunk: Buffer) => scope.runInAsyncScope(received, undefined, chunk));
    socket.on("end", () => scope.runInAsyncScope(() => this.handler.onEnd()));
    socket.on("close", () => {
      this.#closed = true;
      this.waiting = null;
      runIsolated(() => closed(this));
      this.callDrained();
      scope.runInAsyncScope(() => this.handler.onClose());
    });
    // After a reset or a broken pipe the socket is destroyed already. Of a client that renegotiates TLS when it must not, Node.js only tells.
    socket.on("error", () => socket.destroy());
  }

  get closed(): boolean {
    return this.#closed || this.#socket.destroyed;
  }

  get remoteAddress(): string | undefined {
    return this.#address === undefined ? this.#socket.remoteAddress : this.#address?.address;
  }

  setAddress(address: SocketAddress | null): void {
    this.#address = address;
  }

  get address(): SocketAddress | null {
    if (this.#address !== undefined) return this.closed ? null : this.#address;
    const { remoteAddress, remotePort, remoteFamily } = this.#socket;
    return this.closed ? null : toSocketAddress(remoteAddress, remotePort, remoteFamily);
  }

  peerCertificate(): { certificate: PeerCertificate; authorized: boolean } | null {
    if (this.closed || !(this.#socket instanceof TLSSocket)) return null;
    const certificate = this.#socket.getPeerCertificate();
    // Node.js gives an empty object if there is no certificate.
    if (certificate == null || Object.keys(certificate).length === 0) return null;
    return { certificate, authorized: this.#socket.authorized };
  }

  get buffered(): number {
    const { writableLength } = this.#socket;
    return this.waiting === null ? writableLength : writableLength + this.waiting.size;
  }

  get congestion(): number {
    const { buffered } = this;
    if (buffered === 0 || buffered > ENCRYPTED_BYTES || !(this.#socket instanceof TLSSocket)) return buffered;
    return hasTakenAll(this.#socket) ? 0 : buffered;
  }

  get taken(): number {
    const socket = this.#socket;
    // Documented API counts a write only when the operating system has taken all of it.
    return bytesTaken(socket) ?? socket.bytesWritten - socket.writableLength;
  }

  write(latin1: string): void {
    if (this.mustWait) this.wait(latin1);
    else if (this.#mayWrite) this.#socket.write(latin1, "latin1", this.#written);
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.mustWait) this.wait(bytes);
    else if (this.#mayWrite) this.#socket.write(bytes, this.#written);
  }

  writeAll(pieces: readonly (string | Uint8Array)[]): void {
    if (this.mustWait) for (const piece of pieces) this.wait(piece);
    else if (this.#mayWrite) this.#writeTogether(pieces);
  }

  #writeTogether(pieces: readonly (string | Uint8Array)[]): void {
    const socket = this.#socket;
    socket.cork();
    for (const piece of pieces) {
      if (typeof piece === "string") socket.write(piece, "latin1", this.#written);
      else socket.write(piece, this.#written);
    }
    socket.uncork();
  }

  get #mayWrite(): boolean {
    return this.#ending === null && this.#socket.writable;
  }

  /** A stream would keep an object for each piece, however small, and write all of them at once. */
  protected get mustWait(): boolean {
    return this.waiting !== null || this.#socket.writableLength > 0;
  }

  protected override wait(piece: string | Uint8Array): void {
    if (this.#mayWrite) super.wait(piece);
  }

  /** Called after each write. After one that failed, the connection is about to be closed. */
  #writeOn(): void {
    const socket = this.#socket;
    if (socket.writableLength > 0 || this.closed) return;
    if (this.waiting !== null) {
      this.#writeTogether(this.takeWaiting(this.waiting, BATCH_BYTES));
      return;
    }
    // First what waits for the bytes: behind the end this connection may be closed.
    const ending = this.#ending;
    this.callDrained();
    if (ending !== null) this.#end(ending);
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#waitsForTurn) this.#socket.resume();
  }

  #received(chunk: Buffer): void {
    turnWrites.beforeRead();
    this.handler.onBytes(chunk, 0, chunk.length);
    this.#read += chunk.length;
    if (this.#read >= READ_BYTES_A_TURN || (shortTurns.on && shortTurns.isOver())) this.#waitForTurn();
  }

  #waitForTurn(): void {
    this.#read = 0;
    if (this.closed) return;
    this.#waitsForTurn = true;
    this.#socket.pause();
    if (shortTurns.on) shortTurns.wait(this);
    else setImmediate(() => this.turnCame());
  }

  turnCame(): void {
    this.#waitsForTurn = false;
    if (!this.#paused) this.#socket.resume();
  }

  probe(): void {
    if (this.mustWait || !this.#mayWrite) return;
    // An empty write fails if the connection has been reset. Of a TLS socket it succeeds all the same, so it goes below TLS.
    const socket = this.#socket instanceof TLSSocket ? acceptedSocket(this.#socket) : this.#socket;
    socket?.write(NOTHING);
  }

  end(): void {
    this.#ending ??= "end";
    if (this.waiting === null) this.#end(this.#ending);
  }

  close(): void {
    this.#ending = "close";
    if (this.waiting === null) this.#end("close");
  }

  /** The stream itself waits for the write that is under way. */
  #end(how: "end" | "close"): void {
    if (how === "end") this.#socket.end();
    else this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    // Many clients take the end of a connection for that of TLS, too, so it goes below TLS.
    const socket = this.#socket instanceof TLSSocket ? acceptedSocket(this.#socket) : this.#socket;
    const isTcp = socket?.remoteAddress !== undefined;
    if (isTcp && !this.closed && this.#ending === null) socket.resetAndDestroy?.();
    this.#socket.destroy();
  }
}
