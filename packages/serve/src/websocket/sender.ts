import { Buffer } from "node:buffer";
import type { Broker, Subscriber } from "@mantou/pubsub";
import type { MessageCodec, PreparedFrames } from "@mantou/websocket";
import type { FlushScheduler } from "../socket/flush-scheduler.ts";
import type { Congestion } from "./congestion.ts";
import type { EventReader } from "./event-reader.ts";
import { FRAME_HEAD, type JoinedFrames, JoinedMessages } from "./joined-messages.ts";
import { readBlob } from "./message.ts";
import { PacedSender } from "./paced-sender.ts";

/**
 * Lines of the topics' protocol that may wait for a client, in bytes, beyond `backpressureLimit`. They tell what is missing, so that
 * none of them is dropped: the connection is.
 */
const LINES_BYTES = 64 * 1024;

/** Stands before a message of the application, for a client of the topics' protocol. */
const DIRECT = "d\n";
const DIRECT_BYTES = Buffer.from(DIRECT);

/** The sending half of a WebSocket: the application's messages in their order. */
export class WebSocketSender extends PacedSender {
  readonly #broker: Broker<WebSocketSender, PreparedFrames>;
  /** Made for its first use: many sockets have no topics. */
  #subscriber: Subscriber<WebSocketSender, PreparedFrames> | null = null;
  /** Null without compression. */
  readonly #codec: MessageCodec | null;
  /** Whether the client speaks the topics' protocol. */
  isHeaded = false;
  /** Its number as a publisher to history topics; 0 for none. The publisher sets it. */
  tag = 0;
  /** The topics in which it is a member; null for none. The publisher sets it. */
  presences: Set<string> | null = null;

  constructor(
    broker: Broker<WebSocketSender, PreparedFrames>,
    flushScheduler: FlushScheduler,
    congestion: Congestion<PacedSender>,
    connection: EventReader,
    codec: MessageCodec | null,
  ) {
    super(flushScheduler, congestion, connection);
    this.#broker = broker;
    this.#codec = codec;
  }

  get isClosed(): boolean {
    return this.connection.closed;
  }

  /** The topics of this WebSocket. */
  get subscriber(): Subscriber<WebSocketSender, PreparedFrames> {
    if (this.#subscriber === null) {
      this.#subscriber = this.#broker.subscriber(this);
      if (this.isClosed) this.#subscriber.close();
    }
    return this.#subscriber;
  }

  /**
   * Delivers here what is published to `topic` from now on.
   * @param last messages that the filter sends first
   */
  subscribe(topic: string, last = 0): void {
    if (this.isCongested) this.congestion.forget();
    const isNew = this.subscriber.subscribe(topic);
    if (isNew && this.filter !== null) this.filter.subscribed(topic, last);
  }

  /** @returns whether it was subscribed */
  unsubscribe(topic: string): boolean {
    if (this.isCongested) this.congestion.forget();
    const wasSubscribed = this.subscriber.unsubscribe(topic);
    if (wasSubscribed && this.filter !== null) this.filter.unsubscribed(topic);
    return wasSubscribed;
  }

