import type { Buffer } from "node:buffer";
import type { Subscriber } from "@mantou/pubsub";
import { Connection, type Event, type MessageCodec, type Prepared } from "@mantou/websocket";
import type { JoinedMessages } from "./frames.ts";
import { callHandler } from "./handler-errors.ts";
import { Liveness } from "./liveness.ts";
import { readBlob } from "./message-data.ts";
import type { Outbox } from "./outbox.ts";
import { DECODING, PAUSED, PONGS_UNREAD, ReadGate } from "./read-gate.ts";
import type { ServerContext } from "./server-context.ts";
import { MantouWebSocket } from "./server-websocket.ts";
import type { Transport, TransportHandler } from "./transport.ts";
import type { WebSocketOptions } from "./websocket-options.ts";

/** Pings that may wait for their answers to be read; a client that sends more reads nothing, so it is not read either. */
const WAITING_PINGS = 128;

const ABNORMAL = 1006;
/** They say how a connection ended without a code, so no Close frame can carry them (RFC 6455 §7.4.1). Bun takes 0 for one. */
const WITHOUT_CODE: ReadonlySet<number> = new Set([0, 1005, 1006]);

/** A connection that speaks WebSocket: carries bytes to its protocol machine, events to the handlers. */
export class WebSocketConnection implements TransportHandler {
  readonly context: ServerContext;
  /** The server's; `reload` replaces them. */
  options: WebSocketOptions;
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly socket: MantouWebSocket;
  /** What the connection is subscribed to. */
  readonly subscriber: Subscriber<WebSocketConnection, Prepared>;
  readonly #machine: Connection;
  /** Null without compression. */
  readonly #codec: MessageCodec | null;
  readonly #liveness: Liveness;
  readonly #gate: ReadGate;
  /** `close` has run: the application has nothing more to do with this connection. */
  #closed = false;
  #drainPending = false;
  /** Pings that came while the client was not reading. */
  #waitingPings = 0;

  constructor(
    context: ServerContext,
    options: WebSocketOptions,
    transport: Transport,
    outbox: Outbox,
    data: unknown,
    codec: MessageCodec | null,
  ) {
    this.context = context;
    this.options = options;
    this.transport = transport;
    this.outbox = outbox;
    this.subscriber = context.broker.subscriber(this);
    this.#machine = new Connection({
      role: "server",
      output: outbox,
      limits: { messageBytes: options.maxPayloadLength, frameBytes: options.maxPayloadLength },
      ...(codec === null ? {} : { codec, wake: () => this.#wake() }),
    });
    this.#codec = codec;
    this.#gate = new ReadGate(transport);
    this.socket = new MantouWebSocket(this, data);
    context.webSockets.add(this);
    context.pendingWebSockets++;
    this.#liveness = new Liveness(context.timeouts, transport, () => this.#ping());
    this.#liveness.heard(options);
  }

  /** Runs the `open` handler; if it throws, the connection is closed. */
  open(): void {
    callHandler(this, "open");
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.#liveness.heard(this.options);
    this.#machine.receive(buffer.subarray(start, end));
    this.#read();
  }

