/** How long a client waits, and how much it takes, unless its application sets other limits. */
export const DEFAULT_CLIENT_LIMITS: {
  /** Milliseconds from the constructor to `open`. */
  readonly handshakeTimeout: number;
  /** Milliseconds for the server to respond to our Close frame, and to close the connection after both. */
  readonly closeTimeout: number;
  /** Bytes of one message. */
  readonly maxPayloadLength: number;
} = {
  // Firefox gives up after 20 s, Chromium after 240 s; ws and undici leave it to the system, which takes minutes.
  handshakeTimeout: 30_000,
  // As in ws and Bun. RFC 6455 §7.1.1 demands a reasonable time.
  closeTimeout: 30_000,
  // As in ws; undici takes 128 MiB, browsers have no limit. A client chose its server, so this is more than a server takes.
  maxPayloadLength: 100 * 1024 * 1024,
};

/**
 * Milliseconds in which a server may read our Close frame after it broke the protocol. The client reads and drops what the server
 * still sends: a socket closed with unread bytes sends a reset, which can overtake the frame (RFC 6455 §7.1.1).
 */
export const LINGER = 2_000;

/** Pings that may come while pongs wait to be taken. A server that sends more reads nothing, so that the client stops reading too. As in serve. */
export const WAITING_PINGS = 128;

/** A longer delay would make Node.js's timers fire at once. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;
