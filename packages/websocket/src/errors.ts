/**
 * Every reason for which the machine fails a connection, one row each. The peer gets `closeCode` (RFC 6455 §7.4.1); our side's
 * application gets 1006 with `message` (§7.1.5, §7.1.7).
 */
export const ERRORS: { readonly [Code in ErrorCode]: ErrorRow } = {
  RESERVED_BITS: row(1002, "a reserved bit is set and no extension gave it a meaning", "RFC 6455 §5.2"),
  RESERVED_OPCODE: row(1002, "the opcode is reserved", "RFC 6455 §5.2"),
  CONTROL_FRAGMENTED: row(1002, "a control frame is fragmented", "RFC 6455 §5.5"),
  CONTROL_TOO_LONG: row(1002, "a control frame has more than 125 bytes", "RFC 6455 §5.5"),
  MASK_MISSING: row(1002, "a client's frame is not masked", "RFC 6455 §5.1"),
  MASK_FORBIDDEN: row(1002, "a server's frame is masked", "RFC 6455 §5.1"),
  LENGTH_NOT_MINIMAL: row(1002, "the length is not in its shortest form", "RFC 6455 §5.2"),
  LENGTH_HIGH_BIT: row(1002, "the highest bit of a 64-bit length is set", "RFC 6455 §5.2"),
  CONTINUATION_WITHOUT_START: row(1002, "a continuation frame continues no message", "RFC 6455 §5.4"),
  MESSAGE_INTERRUPTED: row(1002, "a new message begins inside a fragmented one", "RFC 6455 §5.4"),
  CLOSE_PAYLOAD: row(1002, "a Close frame has a payload of one byte", "RFC 6455 §5.5.1"),
  CLOSE_CODE: row(1002, "the close code is not one that may be sent", "RFC 6455 §7.4"),
  CLOSE_REASON_UTF8: row(1007, "the close reason is not UTF-8", "RFC 6455 §5.5.1, §8.1"),
  TEXT_UTF8: row(1007, "a text message is not UTF-8", "RFC 6455 §8.1"),
  UNDECODABLE: row(1007, "the message cannot be decoded by the negotiated extension", "RFC 7692 §7.2.2"),
  FRAME_TOO_BIG: row(1009, "the frame is bigger than the limit", "RFC 6455 §10.4"),
  MESSAGE_TOO_BIG: row(1009, "the message is bigger than the limit", "RFC 6455 §10.4"),
  TOO_MANY_FRAGMENTS: row(1008, "the message has too many fragments", "RFC 6455 §10.4"),
  TOO_MANY_EMPTY_FRAGMENTS: row(1008, "the message has too many empty fragments", "RFC 6455 §10.4"),
};

/** One row of {@link ERRORS}. */
export interface ErrorRow {
  /** The code in our Close frame: 1002, 1007, 1008 or 1009. */
  readonly closeCode: number;
  /** The error, in English; also the reason in the Close frame, so at most 123 bytes. */
  readonly message: string;
  /** The rule that was broken. */
  readonly rfc: string;
}

/** The stable name of a reason: safe to compare, log and count. */
export type ErrorCode =
  | "RESERVED_BITS"
  | "RESERVED_OPCODE"
  | "CONTROL_FRAGMENTED"
  | "CONTROL_TOO_LONG"
  | "MASK_MISSING"
  | "MASK_FORBIDDEN"
  | "LENGTH_NOT_MINIMAL"
  | "LENGTH_HIGH_BIT"
  | "CONTINUATION_WITHOUT_START"
  | "MESSAGE_INTERRUPTED"
  | "CLOSE_PAYLOAD"
  | "CLOSE_CODE"
  | "CLOSE_REASON_UTF8"
  | "TEXT_UTF8"
  | "UNDECODABLE"
  | "FRAME_TOO_BIG"
  | "MESSAGE_TOO_BIG"
  | "TOO_MANY_FRAGMENTS"
  | "TOO_MANY_EMPTY_FRAGMENTS";

/** The reason why the machine failed the connection (RFC 6455 §7.1.7). It is never thrown: it comes in an event. */
export class WebSocketError extends Error {
  override readonly name: string = "WebSocketError";
  /** The stable name of the reason. */
  readonly code: ErrorCode;
  /** The code in our Close frame. The application must get 1006 instead (§7.1.5). */
  readonly closeCode: number;
  /** The rule that was broken. */
  readonly rfc: string;

  constructor(code: ErrorCode) {
    const { message, closeCode, rfc } = ERRORS[code];
    super(message);
    this.code = code;
    this.closeCode = closeCode;
    this.rfc = rfc;
  }
}

function row(closeCode: number, message: string, rfc: string): ErrorRow {
  return { closeCode, message, rfc };
}
