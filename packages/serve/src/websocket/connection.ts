import type { Buffer } from "node:buffer";
import type { Event, MessageCodec } from "@mantou/websocket";
import type { BinaryType, ServerWebSocket } from "../api/websocket.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { DECODING, PAUSED, PONGS_UNREAD } from "../socket/read-pauser.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import { EventReader } from "./event-reader.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { WebSocketHost } from "./host.ts";
import { convertReceived } from "./message.ts";
import type { Publisher } from "./publisher.ts";
import { WebSocketSender } from "./sender.ts";

/** Pings whose pongs a client has not read. A client with more of them does not read, so it is not read either. */
const WAITING_PINGS = 128;

const ABNORMAL = 1006;
/** Codes that stand for a Close frame without a code, and that no frame can carry (RFC 6455 §7.4.1). Bun adds 0. */
const WITHOUT_CODE: ReadonlySet<number> = new Set([0, 1005, 1006]);

/** A WebSocket on its connection: reads events for the handlers, and ends the connection in the protocol's order. */
export class WebSocketConnection extends EventReader implements TransportHandler {
  readonly #host: WebSocketHost;
  readonly socket: ServerWebSocket<unknown>;
  readonly sender: WebSocketSender;
  readonly #heartbeat: Heartbeat;
  /** The form of received bytes for handlers; the application sets it on its socket. */
  binaryType: BinaryType = "nodebuffer";
  /** Pings that came while the client was not reading. */
  #waitingPings = 0;
  /** The connection is closed when the messages that wait for a Blob or the thread pool have been written. */
  #closesBehindWaiting = false;

  /**
   * @param request method and path of the request that opened it
   * @param makeSocket makes the object that handlers get
   */
  constructor(
    host: WebSocketHost,
    options: WebSocketOptions,
    transport: Transport,
    writeQueue: WriteQueue,
    codec: MessageCodec | null,
    request: string,
    makeSocket: (connection: WebSocketConnection) => ServerWebSocket<unknown>,
  ) {
    super(options, transport, writeQueue, codec, request);
    this.#host = host;
    this.socket = makeSocket(this);
    const { broker, flushScheduler, congestion } = host.publisher;
    this.sender = new WebSocketSender(broker, flushScheduler, congestion, this, codec);
    host.webSockets.add(this);
    host.pendingWebSockets++;
    this.#heartbeat = new Heartbeat(host.timeouts, transport, this.machine, writeQueue);
    this.#heartbeat.received(options);
  }

  get publisher(): Publisher {
    return this.#host.publisher;
  }

  /** Calls the `open` handler. An error of it closes the connection. */
  open(): void {
    this.callOpen(() => this.close(1011, ""));
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.#heartbeat.received(this.options);
    this.receive(buffer, start, end);
  }

  protected eventsHandled(): void {
    // The machine writes pongs and Close frames by itself.
    if (this.writeQueue.size > 0) this.sender.flushLater();
    const { state, decoding } = this.machine;
    if (state === "closed" || state === "failed") {
      // Both Close frames are through, or the client broke the protocol. The server closes first (RFC 6455 §7.1.1).
      this.#finish();
      this.transport.end();
    } else if (decoding) this.pauser.set(DECODING, true);
    else if (this.#waitingPings > WAITING_PINGS) this.#pauseUntilDrained();
  }

  /** Messages that were published before the client's Close frame leave before the reply to it, as sent ones do. */
  protected beforeCloseFrame(): void {
    this.sender.flushPublished();
  }

  waitingWritten(): void {
    this.sender.waitingWritten();
    if (this.#closesBehindWaiting) this.#closeTransport();
  }

  onEnd(): void {
    // The messages before the end are handled first.
    this.afterEvents(() => {
      this.#closeTransport();
      this.#closedBy(ABNORMAL, "");
    });
  }

  onClose(): void {
    this.#heartbeat.stop();
    this.#host.webSockets.delete(this);
    try {
      this.afterEvents(() => {
        this.machine.receiveEnd();
        this.#closedBy(ABNORMAL, "");
      });
    } finally {
      this.#host.connectionClosed();
    }
  }

  // The operations of the application's socket.

  get paused(): boolean {
    return this.pauser.has(PAUSED);
  }

  pause(): void {
    if (this.closed) return;
    this.pauser.set(PAUSED, true);
    this.#heartbeat.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.pauser.set(PAUSED, false);
    this.#heartbeat.received(this.options);
  }

  abort(reason: string): void {
    this.transport.destroy();
    this.#closedBy(ABNORMAL, reason);
  }

  /** @throws RangeError for a code that must not be sent (RFC 6455 §7.4), unless it stands for a frame without a code */
  close(code: number, reason: string): void {
    if (this.closed) return;
    this.sender.flushPublished();
    if (WITHOUT_CODE.has(code)) this.machine.close();
    else this.machine.close(code, reason);
    // A paused socket has to receive the client's Close frame.
    this.resume();
    this.#heartbeat.close();
    this.sender.flushLater();
    this.#closedBy(code, reason);
  }

  /** Sends a Close frame, unless one has been sent, and closes the connection without waiting for the client's. */
  shutDown(code: number, reason: string): void {
    this.close(code, reason);
    // The Close frame does not wait for a message in the thread pool.
    if (!this.machine.closeSent) this.machine.fail(code, reason);
    this.#finish();
    this.transport.close();
    // The connection of a client that has read everything is closed already.
    this.#heartbeat.closeSoon();
  }

  terminate(): void {
    if (this.closed) return;
    this.sender.flushPublished();
    this.#closeTransport();
    this.#closedBy(ABNORMAL, "");
  }

  protected handle(event: Event): void {
    switch (event.type) {
      case "text":
        if (!this.closed) this.callHandler(this.options.handler.message, event.text);
        break;
      case "binary":
        this.#call(this.options.handler.message, event.bytes);
        break;
      case "ping":
        this.#waitingPings = this.transport.buffered === 0 ? 0 : this.#waitingPings + 1;
        this.#call(this.options.handler.ping, event.bytes);
        break;
      case "pong":
        this.#call(this.options.handler.pong, event.bytes);
        break;
      case "close":
        this.#closedBy(event.code, event.reason);
        break;
      case "error":
        this.#closedBy(ABNORMAL, event.error.message);
    }
  }

  #call(handler: Parameters<EventReader["callHandler"]>[0], bytes: Buffer): void {
    if (!this.closed && handler != null) this.callHandler(handler, convertReceived(bytes, this.binaryType));
  }

  /** The WebSocket is over for the application, whatever the connection still has to do. Happens once. */
  #closedBy(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.sender.close();
    this.#host.pendingWebSockets--;
    this.callHandler(this.options.handler.close, code, reason);
  }

  /** Closes the connection without a Close frame, behind all messages that have been sent. */
  #closeTransport(): void {
    this.#finish();
    this.#closesBehindWaiting = this.machine.waiting;
    if (!this.#closesBehindWaiting) this.transport.close();
  }

  /** Writes the rest, for as long as the client goes on reading. The caller closes the connection behind it. */
  #finish(): void {
    this.writeQueue.flush();
    this.#heartbeat.close();
  }

  /** Pongs are not the application's messages, so that `backpressureLimit` does not drop them. */
  #pauseUntilDrained(): void {
    this.#waitingPings = 0;
    this.pauser.set(PONGS_UNREAD, true);
    this.transport.whenDrained(() => this.pauser.set(PONGS_UNREAD, false));
  }
}
