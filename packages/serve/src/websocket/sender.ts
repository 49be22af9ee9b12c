import { Buffer } from "node:buffer";
import type { Connection, MessageCodec } from "@mantou/websocket";
import type { Flushed } from "../socket/flush-scheduler.ts";
import type { Transport } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import { callHandler, type HandlerOwner } from "./call-handler.ts";
import type { Recipient } from "./congestion.ts";
import type { JoinedMessages } from "./joined-messages.ts";
import { readBlob } from "./message.ts";
import { type Publisher, TAKEN_BYTES } from "./publisher.ts";

/** Bytes that may wait, ahead of a message, for a Blob or the thread pool before `send` tells of backpressure. */
const WAITING_BYTES = 64 * 1024;

/**
 * Bytes that each of those messages counts besides its own, which may be none: so the limit bounds their memory, and the work that is
 * done at once when their turn comes. Some thousands are allowed by any limit.
 */
const MESSAGE_COST = 512;
const LEAST_COST_LIMIT = 4 * 1024 * 1024;

/** The connection that messages are sent on. */
export interface SenderHost extends HandlerOwner, Recipient {
  readonly publisher: Publisher;
  readonly transport: Transport;
  readonly writeQueue: WriteQueue;
  /** The application has nothing more to do with it. */
  readonly closed: boolean;
  /** Ends it without a goodbye. */
  abort(reason: string): void;
}

/** What is sent on a WebSocket by the application: in its order, and not without end to a client that does not read. */
export class WebSocketSender implements Flushed {
  readonly #connection: SenderHost;
  readonly #machine: Connection;
  /** Null without compression. */
  readonly #codec: MessageCodec | null;
  #drainPending = false;
  /** What has to be written before `drain` is not ready to be. */
  #drainWaits = false;
  #congested = false;
  /** The socket counts as congested until what is not ready has been written. */
  #congestionWaits = false;
  awaitsFlush = false;

  constructor(connection: SenderHost, machine: Connection, codec: MessageCodec | null) {
    this.#connection = connection;
    this.#machine = machine;
    this.#codec = codec;
  }

  /**
   * Bytes that were sent and that the operating system does not take. What leaves at the end of the turn is not among them, unless it
   * has to wait behind others: the client has had no chance to read it.
   */
  get buffered(): number {
    const { transport, writeQueue } = this.#connection;
    const { congestion } = transport;
    const waiting = congestion === 0 ? 0 : congestion + writeQueue.size;
    return waiting + this.#machine.queuedBytes;
  }

  /**
   * What `publish` says for this subscriber, which `drain` tells when it is over: 0 if the message is going to be dropped, -1 if it is
   * going to wait; undefined if it waits for a little that is not ready, if at all.
   */
  meetPublished(): 0 | -1 | undefined {
    const { publisher, options } = this.#connection;
    // What was published before this may be what exceeds the limit.
    if (publisher.waitingBytes > 0 && this.buffered + publisher.waitingBytes > options.backpressureLimit)
      publisher.deliver();
    const status = this.#isOverLimit() ? 0 : this.#isHeldUp(this.#machine.queuedBytes) ? -1 : undefined;
    if (status !== undefined) this.#awaitDrain();
    return status;
  }

  /** Writes what the turn has collected. */
  flush(): void {
    const { writeQueue, transport } = this.#connection;
    writeQueue.flush();
    if (transport.congestion > 0) this.#noteCongestion();
  }

  /** Something is to be written at the end of the turn. */
  flushLater(): void {
    this.#connection.publisher.flushScheduler.add(this);
  }

  /** `publish` has to know which subscribers do not keep up, without a look at all of them. */
  #noteCongestion(): void {
    if (this.#congested) return;
    this.#congested = true;
    this.#connection.publisher.congestion.add(this.#connection);
    this.#forgetWhenDrained();
  }

