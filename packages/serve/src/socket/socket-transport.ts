import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { SocketAddress } from "../api/server.ts";
import { runIsolated } from "../errors/log.ts";
import { Backlog } from "./backlog.ts";
import { bytesTaken, hasTakenAll } from "./node-handle.ts";
import type { Site } from "./tls-server.ts";
import { type MakeHandler, READ_BYTES_A_TURN, type Transport, type TransportHandler } from "./transport.ts";

/**
 * One write takes so many of the bytes that wait. TLS encrypts a write as a whole before the next event: this much takes it less
 * than a millisecond.
 */
const BATCH_BYTES = 256 * 1024;

/** Up to so many bytes may wait for TLS, while the operating system takes everything, without being called congestion. */
const ENCRYPTED_BYTES = 1024 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * A connection that `net.Socket` drives: TLS, runtimes whose handles we do not know, or `MANTOU_TRANSPORT=stream`.
 */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly site: Site | null;
  handler: TransportHandler;
  #closed = false;
  #paused = false;
  /** Bytes that were read since the event loop was last left to others. */
  #read = 0;
  /** It is left to them until the next turn. */
  #waitsForTurn = false;
  /** What is to be written behind the write that is under way; null if there is nothing. */
  #waiting: Backlog | null = null;
  /** Called when everything is written; null if there are none. */
  #drained: (() => void)[] | null = null;
  /** How the connection ends when everything is written; nothing more may be written then. */
  #ending: "end" | "close" | null = null;
  /** One for all writes: a stream keeps what is the same for several in one entry. */
  readonly #written = (): void => this.#writeOn();

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
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    socket.on("end", () => this.handler.onEnd());
    socket.on("close", () => {
      this.#closed = true;
      this.#waiting = null;
      runIsolated(closed);
      this.#settleDrained();
      this.handler.onClose();
    });
    // A reset or a broken pipe; 'close' follows, and is all that can be acted on here.
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
    const { writableLength } = this.#socket;
    return this.#waiting === null ? writableLength : writableLength + this.#waiting.size;
  }

  get congestion(): number {
    const { buffered } = this;
    if (buffered === 0 || buffered > ENCRYPTED_BYTES || !(this.#socket instanceof TLSSocket)) return buffered;
    return hasTakenAll(this.#socket) ? 0 : buffered;
  }

  get taken(): number {
    const socket = this.#socket;
    // Documented API counts a write that is under way only when all of it has been taken.
    return bytesTaken(socket) ?? socket.bytesWritten - socket.writableLength;
  }

  write(latin1: string): void {
    if (this.#mustWait) this.#wait(latin1);
    else if (this.#mayWrite) this.#socket.write(latin1, "latin1", this.#written);
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.#mustWait) this.#wait(bytes);
    else if (this.#mayWrite) this.#socket.write(bytes, this.#written);
  }

  writeAll(pieces: readonly (string | Uint8Array)[]): void {
    if (this.#mustWait) for (const piece of pieces) this.#wait(piece);
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

  /** A stream would keep an object for each piece, however small, and write them all at once. */
  get #mustWait(): boolean {
    return this.#waiting !== null || this.#socket.writableLength > 0;
  }

  #wait(piece: string | Uint8Array): void {
    if (piece.length === 0 || !this.#mayWrite) return;
    this.#waiting ??= new Backlog();
    this.#waiting.add(piece);
  }

  /** A write is done, or has failed: then the connection is about to be closed. */
  #writeOn(): void {
    const socket = this.#socket;
    if (socket.writableLength > 0 || this.closed) return;
    if (this.#waiting !== null) {
      const blocks = this.#waiting.take(BATCH_BYTES);
      if (this.#waiting.size === 0) this.#waiting = null;
      this.#writeTogether(blocks);
      return;
    }
    if (this.#ending !== null) this.#end(this.#ending);
    this.#settleDrained();
  }

  /** `'drain'` would not do: a stream sends it only after its high-water mark was passed. */
  whenDrained(callback: () => void): void {
    // Not a microtask: a caller that asks again at once would keep the event loop from telling that the connection is gone.
    if (this.closed || !this.#mustWait) setImmediate(callback);
    else if (this.#drained === null) this.#drained = [callback];
    else this.#drained.push(callback);
  }

  #settleDrained(): void {
    const callbacks = this.#drained;
    this.#drained = null;
    for (const callback of callbacks ?? []) runIsolated(callback);
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
    this.handler.onBytes(chunk, 0, chunk.length);
    this.#read += chunk.length;
    if (this.#read < READ_BYTES_A_TURN) return;
    this.#read = 0;
    this.#waitsForTurn = true;
    this.#socket.pause();
    setImmediate(() => {
      this.#waitsForTurn = false;
      if (!this.#paused) this.#socket.resume();
    });
  }

  probe(): void {
    // A write without bytes fails if the connection has been reset.
    if (!this.#mustWait) this.writeBytes(NOTHING);
  }

  end(): void {
    this.#ending ??= "end";
    if (this.#waiting === null) this.#end(this.#ending);
  }

  close(): void {
    this.#ending = "close";
    if (this.#waiting === null) this.#end("close");
  }

  /** What is under way is waited for by the stream itself. */
  #end(how: "end" | "close"): void {
    if (how === "end") this.#socket.end();
    else this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function ignore(): void {}
