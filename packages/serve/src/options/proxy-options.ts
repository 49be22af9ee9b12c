import type { ProxyOptions } from "../api/proxy.ts";
import { resolveInteger } from "./check.ts";
import { PeerList } from "./peer-list.ts";

/** Which kind of fields proxies write. */
export type ForwardedFields = "forwarded" | "x-forwarded";

const KINDS: readonly unknown[] = ["forwarded", "x-forwarded"] satisfies readonly ForwardedFields[];

/** The option `trustProxy`, checked. */
export interface ResolvedTrust {
  /** The number of proxies, or their addresses. */
  readonly from: number | PeerList;
  /** Null if either may be there. */
  readonly fields: ForwardedFields | null;
}

/** More than any chain of proxies has. */
const MOST_HOPS = 255;

/**
 * The option `trustProxy`.
 * @returns null if no proxy is trusted
 * @throws TypeError or RangeError that names the option
 */
export function resolveTrustProxy(given: ProxyOptions["trustProxy"]): ResolvedTrust | null {
  if (given === undefined || given === null || given === false) return null;
  if (typeof given !== "object" || Array.isArray(given)) return resolveFrom(given, null);
  const { from, fields, ...others } = given as { from?: unknown; fields?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new TypeError(`trustProxy has no option ${JSON.stringify(unknown)}: it has from and fields`);
  if (fields !== undefined && !KINDS.includes(fields))
    throw new TypeError(`trustProxy.fields must be one of ${KINDS.join(", ")}`);
  return resolveFrom(from, (fields as ForwardedFields | undefined) ?? null, "trustProxy.from");
}

/** The option `proxyProtocol`, checked. */
export interface ResolvedProxyProtocol {
  /** The peers that may connect; null for any. */
  readonly from: PeerList | null;
}

/**
 * The option `proxyProtocol`.
 * @returns null if connections begin without a header
 * @throws TypeError or RangeError that names the option
 */
export function resolveProxyProtocol(given: ProxyOptions["proxyProtocol"]): ResolvedProxyProtocol | null {
  if (given === undefined || given === null || given === false) return null;
  if (given === true) return { from: null };
  const entries: unknown = typeof given === "string" ? [given] : given;
  if (!isListOfStrings(entries))
    throw new TypeError("proxyProtocol must be a boolean, or the addresses and ranges of proxies");
  // A list that is empty by mistake would close every connection without a word.
  if (entries.length === 0) throw new RangeError("proxyProtocol has no addresses: no proxy could connect");
  return { from: new PeerList(entries, "proxyProtocol") };
}

function resolveFrom(
  from: unknown,
  fields: ForwardedFields | null,
  name = "trustProxy",
): ResolvedTrust | null {
  if (typeof from === "number") {
    const hops = resolveInteger(from, name, MOST_HOPS, 0);
    return hops === 0 ? null : { from: hops, fields };
  }
  const entries: unknown = typeof from === "string" ? [from] : from;
  if (!isListOfStrings(entries)) {
    // `true` would believe any client.
    throw new TypeError(`${name} must be the number of proxies, or their addresses and ranges`);
  }
  return { from: new PeerList(entries, name), fields };
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