  #forgetWhenDrained(): void {
    this.#connection.transport.whenDrained(() => {
      this.#congestionWaits = this.#machine.waiting;
      if (!this.#congestionWaits) this.forgetCongestion();
    });
  }

  /** Nothing is held up any more; or the socket is closed, and nothing will be. */
  forgetCongestion(): void {
    if (!this.#congested) return;
    this.#congested = false;
    this.#connection.publisher.congestion.delete(this.#connection);
  }

  /** @param ahead bytes that are not ready, and go before a message */
  #isHeldUp(ahead: number): boolean {
    return this.#connection.transport.congestion > 0 || ahead > WAITING_BYTES;
  }

  // These send unless the socket is closed or its client is too slow, and return what `ServerWebSocket.send` does.

  text(data: string, compress: boolean): number {
    return this.#begin() && this.#machine.text(data, compress) ? this.#sent(Buffer.byteLength(data)) : 0;
  }

  binary(bytes: Buffer, compress: boolean): number {
    return this.#begin() && this.#machine.binary(bytes, compress) ? this.#sent(bytes.length) : 0;
  }

  control(name: "ping" | "pong", bytes: Buffer): number {
    return this.#begin() && this.#machine[name](bytes) ? this.#sent(bytes.length) : 0;
  }

  /** Whether anything may be sent. */
  #begin(): boolean {
    const { closed, subscriber } = this.#connection;
    if (closed || this.#overflowing()) return false;
    // What was published before this has to arrive before it.
    if (subscriber.hasPending) subscriber.flush();
    return true;
  }

  /** A Blob's bytes are read in a later turn, and what is sent after it goes behind it. */
  blob(blob: Blob, compress: boolean): number {
    const fill = this.#begin() ? this.#machine.reserve(blob.size, compress) : null;
    if (fill === null) return 0;
    const write = (bytes: Uint8Array | null): void => {
      fill(bytes);
      this.written();
    };
    readBlob(blob, write, () => write(null));
    return this.#sent(blob.size);
  }

  /** Sends what was published, joined once for everyone who gets the same. */
  deliver(joined: JoinedMessages): void {
    const { writeQueue } = this.#connection;
    if (this.#connection.closed) return;
    // What is behind a Blob or a message in the thread pool has to wait for it, and the machine sees to that.
    const isFree = !this.#machine.waiting;
    const frames = isFree ? joined.frames(this.#codec?.preparedWindowBits ?? 0) : null;
    if (frames === null || !this.#hasRoom(frames.size)) {
      for (const message of joined.messages) {
        if (this.#overflowing()) break;
        this.#machine.prepared(message);
      }
    } else {
      for (const piece of frames.pieces) {
        if (typeof piece === "string") writeQueue.text(piece);
        else writeQueue.bytes(piece);
      }
      if (frames.compressed) this.#codec!.forget!();
    }
    if (this.#connection.closed) return;
    this.flushLater();
    if (this.#machine.waiting) this.#noteCongestion();
    if (this.#isHeldUp(this.#machine.queuedBytes)) this.#awaitDrain();
  }

  #hasRoom(bytes: number): boolean {
    const { buffered } = this;
    if (buffered === 0 && bytes <= TAKEN_BYTES) return true;
    return buffered + bytes <= this.#connection.options.backpressureLimit;
  }

  /** Something that waited for a Blob or the thread pool may have been written. */
  written(): void {
    if (this.#connection.writeQueue.size > 0) this.flushLater();
    if (this.#congestionWaits && !this.#machine.waiting) {
      this.#congestionWaits = false;
      this.#forgetWhenDrained();
    }
    if (!this.#drainWaits || this.#machine.waiting) return;
    this.#drainWaits = false;
    this.#callWhenDrained();
  }

  #sent(size: number): number {
    this.flushLater();
    if (this.#machine.waiting) this.#noteCongestion();
    if (!this.#isHeldUp(this.#machine.queuedBytes - size)) return size;
    this.#awaitDrain();
    return -1;
  }

  /** Whether so much waits for this client that it gets no more. */
  #overflowing(): boolean {
    if (!this.#isOverLimit()) return false;
    if (this.#connection.options.closeOnBackpressureLimit) this.#connection.abort("The client is too slow");
    else this.#awaitDrain();
    return true;
  }

  #isOverLimit(): boolean {
    const { backpressureLimit } = this.#connection.options;
    if (this.buffered > backpressureLimit) return true;
    return this.#machine.queuedMessages * MESSAGE_COST > Math.max(backpressureLimit, LEAST_COST_LIMIT);
  }

  #awaitDrain(): void {
    if (this.#connection.transport.congestion > 0) this.#noteCongestion();
    if (this.#drainPending || this.#connection.options.handler.drain == null) return;
    this.#drainPending = true;
    this.#callWhenDrained();
  }

  #callWhenDrained(): void {
    const { writeQueue, transport } = this.#connection;
    // What would leave at the end of the turn has to be written, too: the end of a big message, mostly.
    writeQueue.flush();
    transport.whenDrained(() => {
      // What waited may also have been dropped, because the client is gone.
      if (this.#connection.closed || transport.closed) return;
      this.#drainWaits = this.#machine.waiting;
      if (this.#drainWaits) return;
      this.#drainPending = false;
      callHandler(this.#connection, this.#connection.options.handler.drain);
    });
  }
}
