import type { Buffer } from "node:buffer";
import { isCloseCode, type MessageCodec } from "@mantou/websocket";
import type { Server } from "../api/server.ts";
import type { ServerWebSocket } from "../api/websocket.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { UNLISTED } from "../socket/indexed-list.ts";
import { DECODING, HANDLER_PENDING, PAUSED } from "../socket/read-pauser.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import { ABNORMAL, EventDispatcher } from "./event-dispatcher.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { WebSocketHost } from "./host.ts";
import { MessageRate } from "./message-rate.ts";
import type { Publisher } from "./publisher.ts";
import { WebSocketSender } from "./sender.ts";
import type { TopicClients } from "./topic-session.ts";
import { SessionSocket } from "./topic-socket.ts";

/** Codes that stand for a Close frame without a code, and that no frame can carry (RFC 6455 §7.4.1). Bun adds 0. */
const WITHOUT_CODE: ReadonlySet<number> = new Set([0, 1005, ABNORMAL]);

/** A WebSocket on its connection: opens, pauses and closes it, and ends the connection in the protocol's order. */
export class WebSocketConnection extends EventDispatcher implements TransportHandler {
  readonly #host: WebSocketHost;
  /** Its place among the WebSockets of the server. */
  place: number = UNLISTED;
  readonly socket: ServerWebSocket<unknown>;
  readonly sender: WebSocketSender;
  readonly #heartbeat: Heartbeat;
  /** The connection is closed when the messages that wait for a Blob or the thread pool have been written. */
  #closesBehindWaiting = false;
  /** The `open` handler has been called, or would have been if there were one. */
  #hasOpened = false;

  /**
   * @param request method, path and route of the request that opened it
   * @param route the pattern; null without one
   * @param makeSocket makes the object that handlers get
   */
  constructor(
    host: WebSocketHost,
    options: WebSocketOptions,
    transport: Transport,
    writeQueue: WriteQueue,
    codec: MessageCodec | null,
    request: string,
    route: string | null,
    makeSocket: (connection: WebSocketConnection) => ServerWebSocket<unknown>,
  ) {
    super(options, transport, writeQueue, codec, request, route);
    this.#host = host;
    this.socket = makeSocket(this);
    const { broker, flushScheduler, congestion } = host.publisher;
    this.sender = new WebSocketSender(broker, flushScheduler, congestion, this, codec);
    const { maxMessagesPerSecond } = options;
    if (maxMessagesPerSecond !== 0) this.rate = new MessageRate(maxMessagesPerSecond, host.timeouts);
    host.webSockets.add(this);
    host.pendingWebSockets++;
    this.#heartbeat = new Heartbeat(host.timeouts, this);
  }

  get server(): Server<unknown> {
    return this.#host.facade;
  }

  outside(task: () => void): void {
    this.#host.outside(task);
  }

  get publisher(): Publisher {
    return this.#host.publisher;
  }

  /** Calls the `open` handler. An error of it closes the connection. */
  open(): void {
    if (this.series === null) {
      this.#callOpen();
      return;
    }
    this.series.run(() => this.#callOpen());
    this.awaitSeries();
  }

  /** As in Bun, `open` and `close` do not run in the async context of what has opened or closed the WebSocket. */
  #callOpen(): void {
    this.#hasOpened = true;
    const failed = (): void => this.close(1011, "");
    this.outside(() => this.callHandler("open", this.options.handler.open, undefined, undefined, failed));
  }

  protected seriesEnded(): void {
    this.#heartbeat.received(this.options);
  }

  /** Opens with a session of the topics' protocol. What the client sends waits for it. */
  openSession(clients: TopicClients): void {
    let begun = (): void => {};
    let hasBegun = false;
    const { sender, options, publisher } = this;
    const tag = options.publishToSelf ? 0 : publisher.tags.of(sender.subscriber);
    clients.open(new SessionSocket(this, sender), tag, (session) => {
      hasBegun = true;
      this.session = session;
      sender.filter = session;
      sender.isHeaded = true;
      // The server may have been stopped meanwhile.
      if (this.closed) session.closed();
      else this.open();
      begun();
    });
    if (!hasBegun) begun = this.hold();
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.#heartbeat.received(this.options);
    this.receive(buffer, start, end);
  }

