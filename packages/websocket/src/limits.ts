/** The limits of the memory and work for one peer. Counts are limited as well as bytes: a flood of small messages costs too. */
export interface Limits {
  /**
   * Bytes of one message, all its fragments together, as it comes and after decompression. Over it: 1009. A text of more than
   * 512 MiB is refused with 1009 however high the limit is: Node.js makes no longer string.
   */
  readonly messageBytes: number;
  /** Bytes that one frame's header may announce, on the wire. Over it: 1009, before any payload is read. */
  readonly frameBytes: number;
  /**
   * Frames that one message may have. Over it: 1008. The default follows `messageBytes`, so that the biggest message may come in
   * fragments of 16 bytes.
   */
  readonly fragments: number;
  /** Empty frames among the fragments of one message. Over it: 1008. */
  readonly emptyFragments: number;
  /** Pings of one `receive()` that get a pong each. Of the pings beyond, only the last one gets a pong (RFC 6455 §5.5.3). */
  readonly pingsPerReceive: number;
}

/** Bun's default `maxPayloadLength`. (ws allows 100 MiB, uWebSockets 16 KiB.) */
const MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** Frames of a message, however small the limit for its bytes: the whole default of ws 8.23. */
const FRAGMENTS: number = 16 * 1024;

/**
 * One more fragment is allowed for each so many bytes of the biggest message. A fragment costs its sender a header of 2 to 6 bytes
 * and its receiver 0.3 to 0.8 µs. It keeps no memory but its payload's, and so is no better weapon than a message of its own.
 * Autobahn (cases 9.3 and 9.4) cuts 4 MiB by 64 bytes.
 */
const FRAGMENT_BYTES = 16;

export const DEFAULT_LIMITS: Limits = {
  messageBytes: MESSAGE_BYTES,
  // A frame cannot be bigger than its message.
  frameBytes: MESSAGE_BYTES,
  fragments: fragmentsFor(MESSAGE_BYTES),
  // An empty fragment carries nothing and costs a turn of the decoder: HTTP/2's empty frames flood, CVE-2019-9518. A sender that
  // streams may begin or end a message with one.
  emptyFragments: 128,
  // A heartbeat sends one ping in some seconds, and a conformance test ten at once. A pong is no bigger than its ping, but for the
  // client's key, so that the pongs to one receive take no more memory than its bytes. The transport's owner must stop a flood by a
  // peer that does not read. HTTP/2's ping flood is CVE-2019-9512.
  pingsPerReceive: 1024,
};

/**
 * The bytes that all compressed messages of one receive may become synchronously: half a millisecond's work, at the 500 MB a second
 * of inflate. A message that becomes longer goes on in the thread pool. 16 KB can become 16 MiB, which takes 35 to 48 ms of CPU and,
 * as a text that a handler gets, 72 to 85.
 */
export const AT_ONCE_BYTES: number = 256 * 1024;

/**
 * A job in the thread pool that makes or takes more bytes is a long one, and gives way to short ones: 2 ms of inflate, 10 ms of
 * deflate.
 */
export const LONG_BYTES: number = 1024 * 1024;

/**
 * A message that becomes so many times as long as it was on the wire is a long job at once. JSON and HTML become 5 to 10 times as
 * long. The half-made message takes memory while it waits, so the measure is the bytes that its sender has sent.
 */
export const LONG_RATIO = 8;

/**
 * DEFLATE blocks marked as final that one compressed message may have. A sender that cannot flush otherwise needs one
 * (RFC 7692 §7.2.3.4); each makes zlib start anew, which in the thread pool costs a new stream for two bytes of input.
 */
export const MAX_FINAL_BLOCKS = 16;

/**
 * From so many bytes on a message is compressed and decompressed in the thread pool, if the connection's host can wait: at the
 * 50-100 MB a second of text, it would delay all other work by about a millisecond. For fewer bytes a thread costs more than it
 * saves (100-150 µs until its result).
 */
export const POOL_BYTES: number = 64 * 1024;

/**
 * Of the messages that have waited behind one in the thread pool, or behind a Blob, so many and about so many bytes are sent in one
 * turn of the event loop, and the next in another turn. Each may need compression, at 50-100 MB a second: 16 MiB in messages of
 * 32 KiB took 200 ms in one turn.
 */
export const SENT_AT_ONCE = 1024;
export const SENT_AT_ONCE_BYTES: number = 1024 * 1024;

/** The results of `resolveLimits`. They are frozen, and need no second check. */
const resolved = new WeakSet<object>();

/**
 * The default limits with the given ones in their place. A host that makes many connections with the same limits gives each the
 * result of one call: they share it, so that an idle one holds none of its own.
 *
 * @throws TypeError if a limit does not exist or is not a number, RangeError if it is not an integer from 0 up (`fragments` and `pingsPerReceive`: from 1 up).
 */
export function resolveLimits(limits?: Partial<Limits>): Limits {
  if (limits === undefined) return DEFAULT_LIMITS;
  if (resolved.has(limits)) return limits as Limits;
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`There is no limit named ${name}`);
    if (typeof value !== "number") {
      throw new TypeError(`limits.${name} must be a number, not ${typeof value}`);
    }
  }
  const given = { ...DEFAULT_LIMITS, ...limits };
  atLeast("messageBytes", given.messageBytes, 0);
  const all = Object.freeze({
    ...given,
    fragments: limits.fragments ?? fragmentsFor(given.messageBytes),
  });
  atLeast("frameBytes", all.frameBytes, 0);
  atLeast("fragments", all.fragments, 1);
  atLeast("emptyFragments", all.emptyFragments, 0);
  atLeast("pingsPerReceive", all.pingsPerReceive, 1);
  resolved.add(all);
  return all;
}

function fragmentsFor(messageBytes: number): number {
  return FRAGMENTS + Math.floor(messageBytes / FRAGMENT_BYTES);
}

function atLeast(name: keyof Limits, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`limits.${name} must be an integer from ${least} up, not ${value}`);
  }
}

/**
 * Extensions that one Sec-WebSocket-Extensions may name. Browsers offer one, libraries with fallbacks (RFC 7692 §5.2) two or three;
 * each costs the parsing of its parameters.
 */
export const MAX_EXTENSIONS = 16;

/** Parameters that one extension may have. permessage-deflate, the only one registered, has four (RFC 7692 §7.1). */
export const MAX_EXTENSION_PARAMS = 16;
