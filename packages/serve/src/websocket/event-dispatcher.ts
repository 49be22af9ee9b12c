import type { Buffer } from "node:buffer";
import type { Event } from "@mantou/websocket";
import type { BinaryType } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { PONGS_UNREAD } from "../socket/read-pauser.ts";
import { EventReader } from "./event-reader.ts";
import { convertReceived } from "./message.ts";
import type { MessageRate } from "./message-rate.ts";
import type { TopicSession } from "./topic-session.ts";

/** Pings whose pongs a client has not read. A client with more of them does not read, so it is not read either. */
const WAITING_PINGS = 128;

/** The code of a connection that has ended without a Close frame (RFC 6455 §7.1.5). */
export const ABNORMAL = 1006;
const POLICY_VIOLATION = 1008;
const TOO_MANY = "Too many messages in a second";
const INTERNAL_ERROR = 1011;
const UNREADABLE = "A WebSocket message could not be read";

/**
 * Gives the events of a WebSocket connection to the application's handlers, or its messages to the session of the topics' protocol. It is a
 * base class for the same reason as `EventReader`.
 */
export abstract class EventDispatcher extends EventReader {
  /** The form of received bytes for handlers; the application sets it on its socket. */
  binaryType: BinaryType = "nodebuffer";
  /** Null for a client that does not speak the topics' protocol. */
  protected session: TopicSession | null = null;
  /** Null without a limit. */
  protected rate: MessageRate | null = null;
  /** Pings that came while the client was not reading. */
  #waitingPings = 0;

  /** The WebSocket is over for the application, whatever the connection still has to do. */
  protected abstract closedBy(code: number, reason: string): void;

  protected handle(event: Event): void {
    if (this.rate?.refuses(event) === true) {
      this.beforeReply();
      this.machine.fail(POLICY_VIOLATION, TOO_MANY);
      this.closedBy(POLICY_VIOLATION, TOO_MANY);
      return;
    }
    switch (event.type) {
      case "text":
        if (this.session !== null) this.#receive(event.text);
        else if (this.#isHeard) this.callInSeries("message", this.options.handler.message, event.text);
        break;
      case "binary":
        if (this.session !== null) this.#receive(event.bytes);
        else this.#call("message", this.options.handler.message, event.bytes);
        break;
      case "ping":
        this.#waitingPings = this.transport.buffered === 0 ? 0 : this.#waitingPings + 1;
        this.#call("ping", this.options.handler.ping, event.bytes);
        break;
      case "pong":
        this.#call("pong", this.options.handler.pong, event.bytes);
        break;
      case "close":
        this.closedBy(event.code, event.reason);
        break;
      case "error":
        this.closedBy(ABNORMAL, event.error.message);
    }
  }

  protected readFailed(error: unknown): void {
    logError(error, UNREADABLE);
    this.beforeReply();
    this.machine.fail(INTERNAL_ERROR);
    this.closedBy(ABNORMAL, UNREADABLE);
  }

  /** Whether events are the application's. In serial mode those are that came before the end of the connection. */
  get #isHeard(): boolean {
    return !this.closed || this.series?.isGone === true;
  }

  #receive(message: string | Buffer): void {
    if (this.#isHeard) this.session?.receive(message);
  }

  /** The session passes a message on to the application. */
  receiveMessage(message: string | Buffer): void {
    const { handler } = this.options;
    if (typeof message === "string") this.callInSeries("message", handler.message, message);
    else this.#call("message", handler.message, message);
  }

  #call(
    name: "message" | "ping" | "pong",
    handler: Parameters<EventReader["callHandler"]>[1],
    bytes: Buffer,
  ): void {
    if (handler != null && this.#isHeard)
      this.callInSeries(name, handler, convertReceived(bytes, this.binaryType));
  }

  /** Pauses a client that sends pings and does not read the pongs, which are not the application's messages: `backpressureLimit` does not drop them. */
  protected pauseForPongs(): void {
    if (this.#waitingPings <= WAITING_PINGS) return;
    this.#waitingPings = 0;
    this.pauser.set(PONGS_UNREAD, true);
    this.transport.whenDrained(() => this.pauser.set(PONGS_UNREAD, false));
  }
}
