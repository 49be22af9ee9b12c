import type { Buffer } from "node:buffer";
import type { CloseStatus } from "../close.ts";

/** The end of a connection. */
export interface Outcome extends CloseStatus {
  /** Whether both Close frames were exchanged. */
  readonly wasClean: boolean;
  /** The reason of a failure; null if there was none. */
  readonly error: Error | null;
}

/** The receiver of a session's events. Its methods must not throw. */
export interface SessionListener {
  opened(protocol: string, extensions: string): void;
  message(data: string | Buffer): void;
  control(type: "ping" | "pong", bytes: Buffer): void;
  /** The closing handshake has begun, or an open connection has failed. May be called again. */
  closing(): void;
  /** The connection has ended. It is the last call, in every case, and never from within a call of the session's methods. */
  closed(outcome: Outcome): void;
}
