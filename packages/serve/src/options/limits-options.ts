import type { LimitOptions } from "../api/limits.ts";
import { checkInteger, resolveInteger } from "./check.ts";

/** The least rate of a body. */
export interface BodyRate {
  /** In a second. */
  readonly bytes: number;
  /** The seconds over which they are counted; null for the default, which `idleTimeout` sets. */
  readonly seconds: number | null;
}

/** The options that limit clients, checked. 0 is no limit. */
export interface ResolvedLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIP: number;
  readonly maxRequestsPerConnection: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** Whether `requestTimeout` is not given: then it holds as long as `idleTimeout` does. */
  readonly isRequestTimeoutDefault: boolean;
  /** Null for no limit. */
  readonly bodyRate: BodyRate | null;
}

const MOST = Number.MAX_SAFE_INTEGER;
/** An hour, and a day. */
const MOST_HEAD_SECONDS = 3_600;
const MOST_REQUEST_SECONDS = 86_400;
/** A gigabyte a second: no network needs the product of a rate and its seconds to be exact beyond that. */
const MOST_RATE = 1_000_000_000;
const MOST_RATE_SECONDS = 3_600;
/** Kestrel's default. Bun closes what is slower than 16 KiB a second, over `idleTimeout`. */
const DEFAULT_RATE = 240;
const GIVEN_RATE_SECONDS = 60;
/** The rate at which the largest body comes within the default of `requestTimeout`: half of Bun's least. */
const SLOWEST_RATE = 8 * 1024;
/** The seconds of that default for all but the body. */
const REQUEST_SECONDS = 300;

/**
 * @param bodyBytes the option `maxRequestBodySize`
 * @throws TypeError or RangeError that names the option
 */
export function resolveLimits(given: LimitOptions, bodyBytes: number): ResolvedLimits {
  const slowest = REQUEST_SECONDS + Math.ceil(bodyBytes / SLOWEST_RATE);
  return {
    maxConnections: resolveInteger(given.maxConnections, "maxConnections", MOST, 0),
    maxConnectionsPerIP: resolveInteger(given.maxConnectionsPerIP, "maxConnectionsPerIP", MOST, 0),
    maxRequestsPerConnection: resolveInteger(
      given.maxRequestsPerConnection,
      "maxRequestsPerConnection",
      MOST,
      0,
    ),
    headersTimeout: resolveInteger(given.headersTimeout, "headersTimeout", MOST_HEAD_SECONDS, 0),
    requestTimeout: resolveInteger(given.requestTimeout, "requestTimeout", MOST_REQUEST_SECONDS, slowest),
    isRequestTimeoutDefault: given.requestTimeout === undefined || given.requestTimeout === null,
    bodyRate: resolveRate(given.minBodyRate),
  };
}

function resolveRate(given: unknown): BodyRate | null {
  if (given === undefined || given === null) return { bytes: DEFAULT_RATE, seconds: null };
  if (typeof given !== "object" || Array.isArray(given))
    return rateOf(resolveInteger(given, "minBodyRate", MOST_RATE, 0), GIVEN_RATE_SECONDS);
  const { bytes, seconds, ...others } = given as { bytes?: unknown; seconds?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new TypeError(`minBodyRate has no option ${JSON.stringify(unknown)}: it has bytes and seconds`);
  const rate = resolveInteger(bytes, "minBodyRate.bytes", MOST_RATE, DEFAULT_RATE);
  const over = checkInteger(seconds ?? GIVEN_RATE_SECONDS, "minBodyRate.seconds", 1, MOST_RATE_SECONDS);
  return rateOf(rate, over);
}

function rateOf(rate: number, seconds: number): BodyRate | null {
  return rate === 0 ? null : { bytes: rate, seconds };
}
