import type { ErrorCode } from "./errors.ts";

/**
 * An extension that changes the payload of whole data messages and marks them with RSV1, as permessage-deflate does (RFC
 * 7692 §6). It stands between the assembler, which hands it the payload of a marked message, and the connection. Nothing in it
 * may throw.
 */
export interface MessageCodec {
  /** Whether the extension was negotiated: only then may RSV1 be set, and only on a message's first frame (RFC 7692 §6). */
  readonly rsv1: boolean;
  /**
   * The message behind a marked payload, at most `maxBytes` long; good until the next call of any codec.
   *
   * @param atOnce how many bytes may be made now; left out if there is no way to go on later
   * @returns the message, or `MESSAGE_TOO_BIG` or `UNDECODABLE`; it must stop at `maxBytes`. Null if the message has more than `atOnce`
   *   bytes: `decodeInPool` is called next, with the same payload, and may go on where this has stopped.
   */
  decode(payload: Buffer, maxBytes: number, atOnce?: number): Buffer | ErrorCode | null;
  /** The payload to send, marked, good until the next call; or null to send the message as it is, unmarked. */
  encode(message: Uint8Array): Uint8Array | null;
  /**
   * The same for big messages, without holding up the event loop. Bytes that are given must not change, bytes that come out
   * are the connection's. `done` is called once, in a later turn, also after `close`.
   */
  decodeInPool?(payload: Buffer, maxBytes: number, done: (message: Buffer | ErrorCode) => void): void;
  encodeInPool?(message: Uint8Array, done: (payload: Uint8Array | null) => void): void;
  /**
   * The window, as a power of two, that a {@link Prepared} message may be compressed with for this connection; 0 or left out,
   * if such messages are to be sent as they are.
   */
  readonly preparedWindowBits?: number;
  /** A message was sent, marked, that `encode` has not seen: what follows must not refer to anything before it. */
  forget?(): void;
  /** The connection is over: frees the memory. */
  close?(): void;
}

/** No extension: RSV1 is refused, and messages go as they are. */
export const IDENTITY: MessageCodec = {
  rsv1: false,
  decode: () => "UNDECODABLE",
  encode: () => null,
};
