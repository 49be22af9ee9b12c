import type { ConnectionOptions } from "node:tls";
import { argumentError, wrongType, wrongValue } from "../base/argument-error.ts";
import { notThere } from "../base/missing.ts";

/** Text, bytes or a file of each; or a list of these. */
export type TLSMaterial = string | ArrayBufferView | ArrayBuffer | Blob | readonly TLSMaterial[];

/** Bun's option `tls` of `fetch`: options of `tls.connect`, in which files may stand for their content. */
export interface FetchTLSOptions extends Omit<ConnectionOptions, "ca" | "cert" | "key"> {
  ca?: TLSMaterial | undefined;
  cert?: TLSMaterial | undefined;
  key?: TLSMaterial | undefined;
  /** Paths, where the option without `File` is not given. */
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
  serverName?: string | undefined;
}

export interface FetchProxyOptions {
  url: string | URL;
  /** They go to the proxy: with CONNECT for https: URLs, else with the request. */
  headers?: RequestInit["headers"];
  /** Whether hosts in NO_PROXY are reached directly; the default is true. */
  respectNoProxy?: boolean | undefined;
}

/** The options of Bun's `fetch`. */
export interface BunFetchInit extends Omit<RequestInit, "body"> {
  body?:
    | RequestInit["body"]
    | AsyncIterable<string | Uint8Array>
    | (() => AsyncGenerator<string | Uint8Array>)
    | undefined;
  /** Path of a socket, which the request takes in place of the URL's host and port. Redirects leave it. */
  unix?: string | undefined;
  /** A proxy's URL in place of the environment's; false for a direct connection. */
  proxy?: string | URL | FetchProxyOptions | false | null | undefined;
  tls?: FetchTLSOptions | undefined;
  /** Whether a compressed body is decompressed; the default is true. */
  decompress?: boolean | undefined;
  /** Ignored. */
  verbose?: boolean | "curl" | undefined;
}

/**
 * The URL of a call of `fetch`.
 * @throws TypeError for none, and for one that is not absolute
 */
export function parseURL(input: unknown, args: number): URL {
  if (args === 0)
    throw argumentError("fetch() expects a string but received no arguments.", "ERR_MISSING_ARGS");
  const text = input instanceof Request ? input.url : String(input ?? "");
  if (text === "") throw argumentError("fetch() URL must not be a blank string.", "ERR_INVALID_URL");
  const url = URL.parse?.(text) ?? parseOrNull(text);
  if (url === null) throw argumentError("fetch() URL is invalid", "ERR_INVALID_URL");
  return url;
}

/** Node.js 20 has no `URL.parse`. */
function parseOrNull(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** @throws Error with what to use, for options that Mantou has not; TypeError for options that exclude each other */
export function checkOptions(init: BunFetchInit): void {
  const { protocol } = init as { protocol?: unknown };
  if (protocol !== undefined && protocol !== null && protocol !== "http1.1" && protocol !== "h1") {
    throw notThere(`fetch's option protocol: ${JSON.stringify(protocol)}`, "node:http2");
  }
  const { session } = init as { session?: unknown };
  if (session !== undefined && session !== null)
    throw notThere("fetch's option session", "the options tls and proxy");
  const check: unknown = init.tls?.checkServerIdentity;
  if (check !== undefined && check !== null && typeof check !== "function") {
    throw wrongType(
      `The "tls.checkServerIdentity" property must be of type function. Received ${typeof check}`,
    );
  }
  if (init.proxy === (true as unknown)) {
    throw wrongType(
      'The "proxy" argument must be a string, a URL, an object with a "url", or false. Received type boolean (true)',
    );
  }
  if (typeof init.unix === "string" && init.unix !== "" && init.proxy) {
    throw wrongValue("fetch() cannot use a proxy with a unix socket.");
  }
}

/** Checks an argument of `fetch.preconnect`. */
export function preconnect(...args: [unknown?]): void {
  if (args.length === 0) {
    throw argumentError("Not enough arguments to 'fetch.preconnect'. Expected 1, got 0.", "ERR_MISSING_ARGS");
  }
  if (!/^https?:$/.test(parseURL(args[0], 1).protocol)) throw wrongType("URL must be HTTP or HTTPS");
}
