import type { Buffer } from "node:buffer";
import type { WebSocketError } from "./errors.ts";

/** A text message, whole. */
export interface TextEvent {
  readonly type: "text";
  readonly text: string;
}

/** A binary message, whole. The bytes, with all of their `buffer`, belong to the receiver of the event. */
export interface BinaryEvent {
  readonly type: "binary";
  readonly bytes: Buffer;
}

/** A ping, to which the machine sends the pong itself (RFC 6455 §5.5.2), or a pong. */
export interface PingPongEvent {
  readonly type: "ping" | "pong";
  readonly bytes: Buffer;
}

/** The peer's Close frame: 1005 and no reason if it was empty (§7.1.5). No event follows. */
export interface CloseEvent {
  readonly type: "close";
  readonly code: number;
  readonly reason: string;
}

/**
 * The connection has failed (§7.1.7). The peer gets `error.closeCode` in a Close frame; give the application 1006 with
 * `error.message`. No event follows; close the transport.
 */
export interface ErrorEvent {
  readonly type: "error";
  readonly error: WebSocketError;
}

/** The results of {@link Connection.next}. */
export type Event = TextEvent | BinaryEvent | PingPongEvent | CloseEvent | ErrorEvent;
