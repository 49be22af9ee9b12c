/** Bun's `fetch`: the platform's, which also knows Bun's options, `file:` URLs and proxies of the environment. */
import { LazyModule } from "../base/lazy.ts";
import { hasClientFields } from "./client-fields.ts";
import { hasEmptyBody } from "./empty-body.ts";
import { hostOf } from "./host.ts";
import type { BunFetchInit } from "./options.ts";

/** Without Bun's additions. */
const standard = globalThis.fetch;

const bunFetch = new LazyModule<typeof import("./bun-fetch.ts")>("../fetch/bun-fetch.js");
const preconnect = new LazyModule<typeof import("./options.ts")>("../fetch/options.js").function(
  "preconnect",
);
const describeFailure = new LazyModule<typeof import("./failure.ts")>("../fetch/failure.js").function(
  "describeFailure",
);
const fetchAsBun = bunFetch.function("fetchAsBun");

/** Bun's own options of `fetch`, but for those that change nothing here: `verbose`, `keepalive` and `timeout`. */
const OWN_OPTIONS = ["unix", "proxy", "tls", "decompress", "s3", "protocol", "session"] as const;

const PROXY_VARIABLES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/** A URL that the platform takes as it is: an `@` may stand behind a user's name, which it refuses. */
const PLAIN_URL = /^https?:\/\/[^/@]+(?:$|[/?#])/i;

export interface BunFetch {
  (input: string | URL | Request, init?: BunFetchInit): Promise<Response>;
  /** Checks the URL. It opens no connection: Node.js keeps those of earlier requests alone. */
  preconnect(url: string | URL): void;
}

async function request(input: string | URL | Request, init?: BunFetchInit): Promise<Response> {
  if (!isPlain(input, init)) return fetchAsBun(standard, input, init);
  try {
    return await standard(input, init as RequestInit);
  } catch (error) {
    throw describeFailure(error, input);
  }
}

function isPlain(input: string | URL | Request, init: BunFetchInit | undefined): boolean {
  if (!PLAIN_URL.test(urlOf(input))) return false;
  // The platform reports a value that holds no options.
  if (typeof init === "object" && init !== null) {
    if (OWN_OPTIONS.some((name) => name in init) || hasEmptyBody(input, init)) return false;
  }
  const headers = init?.headers ?? (input instanceof Request ? input.headers : null);
  if (hostOf(headers) !== null || hasClientFields(headers)) return false;
  return PROXY_VARIABLES.every((name) => !process.env[name]);
}

function urlOf(input: unknown): string {
  if (typeof input === "string") return input;
  if (input instanceof URL) return input.href;
  return input instanceof Request ? input.url : "";
}

/** The global `fetch` and `Bun.fetch`. */
export const fetch: BunFetch = Object.defineProperties(
  ((input, ...more) => request(input, ...more)) as BunFetch,
  {
    name: { value: "fetch", configurable: true },
    preconnect: { value: (...args: [string]) => preconnect(...args), writable: true, configurable: true },
  },
);
