/**
 * Every bound on the memory that a peer may make a connection hold. Counts are bounded as well as bytes: a thousand one-byte
 * fields cost more than one field of a thousand bytes.
 */
export interface Limits {
  /**
   * Bytes of the request line without its CRLF. The line must fit into `headBytes` too. RFC 9112 §3 recommends at least 8000;
   * Node and Bun allow 16 KiB.
   */
  requestLineBytes: number;
  /** Bytes of a whole head, from the start line to the empty line. Node: 16 KiB; nginx: 4 × 8 KiB. */
  headBytes: number;
  /** Header fields in one head. Apache httpd and hyper: 100; Bun: 198; Node keeps 2000. */
  headFields: number;
  /** Empty lines that are skipped before a request line (RFC 9112 §2.2 recommends at least one). */
  leadingEmptyLines: number;
  /** Bytes of all chunk extensions of one body. Node's limit since CVE-2024-22019: 16 KiB. */
  chunkExtensionBytes: number;
  /**
   * Chunk extensions of one body. The one in use, the signature in each chunk of AWS's signed uploads, reaches 200 within the default
   * bytes; the shortest extensions would reach 8192.
   */
  chunkExtensions: number;
  /** Bytes of a trailer section. Node counts them into its 16 KiB of header. */
  trailerBytes: number;
  /** Fields in a trailer section. Real ones carry one or two: a digest, a signature, a gRPC status. */
  trailerFields: number;
  /** Interim responses before a final one. Go's client: 5 when it counted them; Early Hints may come more often. */
  interimResponses: number;
  /** Bytes of one decoded body. There is no bound by default: the application knows its own. */
  bodyBytes: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  requestLineBytes: 16 * 1024,
  headBytes: 32 * 1024,
  headFields: 200,
  leadingEmptyLines: 8,
  chunkExtensionBytes: 16 * 1024,
  chunkExtensions: 256,
  trailerBytes: 8 * 1024,
  trailerFields: 32,
  interimResponses: 16,
  bodyBytes: Number.POSITIVE_INFINITY,
};

/** The results of `resolveLimits`. They are frozen, and need no second check. */
const resolved = new WeakSet<object>();

/**
 * The default limits with the given ones in their place. A host that makes many connections with the same limits gives each the
 * result of one call: to check them takes as long as a tenth of a short connection's other work in JavaScript.
 *
 * @throws TypeError for a limit that does not exist or is not a number, RangeError for one that is neither an integer from 0
 *   up nor Infinity
 */
export function resolveLimits(limits: Partial<Limits> | undefined): Readonly<Limits> {
  if (limits === undefined) return DEFAULT_LIMITS;
  if (resolved.has(limits)) return limits as Readonly<Limits>;
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`There is no limit named ${name}`);
    if (typeof value !== "number")
      throw new TypeError(`limits.${name} must be a number, not ${typeof value}`);
    if (!(Number.isInteger(value) || value === Number.POSITIVE_INFINITY) || value < 0) {
      throw new RangeError(`limits.${name} must be an integer from 0 up, or Infinity, not ${value}`);
    }
  }
  const all = Object.freeze({ ...DEFAULT_LIMITS, ...limits });
  resolved.add(all);
  return all;
}
