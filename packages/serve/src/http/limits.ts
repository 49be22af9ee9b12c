/**
 * The limits of what the server holds for one HTTP connection, and for how long, besides those of the options. `@mantou/http1` and
 * `@mantou/websocket` have the limits of a message.
 */

/** Pipelined requests beyond this wait in the socket until the current one has its response. */
export const READ_AHEAD_BYTES: number = 64 * 1024;
/**
 * Requests of one connection that are handled in one turn of the event loop. 64 KiB hold 2,600 short ones; with a `Request` and a
 * `Response` of the platform, each of which is written by itself, they were up to 2 s of CPU on a busy machine, in which no other
 * connection was served.
 */
export const REQUESTS_A_TURN: number = 64;
/** While this much waits for a client that does not read, its next requests are not handled. */
export const CONGESTED_BYTES: number = 256 * 1024;
/** Seconds that a client has to read our last bytes before the connection is broken off (RFC 9112 §9.6). */
export const LINGER_SECONDS: number = 2;
/**
 * Seconds in which a client may send one more request, or more of the last one's body, behind a response that it read when the server was told to
 * stop.
 */
export const LAST_REQUEST_SECONDS: number = 1;
/**
 * Without `idleTimeout`, seconds in which a handler must go on to read the rest of a body when its response is written and the server stops: it
 * may have left the body for good.
 */
export const LAST_BODY_SECONDS: number = 60;
/** Seconds in which a head that has begun must be complete if `idleTimeout` is off: heads are short. */
export const HEAD_SECONDS: number = 60;

/** Unread bytes of a body beyond this pause the socket, so that a slow handler slows its client down and does not fill the memory. */
export const UNREAD_BODY_BYTES: number = 64 * 1024;

/**
 * Without `idleTimeout` the server looks at a paused connection this often (seconds): nothing else would notice that its client has
 * left. An end, unlike a reset, shows only behind the bytes before it, so a look reads a piece more, up to this many
 * unread bytes.
 */
export const LOOK_SECONDS: number = 1;
export const LOOK_AHEAD_BYTES: number = 320 * 1024;

/**
 * Unwanted bytes of a body are still received up to this number: closing would cost the client a connection. Behind the response as many
 * wait for a reader that has begun.
 */
export const DISCARD_BYTES: number = 256 * 1024;
/** Each piece of such a body counts this many bytes more: decoding a chunk is work, however short it is. */
export const DISCARD_PIECE_BYTES: number = 32;
