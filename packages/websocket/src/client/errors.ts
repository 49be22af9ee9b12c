/**
 * Every reason for which a client's connection fails, besides a broken protocol (../errors.ts) and the system's own errors. The
 * application gets an `error` event with it, and the close code 1006.
 */
export const CLIENT_ERRORS: { readonly [Code in ClientErrorCode]: ClientErrorRow } = {
  CLOSED_EARLY: row("the WebSocket was closed before it was open", "WHATWG WebSockets, close()"),
  HANDSHAKE_TIMEOUT: row("the server did not respond to the handshake in time", "RFC 6455 §4.1"),
  RESPONSE_INVALID: row("the response to the handshake is not valid HTTP", "RFC 6455 §4.1"),
  RESPONSE_REFUSED: row("the response to the handshake opens no WebSocket", "RFC 6455 §4.1"),
  PROTOCOL_MISSING: row("the server chose none of the subprotocols", "WHATWG WebSockets, establish"),
  EXTENSIONS_REFUSED: row("the server's extensions cannot be used", "RFC 6455 §9.1, RFC 7692 §7.1"),
  CONNECTION_LOST: row("the connection ended without a Close frame", "RFC 6455 §7.2.1"),
  BLOB_UNREADABLE: row("a Blob that was sent could not be read", "File API, package data"),
};

/** One row of {@link CLIENT_ERRORS}. */
export interface ClientErrorRow {
  /** The error, in English. */
  readonly message: string;
  /** The rule that makes it a failure. */
  readonly rule: string;
}

/** The stable name of a reason: safe to compare, log and count. */
export type ClientErrorCode =
  | "CLOSED_EARLY"
  | "HANDSHAKE_TIMEOUT"
  | "RESPONSE_INVALID"
  | "RESPONSE_REFUSED"
  | "PROTOCOL_MISSING"
  | "EXTENSIONS_REFUSED"
  | "CONNECTION_LOST"
  | "BLOB_UNREADABLE";

/** The reason why a client's connection failed. It is never thrown: it is the `error` of an `error` event. */
export class ClientError extends Error {
  override readonly name: string = "WebSocketClientError";
  /** The stable name of the reason. */
  readonly code: ClientErrorCode;
  /** The rule that makes it a failure. */
  readonly rule: string;

  /**
   * @param detail more about the reason, in English
   * @param cause the error behind it
   */
  constructor(code: ClientErrorCode, detail?: string, cause?: unknown) {
    const { message, rule } = CLIENT_ERRORS[code];
    super(
      detail === undefined ? message : `${message}: ${detail}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.rule = rule;
  }
}

function row(message: string, rule: string): ClientErrorRow {
  return { message, rule };
}
