import type { Buffer } from "node:buffer";
import type { ErrorCode } from "./errors.ts";

/**
 * An extension that changes the payload of whole data messages and marks them with RSV1, as permessage-deflate does (RFC
 * 7692 §6). It stands between the assembler, which gives it the payload of a marked message, and the connection. Its methods
 * must not throw.
 */
export interface MessageCodec {
  /** Whether the extension was negotiated: only then may RSV1 be set, and only on a message's first frame (RFC 7692 §6). */
  readonly rsv1: boolean;
  /**
   * The message of a marked payload, at most `maxBytes` long; valid until the next call of any codec.
   *
   * @param atOnce how many bytes may be made synchronously; left out if the host cannot wait
   * @returns the message, or `MESSAGE_TOO_BIG` or `UNDECODABLE`; it must stop at `maxBytes`. Null if the message has more than `atOnce`
   *   bytes: `decodeInPool` is called next, with the same payload, and may go on where this has stopped.
   */
  decode(payload: Buffer, maxBytes: number, atOnce?: number): Buffer | ErrorCode | null;
  /** The payload to send with the mark, valid until the next call; null to send the message unchanged and unmarked. */
  encode(message: Uint8Array): Uint8Array | null;
  /**
   * The same for big messages, without holding up the event loop. The input must not change, and the output
   * belongs to the connection. `done` is called once, after the call has returned, also after `close`.
   */
  decodeInPool?(payload: Buffer, maxBytes: number, done: (message: Buffer | ErrorCode) => void): void;
  encodeInPool?(message: Uint8Array, done: (payload: Uint8Array | null) => void): void;
  /**
   * The window, as a power of two, that a {@link Prepared} message may be compressed with for this connection; 0 or left out to
   * send such messages without compression.
   */
  readonly preparedWindowBits?: number;
  /** A marked message was sent without `encode`: the next messages must not refer to messages before it. */
  forget?(): void;
  /** The connection has ended: frees the memory. */
  close?(): void;
}

/** No extension: RSV1 is refused, and messages are not changed. */
export const IDENTITY: MessageCodec = {
  rsv1: false,
  decode: () => "UNDECODABLE",
  encode: () => null,
};
