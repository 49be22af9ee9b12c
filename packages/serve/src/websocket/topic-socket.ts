import type { Buffer } from "node:buffer";
import type { PreparedFrames } from "@mantou/websocket";
import type { WebSocketSender } from "./sender.ts";
import type { TopicSocket } from "./topic-session.ts";

/** A client that speaks a protocol otherwise than it is. */
const POLICY_VIOLATION = 1008;

/** The reading half of a WebSocket, as far as a session needs it. */
interface Reader {
  readonly closed: boolean;
  receiveMessage(message: string | Buffer): void;
  close(code: number, reason: string): void;
}

/** What a session of a topic client has of its WebSocket. */
export class SessionSocket implements TopicSocket {
  readonly #reader: Reader;
  readonly #sender: WebSocketSender;

  constructor(reader: Reader, sender: WebSocketSender) {
    this.#reader = reader;
    this.#sender = sender;
  }

  get closed(): boolean {
    return this.#reader.closed;
  }

  get keepsUp(): boolean {
    return this.#sender.buffered === 0;
  }

  isSubscribed(topic: string): boolean {
    return this.#sender.subscriber.isSubscribed(topic);
  }

  flushPublished(): void {
    this.#sender.flushPublished();
  }

  line(text: string): void {
    this.#sender.line(text);
  }

  page(messages: readonly PreparedFrames[]): void {
    this.#sender.page(messages);
  }

  awaitDrained(): void {
    this.#sender.awaitDrained();
  }

  receive(message: string | Buffer): void {
    this.#reader.receiveMessage(message);
  }

  refuse(reason: string): void {
    this.#reader.close(POLICY_VIOLATION, reason);
  }
}
