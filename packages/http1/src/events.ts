import type { Buffer } from "node:buffer";
import type { Fields } from "./fields.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";

/**
 * How the content of a message is delimited (RFC 9112 §6.3): there is none; by its length; by the chunked coding, whose last
 * chunk ends it; by the end of the connection (step 8), which a response alone may be.
 */
export type Framing = "none" | "length" | "chunked" | "until-close";

/** The head of a request: method, target, version, fields, and what they mean for the message's framing. */
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
  /** How its content ends; nothing but the end of the message follows "none", as always when `Content-Length` is 0. */
  readonly framing: Exclude<Framing, "until-close">;
  /** Bytes of content that follow; 0 unless the framing is "length". */
  readonly length: number;
  /** Whether the client allows another request on this connection (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** The client holds its content back until it is told to continue (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean;
  /** The Upgrade field, if the Connection field names it too (RFC 9110 §7.8). */
  readonly upgrade: string | null;
}

/** The head of a final response. Its content and an `End` follow, unless it opened a tunnel or upgraded. */
export interface IncomingResponse {
  readonly type: "response";
  /** Three digits; a client takes what is not 100-599 for a 5xx (RFC 9110 §15). 101 only for an accepted upgrade. */
  readonly status: number;
  /** The reason phrase as received, which means nothing (RFC 9112 §4). */
  readonly reason: string;
  /** HTTP/1.`minor`: 0 or 1. A higher minor version is treated as 1 (RFC 9110 §2.5). */
  readonly minor: 0 | 1;
  readonly fields: Fields;
  /** What it answers: the object that was given to the connection. */
  readonly request: OutgoingRequest;
  /** How its content ends; "none" whatever its fields say in answers to HEAD, in 204 and 304. */
  readonly framing: Framing;
  /** Bytes of content that follow; 0 unless the framing is "length". */
  readonly length: number;
  /** Transfer codings besides chunked that the content is still in, the first applied first; lower case. */
  readonly transferCodings: readonly string[];
  /** Whether the server allows another request on this connection (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
}

/** An interim response (RFC 9110 §15.2), such as 100 or 103: the final one is still to come. */
export interface InterimResponse {
  readonly type: "interim";
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly fields: Fields;
  readonly request: OutgoingRequest;
}

/** A piece of content. The object and its bytes are borrowed: both are used again at the next `next()` or `receive()`. */
export interface Data {
  readonly type: "data";
  bytes: Buffer;
}

/** The message is complete. */
export interface End {
  readonly type: "end";
  /** The trailer section of a chunked body (RFC 9112 §7.1.2); never merged into the header by us. */
  readonly trailers: Fields;
}

/** The peer will send nothing more, and said so between two messages. */
export interface Closed {
  readonly type: "closed";
}

export type ServerEvent = IncomingRequest | Data | End | Closed;

export type ClientEvent = IncomingResponse | InterimResponse | Data | End | Closed;

/**
 * Where written bytes go, in order: text in which each character is one byte (latin1), or bytes. On Node.js
 * joining such strings and writing them with the encoding "latin1" is the cheapest way to batch small messages.
 */
export interface Output {
  text(latin1: string): void;
  /** The bytes must not change until they have been written. */
  bytes(chunk: Uint8Array): void;
}
