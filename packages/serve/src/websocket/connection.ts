import type { Buffer } from "node:buffer";
import type { Subscriber } from "@mantou/pubsub";
import { Connection, type Event, type MessageCodec, type Prepared } from "@mantou/websocket";
import type { NextProtocol } from "../http/request-context.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { DECODING, HANDLERS_QUEUED, PAUSED, PONGS_UNREAD, ReadPauser } from "../socket/read-pauser.ts";
import type { Transport } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import { callHandler, callOpen } from "./call-handler.ts";
import type { Recipient } from "./congestion.ts";
import { Heartbeat, type HeartbeatHost } from "./heartbeat.ts";
import type { WebSocketHost } from "./host.ts";
import type { Publisher } from "./publisher.ts";
import { runInNextTurn, runQueuedWork } from "./queued-work.ts";
import { WebSocketSender } from "./sender.ts";
import { convertReceived, MantouWebSocket, type SocketHost } from "./socket.ts";

/** Pings that may wait for their answers to be read; a client that sends more reads nothing, so it is not read either. */
const WAITING_PINGS = 128;

/**
 * Messages and control frames of one connection that are handled in one turn of the event loop: 64 KiB hold 10,900 empty ones, which
 * take 20 ms and more without a handler's own work, and no other connection is served meanwhile.
 */
export const EVENTS_A_TURN = 1024;

const ABNORMAL = 1006;
/** They say how a connection ended without a code, so no Close frame can carry them (RFC 6455 §7.4.1). Bun takes 0 for one. */
const WITHOUT_CODE: ReadonlySet<number> = new Set([0, 1005, 1006]);

/** A connection that speaks WebSocket: carries bytes to its protocol machine, events to the handlers. */
export class WebSocketConnection implements NextProtocol, HeartbeatHost, SocketHost {
  readonly #host: WebSocketHost;
  readonly publisher: Publisher;
  /** The server's; `reload` replaces them. */
  options: WebSocketOptions;
  readonly transport: Transport;
  readonly writeQueue: WriteQueue;
  readonly socket: MantouWebSocket;
  readonly sender: WebSocketSender;
  /** What the connection is subscribed to. */
  readonly subscriber: Subscriber<Recipient, Prepared>;
  readonly #machine: Connection;
  readonly #heartbeat: Heartbeat;
  readonly #pauser: ReadPauser;
  /** `close` has run: the application has nothing more to do with this connection. */
  #closed = false;
  /** Events are being handled. */
  #reading = false;
  /** What has happened behind what is still to be told of. */
  #afterReading: (() => void) | null = null;
  /** Messages and control frames since the event loop was last left to others. */
  #events = 0;
  /** Pings that came while the client was not reading. */
  #waitingPings = 0;

