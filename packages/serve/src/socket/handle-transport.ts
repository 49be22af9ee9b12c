import { Buffer } from "node:buffer";
import type { Server } from "node:net";
import type { SocketAddress } from "../api/server.ts";
import { runIsolated } from "../errors/log.ts";
import { Backlog } from "./backlog.ts";
import { listeningHandle, type Request, type StreamHandle, streamCalls } from "./node-handle.ts";
import { type MakeHandler, READ_BYTES_A_TURN, type Transport, type TransportHandler } from "./transport.ts";

/** Every connection reads into this one block: its handler parses the bytes, or copies what it keeps, before the next read. */
const SHARED_READ_BYTES = 64 * 1024;
const sharedRead = Buffer.allocUnsafeSlow(SHARED_READ_BYTES);

const NOTHING = new Uint8Array(0);

/** libuv's UV_EOF. */
const END = -4095;

/** One write takes so many of the bytes that wait. */
const BATCH_BYTES = 1024 * 1024;
/** One turn takes so many, if the operating system takes them all: some milliseconds, in which no other connection is served. */
const TURN_BYTES = 8 * 1024 * 1024;

type Piece = string | Uint8Array;

const { WriteRequest, ShutdownRequest, state, readBytesOrError, isUnderWay } = streamCalls;

/** The request of the next write. A write that is done at once does not use it, and leaves it for the one after that. */
let spare = new WriteRequest();

/**
 * A plain connection whose handle we drive ourselves, without the streams of `net.Socket`. On Node.js 26, compared with an adopted
 * handle in a `net.Socket`: with 64 connections an answer costs hardly less, with 1,000, whose streams fit in no cache, 7.5 µs of
 * CPU instead of 10.3, and a connection that is opened for one request 36 instead of 45.
 */
export class HandleTransport implements Transport {
  readonly #handle: StreamHandle;
  readonly #onClosed: () => void;
  handler: TransportHandler;
  /** Bytes of the write that is under way; 0 if there is none. */
  #writing = 0;
  /** What is to be written behind it; null if there is nothing. */
  #waiting: Backlog | null = null;
  /** Called when everything is written; null if there are none. */
  #drained: (() => void)[] | null = null;
  /** Nothing more may be written. */
  #ending = false;
  #ended = false;
  #peerEnded = false;
  /** The connection ends with our side. */
  #closing = false;
  #closed = false;
  #paused = false;
  /** Bytes that were read since the event loop was last left to others. */
  #read = 0;
  /** It is left to them until the next turn. */
  #waitsForTurn = false;
  #peer: SocketAddress | null = null;

  /** @param closed called when the connection is gone, before its handler is told */
  constructor(handle: StreamHandle, makeHandler: MakeHandler, closed: () => void) {
    this.#handle = handle;
    this.#onClosed = closed;
    this.handler = makeHandler(this);
    handle.owner = this;
    handle.onread = onRead;
    // Small answers must not wait for more.
    handle.setNoDelay?.(true);
    handle.useUserBuffer(sharedRead);
    this.resume();
  }

