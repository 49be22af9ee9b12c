import type { ConnectionOptions } from "node:tls";
import type { CommonOptions, QueueOptions } from "../backplane.ts";
import { COMMON_NAMES, checkNames, checkString, readCommon } from "../options.ts";

export interface ValkeyOptions extends CommonOptions {
  /** The user and the password, where they are not in the URL. */
  readonly username?: string;
  readonly password?: string;
  /** Options of `node:tls` for `rediss:` and `valkeys:`, such as `ca`, `cert` and `key`. */
  readonly tls?: ConnectionOptions;
}

export interface ValkeySettings {
  readonly prefix: string;
  readonly queue: QueueOptions;
  /** For texts: host and port. */
  readonly where: string;
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: ConnectionOptions | null;
}

const SECURE: Readonly<Record<string, boolean>> = {
  "redis:": false,
  "valkey:": false,
  "rediss:": true,
  "valkeys:": true,
};

/** @throws TypeError or RangeError that names the option, without a secret */
export function readOptions(url: string, options: ValkeyOptions): ValkeySettings {
  checkNames(options, [...COMMON_NAMES, "username", "password", "tls"], "valkey()");
  checkString(options.username, "valkey(): username");
  checkString(options.password, "valkey(): password");
  const { hostname, port, protocol, username, password, pathname } = parse(url);
  const isSecure = SECURE[protocol];
  if (isSecure === undefined) {
    throw new TypeError(
      `valkey(): the URL begins with redis:, rediss:, valkey: or valkeys:, not ${protocol}`,
    );
  }
  // Channels are the same in all databases.
  if (!/^\/?\d*$/.test(pathname))
    throw new TypeError("valkey(): the URL has no path but the number of a database");
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    ...readCommon(options, "valkey()"),
    where: `${hostname || "127.0.0.1"}:${port || "6379"}`,
    host: host || "127.0.0.1",
    port: Number(port || "6379"),
    username: options.username ?? decoded(username),
    password: options.password ?? decoded(password),
    tls: readTls(options.tls, isSecure, host),
  };
}

function readTls(tls: unknown, isSecure: boolean, host: string): ConnectionOptions | null {
  if (tls !== undefined && (typeof tls !== "object" || tls === null)) {
    throw new TypeError("valkey(): tls must be an object of options of node:tls");
  }
  if (!isSecure) {
    if (tls !== undefined)
      throw new TypeError("valkey(): tls needs a URL that begins with rediss: or valkeys:");
    return null;
  }
  // Names alone are sent to the server (RFC 6066 §3).
  const isName = !/^[\d.]+$|:/.test(host);
  return { ...(isName ? { servername: host } : {}), ...tls };
}

function parse(url: unknown): URL {
  if (typeof url !== "string") throw new TypeError(`valkey(): the URL must be a string, not ${typeof url}`);
  try {
    return new URL(url);
  } catch {
    // Its text would have the password.
    throw new TypeError("valkey(): the URL cannot be parsed; it is like redis://user:password@host:6379");
  }
}

function decoded(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError(
      "valkey(): the user and the password in the URL are percent-encoded, and these are not",
    );
  }
}
