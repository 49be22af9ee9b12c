import { resolveLimits } from "@mantou/http1";
import type { LogEntry } from "../api/log.ts";
import { Encoder } from "../compress/encoder.ts";
import { arrivalLimits } from "../http/arrival.ts";
import type { HttpSettings } from "../http/host.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import type { TrustedProxies } from "../proxy/trusted-proxies.ts";
import type { ServerListener } from "../socket/listener.ts";
import { refusalEntry } from "../trace/access-log.ts";

/** The settings that each connection of a server reads. */
export function httpSettings(
  { maxRequestBodySize, idleTimeout, development, compress, limits }: ResolvedOptions,
  { secure, authority }: ServerListener,
  trustedProxies: TrustedProxies | null,
  accessLog: ((entry: LogEntry) => void) | null,
): HttpSettings {
  return {
    limits: resolveLimits({ bodyBytes: maxRequestBodySize }),
    idleTimeout,
    secure,
    authority,
    development: development !== null,
    encoder: compress === null ? null : new Encoder(compress, development !== null),
    refused: accessLog === null ? null : (refusal) => accessLog(refusalEntry(refusal)),
    trustedProxies,
    arrival: arrivalLimits(limits),
    maxRequests: limits.maxRequestsPerConnection,
  };
}