  /** @param count bytes in the shared block, or an error */
  received(count: number): void {
    if (count > 0) {
      this.handler.onBytes(sharedRead, 0, count);
      this.#read += count;
      if (this.#read >= READ_BYTES_A_TURN) this.#waitForTurn();
    } else if (count === END) {
      this.#peerEnded = true;
      this.handler.onEnd();
      this.#closeIfOver();
    } else if (count < 0) this.destroy();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get remoteAddress(): string | undefined {
    return this.#peerAddress()?.address;
  }

  get address(): SocketAddress | null {
    return this.#closed ? null : this.#peerAddress();
  }

  #peerAddress(): SocketAddress | null {
    if (this.#peer !== null || this.#closed) return this.#peer;
    const found: { address?: string; port?: number; family?: string } = {};
    this.#handle.getpeername?.(found);
    const { address, port, family } = found;
    if (address === undefined || port === undefined) return null;
    this.#peer = { address, port, family: family === "IPv6" ? "IPv6" : "IPv4" };
    return this.#peer;
  }

  get site(): null {
    return null;
  }

  peerCertificate(): null {
    return null;
  }

  get buffered(): number {
    return this.#waiting === null ? this.#writing : this.#writing + this.#waiting.size;
  }

  get congestion(): number {
    return this.buffered;
  }

  get taken(): number {
    return this.#handle.bytesWritten - this.#handle.writeQueueSize;
  }

  write(latin1: string): void {
    if (this.#ending) return;
    if (this.#mustWait) this.#wait(latin1);
    else this.#wrote(this.#handle.writeLatin1String(spare, latin1), latin1.length, null);
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.#ending) return;
    if (this.#mustWait) this.#wait(bytes);
    else this.#wrote(this.#handle.writeBuffer(spare, bytes), bytes.length, bytes);
  }

  writeAll(pieces: readonly Piece[]): void {
    if (this.#ending) return;
    if (this.#mustWait) for (const piece of pieces) this.#wait(piece);
    else this.#wrote(this.#handle.writev(spare, pieces.flatMap(withEncoding), false), sizeOf(pieces), pieces);
  }

  get #mustWait(): boolean {
    return this.#writing > 0 || this.#waiting !== null;
  }

  #wait(piece: Piece): void {
    if (piece.length === 0) return;
    this.#waiting ??= new Backlog();
    this.#waiting.add(piece);
  }

  /** @param pieces what was written, if it must not be collected before that is done */
  #wrote(error: number, size: number, pieces: Piece | readonly Piece[] | null): void {
    if (error !== 0) this.destroy();
    else if (state[isUnderWay] !== 0) {
      this.#writing = size;
      spare.owner = this;
      spare.pieces = pieces;
      spare.oncomplete = onWritten;
      spare = new WriteRequest();
    }
  }

  /** The write that was under way is done. */
  written(error: number): void {
    this.#writing = 0;
    if (this.#closed) return;
    if (error !== 0) {
      this.destroy();
      return;
    }
    this.#writeOn();
  }

  /** Writes what waits, until the operating system takes no more. */
  #writeOn(): void {
    for (let bytes = 0; this.#waiting !== null && this.#writing === 0; ) {
      if (bytes > TURN_BYTES) {
        setImmediate(() => this.#writeOn());
        return;
      }
      const blocks = this.#waiting.take(BATCH_BYTES);
      if (this.#waiting.size === 0) this.#waiting = null;
      const size = sizeOf(blocks);
      bytes += size;
      this.#wrote(this.#handle.writev(spare, blocks, true), size, blocks);
    }
    if (this.#writing > 0 || this.#closed) return;
    if (this.#ending) this.#shutDown();
    this.#settleDrained();
  }

  whenDrained(callback: () => void): void {
    // Not a microtask: a caller that asks again at once would keep the event loop from telling that the connection is gone.
    if (this.#closed || !this.#mustWait) setImmediate(callback);
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
    if (!this.#closed) this.#handle.readStop();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#closed && !this.#peerEnded && !this.#waitsForTurn) this.#handle.readStart();
  }

  #waitForTurn(): void {
    this.#read = 0;
    if (this.#closed) return;
    this.#waitsForTurn = true;
    this.#handle.readStop();
    setImmediate(() => {
      this.#waitsForTurn = false;
      if (!this.#paused) this.resume();
    });
  }

  probe(): void {
    // A write without bytes fails if the connection has been reset; one that is under way tells by itself.
    if (!this.#mustWait) this.writeBytes(NOTHING);
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (!this.#mustWait) this.#shutDown();
  }

  #shutDown(): void {
    const request = new ShutdownRequest();
    request.owner = this;
    request.oncomplete = onShutDown;
    // An error is that there is nothing to shut down any more.
    if (this.#handle.shutdown(request) !== 0) this.shutDown();
  }

  /** Our side has ended. */
  shutDown(): void {
    this.#ended = true;
    this.#closeIfOver();
  }

  close(): void {
    this.#closing = true;
    this.end();
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.#ended && (this.#peerEnded || this.#closing)) this.destroy();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending = true;
    this.#waiting = null;
    this.#handle.onread = ignore;
    this.#handle.close(() => {
      this.#onClosed();
      this.#settleDrained();
      this.handler.onClose();
    });
  }
}

// One of each for all connections: closures would take memory for each.

function onRead(this: StreamHandle): void {
  this.owner.received(state[readBytesOrError]!);
}

function onWritten(this: Request, status: number): void {
  this.owner.written(status);
}

function onShutDown(this: Request): void {
  this.owner.shutDown();
}

function ignore(): void {}

function sizeOf(pieces: readonly Piece[]): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}

function withEncoding(piece: Piece): [piece: Piece, encoding: string] {
  return [piece, "latin1"];
}

/**
 * Accepts the connections of a listening plain server by taking their handles before `node:net` does.
 * @returns false, and nothing has changed, if this runtime has no handles that we know
 */
export function adoptConnections(server: Server, makeHandler: MakeHandler, closed: () => void): boolean {
  const handle = listeningHandle(server);
  if (handle === null) return false;
  handle.onconnection = (error, accepted) => {
    // The same that net.Server does: an accept that failed (too many files, say) concerns its client alone.
    if (!error && accepted !== undefined) new HandleTransport(accepted, makeHandler, closed);
  };
  return true;
}
