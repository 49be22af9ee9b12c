import type { Buffer } from "node:buffer";
import type { Fields } from "./fields.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";

/**
 * How the content of a message is delimited (RFC 9112 §6.3): there is none; by its length; by the chunked coding, whose last
 * chunk ends it; in responses also by the end of the connection (step 8).
 */
export type Framing = "none" | "length" | "chunked" | "until-close";

/** The head of a request: method, target, version and fields, and the framing of the message. */
export interface IncomingRequest {
  readonly type: "request";
  readonly method: string;
  /** As received: origin-, absolute-, authority- or asterisk-form (RFC 9112 §3.2). */
  readonly target: string;
  /** HTTP/1.`minor`: 0 or 1. A higher minor version is treated as 1 (RFC 9110 §2.5). */
  readonly minor: 0 | 1;
  readonly fields: Fields;
  /** The Host field as received, or null if an HTTP/1.0 request has none. */
  readonly host: string | null;
  /** How its content ends. Behind "none" only `end` follows, also when `Content-Length` is 0. */
  readonly framing: Exclude<Framing, "until-close">;
  /** Bytes of content that follow; 0 unless the framing is "length". */
  readonly length: number;
  /** Whether the client allows another request on this connection (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** The client sends its content only after `100 Continue` (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean;
  /** The Upgrade field, if the Connection field names it too (RFC 9110 §7.8). */
  readonly upgrade: string | null;
}

/** The head of a final response. Its content and an `End` follow, unless it opened a tunnel or upgraded. */
export interface IncomingResponse {
  readonly type: "response";
  /** Three digits; a client treats a status outside 100-599 as a 5xx (RFC 9110 §15). 101 only for an accepted upgrade. */
  readonly status: number;
  /** The reason phrase as received; it has no meaning (RFC 9112 §4). */
  readonly reason: string;
  /** HTTP/1.`minor`: 0 or 1. A higher minor version is treated as 1 (RFC 9110 §2.5). */
  readonly minor: 0 | 1;
  readonly fields: Fields;
  /** The request of this response: the object that was given to the connection. */
  readonly request: OutgoingRequest;
  /** How its content ends; "none" in responses to HEAD, in 204 and 304, whatever their fields. */
  readonly framing: Framing;
  /** Bytes of content that follow; 0 unless the framing is "length". */
  readonly length: number;
  /** Transfer codings besides chunked that the content still has, the first applied first; lower case. */
  readonly transferCodings: readonly string[];
  /** Whether the server allows another request on this connection (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
}

/** An interim response (RFC 9110 §15.2), such as 100 or 103: the final one follows. */
export interface InterimResponse {
  readonly type: "interim";
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly fields: Fields;
  readonly request: OutgoingRequest;
}

/** A piece of content. The object and its bytes are borrowed: the next `next()` or `receive()` uses both again. */
export interface Data {
  readonly type: "data";
  bytes: Buffer;
}

/** The message is complete. */
export interface End {
  readonly type: "end";
  /** The trailer section of a chunked body (RFC 9112 §7.1.2). It is never merged into the header. */
  readonly trailers: Fields;
}

/** The peer has closed its sending side between two messages. */
export interface Closed {
  readonly type: "closed";
}

export type ServerEvent = IncomingRequest | Data | End | Closed;

export type ClientEvent = IncomingResponse | InterimResponse | Data | End | Closed;

/**
 * Gets the written bytes, in order: text in which each character is one byte (latin1), or bytes. On Node.js the cheapest way to
 * batch small messages is to join such strings and to write them with the encoding "latin1".
 */
export interface Output {
  text(latin1: string): void;
  /** The bytes must not change until they have been written. */
  bytes(chunk: Uint8Array): void;
}
