import type { Buffer } from "node:buffer";
import { Connection, type Event, type MessageCodec, type ReplyListener } from "@mantou/websocket";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { DECODING, HANDLER_PENDING, HANDLERS_QUEUED, ReadPauser } from "../socket/read-pauser.ts";
import type { Transport } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import { HandlerCaller } from "./call-handler.ts";
import { runQueuedWork } from "./queued-work.ts";

/**
 * Messages and control frames of one connection that are handled in one turn of the event loop. 64 KiB hold 10,900 empty ones: they
 * take 20 ms and more without a handler's own work, and no other connection is served meanwhile.
 */
export const EVENTS_A_TURN = 1024;

/** Reasons why no event is handled now. */
const EVENTS_WAIT = HANDLERS_QUEUED | HANDLER_PENDING;

/**
 * The reading half of a WebSocket connection: bytes go into the protocol machine, and its events come out one by one. The work that
 * a handler has queued runs before the next event. It is a base class and not a part, so that a message passes no more objects, and
 * an idle connection has no more of them.
 */
export abstract class EventReader extends HandlerCaller implements ReplyListener {
  readonly transport: Transport;
  readonly writeQueue: WriteQueue;
  readonly machine: Connection;
  readonly pauser: ReadPauser;
  /** Events are being handled. */
  #reading = false;
  /** Nothing is handled yet. */
  #isHeld = false;
  /** The end of the connection, which waits for the events before it. */
  #afterReading: (() => void) | null = null;
  /** Messages and control frames since the last wait for another turn. */
  #events = 0;

  constructor(
    options: WebSocketOptions,
    transport: Transport,
    writeQueue: WriteQueue,
    codec: MessageCodec | null,
    request: string,
    route: string | null,
  ) {
    super(options, request, route);
    this.transport = transport;
    this.writeQueue = writeQueue;
    this.machine = new Connection({
      role: "server",
      output: writeQueue,
      limits: options.limits,
      replies: this,
      ...(codec === null ? {} : { codec, wake: () => this.outside(() => this.#wake()) }),
    });
    this.pauser = new ReadPauser(transport);
  }

  /** Takes the handlers and limits of a reload, from now on. */
  replaceOptions(options: WebSocketOptions): void {
    this.options = options;
    this.machine.setLimits(options.limits);
  }

  protected abstract handle(event: Event): void;
  /** Called if a message cannot be read: nothing more can be. */
  protected abstract readFailed(error: unknown): void;
  /** Called after the events that are at hand. */
  protected abstract eventsHandled(): void;
  /** Called before the machine replies to a ping, to the client's Close frame, or to what breaks the protocol. */
  abstract beforeReply(): void;
  /** Called when a handler that was waited for has ended, in serial mode. */
  protected abstract seriesEnded(): void;
  /** Called when the machine may have written messages that have waited for a Blob or the thread pool. */
  abstract waitingWritten(): void;

  protected receive(buffer: Buffer, start: number, end: number): void {
    // Queued work of a handler may make a stream give bytes that it held back, while earlier ones are being read.
    if (this.#reading) this.machine.keep();
    this.machine.receive(buffer, start, end);
    if (this.#reading) return;
    if (this.pauser.has(EVENTS_WAIT)) this.machine.keep();
    else this.#read();
  }

  /**
   * Takes the bytes behind the handshake. They are read in another turn: this call may come from a promise's callback, and callbacks
   * of promises do not run within one another.
   */
  receiveBehindHandshake(bytes: Buffer): void {
    this.machine.receive(bytes);
    if (this.#isHeld) this.machine.keep();
    else this.#readLater();
  }

  /** Keeps what the client sends, until the returned function is called. */
  protected hold(): () => void {
    this.#isHeld = true;
    this.pauser.set(HANDLERS_QUEUED, true);
    return () => {
      this.#isHeld = false;
      this.pauser.set(HANDLERS_QUEUED, false);
      this.#read();
    };
  }

  /** In serial mode: keeps what the client sends as long as a handler is waited for. */
  protected awaitSeries(): void {
    if (this.series?.holdsEvents !== true) return;
    this.machine.keep();
    this.pauser.set(HANDLER_PENDING, true);
  }

  protected seriesSettled(): void {
    this.pauser.set(HANDLER_PENDING, false);
    this.seriesEnded();
    if (!this.pauser.has(EVENTS_WAIT)) this.#read();
  }

  /** In serial mode: events are read again, and none of them is the application's. */
  protected releaseSeries(): void {
    if (this.series === null) return;
    this.series.release();
    if (!this.pauser.has(HANDLER_PENDING)) return;
    if (!this.pauser.has(HANDLERS_QUEUED)) this.#readLater();
    this.pauser.set(HANDLER_PENDING, false);
  }

  #read(): void {
    // The handler of the WebSocket's opening may be waited for when what comes before the first event is over.
    if (this.pauser.has(HANDLER_PENDING)) return;
    this.#reading = true;
    try {
      this.#readEvents();
    } finally {
      this.#reading = false;
    }
    this.eventsHandled();
    this.#endReading();
  }

  #readEvents(): void {
    for (let event = this.#next(); event !== null; event = this.#next()) {
      this.handle(event);
      if (this.series?.holdsEvents === true) {
        this.awaitSeries();
        return;
      }
      // The work that a handler has queued runs before the next event, as if that event had come in a packet of its own: its messages
      // are sent before a Close frame is replied to. With one event in a packet Node.js does this by itself.
      this.#events++;
      if (this.machine.unread && (this.#events >= EVENTS_A_TURN || !runQueuedWork())) {
        this.#events = 0;
        this.#readLater();
        return;
      }
    }
  }

  /** What cannot be read, as a message for whose bytes there is no memory, ends this connection alone. */
  #next(): Event | null {
    try {
      return this.machine.next();
    } catch (error) {
      this.readFailed(error);
      return null;
    }
  }

  #readLater(): void {
    this.machine.keep();
    this.pauser.set(HANDLERS_QUEUED, true);
    this.inNextTurn(() => {
      this.pauser.set(HANDLERS_QUEUED, false);
      this.#read();
    });
  }

  /** A large message has come out of the thread pool. */
  #wake(): void {
    if (!this.#reading && !this.pauser.has(EVENTS_WAIT)) this.#read();
    this.waitingWritten();
    this.pauser.set(DECODING, this.machine.decoding);
    this.#endReading();
  }

  /** Runs a task behind the events of all received bytes: now, if there are none. */
  protected afterEvents(task: () => void): void {
    if (this.#isBehind) this.#afterReading = task;
    else task();
  }

  /** Whether received bytes have events that are not handled yet. */
  get #isBehind(): boolean {
    return this.#reading || this.machine.decoding || this.pauser.has(EVENTS_WAIT);
  }

  #endReading(): void {
    if (this.#isBehind || this.#afterReading === null) return;
    const task = this.#afterReading;
    this.#afterReading = null;
    task();
  }
}
