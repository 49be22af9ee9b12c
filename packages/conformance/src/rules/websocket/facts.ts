import type { DeflateParams } from "@mantou/websocket";
import type { Response } from "../../exchange/exchange.ts";

/** An offer of permessage-deflate, and what the target has agreed to. */
export interface DeflateAgreement {
  /** The value of Sec-WebSocket-Extensions in the request. */
  readonly offer: string;
  readonly params: DeflateParams;
}

/** What the probe has learnt of a WebSocket server. */
export interface WebSocketFacts {
  /** The response to the plain handshake. */
  readonly plain: Response;
  /** Why what is sent is not compared with what comes back, or null if the target echoes text and binary messages. */
  readonly noEcho: string | null;
  /** A ping gets a pong. */
  readonly pongs: boolean;
  /** The offers of permessage-deflate that the target has taken. */
  readonly deflate: readonly DeflateAgreement[];
  /** Milliseconds from the start of a connection to the pong on it. */
  readonly latency: number;
}
