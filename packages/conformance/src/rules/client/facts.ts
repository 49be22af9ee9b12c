import type { DeflateAgreement } from "../websocket/facts.ts";

/** What the probe has learnt of a client. */
export interface ClientFacts {
  /** Why no responses are judged: it reads no http URL, or what it reads does not show; else null. */
  readonly noHTTP: string | null;
  /** Why no frames are judged: it reads no ws URL; else null. */
  readonly noWebSocket: string | null;
  /** Its offer of permessage-deflate, as taken without parameters; empty if it makes none. */
  readonly deflate: readonly DeflateAgreement[];
  /** Milliseconds of a call. */
  readonly latency: number;
}
