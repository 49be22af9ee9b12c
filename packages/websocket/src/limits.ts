/** What one peer may make us hold or do. Counts are limited as well as bytes: a flood of small things costs too. */
export interface Limits {
  /** Bytes of one message, all its fragments together, after decompression. Over it: 1009. */
  readonly messageBytes: number;
  /** Bytes that one frame's header may announce, as sent on the wire. Over it: 1009, before any payload is read. */
  readonly frameBytes: number;
  /**
   * Frames that one message may be cut into. Over it: 1008. If it is not given, it follows `messageBytes`, so that the biggest
   * message may come in fragments of 16 bytes.
   */
  readonly fragments: number;
  /** Empty frames among the fragments of one message. Over it: 1008. */
  readonly emptyFragments: number;
  /** Pings of one `receive()` that get a pong each. Of those beyond, only the last gets one (RFC 6455 §5.5.3). */
  readonly pingsPerReceive: number;
}

/** Bun's default `maxPayloadLength`. (ws allows 100 MiB, uWebSockets 16 KiB.) */
const MESSAGE_BYTES: number = 16 * 1024 * 1024;

/** Frames of a message however small the limit for its bytes is: the whole default of ws 8.23. */
const FRAGMENTS: number = 16 * 1024;

/**
 * One more fragment is allowed for each so many bytes of the biggest message. A fragment costs its sender a header of 2 to 6 bytes
 * and us 0.3 to 0.8 µs, keeps no memory but its payload's, and so is no better weapon than a message of its own. Autobahn (cases 9.3 and 9.4) cuts
 * 4 MiB by 64 bytes.
 */
const FRAGMENT_BYTES = 16;

export const DEFAULT_LIMITS: Limits = {
  messageBytes: MESSAGE_BYTES,
  // A frame cannot be useful when it is bigger than the message that it belongs to.
  frameBytes: MESSAGE_BYTES,
  fragments: fragmentsFor(MESSAGE_BYTES),
  // An empty fragment carries nothing and costs a turn of the decoder: HTTP/2's empty frames flood, CVE-2019-9518. Senders
  // that stream may begin or end a message with one.
  emptyFragments: 128,
  // A heartbeat sends one ping in some seconds, and a conformance test ten at once. A pong is no bigger than its ping, but for the
  // client's key, so that one receive makes us hold no more than it brought; the flood that is never read is for the transport's
  // owner to stop. HTTP/2's ping flood is CVE-2019-9512.
  pingsPerReceive: 1024,
};

/**
 * What the compressed messages of one receive may become at once, all together: half a millisecond's work, at the 500 MB a second
 * that inflate makes. What becomes more goes on in the thread pool. 16 KB can become 16 MiB, which takes 35 to 48 ms of CPU and, as a
 * text that a handler gets, 72 to 85.
 */
export const AT_ONCE_BYTES: number = 256 * 1024;

/**
 * A job in the thread pool that makes, or takes, more bytes is a long one, which gives way to short ones: 2 ms of inflate, 10 ms of
 * deflate.
 */
export const LONG_BYTES: number = 1024 * 1024;

/**
 * A message that becomes so many times as long as it was on the wire is a long job at once. JSON and HTML become 5 to 10 times as
 * long. It is held half made meanwhile, which is why the measure is what its sender has paid for.
 */
export const LONG_RATIO = 8;

/**
 * DEFLATE blocks marked as final that one compressed message may have. A sender that cannot flush otherwise needs one
 * (RFC 7692 §7.2.3.4); each makes zlib begin anew, which in the thread pool costs a new stream for two bytes of input.
 */
export const MAX_FINAL_BLOCKS = 16;

/**
 * From this many bytes on a message is compressed and decompressed in the thread pool, if the connection's host can wait: at
 * 50-100 MB a second, which is what text costs, that is about a millisecond for everybody else. Below, a thread would cost
 * more than it saves (100-150 µs until it answers).
 */
export const POOL_BYTES: number = 64 * 1024;

/**
 * Messages that have waited behind one in the thread pool, or behind a Blob, are sent so many at a time, and about so many bytes, and
 * the next in another turn of the event loop. Each may have to be compressed, at 50-100 MB a second: 16 MiB in messages of 32 KiB
 * took 200 ms in one turn.
 */
export const SENT_AT_ONCE = 1024;
export const SENT_AT_ONCE_BYTES: number = 1024 * 1024;

/**
 * The defaults with the given ones in their place.
 *
 * @throws TypeError if a limit does not exist or is no number, RangeError if it is not an integer of at least 0 (`fragments` and `pingsPerReceive`: at least 1).
 */
export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`There is no limit named ${name}`);
    if (value !== undefined && typeof value !== "number") {
      throw new TypeError(`limits.${name} must be a number, not ${typeof value}`);
    }
  }
  const given = { ...DEFAULT_LIMITS, ...limits };
  atLeast("messageBytes", given.messageBytes, 0);
  const resolved = { ...given, fragments: limits.fragments ?? fragmentsFor(given.messageBytes) };
  atLeast("frameBytes", resolved.frameBytes, 0);
  atLeast("fragments", resolved.fragments, 1);
  atLeast("emptyFragments", resolved.emptyFragments, 0);
  atLeast("pingsPerReceive", resolved.pingsPerReceive, 1);
  return resolved;
}

function fragmentsFor(messageBytes: number): number {
  return FRAGMENTS + Math.floor(messageBytes / FRAGMENT_BYTES);
}

function atLeast(name: keyof Limits, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`limits.${name} must be an integer of at least ${least}, not ${value}`);
  }
}

/**
 * Extensions that one Sec-WebSocket-Extensions may name. Browsers offer one, libraries with fallbacks (RFC 7692 §5.2) two or three;
 * each costs a look at its parameters.
 */
export const MAX_EXTENSIONS = 16;

/** Parameters that one of them may have. permessage-deflate, the only one registered, has four (RFC 7692 §7.1). */
export const MAX_EXTENSION_PARAMS = 16;
