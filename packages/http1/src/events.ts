import type { Buffer } from "node:buffer";
import type { Fields } from "./fields.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";

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
  /** Bytes of content that follow; 0 for none; CHUNKED if only the last chunk will tell. */
  readonly contentLength: number;
  /** Whether the client allows another request on this connection (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** The client holds its content back until it is told to continue (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean;
  /** The Upgrade field, if the Connection field names it too (RFC 9110 §7.8). */
  readonly upgrade: string | null;
}

/** `contentLength` of a message in the chunked transfer coding. */
export const CHUNKED = -1;

/** `contentLength` of a response that ends where its connection does (RFC 9112 §6.3, step 8). */
export const UNTIL_CLOSE = -2;

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
  /** Bytes of content that follow; 0 for none, as always for HEAD, 204 and 304; CHUNKED; or UNTIL_CLOSE. */
  readonly contentLength: number;
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
