import type { WebSocketOptions } from "../options/websocket-options.ts";
import { UNLISTED } from "../socket/indexed-list.ts";
import { HANDLER_PENDING, PAUSED } from "../socket/read-pauser.ts";
import type { Timed, Timeouts } from "../socket/timeouts.ts";
import type { EventReader } from "./event-reader.ts";

/** Seconds for the client to reply to our Close frame and to close the connection. */
const CLOSE_SECONDS = 5;
/** Seconds between a ping and the idle timeout, for the client's pong. */
const PING_SECONDS = 4;
/** What the `close` handler is told of a client that is cut off. */
const SILENT = "The client was silent for longer than idleTimeout";
/** Reasons of our own not to read the client, whose silence means nothing then. */
const UNREAD = PAUSED | HANDLER_PENDING;

/**
 * Finds out whether a WebSocket's client is still there. It pings a silent client, and breaks the connection off if the client stays
 * silent or does not take part in closing. A slow reader is neither idle nor dead: our ping, or our Close frame, waits
 * behind the bytes that it has yet to read.
 */
export class Heartbeat implements Timed {
  // Not Infinity: V8 would keep a number on the heap for each heartbeat.
  deadline = 0;
  timeoutPlace: number = UNLISTED;
  readonly #timeouts: Timeouts;
  readonly #connection: EventReader;
  #seconds = 0;
  #sendPings = true;
  #pinged = false;
  #closing = false;
  /** The connection ends without waiting for a slow reader. */
  #closesSoon = false;
  /** The transport's `taken` at the last look. */
  #taken = 0;
  /** Without pings: seconds in which the client has sent no bytes and taken none. */
  #silence = 0;

  constructor(timeouts: Timeouts, connection: EventReader) {
    this.#timeouts = timeouts;
    this.#connection = connection;
    this.received(connection.options);
    timeouts.add(this);
  }

  /** The client has sent something, or is read again. */
  received({ idleTimeout, sendPings }: WebSocketOptions): void {
    if (this.#closing) return;
    this.#pinged = false;
    this.#sendPings = sendPings;
    if (sendPings || idleTimeout === 0) {
      this.#seconds = idleTimeout === 0 ? 0 : idleTimeout - PING_SECONDS;
      this.deadline = this.#timeouts.after(this.#seconds);
    } else {
      this.#seconds = idleTimeout;
      this.#silence = 0;
      this.deadline = this.#timeouts.now + 1;
    }
  }

  /** Gives the client `CLOSE_SECONDS` for the rest. They start with the first call. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#seconds = CLOSE_SECONDS;
    this.deadline = this.#timeouts.after(CLOSE_SECONDS);
  }

  /** Ends the connection at the next tick of the clock. */
  closeSoon(): void {
    this.close();
    this.#closesSoon = true;
    this.deadline = this.#timeouts.now + 1;
  }

  /** The connection is gone. */
  stop(): void {
    this.#timeouts.delete(this);
  }

  onTimeout(): void {
    const { transport, pauser } = this.#connection;
    const { taken, buffered } = transport;
    const progress = taken !== this.#taken;
    this.#taken = taken;
    if (pauser.has(UNREAD) && !this.#closing) {
      // It is pinged all the same: only a write shows that the peer of an unread connection is gone, and without pings such connections
      // would stay for ever.
      this.deadline = this.#timeouts.after(this.#seconds);
      if (this.#sendPings && buffered === 0) this.#ping();
    } else if (!this.#sendPings && !this.#closing) {
      this.#watchProgress(progress);
    } else if (progress && buffered > 0 && !this.#closesSoon) {
      this.deadline = this.#timeouts.after(this.#seconds);
    } else if (this.#closing) {
      transport.destroy();
    } else if (this.#pinged) {
      this.#connection.abort(SILENT);
    } else {
      this.#pinged = true;
      this.deadline = this.#timeouts.after(PING_SECONDS);
      this.#ping();
    }
  }

  #ping(): void {
    this.#connection.machine.ping();
    this.#connection.writeQueue.flush();
  }

  /**
   * Without pings, only the bytes that it takes show that a client which sends nothing is there. Bun uses them, too. No event reports
   * them, so this looks every second.
   */
  #watchProgress(progress: boolean): void {
    this.#silence = progress ? 0 : this.#silence + 1;
    if (this.#silence > this.#seconds) this.#connection.abort(SILENT);
    else this.deadline = this.#timeouts.now + 1;
  }
}
