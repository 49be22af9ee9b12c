/** The options of `RedisClient`: https://bun.com/docs/runtime/redis#connection-options */

import { wrongType } from "../base/argument-error.ts";
import type { FetchTLSOptions } from "../fetch/options.ts";

/** Times are in milliseconds. */
export interface RedisOptions {
  /** 10,000 if it is not given. */
  readonly connectionTimeout?: number;
  /** 0, the default, is no limit. */
  readonly idleTimeout?: number;
  /** True if it is not given. */
  readonly autoReconnect?: boolean;
  /** 20 if it is not given. */
  readonly maxRetries?: number;
  /** True if it is not given: commands wait for a connection. */
  readonly enableOfflineQueue?: boolean;
  /** Accepted; commands of one turn are always sent together. */
  readonly enableAutoPipelining?: boolean;
  readonly tls?: boolean | FetchTLSOptions;
}

/** Where a client connects to, and how. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: FetchTLSOptions | null;
  readonly connectionTimeout: number;
  readonly idleTimeout: number;
  /** 0 without `autoReconnect`. */
  readonly maxRetries: number;
  readonly autoReconnect: boolean;
  readonly enableOfflineQueue: boolean;
}

const PROTOCOLS: Readonly<Record<string, { tls: boolean; unix: boolean }>> = {
  "redis:": { tls: false, unix: false },
  "valkey:": { tls: false, unix: false },
  "rediss:": { tls: true, unix: false },
  "valkeys:": { tls: true, unix: false },
  "redis+tls:": { tls: true, unix: false },
  "redis+unix:": { tls: false, unix: true },
  "redis+tls+unix:": { tls: true, unix: true },
};

/**
 * @throws TypeError for an invalid URL or an option of another type; Error for another protocol
 */
export function redisSettings(given: unknown, options: RedisOptions): RedisSettings {
  const url = parseURL(
    given === undefined || given === null || typeof given === "number"
      ? process.env["REDIS_URL"] || process.env["VALKEY_URL"] || "redis://localhost:6379"
      : String(given),
  );
  const protocol = PROTOCOLS[url.protocol];
  if (protocol === undefined) {
    throw new Error(
      "Expected url protocol to be one of redis, valkey, rediss, valkeys, redis+tls, redis+unix, redis+tls+unix",
    );
  }
  const { tls = false, autoReconnect = true, enableOfflineQueue = true } = options;
  const tlsOptions = typeof tls === "object" && tls !== null ? tls : {};
  return {
    host: url.hostname.replace(/^\[|\]$/g, "") || "localhost",
    port: Number(url.port || 6379),
    path: protocol.unix ? decoded(url.pathname) : undefined,
    username: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    database: protocol.unix ? 0 : databaseOf(url),
    tls: protocol.tls || tls !== false ? tlsOptions : null,
    connectionTimeout: numberOf(options, "connectionTimeout", 10_000),
    idleTimeout: numberOf(options, "idleTimeout", 0),
    maxRetries: autoReconnect ? numberOf(options, "maxRetries", 20) : 0,
    autoReconnect,
    enableOfflineQueue,
  };
}

/** @throws TypeError for a path that is no number */
function databaseOf({ pathname }: URL): number {
  const text = pathname.slice(1);
  if (/^\d{0,9}$/.test(text)) return Number(text);
  throw wrongType(`Invalid database number in Redis URL: ${JSON.stringify(text)}`);
}

/** As in Bun, a text with a wrong escape counts as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseURL(text: string): URL {
  const withProtocol = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `redis://${text}`;
  try {
    return new URL(withProtocol);
  } catch {
    throw wrongType("Invalid URL format");
  }
}

function numberOf(
  options: RedisOptions,
  name: "connectionTimeout" | "idleTimeout" | "maxRetries",
  unset: number,
): number {
  const value: unknown = options[name];
  if (value === undefined || value === null) return unset;
  if (typeof value === "number") return value;
  throw wrongType(`The "${name}" property must be of type number. Received ${typeof value}`);
}
