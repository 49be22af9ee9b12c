import type { Output } from "./frame-encoder.ts";
import type { Limits } from "./limits.ts";
import type { MessageCodec } from "./message-codec.ts";

export interface ReplyListener {
  /**
   * Called before the response to a ping, to the peer's Close frame, or to what breaks the protocol: messages that are sent in this
   * call go before the response.
   */
  beforeReply(): void;
}

/** The options of a {@link Connection}. */
export interface ConnectionOptions {
  /** Our side: a server receives masked frames and sends unmasked ones, a client the reverse (RFC 6455 §5.1). */
  readonly role: "server" | "client";
  /** Gets the frames, within the calls of the connection's methods. It must not call them back. */
  readonly output: Output;
  /** See {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** The negotiated extension, for this connection only; none by default. */
  readonly codec?: MessageCodec;
  /**
   * Called in a later turn, when a big message has come out of the thread pool: call `next` until it gives null, and write what the
   * output has got. Without it the pool is not used, and a message of some megabytes holds up the event loop while it is compressed
   * or decompressed.
   */
  readonly wake?: () => void;
  /** An object and not a function: a closure for each connection would be a part of what an idle one takes. */
  readonly replies?: ReplyListener;
  /** Gives each sent frame's 32-bit masking key, in the client's role; unpredictable ones by default, as §5.3 demands. */
  readonly maskKey?: () => number;
}
