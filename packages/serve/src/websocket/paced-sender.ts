import type { Connection } from "@mantou/websocket";
import type { Flushed } from "../socket/flush-queue.ts";
import type { FlushScheduler } from "../socket/flush-scheduler.ts";
import type { Congestion } from "./congestion.ts";
import type { EventReader } from "./event-reader.ts";
import { FRAME_HEAD, TAKEN_BYTES } from "./joined-messages.ts";
import type { DeliveryFilter } from "./topic-session.ts";

/** Bytes that may wait for a Blob or the thread pool, ahead of a message, before `send` returns -1. */
const WAITING_BYTES = 64 * 1024;

/**
 * Each of those messages counts this many bytes besides its own, which may be none. So the limit bounds their memory, and the work
 * that is done at once when their turn comes. Any limit allows some thousands of messages.
 */
const MESSAGE_COST = 512;
const LEAST_COST_LIMIT = 4 * 1024 * 1024;

/** What waits for the client of a WebSocket, and not without limit if it does not read. */
export abstract class PacedSender implements Flushed {
  readonly #flushScheduler: FlushScheduler;
  protected readonly congestion: Congestion<PacedSender>;
  protected readonly connection: EventReader;
  protected readonly machine: Connection;
  #drainPending = false;
  /** The application's `drain` is to be called. */
  #drainIsTold = false;
  /** `drain` waits for messages that are not ready to be written. */
  #drainWaits = false;
  protected isCongested = false;
  /** The socket counts as congested until messages that are not ready have been written. */
  #congestionWaits = false;
  next: Flushed | null = null;
  /** Null for a client that gets all published messages, as they are. */
  filter: DeliveryFilter | null = null;
  /** Bytes of lines of the topics' protocol that were sent over the limit, since the client last took all that waited. */
  protected lineBytes = 0;

  constructor(flushScheduler: FlushScheduler, congestion: Congestion<PacedSender>, connection: EventReader) {
    this.#flushScheduler = flushScheduler;
    this.congestion = congestion;
    this.connection = connection;
    this.machine = connection.machine;
    // Responses to earlier requests of the connection may still wait for its client.
    if (connection.transport.congestion > 0) this.noteCongestion();
  }

  /** The topics of this WebSocket. */
  abstract readonly subscriber: { isSubscribed(topic: string): boolean };
  /** Sends the published messages of this turn now. */
  abstract flushPublished(): void;

  /**
   * Sent bytes that the operating system does not take. Bytes that leave at the end of the turn do not count unless they have to wait
   * behind others: the client has had no chance to read them.
   */
  get buffered(): number {
    const { transport, writeQueue } = this.connection;
    const { congestion } = transport;
    const waiting = congestion === 0 ? 0 : congestion + writeQueue.size;
    return waiting + this.machine.queuedBytes;
  }

  /**
   * What `publish` returns because of this subscriber: 0 if the message will be dropped, -1 if it will wait, and undefined if it leaves
   * at once, or waits for little. After 0 and -1 `drain` is called when the client has caught up.
   */
  meetPublished(): 0 | -1 | undefined {
    const status = this.isOverLimit() ? 0 : this.isHeldUp(this.machine.queuedBytes) ? -1 : undefined;
    if (status !== undefined) this.awaitDrain();
    return status;
  }

  /** Writes the bytes of this turn. */
  flush(): void {
    const { writeQueue, transport } = this.connection;
    writeQueue.flush();
    if (transport.congestion > 0) this.noteCongestion();
  }

  /** Calls `flush` at the end of the turn. */
  flushLater(): void {
    this.#flushScheduler.add(this);
  }

  /** Tells `publish` that this subscriber does not keep up, so that it need not look at all of them. */
  protected noteCongestion(): void {
    if (this.isCongested) return;
    this.isCongested = true;
    this.congestion.add(this);
    this.#forgetWhenDrained();
  }

  #forgetWhenDrained(): void {
    this.connection.transport.whenDrained(() => {
      this.#congestionWaits = this.machine.waiting;
      if (!this.#congestionWaits) this.forgetCongestion();
    });
  }

  protected forgetCongestion(): void {
    if (!this.isCongested) return;
    this.isCongested = false;
    this.congestion.delete(this);
  }

  /** @param ahead bytes that are not ready and leave before a message */
  protected isHeldUp(ahead: number): boolean {
    return this.connection.transport.congestion > 0 || ahead > WAITING_BYTES;
  }

  /** Calls the filter's `drained` in a later turn, when the client has taken all bytes. */
  awaitDrained(): void {
    if (this.#drainPending) return;
    this.#drainPending = true;
    this.#callWhenDrained();
  }

  protected hasRoom(bytes: number): boolean {
    const { buffered } = this;
    if (buffered === 0 && bytes <= TAKEN_BYTES) return true;
    return buffered + bytes <= this.connection.options.backpressureLimit;
  }

  /** Bytes of published messages, with `FRAME_HEAD` for each, that it takes for certain before it drops one. */
  get room(): number {
    const { backpressureLimit } = this.connection.options;
    const bytes = backpressureLimit - this.buffered;
    if (!this.machine.waiting) return bytes;
    const messages = costLimit(backpressureLimit) / MESSAGE_COST - this.machine.queuedMessages;
    return Math.min(bytes, messages * FRAME_HEAD);
  }

  /** Messages that waited for a Blob or the thread pool may have been written. */
  waitingWritten(): void {
    if (this.connection.writeQueue.size > 0) this.flushLater();
    if (this.#congestionWaits && !this.machine.waiting) {
      this.#congestionWaits = false;
      this.#forgetWhenDrained();
    }
    if (!this.#drainWaits || this.machine.waiting) return;
    this.#drainWaits = false;
    this.#callWhenDrained();
  }

  /** Whether too many bytes wait for this client: then it gets no more. */
  protected overflowing(): boolean {
    if (!this.isOverLimit()) return false;
    if (this.connection.options.closeOnBackpressureLimit) this.connection.abort("The client is too slow");
    else this.awaitDrain();
    return true;
  }

  protected isOverLimit(): boolean {
    const { backpressureLimit } = this.connection.options;
    if (this.buffered > backpressureLimit) return true;
    return this.machine.queuedMessages * MESSAGE_COST > costLimit(backpressureLimit);
  }

  protected awaitDrain(): void {
    if (this.connection.transport.congestion > 0) this.noteCongestion();
    this.#drainIsTold ||= this.connection.options.handler.drain != null;
    if (this.#drainIsTold || this.filter !== null) this.awaitDrained();
  }

  #callWhenDrained(): void {
    const { writeQueue, transport } = this.connection;
    // The bytes of this turn have to be written, too: they are the end of a large message, mostly.
    writeQueue.flush();
    transport.whenDrained(() => {
      // The waiting bytes were dropped if the client is gone.
      if (this.connection.closed || transport.closed) return;
      this.#drainWaits = this.machine.waiting;
      if (this.#drainWaits) return;
      this.#drained();
    });
  }

  #drained(): void {
    const isTold = this.#drainIsTold;
    this.#drainPending = false;
    this.#drainIsTold = false;
    this.lineBytes = 0;
    this.filter?.drained();
    if (!isTold || this.connection.closed) return;
    // This is called in the context of the write, which may have been another client's message.
    this.connection.outside(() =>
      this.connection.callHandler("drain", this.connection.options.handler.drain),
    );
  }
}

function costLimit(backpressureLimit: number): number {
  return Math.max(backpressureLimit, LEAST_COST_LIMIT);
}
