/**
 * Every bound on what a peer may make us hold, in one place. Counts as well as bytes: a thousand one-byte
 * fields cost more than one field of a thousand bytes.
 */
export interface Limits {
  /**
   * Bytes of the request line without its CRLF, which has to fit into `headBytes` too. RFC 9112 §3 asks for at least 8000;
   * Node and Bun allow 16 KiB.
   */
  requestLineBytes: number;
  /** Bytes of a whole head, from the start line to the empty line. Node: 16 KiB; nginx: 4 × 8 KiB. */
  headBytes: number;
  /** Header fields in one head. Apache httpd and hyper: 100. */
  headFields: number;
  /** Empty lines skipped before a request line (RFC 9112 §2.2 asks for at least one). */
  leadingEmptyLines: number;
  /** Bytes of all chunk extensions of one body. Node's answer to CVE-2024-22019: 16 KiB. */
  chunkExtensionBytes: number;
  /**
   * Chunk extensions of one body. What is in use, the signature that AWS's signed uploads put into each chunk, comes to
   * 200 within the default bytes; the shortest extensions would come to 8192.
   */
  chunkExtensions: number;
  /** Bytes of a trailer section. As strict as Node's, which counts them into its 16 KiB of header. */
  trailerBytes: number;
  /** Fields in a trailer section. Real ones carry one or two: a digest, a signature, a gRPC status. */
  trailerFields: number;
  /** Interim responses before a final one. Go's client: 5 when it counted them; Early Hints may come more often. */
  interimResponses: number;
  /** Bytes of one decoded body. Without a bound here: the application knows what it can take. */
  bodyBytes: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  requestLineBytes: 16 * 1024,
  headBytes: 32 * 1024,
  headFields: 128,
  leadingEmptyLines: 8,
  chunkExtensionBytes: 16 * 1024,
  chunkExtensions: 256,
  trailerBytes: 8 * 1024,
  trailerFields: 32,
  interimResponses: 16,
  bodyBytes: Number.POSITIVE_INFINITY,
};

/**
 * The defaults with the given ones in their place.
 *
 * @throws TypeError for a limit that does not exist or is no number, RangeError for one that is no whole number from 0 up, nor
 *   Infinity
 */
export function resolveLimits(limits: Partial<Limits> | undefined): Readonly<Limits> {
  if (limits === undefined) return DEFAULT_LIMITS;
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`There is no limit named ${name}`);
    if (typeof value !== "number")
      throw new TypeError(`limits.${name} must be a number, not ${typeof value}`);
    if (!(Number.isInteger(value) || value === Number.POSITIVE_INFINITY) || value < 0) {
      throw new RangeError(`limits.${name} must be a whole number from 0 up, or Infinity, not ${value}`);
    }
  }
  return { ...DEFAULT_LIMITS, ...limits };
}
