import { Buffer } from "node:buffer";
import type { Broker, Subscriber } from "@mantou/pubsub";
import type { Connection, MessageCodec, Prepared } from "@mantou/websocket";
import type { Flushed, FlushScheduler } from "../socket/flush-scheduler.ts";
import type { Congestion } from "./congestion.ts";
import type { EventReader } from "./event-reader.ts";
import { type JoinedMessages, TAKEN_BYTES } from "./joined-messages.ts";
import { readBlob } from "./message.ts";

/** Bytes that may wait for a Blob or the thread pool, ahead of a message, before `send` returns -1. */
const WAITING_BYTES = 64 * 1024;

/**
 * Each of those messages counts this many bytes besides its own, which may be none. So the limit bounds their memory, and the work
 * that is done at once when their turn comes. Any limit allows some thousands of messages.
 */
const MESSAGE_COST = 512;
const LEAST_COST_LIMIT = 4 * 1024 * 1024;

/** The sending half of a WebSocket: the application's messages in their order, and not without limit for a client that does not read. */
export class WebSocketSender implements Flushed {
  /** The topics of this WebSocket. */
  readonly subscriber: Subscriber<WebSocketSender, Prepared>;
  readonly #flushScheduler: FlushScheduler;
  readonly #congestion: Congestion<WebSocketSender>;
  readonly #connection: EventReader;
  readonly #machine: Connection;
  /** Null without compression. */
  readonly #codec: MessageCodec | null;
  #drainPending = false;
  /** `drain` waits for messages that are not ready to be written. */
  #drainWaits = false;
  #congested = false;
  /** The socket counts as congested until messages that are not ready have been written. */
  #congestionWaits = false;
  awaitsFlush = false;

  constructor(
    broker: Broker<WebSocketSender, Prepared>,
    flushScheduler: FlushScheduler,
    congestion: Congestion<WebSocketSender>,
    connection: EventReader,
    codec: MessageCodec | null,
  ) {
    this.subscriber = broker.subscriber(this);
    this.#flushScheduler = flushScheduler;
    this.#congestion = congestion;
    this.#connection = connection;
    this.#machine = connection.machine;
    this.#codec = codec;
  }

  /**
   * Sent bytes that the operating system does not take. Bytes that leave at the end of the turn do not count unless they have to wait
   * behind others: the client has had no chance to read them.
   */
  get buffered(): number {
    const { transport, writeQueue } = this.#connection;
    const { congestion } = transport;
    const waiting = congestion === 0 ? 0 : congestion + writeQueue.size;
    return waiting + this.#machine.queuedBytes;
  }

  /**
   * What `publish` returns because of this subscriber: 0 if the message will be dropped, -1 if it will wait, and undefined if it leaves
   * at once, or waits for little. After 0 and -1 `drain` is called when the client has caught up.
   */
  meetPublished(): 0 | -1 | undefined {
    const status = this.#isOverLimit() ? 0 : this.#isHeldUp(this.#machine.queuedBytes) ? -1 : undefined;
    if (status !== undefined) this.#awaitDrain();
    return status;
  }

  /** Writes the bytes of this turn. */
  flush(): void {
    const { writeQueue, transport } = this.#connection;
    writeQueue.flush();
    if (transport.congestion > 0) this.#noteCongestion();
  }

  /** Calls `flush` at the end of the turn. */
  flushLater(): void {
    this.#flushScheduler.add(this);
  }

  /** Sends the published messages of this turn now: a message that is sent after them has to arrive after them. */
  flushPublished(): void {
    if (this.subscriber.hasPending) this.subscriber.flush();
  }

  /** The WebSocket is closed for the application. */
  close(): void {
    this.subscriber.close();
    this.#forgetCongestion();
  }

  /** Tells `publish` that this subscriber does not keep up, so that it need not look at all of them. */
  #noteCongestion(): void {
    if (this.#congested) return;
    this.#congested = true;
    this.#congestion.add(this);
    this.#forgetWhenDrained();
  }

  #forgetWhenDrained(): void {
    this.#connection.transport.whenDrained(() => {
      this.#congestionWaits = this.#machine.waiting;
      if (!this.#congestionWaits) this.#forgetCongestion();
    });
  }

  #forgetCongestion(): void {
    if (!this.#congested) return;
    this.#congested = false;
    this.#congestion.delete(this);
  }

  /** @param ahead bytes that are not ready and leave before a message */
  #isHeldUp(ahead: number): boolean {
    return this.#connection.transport.congestion > 0 || ahead > WAITING_BYTES;
  }

  // These send unless the socket is closed or its client is too slow. They return the same as `ServerWebSocket.send`.

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
    if (this.#connection.closed || this.#overflowing()) return false;
    this.flushPublished();
    return true;
  }

  /** A Blob's bytes are read in a later turn. Messages that are sent after it wait for it. */
  blob(blob: Blob, compress: boolean): number {
    const fill = this.#begin() ? this.#machine.reserve(blob.size, compress) : null;
    if (fill === null) return 0;
    const write = (bytes: Uint8Array | null): void => {
      fill(bytes);
      this.#connection.waitingWritten();
    };
    readBlob(blob, write, () => write(null));
    return this.#sent(blob.size);
  }

  /** Sends published messages, whose frames are joined once for all subscribers that get the same. */
  deliver(joined: JoinedMessages): void {
    const { closed, writeQueue } = this.#connection;
    if (closed) return;
    // The machine holds messages behind a Blob, or behind one in the thread pool.
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

  /** Whether so many bytes more exceed `backpressureLimit`. */
  wouldExceed(bytes: number): boolean {
    return this.buffered + bytes > this.#connection.options.backpressureLimit;
  }

  /** Messages that waited for a Blob or the thread pool may have been written. */
  waitingWritten(): void {
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

  /** Whether too many bytes wait for this client: then it gets no more. */
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
    // The bytes of this turn have to be written, too: they are the end of a large message, mostly.
    writeQueue.flush();
    transport.whenDrained(() => {
      // The waiting bytes were dropped if the client is gone.
      if (this.#connection.closed || transport.closed) return;
      this.#drainWaits = this.#machine.waiting;
      if (this.#drainWaits) return;
      this.#drainPending = false;
      this.#connection.callHandler(this.#connection.options.handler.drain);
    });
  }
}
