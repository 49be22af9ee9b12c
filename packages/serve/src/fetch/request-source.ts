import { absoluteFormAuthority, type IncomingRequest } from "@mantou/http1";
import { CookieMap } from "../cookies/cookie-map.ts";
import type { BodyProducer } from "./body.ts";

/** One request on its connection, as a `Request` object reads it. */
export interface RequestSource {
  readonly head: IncomingRequest;
  /** Null for a request without a body. */
  readonly body: BodyProducer | null;
  readonly host: {
    readonly settings: {
      readonly secure: boolean;
      /** `host:port` of the listener, for requests without a usable Host field. */
      readonly authority: string;
    };
  };
  /** What trusted proxies tell of the scheme and the host, each null if they do not; null if there are no such proxies. */
  readonly forwarded: { readonly secure: boolean | null; readonly host: string | null } | null;
  readonly signal: AbortSignal;
  /** Whether the signal is aborted, without making it. */
  readonly aborted: boolean;
  /** The first request of the platform's class for this source, to be told of the abort (`abortDerived`); null if there is none. */
  request: object | null;
  /** Null before the first access by `cookiesOf`. The changes made to them are sent with the response. */
  cookies: CookieMap | null;
}

const NORMALIZED: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);

/**
 * The method of a `Request` object: six methods become upper-case (Fetch standard, "normalize a method"). On the wire and in
 * routes `get` and `GET` are different methods (RFC 9110 §9.1).
 */
export function normalizeMethod(method: string): string {
  // Nearly all requests have one of these two.
  if (method === "GET" || method === "POST") return method;
  const upper = method.toUpperCase();
  return NORMALIZED.has(upper) ? upper : method;
}

/** The body as handlers can read it. The standard has no GET or HEAD with a body: handlers cannot read it, as in Bun. */
export function readableBody({ head, body }: RequestSource): BodyProducer | null {
  if (body === null) return null;
  const method = normalizeMethod(head.method);
  return method === "GET" || method === "HEAD" ? null : body;
}

/**
 * The fields of a request as handlers see them: name, value, name, value …, names in lower case.
 *
 * The list leaves out the fields of this connection (RFC 9110 §7.6.1), and those on which the server has already acted:
 * Transfer-Encoding, Keep-Alive, Expect, and, unless the client asks for a WebSocket, Upgrade and Connection with other
 * options than `close` and `keep-alive`. A handler that passes a request on, `fetch(new Request(upstream, request))`, must not
 * pass these on, and the platform's `fetch` throws for each of them.
 *
 * Host is that of an absolute target, if the request has one: the received field MUST be ignored (RFC 9112 §3.2.2).
 * @param hasBody whether handlers can read the body; without it the length is left out, too
 */
export function requestFields(head: IncomingRequest, hasBody: boolean): string[] {
  const { list } = head.fields;
  const authority = head.target.startsWith("/") ? null : absoluteFormAuthority(head.target);
  const isHandshake = head.upgrade?.toLowerCase().includes("websocket") ?? false;
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    const value = list[i + 1]!;
    if (name === "host" && authority !== null) kept.push(name, authority);
    else if (isShown(name, value, isHandshake, hasBody)) kept.push(name, value);
  }
  return kept;
}

function isShown(name: string, value: string, isHandshake: boolean, hasBody: boolean): boolean {
  switch (name) {
    case "transfer-encoding":
    case "keep-alive":
    case "expect":
      return false;
    case "upgrade":
      return isHandshake;
    case "connection":
      return isHandshake || /^(?:close|keep-alive)$/i.test(value);
    case "content-length":
      return hasBody || value === "0";
    default:
      return true;
  }
}

/** The arguments besides the URL with which the platform's `Request` is constructed. */
export function platformInit(
  { head, signal }: RequestSource,
  fields: readonly string[],
  body: ReadableStream<Uint8Array> | null,
): RequestInit {
  const headers: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) headers.push([fields[i]!, fields[i + 1]!]);
  const init: RequestInit = { method: head.method, headers, signal };
  return body === null ? init : { ...init, body, duplex: "half" };
}

/** The cookies of a request. The first access parses them: few handlers need them. */
export function cookiesOf(source: RequestSource): CookieMap {
  source.cookies ??= new CookieMap(cookieHeader(source.head.fields.list));
  return source.cookies;
}

/** Lets an application replace a member, as itty-router does with both. */
export function replaceMember(request: object, name: "cookies" | "params", value: unknown): void {
  Object.defineProperty(request, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Joins several Cookie fields (RFC 6265bis §5.8.3 allows them over HTTP/2, and some clients send them over HTTP/1.1). */
function cookieHeader(list: readonly string[]): string {
  const values: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (list[i]!.length === 6 && list[i]!.toLowerCase() === "cookie") values.push(list[i + 1]!);
  }
  return values.join("; ");
}
