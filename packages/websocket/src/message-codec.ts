import type { ErrorCode } from "./errors.ts";
import type { DataOpcode } from "./opcode.ts";

/**
 * An extension that changes the payload of whole data messages and marks them with RSV1, as permessage-deflate does (RFC
 * 7692 §6). It stands between the assembler, which hands it the payload of a marked message, and the connection.
 */
export interface MessageCodec {
  /** Whether the extension was negotiated: only then may RSV1 be set, and only on a message's first frame (RFC 7692 §6). */
  readonly rsv1: boolean;
  /**
   * The message behind a marked payload, at most `maxBytes` long.
   *
   * @returns the message, or `MESSAGE_TOO_BIG` or `UNDECODABLE`; it must not throw, and must stop at `maxBytes`.
   */
  decode(payload: Buffer, maxBytes: number): Buffer | ErrorCode;
  /** The payload to send, marked; or null to send the message as it is, unmarked. */
  encode(message: Uint8Array, opcode: DataOpcode): Uint8Array | null;
}

/** No extension: RSV1 is refused, and messages go as they are. */
export const IDENTITY: MessageCodec = {
  rsv1: false,
  decode: () => "UNDECODABLE",
  encode: () => null,
};
