import type { Buffer } from "node:buffer";
import type { Subscriber } from "@mantou/pubsub";
import { Connection, type Event, type Prepared } from "@mantou/websocket";
import type { Outbox } from "./outbox.ts";
import type { ServerContext } from "./server-context.ts";
import { MantouWebSocket } from "./server-websocket.ts";
import type { Timed } from "./timeouts.ts";
import type { Transport, TransportHandler } from "./transport.ts";
import type { WebSocketOptions } from "./websocket-options.ts";

/** Seconds for the client to answer our Close frame and to close the connection. */
const CLOSE_SECONDS = 5;
/** Seconds before the idle timeout at which the client is pinged: time enough for its answer. */
const PING_SECONDS = 4;

const ABNORMAL = 1006;

/** A connection that speaks WebSocket: carries bytes to its protocol machine, events to the handlers. */
export class WebSocketConnection implements TransportHandler, Timed {
  readonly context: ServerContext;
  readonly options: WebSocketOptions;
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly socket: MantouWebSocket;
  /** What the connection is subscribed to. */
  readonly subscriber: Subscriber<WebSocketConnection, Prepared>;
  readonly #machine: Connection;
  deadline: number = Number.POSITIVE_INFINITY;
  /** Between the last traffic and the deadline: the client has been pinged. */
  #pinged = false;
  /** `close` has run: the application has nothing more to do with this connection. */
  #closed = false;
  #drainPending = false;

  constructor(
    context: ServerContext,
    options: WebSocketOptions,
    transport: Transport,
    outbox: Outbox,
    data: unknown,
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
    });
    this.socket = new MantouWebSocket(this, data);
    context.webSockets.add(this);
    context.timeouts.add(this);
    this.#touch();
  }

  /** Runs the `open` handler; if it throws, the connection is closed. */
  open(): void {
    const { handler } = this.options;
    if (handler.open === undefined) return;
    try {
      this.#watch(handler.open(this.socket));
    } catch (error) {
      this.close(1011, "");
      this.#handlerThrew(error);
    }
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.#touch();
    this.#machine.receive(buffer.subarray(start, end));
    for (let event = this.#machine.next(); event !== null; event = this.#machine.next()) this.#handle(event);
    // Pongs and Close frames that the machine wrote by itself.
    if (this.outbox.size > 0) this.context.turn.add(this.outbox);
    const { state } = this.#machine;
    if (state === "CLOSED" || state === "FAILED") this.#endTransport();
  }

  onEnd(): void {
    this.transport.close();
  }

  onClose(): void {
    this.context.timeouts.delete(this);
    this.#closedBy(ABNORMAL, "");
    this.context.connectionClosed();
  }

  onTimeout(): void {
    // The client has not answered our Close frame, or a ping.
    if (this.#closed || this.#pinged || this.#machine.state !== "OPEN") {
      this.transport.destroy();
      return;
    }
    this.#pinged = true;
    this.deadline = this.context.timeouts.after(PING_SECONDS);
    this.#machine.ping();
    this.outbox.flush();
  }

  // What the application does with its socket.

  get closed(): boolean {
    return this.#closed;
  }

  get buffered(): number {
    return this.transport.buffered + this.outbox.size;
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

  /** Sends frames that were published: the same pieces to everyone who gets the same. */
  deliver(pieces: readonly (string | Uint8Array)[]): void {
    if (this.#closed || this.#overflowing()) return;
    for (const piece of pieces) {
      if (typeof piece === "string") this.outbox.text(piece);
      else this.outbox.bytes(piece);
    }
    this.#sent(0);
  }

  close(code: number | undefined, reason: string): void {
    if (this.#closed) return;
    if (this.subscriber.hasPending) this.subscriber.flush();
    this.#machine.close(code, code === undefined ? undefined : reason);
    this.deadline = this.context.timeouts.after(CLOSE_SECONDS);
    this.context.turn.add(this.outbox);
    this.#closedBy(code ?? 1005, code === undefined ? "" : reason);
  }

  /** Says goodbye and closes the connection without waiting for an answer. */
  shutDown(code: number, reason: string): void {
    this.close(code, reason);
    this.outbox.flush();
    this.transport.close();
  }

  terminate(): void {
    if (this.#closed) return;
    if (this.subscriber.hasPending) this.subscriber.flush();
    this.outbox.flush();
    this.transport.close();
    this.deadline = this.context.timeouts.after(CLOSE_SECONDS);
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
      case "pong":
        this.#call(event.type, event.bytes);
        break;
      case "close":
        this.#closedBy(event.code, event.reason);
        break;
      case "error":
        this.#closedBy(ABNORMAL, event.error.message);
    }
  }

  #call(name: "message" | "ping" | "pong", data: string | Buffer): void {
    const { handler } = this.options;
    if (handler[name] === undefined || this.#closed) return;
    try {
      const given = typeof data === "string" ? data : this.socket.convert(data);
      // The handler's own declaration says which of the two it takes.
      this.#watch((handler[name] as (ws: MantouWebSocket, data: unknown) => unknown)(this.socket, given));
    } catch (error) {
      this.#handlerThrew(error);
    }
  }

  /** The WebSocket is over for the application, whatever the connection still has to do. Happens once. */
  #closedBy(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.subscriber.close();
    this.context.webSockets.delete(this);
    const { handler } = this.options;
    if (handler.close === undefined) return;
    try {
      this.#watch(handler.close(this.socket, code, reason));
    } catch (error) {
      this.#handlerThrew(error);
    }
  }

  /** Both Close frames are through, or the client broke the protocol. The server closes first (RFC 6455 §7.1.1). */
  #endTransport(): void {
    this.outbox.flush();
    this.deadline = Math.min(this.deadline, this.context.timeouts.after(CLOSE_SECONDS));
    this.transport.end();
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
      if (this.#closed) return;
      try {
        this.#watch(this.options.handler.drain?.(this.socket));
      } catch (error) {
        this.#handlerThrew(error);
      }
    });
  }

  #touch(): void {
    this.#pinged = false;
    const { idleTimeout, sendPings } = this.options;
    if (this.#closed) return;
    const seconds = sendPings && idleTimeout > 0 ? idleTimeout - PING_SECONDS : idleTimeout;
    this.deadline = this.context.timeouts.after(seconds);
    this.#pinged = !sendPings;
  }

  /** An async handler that rejects has no caller left to tell; as in Bun, `error` is not called for it. */
  #watch(result: unknown): void {
    if (result instanceof Promise) result.catch((error: unknown) => this.context.reportError(error));
  }

  #handlerThrew(error: unknown): void {
    const { handler } = this.options;
    if (handler.error === undefined) {
      this.context.reportError(error);
      return;
    }
    try {
      this.#watch(handler.error(error as Error, this.socket));
    } catch (thrown) {
      this.context.reportError(thrown);
    }
  }
}
