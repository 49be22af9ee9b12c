import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** A server to examine: where it listens, and what requests to it say. */
export interface Target {
  /** As the user named it, for reports. */
  readonly name: string;
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  /** It is a client, and has no address. */
  readonly isClient?: true;
  readonly tls: boolean;
  /** The server name of TLS. */
  readonly servername: string;
  /** The value of Host. */
  readonly host: string;
  /** The target of requests, in origin-form. */
  readonly path: string;
  /** The method of requests that need no certain one. */
  readonly method: string;
  /** The path of an echo, if there is one. */
  readonly echo: string | null;
}

export interface TargetOptions {
  /** Speak TLS, whatever the URL says. Certificates are not verified: the protocol is examined, not the identity. */
  readonly tls?: boolean;
  /** A Unix socket, in place of the URL's host and port. */
  readonly unix?: string;
  /** The path of requests, in place of the URL's. */
  readonly path?: string;
  readonly method?: string;
  /** The path of an endpoint that keeps the echo contract: more rules apply with it. */
  readonly echo?: string;
  /** Without it only loopback addresses and Unix sockets are examined. */
  readonly allowRemote?: boolean;
}

/** The target cannot be examined as it was named. Its message is for the user. */
export class TargetError extends Error {
  override readonly name: string = "TargetError";
}

/**
 * Reads a URL into a target, and resolves its name once: all connections go to the one address that was checked.
 * @throws TargetError for a URL that is none or has another scheme, for a name without an address, and for an address that is
 *   not loopback, unless `allowRemote` says so
 */
export async function resolveTarget(text: string, options: TargetOptions = {}): Promise<Target> {
  const url = readURL(text);
  const tls = options.tls ?? SCHEMES.get(url.protocol) === "secure";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const path = checkedPath(options.path ?? `${url.pathname}${url.search}`);
  const common = {
    name: text,
    tls,
    servername: isIP(hostname) === 0 ? hostname : "",
    host: url.host,
    path,
    method: options.method ?? "GET",
    echo: options.echo === undefined ? null : checkedPath(options.echo),
  };
  if (options.unix !== undefined) return { ...common, address: { path: options.unix } };
  const host = await resolve(hostname);
  if (!isLoopback(host) && options.allowRemote !== true) {
    throw new TargetError(
      `${hostname} is not this machine (${host}). The runner sends malformed requests: it examines other machines only with --allow-remote`,
    );
  }
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  return { ...common, address: { host, port } };
}

function checkedPath(path: string): string {
  if (path.startsWith("/") && !/[^\x21-\x7e]/.test(path)) return path;
  throw new TargetError(`The path must begin with "/" and have visible ASCII characters only, not ${path}`);
}

const SCHEMES: ReadonlyMap<string, "plain" | "secure"> = new Map([
  ["http:", "plain"],
  ["https:", "secure"],
  ["ws:", "plain"],
  ["wss:", "secure"],
]);

export function isWebSocketURL(text: string): boolean {
  return /^wss?:/i.test(text);
}

function readURL(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) throw new TargetError(`${text} is not a URL`);
  const url = new URL(whole);
  if (!SCHEMES.has(url.protocol)) {
    throw new TargetError(`The scheme must be http, https, ws or wss, not ${url.protocol.slice(0, -1)}`);
  }
  return url;
}

async function resolve(hostname: string): Promise<string> {
  if (isIP(hostname) !== 0) return hostname;
  try {
    return (await lookup(hostname)).address;
  } catch {
    throw new TargetError(`There is no address for ${hostname}`);
  }
}

/** 127.0.0.0/8 and ::1, also in IPv6's form of an IPv4 address. */
export function isLoopback(address: string): boolean {
  // A URL writes the IPv4 address as two groups.
  return /^(?:::ffff:)?127\.|^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/i.test(address) || address === "::1";
}
