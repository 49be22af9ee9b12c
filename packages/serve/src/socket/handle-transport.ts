import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { SocketAddress } from "../api/network.ts";
import { asBuffer } from "../fetch/bytes.ts";
import { BROKEN, readDirectly } from "./direct-read.ts";
import { HandleWriter } from "./handle-writer.ts";
import { peerAddress, type StreamHandle, streamCalls } from "./node-handle.ts";
import { shortTurns, type Waiting } from "./short-turns.ts";
import { type MakeHandler, READ_BYTES_A_TURN, type Transport, type TransportHandler } from "./transport.ts";
import { turnWrites } from "./turn-writes.ts";

/** All connections read into this one block. A handler parses the bytes, or copies those that it keeps, before the next read. */
const SHARED_READ_BYTES = 64 * 1024;
const sharedRead = Buffer.allocUnsafeSlow(SHARED_READ_BYTES);

/** libuv's UV_EOF. */
const END = -4095;

const { state, readBytesOrError } = streamCalls;

/**
 * A plain connection whose handle we drive ourselves, without the streams of `net.Socket`. Compared with an adopted handle in a
 * `net.Socket` on Node.js 26: with 64 connections a response costs hardly less. With 1,000, whose streams fit in no cache, it
 * costs 7.5 µs of CPU in place of 10.3. A connection that is opened for one request costs 36 µs in place of 45. Here are its reads and its
 * end; what is written is in its base class.
 */
export class HandleTransport extends HandleWriter implements Transport, Waiting {
  readonly #onClosed: (transport: Transport) => void;
  handler: TransportHandler;
  #peerEnded = false;
  /** The connection is closed as soon as our sending side is. */
  #closing = false;
  #closed = false;
  #paused = false;
  /** Bytes that were read since this connection last waited for another turn. */
  #read = 0;
  /** It reads no more in this turn of the event loop. */
  #waitsForTurn = false;
  /** Undefined until it is looked up. */
  #peer: SocketAddress | null | undefined = undefined;

  /** @param closed is called when the connection is gone, before `onClose` of its handler */
  constructor(handle: StreamHandle, makeHandler: MakeHandler, closed: (transport: Transport) => void) {
    super(handle);
    this.#onClosed = closed;
    this.handler = makeHandler(this);
    // As with `node:http` and in Bun, requests have the `AsyncLocalStorage` of `serve()`.
    handle.asyncReset?.(handle);
    handle.owner = this;
    handle.onread = onRead;
    // Nagle's algorithm would hold small responses back.
    handle.setNoDelay?.(true);
    handle.useUserBuffer(sharedRead);
    this.resume();
  }

  /** @param count the number of bytes in the shared block, or libuv's error */
  received(count: number): void {
    if (count > 0) {
      turnWrites.beforeRead();
      this.handler.onBytes(sharedRead, 0, count);
      this.#read += count;
      // Otherwise there is nothing more at present.
      if (count === SHARED_READ_BYTES) this.#readOn();
      if (this.#read >= READ_BYTES_A_TURN || (shortTurns.on && shortTurns.isOver())) this.#waitForTurn();
    } else if (count === END) {
      this.#peerEnded = true;
      this.handler.onEnd();
      this.closeIfOver();
    } else if (count < 0) this.destroy();
  }

  /** Reads what else has come straight into the memory in which it belongs, if the handler has such memory. */
  #readOn(): void {
    while (!this.#paused && !this.#closed && this.#read < READ_BYTES_A_TURN) {
      const memory = this.handler.takeMemory?.() ?? null;
      if (memory === null) return;
      const count = readDirectly(this.handle, memory, READ_BYTES_A_TURN - this.#read);
      if (count === BROKEN) this.destroy();
      if (count <= 0) return;
      this.#read += count;
      this.handler.onBytes(asBuffer(memory), 0, count);
      if (count < memory.length) return;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  get remoteAddress(): string | undefined {
    return this.#findPeer()?.address;
  }

  get address(): SocketAddress | null {
    return this.#closed ? null : this.#findPeer();
  }

  setAddress(address: SocketAddress | null): void {
    this.#peer = address;
  }

  #findPeer(): SocketAddress | null {
    if (this.#peer === undefined && !this.#closed) this.#peer = peerAddress(this.handle);
    return this.#peer ?? null;
  }

  get site(): null {
    return null;
  }

  peerCertificate(): null {
    return null;
  }

  pause(): void {
    this.#paused = true;
    if (!this.#closed) this.handle.readStop();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#closed && !this.#peerEnded && !this.#waitsForTurn) this.handle.readStart();
  }

  #waitForTurn(): void {
    this.#read = 0;
    if (this.#closed) return;
    this.#waitsForTurn = true;
    this.handle.readStop();
    if (shortTurns.on) shortTurns.wait(this);
    else setImmediate(() => this.turnCame());
  }

  turnCame(): void {
    this.#waitsForTurn = false;
    if (!this.#paused) this.resume();
  }

  close(): void {
    this.#closing = true;
    // The system itself sends the end behind the bytes that it has taken.
    if (!this.mustWait) this.destroy();
    else this.end();
  }

  protected closeIfOver(): void {
    if (this.sending === "ended" && (this.#peerEnded || this.#closing)) this.destroy();
  }

  reset(): void {
    // The system resets no connection whose sending side is closed, or is being closed.
    this.destroy(this.sending === "open");
  }

  destroy(byReset = false): void {
    if (this.#closed) return;
    this.#closed = true;
    this.sending = "ended";
    this.waiting = null;
    this.handle.onread = ignore;
    const onClosed = (): void => {
      this.#onClosed(this);
      this.callDrained();
      this.handler.onClose();
    };
    if (byReset && this.handle.reset !== undefined) this.handle.reset(onClosed);
    else this.handle.close(onClosed);
  }
}

/** All connections share this function: a closure would take memory for each. */
function onRead(this: StreamHandle): void {
  (this.owner as HandleTransport).received(state[readBytesOrError]!);
}

function ignore(): void {}
