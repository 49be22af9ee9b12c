/** The calls of `fetch` that the platform's cannot do alone: with Bun's options, other URLs, or a proxy of the environment. */
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { file } from "@mantou/serve";
import { argumentError, wrongValue } from "../base/argument-error.ts";
import { notThere } from "../base/missing.ts";
import { hasClientFields, withoutClientFields } from "./client-fields.ts";
import { hasEmptyBody } from "./empty-body.ts";
import { describeFailure } from "./failure.ts";
import { hostOf } from "./host.ts";
import { type BunFetchInit, checkOptions, parseURL } from "./options.ts";
import { withOrigin } from "./origin.ts";
import { basic, proxyChooser } from "./proxy.ts";
import type { RouteOptions } from "./route.ts";
import { tlsSettings } from "./tls-settings.ts";

type Input = string | URL | Request;

/**
 * @param standard the platform's `fetch`, which also takes light requests
 * @throws TypeError (rejects) as Bun's
 */
export async function fetchAsBun(
  standard: typeof globalThis.fetch,
  ...[given, options]: [input?: Input | (BunFetchInit & { url: Input }), init?: BunFetchInit]
): Promise<Response> {
  const [input, init] = isOptions(given)
    ? [given.url, options ? { ...given, ...options } : given]
    : [given, options ?? {}];
  const url = parseURL(input, given === undefined && options === undefined ? 0 : 1);
  switch (url.protocol) {
    case "http:":
    case "https:":
      return fetchHTTP(standard, input as Input, url, init);
    case "file:":
      return fetchFile(url);
    case "data:":
    case "blob:":
      return standard(input as Input, init as RequestInit);
    case "s3:":
      throw notThere("fetch of s3: URLs", "the package @aws-sdk/client-s3 or aws4fetch");
    default:
      throw wrongValue("protocol must be http:, https: or s3:");
  }
}

/** Whether the only argument is an object of options, with the URL among them. */
function isOptions(input: unknown): input is BunFetchInit & { url: Input } {
  return (
    typeof input === "object" &&
    input !== null &&
    "url" in input &&
    !(input instanceof Request) &&
    !(input instanceof URL)
  );
}

async function fetchHTTP(
  standard: typeof globalThis.fetch,
  input: Input,
  url: URL,
  init: BunFetchInit,
): Promise<Response> {
  checkOptions(init);
  const given = init.headers ?? (input instanceof Request ? input.headers : null);
  const host = hostOf(given);
  const route = await routeOptions(init, given, host === url.host ? null : host);
  const sent = platformInit(init);
  if (hasEmptyBody(input, init)) delete sent.body;
  if (hasClientFields(given)) sent.headers = withoutClientFields(input, init);
  let target: Input = input;
  if (!(input instanceof Request) && (url.username !== "" || url.password !== "")) {
    sent.headers = withCredentials(sent.headers, url);
    url.username = "";
    url.password = "";
    target = url;
  }
  // A program without these options does not load undici.
  if (route !== null) sent.dispatcher = new (await import("./route.ts")).Route(route);
  try {
    const response = await standard(target, sent as RequestInit);
    return route?.hidesEncoding ? (await import("./encoded-response.ts")).showEncoding(response) : response;
  } catch (error) {
    throw route?.tls?.refusal ?? describeFailure(error, url.href);
  }
}

/** What the platform reads of the options. */
const MEMBERS = [
  ...(["method", "headers", "body", "duplex", "signal", "redirect", "keepalive", "integrity"] as const),
  ...(["mode", "credentials", "cache", "referrer", "referrerPolicy", "priority", "window"] as const),
];

/** A copy by name: a Request may stand in place of the options, and its members are no own properties. */
function platformInit(init: BunFetchInit): Omit<RequestInit, "dispatcher"> & { dispatcher?: unknown } {
  const given = init as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    MEMBERS.map((name) => [name, given[name]]).filter(([, value]) => value !== undefined),
  );
}

/** Null for a call that goes the platform's own way. */
async function routeOptions(
  init: BunFetchInit,
  given: BunFetchInit["headers"] | null,
  host: string | null,
): Promise<RouteOptions | null> {
  const unix = typeof init.unix === "string" && init.unix !== "" ? init.unix : null;
  const chooseProxy = unix === null ? proxyChooser(init.proxy) : null;
  const tls = typeof init.tls === "object" && init.tls !== null ? await tlsSettings(init.tls) : null;
  const hidesEncoding = init.decompress === false;
  if (unix === null && chooseProxy === null && tls === null && host === null && !hidesEncoding) return null;
  const asksEncoding = hidesEncoding && new Headers((given ?? undefined) as Headers).has("accept-encoding");
  return { unix, chooseProxy, tls, host, hidesEncoding, asksEncoding };
}

/** The URL's user and password, unless the request has an Authorization of its own. */
function withCredentials(given: BunFetchInit["headers"], { username, password }: URL): Headers {
  const headers = new Headers(given);
  if (!headers.has("authorization")) headers.set("authorization", basic(username, password));
  return headers;
}

/** @throws the operating system's error (rejects) for a file that cannot be opened */
async function fetchFile(url: URL): Promise<Response> {
  if (url.hostname !== "" && url.hostname !== "localhost") {
    throw argumentError(
      `File URL host must be "localhost" or empty on ${process.platform}`,
      "ERR_INVALID_FILE_URL_HOST",
    );
  }
  const local = new URL(url);
  local.hostname = "";
  const path = fileURLToPath(local);
  const handle = await open(path);
  try {
    if ((await handle.stat()).isDirectory()) {
      const error = new Error("Directories cannot be read like files");
      throw Object.assign(error, { code: "EISDIR", errno: -21, syscall: "read", path });
    }
  } finally {
    await handle.close();
  }
  return withOrigin(new Response(file(path) as unknown as Blob), { url: url.href, redirected: false });
}
