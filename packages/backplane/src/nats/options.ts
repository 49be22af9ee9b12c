import type { CommonOptions, QueueOptions } from "../backplane.ts";
import { COMMON_NAMES, checkNames, checkString, readCommon } from "../options.ts";

export interface NatsOptions extends CommonOptions {
  /** `nats://host:4222`, or several of one cluster. `nats://127.0.0.1:4222` by default. */
  readonly servers?: string | readonly string[];
  /** The login, where it is not in a URL. */
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** Options of the package for TLS, such as `ca`, `caFile`, `certFile` and `keyFile`; `tls:` URLs need none. */
  readonly tls?: object;
}

export interface NatsSettings {
  readonly prefix: string;
  readonly queue: QueueOptions;
  /** For texts: hosts and ports. */
  readonly where: string;
  /** For the package. */
  readonly login: object;
}

const DEFAULT_SERVER = "nats://127.0.0.1:4222";

/** @throws TypeError or RangeError that names the option, without a secret */
export function readOptions(options: NatsOptions): NatsSettings {
  checkNames(options, [...COMMON_NAMES, "servers", "user", "pass", "token", "tls"], "nats()");
  for (const name of ["user", "pass", "token"] as const) checkString(options[name], `nats(): ${name}`);
  const { tls } = options as { tls?: unknown };
  if (tls !== undefined && (typeof tls !== "object" || tls === null)) {
    throw new TypeError("nats(): tls must be an object");
  }
  const urls = readServers(options.servers ?? DEFAULT_SERVER).map(parse);
  const servers = urls.map(({ hostname, port }) => `${hostname}:${port || "4222"}`);
  return {
    ...readCommon(options, "nats()"),
    where: servers.join(", "),
    login: {
      servers,
      ...loginOf(urls[0]!),
      ...(options.user === undefined ? {} : { user: options.user }),
      ...(options.pass === undefined ? {} : { pass: options.pass }),
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(tls === undefined
        ? urls.some(({ protocol }) => protocol === "tls:")
          ? { tls: {} }
          : {}
        : { tls }),
    },
  };
}

function readServers(servers: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(servers) ? servers : [servers];
  if (list.length === 0) throw new TypeError("nats(): servers must not be empty");
  return list;
}

function parse(server: unknown): URL {
  if (typeof server !== "string") throw new TypeError(`nats(): a server must be a URL, not ${typeof server}`);
  let url: URL;
  try {
    url = new URL(server.includes("://") ? server : `nats://${server}`);
  } catch {
    // Its text would have the password.
    throw new TypeError(
      "nats(): the URL of a server cannot be parsed; it is like nats://user:password@host:4222",
    );
  }
  if (url.protocol !== "nats:" && url.protocol !== "tls:") {
    throw new TypeError(`nats(): the URL of a server begins with nats: or tls:, not ${url.protocol}`);
  }
  if (url.hostname === "") throw new TypeError("nats(): the URL of a server has no host");
  return url;
}

/** A name without a password is a token, as in all clients of NATS. */
function loginOf({ username, password }: URL): object {
  if (username === "") return {};
  try {
    if (password === "") return { token: decodeURIComponent(username) };
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    throw new TypeError("nats(): the login in the URL is percent-encoded, and this one is not");
  }
}