  /** Sends the published messages of this turn now: a message that is sent after them has to arrive after them. */
  flushPublished(): void {
    if (this.#subscriber?.hasPending === true) this.#subscriber.flush();
  }

  /** The WebSocket is closed for the application. */
  close(): void {
    this.#subscriber?.close();
    this.forgetCongestion();
    this.filter?.closed();
  }

  // These send unless the socket is closed or its client is too slow. They return the same as `ServerWebSocket.send`.

  text(data: string, compress: boolean): number {
    if (!this.#begin()) return 0;
    const size = Buffer.byteLength(data);
    const isSent = this.isHeaded
      ? this.machine.text(DIRECT + data, compress, DIRECT.length + size)
      : this.machine.text(data, compress, size);
    return isSent ? this.#sent(size) : 0;
  }

  binary(data: Buffer, compress: boolean): number {
    const bytes = this.isHeaded ? Buffer.concat([DIRECT_BYTES, data]) : data;
    return this.#begin() && this.machine.binary(bytes, compress) ? this.#sent(data.length) : 0;
  }

  control(name: "ping" | "pong", bytes: Buffer): number {
    return this.#begin() && this.machine[name](bytes) ? this.#sent(bytes.length) : 0;
  }

  /** Whether anything may be sent. */
  #begin(): boolean {
    if (this.connection.closed) return false;
    // First, since it comes first: it counts towards the limit, and may close the connection by it.
    this.flushPublished();
    return !this.connection.closed && !this.overflowing();
  }

  /** A Blob's bytes are read in a later turn. Messages that are sent after it wait for it. */
  blob(data: Blob, compress: boolean): number {
    if (!this.#begin()) return 0;
    const { size } = data;
    // The size of a pipe is infinite, and what has no end cannot be counted.
    const counted = Number.isFinite(size) ? size : 0;
    const head = this.isHeaded ? DIRECT_BYTES : null;
    const fill = this.machine.reserve(counted + (head?.length ?? 0), compress);
    if (fill === null) return 0;
    const write = (bytes: Uint8Array | null): void => {
      // Not `new Blob([head, data])`: the platform's Blob does not know files, nor what overrides `arrayBuffer`.
      fill(bytes === null || head === null ? bytes : Buffer.concat([head, bytes]));
      this.connection.waitingWritten();
    };
    readBlob(data, write, () => write(null));
    return this.#sent(counted) < 0 ? -1 : size;
  }

  /** Sends published messages, whose frames are joined once for all subscribers that get the same. */
  deliver(joined: JoinedMessages): void {
    if (this.connection.closed) return;
    const due = this.filter === null ? joined : JoinedMessages.of(this.filter.select(joined.messages));
    const frames = this.#joinedFrames(due);
    if (frames === null || !this.hasRoom(frames.size)) this.#deliverEach(due.messages);
    else this.#write(frames);
    if (this.connection.closed) return;
    this.flushLater();
    if (this.machine.waiting) this.noteCongestion();
    if (this.isHeldUp(this.machine.queuedBytes)) this.awaitDrain();
  }

  #deliverEach(messages: readonly PreparedFrames[]): void {
    for (let i = 0; i < messages.length; i++) {
      if (this.overflowing()) {
        this.filter?.missed(messages.slice(i));
        return;
      }
      this.machine.prepared(messages[i]!);
    }
  }

  /** Null if they cannot be written now: the machine holds messages behind a Blob, or behind one in the thread pool. */
  #joinedFrames(joined: JoinedMessages): JoinedFrames | null {
    return this.machine.waiting ? null : joined.frames(this.#codec?.preparedWindowBits ?? 0);
  }

  #write({ pieces, compressed }: JoinedFrames): void {
    const { writeQueue } = this.connection;
    for (const piece of pieces) {
      if (typeof piece === "string") writeQueue.text(piece);
      else writeQueue.bytes(piece);
    }
    if (compressed) this.#codec!.forget!();
  }

  // These are for the topics' protocol.

  /** Sends a line of the protocol, behind all that was published. A client that is too slow even for lines is closed. */
  line(text: string): void {
    this.flushPublished();
    if (this.connection.closed) return;
    if (this.isOverLimit()) {
      this.lineBytes += Buffer.byteLength(text) + FRAME_HEAD;
      if (this.lineBytes > LINES_BYTES) {
        this.connection.abort("The client is too slow");
        return;
      }
    }
    this.machine.text(text, false);
    this.flushLater();
  }

  /** Sends messages that the filter has made, whatever waits. */
  page(messages: readonly PreparedFrames[]): void {
    if (this.connection.closed) return;
    const joined = JoinedMessages.of(messages);
    const frames = this.#joinedFrames(joined);
    if (frames === null) for (const message of messages) this.machine.prepared(message);
    else this.#write(frames);
    this.flushLater();
    if (this.machine.waiting) this.noteCongestion();
  }

  #sent(size: number): number {
    this.flushLater();
    if (this.isCongested) this.congestion.forget();
    else if (this.machine.waiting) this.noteCongestion();
    if (!this.isHeldUp(this.machine.queuedBytes - size)) return size;
    this.awaitDrain();
    return -1;
  }
}