  #read(): void {
    for (let event = this.#machine.next(); event !== null; event = this.#machine.next()) this.#handle(event);
    // Pongs and Close frames that the machine wrote by itself.
    if (this.outbox.size > 0) this.context.turn.add(this.outbox);
    const { state } = this.#machine;
    if (state === "CLOSED" || state === "FAILED") {
      // Both Close frames are through, or the client broke the protocol. The server closes first (RFC 6455 §7.1.1).
      this.#finish();
      this.transport.end();
    } else if (this.#machine.decoding) this.#gate.set(DECODING, true);
    else if (this.#waitingPings > WAITING_PINGS) this.#pauseUntilDrained();
  }

  /** A big message has come out of the thread pool. */
  #wake(): void {
    if (this.transport.closed) return;
    this.#read();
    this.#gate.set(DECODING, this.#machine.decoding);
  }

  onEnd(): void {
    this.#finish();
    this.transport.close();
    this.#closedBy(ABNORMAL, "");
  }

  onClose(): void {
    this.#liveness.stop();
    this.context.webSockets.delete(this);
    this.#machine.receiveEnd();
    this.#closedBy(ABNORMAL, "");
    this.context.connectionClosed();
  }

  // What the application does with its socket.

  get closed(): boolean {
    return this.#closed;
  }

  get buffered(): number {
    return this.transport.buffered + this.outbox.size + this.#machine.queuedBytes;
  }

  /**
   * Sends by `write`, unless the socket is closed or its client is too slow.
   * @returns as `ServerWebSocket.send`
   */
  send(size: number, write: (machine: Connection) => boolean): number {
    if (this.#closed) return 0;
    if (this.#overflowing()) return 0;
    // What was published before this has to arrive before it.
    if (this.subscriber.hasPending) this.subscriber.flush();
    if (!write(this.#machine)) return 0;
    return this.#sent(size);
  }

  /**
   * Sends a Blob: its bytes are read in a later turn, and what is sent after it goes behind it.
   * @returns as `ServerWebSocket.send`
   */
  sendBlob(blob: Blob, compress: boolean): number {
    return this.send(blob.size, (machine) => {
      const fill = machine.reserve(blob.size, compress);
      if (fill === null) return false;
      const write = (bytes: Uint8Array | null): void => {
        fill(bytes);
        if (this.outbox.size > 0) this.context.turn.add(this.outbox);
      };
      readBlob(this.context, blob, write, () => write(null));
      return true;
    });
  }

  get paused(): boolean {
    return this.#gate.has(PAUSED);
  }

  pause(): void {
    if (this.#closed) return;
    this.#gate.set(PAUSED, true);
    this.#liveness.suspend();
  }

  resume(): void {
    if (!this.paused) return;
    this.#gate.set(PAUSED, false);
    this.#liveness.heard(this.options);
  }

  /** Sends what was published, joined once for everyone who gets the same. */
  deliver(joined: JoinedMessages): void {
    if (this.#closed) return;
    const windowBits = this.#codec?.preparedWindowBits ?? 0;
    // What is behind a message in the thread pool has to wait for it, and the machine sees to that.
    const frames = this.#machine.queuedBytes > 0 ? null : joined.frames(windowBits);
    if (frames === null || this.buffered + frames.size > this.options.backpressureLimit) {
      for (const message of joined.messages) {
        if (this.#overflowing()) break;
        this.#machine.prepared(message);
      }
    } else {
      for (const piece of frames.pieces) {
        if (typeof piece === "string") this.outbox.text(piece);
        else this.outbox.bytes(piece);
      }
      if (windowBits > 0) this.#codec!.forget!();
    }
    if (!this.#closed) this.#sent(0);
  }

  /** @throws RangeError for a code that must not be sent, other than those that stand for none (RFC 6455 §7.4) */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    if (this.subscriber.hasPending) this.subscriber.flush();
    if (WITHOUT_CODE.has(code)) this.#machine.close();
    else this.#machine.close(code, reason);
    // A paused socket has to hear the answer.
    this.resume();
    this.#liveness.close();
    this.context.turn.add(this.outbox);
    this.#closedBy(code, reason);
  }

  /** Says goodbye, unless that has been done, and closes the connection without waiting for an answer. */
  shutDown(code: number, reason: string): void {
    this.close(code, reason);
    // The Close frame does not wait for a message in the thread pool.
    if (!this.#machine.closeSent) this.#machine.fail(code, reason);
    this.#finish();
    this.transport.close();
    // Who has read everything has no need of this: its connection is closed already.
    this.#liveness.hurry();
  }

  terminate(): void {
    if (this.#closed) return;
    if (this.subscriber.hasPending) this.subscriber.flush();
    this.#finish();
    this.transport.close();
    this.#closedBy(ABNORMAL, "");
  }

  #handle(event: Event): void {
    switch (event.type) {
      case "text":
        this.#call("message", event.text);
        break;
      case "binary":
        this.#call("message", event.bytes);
        break;
      case "ping":
        this.#waitingPings = this.transport.buffered === 0 ? 0 : this.#waitingPings + 1;
        this.#call("ping", event.bytes);
        break;
      case "pong":
        this.#call("pong", event.bytes);
        break;
      case "close":
        this.#closedBy(event.code, event.reason);
        break;
      case "error":
        this.#closedBy(ABNORMAL, event.error.message);
    }
  }

  #call(name: "message" | "ping" | "pong", data: string | Buffer): void {
    if (this.#closed || this.options.handler[name] === undefined) return;
    callHandler(this, name, typeof data === "string" ? data : this.socket.convert(data));
  }

  /** The WebSocket is over for the application, whatever the connection still has to do. Happens once. */
  #closedBy(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.subscriber.close();
    this.context.pendingWebSockets--;
    callHandler(this, "close", code, reason);
  }

  /** Writes the rest, as long as the client goes on taking it. The connection is to be closed behind it. */
  #finish(): void {
    this.outbox.flush();
    this.#liveness.close();
  }

  #ping(): void {
    this.#machine.ping();
    this.outbox.flush();
  }

  /** The answers to pings are not the application's, so `backpressureLimit` does not drop them. */
  #pauseUntilDrained(): void {
    this.#waitingPings = 0;
    this.#gate.set(PONGS_UNREAD, true);
    this.transport.whenDrained(() => this.#gate.set(PONGS_UNREAD, false));
  }

  #sent(size: number): number {
    this.context.turn.add(this.outbox);
    if (this.transport.buffered === 0) return size;
    this.#awaitDrain();
    return -1;
  }

  /** Whether so much waits for this client that it gets no more. */
  #overflowing(): boolean {
    if (this.buffered <= this.options.backpressureLimit) return false;
    if (this.options.closeOnBackpressureLimit) {
      this.transport.destroy();
      this.#closedBy(ABNORMAL, "The client is too slow");
    }
    return true;
  }

  #awaitDrain(): void {
    if (this.#drainPending || this.options.handler.drain === undefined) return;
    this.#drainPending = true;
    this.transport.whenDrained(() => {
      this.#drainPending = false;
      // What waited may also have been dropped, because the client is gone.
      if (!this.#closed && !this.transport.closed) callHandler(this, "drain");
    });
  }
}
