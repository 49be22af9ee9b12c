/** `Bun.dns` (docs/runtime/networking/dns), over `node:dns`. Nothing is cached here, as in Node.js: the system's resolver does that. */
import constants, { promises } from "node:dns";
import { outOfRange, wrongType, wrongValue } from "../base/argument-error.ts";
import { invalidType } from "../base/invalid-argument.ts";

export interface DNSLookup {
  readonly address: string;
  readonly family: 4 | 6;
  /** Seconds; always 0, since `getaddrinfo` does not tell it. */
  readonly ttl: number;
}

export interface DNSLookupOptions {
  readonly family?: 4 | 6 | 0 | "IPv4" | "IPv6" | "any";
  readonly socketType?: "udp" | "tcp";
  /** A sum of `ADDRCONFIG`, `ALL` and `V4MAPPED`. */
  readonly flags?: number;
  readonly port?: number;
  /** Accepted: it is always `getaddrinfo`. */
  readonly backend?: "libc" | "c-ares" | "system" | "getaddrinfo";
}

const FAMILIES: ReadonlyMap<unknown, 0 | 4 | 6> = new Map<unknown, 0 | 4 | 6>([
  ...([
    [4, 4],
    [6, 6],
    [0, 0],
    ["IPv4", 4],
    ["IPv6", 6],
    ["any", 0],
  ] as const),
]);
const BACKENDS: ReadonlySet<unknown> = new Set(["libc", "c-ares", "system", "getaddrinfo"]);
const SOCKETS: ReadonlySet<unknown> = new Set(["udp", "tcp"]);

/**
 * The addresses of a host.
 * @throws TypeError for an argument of another type; it rejects with an error whose `code` is such as `DNS_ENOTFOUND`
 */
function lookup(hostname: string, options?: DNSLookupOptions): Promise<DNSLookup[]> {
  checkHostname(hostname, "lookup");
  const { flags = 0, backend = "system", socketType = "tcp" } = options ?? {};
  const [family, port] = [options?.family ?? 0, options?.port ?? 0];
  if (typeof flags !== "number") throw wrongType("LookupOptions.flags must be a number");
  if ((flags & ~(constants.ADDRCONFIG | constants.ALL | constants.V4MAPPED)) !== 0)
    throw wrongValue(`LookupOptions.flags must be a sum of ADDRCONFIG, ALL and V4MAPPED, and not ${flags}`);
  if (typeof port !== "number") throw wrongType("LookupOptions.port must be a number");
  if (!(port >= 0 && port <= 65_535)) {
    const message = `Port number out of range: ${port}`;
    throw Object.assign(new RangeError(message), { code: "ERR_SOCKET_BAD_PORT" });
  }
  const found = FAMILIES.get(family);
  if (found === undefined) throw new Error("Invalid options passed to lookup(): InvalidFamily");
  if (!BACKENDS.has(backend)) throw new Error("Invalid options passed to lookup(): InvalidBackend");
  if (!SOCKETS.has(socketType)) throw new Error("Invalid options passed to lookup(): InvalidSocketType");
  const lookedUp = promises.lookup(hostname, { all: true, family: found, hints: flags });
  return asked(lookedUp).then((all) =>
    all.map(({ address, family: of }) => ({ address, family: of as 4 | 6, ttl: 0 })),
  );
}

/**
 * Does nothing: there is no cache to fill.
 * @throws TypeError for an argument of another type; RangeError for a number that is no port
 */
function prefetch(hostname: string, port = 443): void {
  checkHostname(hostname, "prefetch");
  if (typeof port !== "number") throw invalidType("port", "number", port);
  if (!(port >= 0 && port <= 65_535))
    throw outOfRange(`The value of "port" is out of range. It must be >= 0 && <= 65535. Received ${port}`);
}

interface DNSCacheStats {
  cacheHitsCompleted: number;
  cacheHitsInflight: number;
  cacheMisses: number;
  size: number;
  errors: number;
  totalCount: number;
}

/** All are 0: there is no cache. */
function getCacheStats(): DNSCacheStats {
  return { cacheHitsCompleted: 0, cacheHitsInflight: 0, cacheMisses: 0, size: 0, errors: 0, totalCount: 0 };
}

/** The other functions of Bun's, which its types do not have, are those of `node:dns/promises`. */
const ASKING = [
  ...(["lookupService", "resolve", "resolveAny", "resolveCaa", "resolveCname", "resolveMx"] as const),
  ...([
    "resolveNaptr",
    "resolveNs",
    "resolvePtr",
    "resolveSoa",
    "resolveSrv",
    "resolveTxt",
    "reverse",
  ] as const),
];

export const dns: {
  readonly lookup: typeof lookup;
  readonly prefetch: typeof prefetch;
  readonly getCacheStats: typeof getCacheStats;
  readonly ADDRCONFIG: number;
  readonly ALL: number;
  readonly V4MAPPED: number;
} = {
  lookup,
  prefetch,
  getCacheStats,
  ADDRCONFIG: constants.ADDRCONFIG,
  ALL: constants.ALL,
  V4MAPPED: constants.V4MAPPED,
  ...{ getServers: promises.getServers, setServers: promises.setServers },
  ...Object.fromEntries(
    ASKING.map((name) => [
      name,
      (...args: unknown[]) => asked(Reflect.apply(promises[name], promises, args) as Promise<unknown>),
    ]),
  ),
};

function checkHostname(hostname: unknown, name: string): void {
  if (typeof hostname !== "string") throw wrongType("hostname must be a string");
  if (hostname === "") throw wrongType(`Expected hostname to be a non-empty string for '${name}'.`);
}

/** An error under the names that Bun gives it. */
function asked<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: NodeJS.ErrnoException) => {
    if (typeof error.syscall !== "string") throw error;
    Object.defineProperty(error, "name", { value: "DNSException", configurable: true, writable: true });
    throw Object.assign(error, { code: `DNS_${error.code}` });
  });
}
