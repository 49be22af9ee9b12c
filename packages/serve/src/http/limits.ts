/**
 * How much one HTTP connection may make us hold, and for how long, besides what the options say. What a message may
 * weigh is in the limits of `@mantou/http1` and `@mantou/websocket`.
 */

/** Pipelined requests beyond this wait in the socket until the current one is answered. */
export const READ_AHEAD_BYTES: number = 64 * 1024;
/**
 * Requests of one connection that are handled in one turn of the event loop. 64 KiB hold 2,600 short ones; with a `Request` and a
 * `Response` of the platform, each of which is written by itself, they were up to 2 s of CPU on a busy machine, in which no other
 * connection was served.
 */
export const REQUESTS_A_TURN: number = 64;
/** A client that does not read its answers gets no more requests handled while this much waits for it. */
export const CONGESTED_BYTES: number = 256 * 1024;
/** Seconds that a client has to read our last words before the connection is broken off (RFC 9112 §9.6). */
export const LINGER_SECONDS: number = 2;
/** Seconds in which a head that has begun must be complete if `idleTimeout` is off: it is no long-lived thing. */
export const HEAD_SECONDS: number = 60;

/** Unread content beyond this pauses the socket, so that a slow handler slows its client down and not us. */
export const UNREAD_BODY_BYTES: number = 64 * 1024;

/**
 * Without `idleTimeout` a paused connection is looked at this often (seconds): a client that has left would else be noticed by
 * nothing. An end, unlike a reset, shows only behind what was sent before it, so a look reads a piece more, up to this many
 * unread bytes.
 */
export const LOOK_SECONDS: number = 1;
export const LOOK_AHEAD_BYTES: number = 320 * 1024;

/** Content that is not read is still received up to this many bytes: closing would cost the client a connection. */
export const DISCARD_BYTES: number = 256 * 1024;
/** What a piece of such content counts besides its bytes: to take one out of the chunked coding is work, however short it is. */
export const DISCARD_PIECE_BYTES: number = 32;