  protected eventsHandled(): void {
    // The machine writes pongs and Close frames by itself.
    if (this.writeQueue.size > 0) this.sender.flushLater();
    const { state, decoding } = this.machine;
    if (state === "closed" || state === "failed") this.#endTransport();
    else if (decoding) this.pauser.set(DECODING, true);
    else this.pauseForPongs();
  }

  /** What was published before the client's frame leaves before the reply to it, as sent messages do. */
  beforeReply(): void {
    this.sender.flushPublished();
  }

  waitingWritten(): void {
    this.sender.waitingWritten();
    if (this.#closesBehindWaiting) this.#closeTransport();
    // The reply to the client's Close frame has waited for a Blob.
    else if (this.machine.state === "closed") this.#endTransport();
  }

  onEnd(): void {
    // The messages before the end are handled first.
    this.afterEvents(() => {
      this.#closeTransport();
      this.closedBy(ABNORMAL, "");
    });
  }

  onClose(): void {
    this.#heartbeat.stop();
    this.#host.webSockets.delete(this);
    try {
      if (this.series !== null && !this.closed && this.pauser.has(HANDLER_PENDING)) {
        // The handler that runs has to learn of it now: it may go on as long as the WebSocket is open.
        this.series.isGone = true;
        this.#leave();
      }
      this.afterEvents(() => {
        this.machine.receiveEnd();
        this.closedBy(ABNORMAL, "");
      });
    } finally {
      this.#host.connectionClosed();
    }
  }

  // The operations of the application's socket.

  get paused(): boolean {
    return !this.closed && this.pauser.has(PAUSED);
  }

  pause(): void {
    if (!this.closed) this.pauser.set(PAUSED, true);
  }

  resume(): void {
    if (!this.pauser.has(PAUSED)) return;
    this.pauser.set(PAUSED, false);
    this.#heartbeat.received(this.options);
  }

  abort(reason: string): void {
    this.transport.destroy();
    this.closedBy(ABNORMAL, reason);
  }

  /** @throws RangeError for a code that must not be sent (RFC 6455 §7.4), unless it stands for a frame without a code */
  close(code: number, reason: string): void {
    const isWithoutCode = WITHOUT_CODE.has(code);
    // Also of a closed one: the mistake does not depend on when the client leaves.
    if (!isWithoutCode && !isCloseCode(code))
      throw new RangeError(`${code} is not a close code that may be sent (RFC 6455 §7.4)`);
    if (this.closed) return;
    this.sender.flushPublished();
    if (isWithoutCode) this.machine.close();
    else this.machine.close(code, reason);
    // A paused socket has to receive the client's Close frame.
    this.resume();
    this.#heartbeat.close();
    this.sender.flushLater();
    this.closedBy(code, reason);
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
    this.closedBy(ABNORMAL, "");
  }

  /** The WebSocket is over for the application, whatever the connection still has to do. Happens once. */
  protected closedBy(code: number, reason: string): void {
    const { series } = this;
    if (!this.closed) this.#leave();
    else if (series?.isGone !== true) return;
    // The session of a topic client has not begun: the server was stopped first, for example.
    if (!this.#hasOpened) return;
    const callClose = (): void =>
      this.outside(() => this.callHandler("close", this.options.handler.close, code, reason));
    if (series === null) {
      callClose();
      return;
    }
    series.isGone = false;
    series.runBehind(callClose);
    this.releaseSeries();
  }

  /** From now on nothing is sent, and nothing is published to it. */
  #leave(): void {
    this.closed = true;
    this.sender.close();
    this.#host.publisher.forget(this.sender);
    this.#host.pendingWebSockets--;
    this.abortRequest();
  }

  /** Closes the connection without a Close frame, behind all messages that have been sent. */
  #closeTransport(): void {
    this.#finish();
    this.#closesBehindWaiting = this.machine.waiting;
    if (!this.#closesBehindWaiting) this.transport.close();
  }

  /** Both Close frames are through, or the client broke the protocol. The server closes first (RFC 6455 §7.1.1). */
  #endTransport(): void {
    this.#finish();
    this.transport.end();
  }

  /** Writes the rest, for as long as the client goes on reading. The caller closes the connection behind it. */
  #finish(): void {
    this.writeQueue.flush();
    this.#heartbeat.close();
  }
}