  constructor(
    host: WebSocketHost,
    options: WebSocketOptions,
    transport: Transport,
    writeQueue: WriteQueue,
    data: unknown,
    codec: MessageCodec | null,
  ) {
    this.#host = host;
    this.publisher = host.publisher;
    this.options = options;
    this.transport = transport;
    this.writeQueue = writeQueue;
    this.subscriber = host.publisher.broker.subscriber(this);
    this.#machine = new Connection({
      role: "server",
      output: writeQueue,
      limits: { messageBytes: options.maxPayloadLength, frameBytes: options.maxPayloadLength },
      // What was published before the client's Close frame goes before the answer, as what was sent does.
      closing: () => {
        if (this.subscriber.hasPending) this.subscriber.flush();
      },
      ...(codec === null ? {} : { codec, wake: () => this.#wake() }),
    });
    this.sender = new WebSocketSender(this, this.#machine, codec);
    this.#pauser = new ReadPauser(transport);
    this.socket = new MantouWebSocket(this, data);
    host.webSockets.add(this);
    host.pendingWebSockets++;
    this.#heartbeat = new Heartbeat(host.timeouts, transport, this);
    this.#heartbeat.received(options);
  }

  /** Runs the `open` handler; if it throws, the connection is closed. */
  open(): void {
    callOpen(this);
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.#heartbeat.received(this.options);
    // What handlers have queued may make a stream give what it held back, in the middle of what is being read.
    if (this.#reading) this.#machine.keep();
    this.#machine.receive(buffer, start, end);
    if (!this.#reading && !this.#pauser.has(HANDLERS_QUEUED)) this.#read();
  }

  /** What came behind the handshake. Promises' callbacks do not run in one another, and this may be called in one. */
  receiveBehindHandshake(bytes: Buffer): void {
    this.#machine.receive(bytes);
    this.#readLater();
  }

  #read(): void {
    this.#reading = true;
    try {
      this.#readEvents();
    } finally {
      this.#reading = false;
    }
    // Pongs and Close frames that the machine wrote by itself.
    if (this.writeQueue.size > 0) this.sender.flushLater();
    const { state } = this.#machine;
    if (state === "CLOSED" || state === "FAILED") {
      // Both Close frames are through, or the client broke the protocol. The server closes first (RFC 6455 §7.1.1).
      this.#finish();
      this.transport.end();
    } else if (this.#machine.decoding) this.#pauser.set(DECODING, true);
    else if (this.#waitingPings > WAITING_PINGS) this.#pauseUntilDrained();
    this.#endReading();
  }

  #readEvents(): void {
    for (let event = this.#machine.next(); event !== null; event = this.#machine.next()) {
      this.#handle(event);
      // What a handler has queued comes before the next event, as if that had come in a packet of its own: what it sends goes out, and
      // the Close frame is not answered before that. With one event in a packet Node does this by itself.
      this.#events++;
      if (this.#machine.unread && (this.#events >= EVENTS_A_TURN || !runQueuedWork())) {
        this.#events = 0;
        this.#readLater();
        return;
      }
    }
  }

  #readLater(): void {
    this.#machine.keep();
    this.#pauser.set(HANDLERS_QUEUED, true);
    runInNextTurn(() => {
      this.#pauser.set(HANDLERS_QUEUED, false);
      this.#read();
    });
  }

  /** Whether something that was received is still to be told of. */
  get #isBehind(): boolean {
    return this.#reading || this.#machine.decoding || this.#pauser.has(HANDLERS_QUEUED);
  }

  #endReading(): void {
    if (this.#isBehind || this.#afterReading === null) return;
    const next = this.#afterReading;
    this.#afterReading = null;
    next();
  }

  /** A big message has come out of the thread pool. */
  #wake(): void {
    if (!this.#reading && !this.#pauser.has(HANDLERS_QUEUED)) this.#read();
    this.sender.written();
    this.#pauser.set(DECODING, this.#machine.decoding);
    this.#endReading();
  }

  onEnd(): void {
    // What came before the end is heard first.
    if (this.#isBehind) {
      this.#afterReading = () => this.onEnd();
      return;
    }
    this.#finish();
    this.transport.close();
    this.#closedBy(ABNORMAL, "");
  }

  onClose(): void {
    this.#heartbeat.stop();
    this.#host.webSockets.delete(this);
    try {
      if (this.#isBehind) this.#afterReading = () => this.#lost();
      else this.#lost();
    } finally {
      this.#host.connectionClosed();
    }
  }

  #lost(): void {
    this.#machine.receiveEnd();
    this.#closedBy(ABNORMAL, "");
  }

  // What the application does with its socket.

  get closed(): boolean {
    return this.#closed;
  }

  get paused(): boolean {
    return this.#pauser.has(PAUSED);
  }

  pause(): void {
    if (this.#closed) return;
    this.#pauser.set(PAUSED, true);
    this.#heartbeat.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.#pauser.set(PAUSED, false);
    this.#heartbeat.received(this.options);
  }

  /** There is no use in it any more: no goodbye. */
  abort(reason: string): void {
    this.transport.destroy();
    this.#closedBy(ABNORMAL, reason);
  }

  /** @throws RangeError for a code that must not be sent, other than those that stand for none (RFC 6455 §7.4) */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    if (this.subscriber.hasPending) this.subscriber.flush();
    if (WITHOUT_CODE.has(code)) this.#machine.close();
    else this.#machine.close(code, reason);
    // A paused socket has to hear the answer.
    this.resume();
    this.#heartbeat.close();
    this.sender.flushLater();
    this.#closedBy(code, reason);
  }

  /** Says goodbye, unless that has been done, and closes the connection without waiting for an answer. */
  shutDown(code: number, reason: string): void {
    this.close(code, reason);
    // The Close frame does not wait for a message in the thread pool.
    if (!this.#machine.closeSent) this.#machine.fail(code, reason);
    this.#finish();
    this.transport.close();
    // A client that has read everything does not need this: its connection is closed already.
    this.#heartbeat.closeSoon();
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
        if (!this.#closed) callHandler(this, this.options.handler.message, event.text);
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

  #call(handler: Parameters<typeof callHandler>[1], bytes: Buffer): void {
    if (!this.#closed && handler != null) callHandler(this, handler, convertReceived(this.socket, bytes));
  }

  /** The WebSocket is over for the application, whatever the connection still has to do. Happens once. */
  #closedBy(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.subscriber.close();
    this.sender.forgetCongestion();
    this.#host.pendingWebSockets--;
    callHandler(this, this.options.handler.close, code, reason);
  }

  /** Writes the rest, as long as the client goes on taking it. The connection is to be closed behind it. */
  #finish(): void {
    this.writeQueue.flush();
    this.#heartbeat.close();
  }

  /** The client is silent. */
  ping(): void {
    this.#machine.ping();
    this.writeQueue.flush();
  }

  /** The answers to pings are not the application's, so `backpressureLimit` does not drop them. */
  #pauseUntilDrained(): void {
    this.#waitingPings = 0;
    this.#pauser.set(PONGS_UNREAD, true);
    this.transport.whenDrained(() => this.#pauser.set(PONGS_UNREAD, false));
  }
}
