import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { CookieMap } from "../cookies/cookie-map.ts";
import { Response } from "../fetch/response.ts";
import type { Exchange } from "../http/request-context.ts";

/** The cookies of a request. Made when first asked for: few handlers do. */
export function cookiesOf(exchange: Exchange): CookieMap {
  exchange.cookies ??= new CookieMap(cookieHeader(exchange.head.fields.list));
  return exchange.cookies;
}

/** Others keep what they have read of the Cookie field under this name, as itty-router's `withCookies` does. */
export function replaceCookies(request: object, value: unknown): void {
  Object.defineProperty(request, "cookies", { value, writable: true, enumerable: true, configurable: true });
}

/** The head of a response with what its handler has done to the request's cookies, one field for each. */
export function withCookies(head: OutgoingResponse, cookies: CookieMap): OutgoingResponse {
  const changes = setCookieFields(cookies);
  if (changes.length === 0) return head;
  const { fields } = head;
  const base = fields instanceof FieldBlock ? fields : new FieldBlock(fields ?? []);
  return { ...head, fields: new FieldBlock(changes, base) };
}

/** Name, value, name, value … */
export function setCookieFields(cookies: CookieMap): string[] {
  return cookies.toSetCookieHeaders().flatMap((value) => ["Set-Cookie", value]);
}

/**
 * Gives its cookies to a request that came over no connection.
 * @returns gives them, or null if they were not asked for
 */
export function attachCookies(request: Request): () => CookieMap | null {
  let cookies: CookieMap | null = null;
  Object.defineProperty(request, "cookies", {
    get: () => (cookies ??= new CookieMap(request.headers.get("cookie"))),
    set: (value: unknown) => replaceCookies(request, value),
    configurable: true,
  });
  return () => cookies;
}

/** The response with what its handler has done to the request's cookies. It is another one: its headers may be fixed. */
export function withSetCookies(
  response: globalThis.Response,
  cookies: CookieMap | null,
): globalThis.Response {
  const lines = cookies?.toSetCookieHeaders() ?? [];
  if (lines.length === 0 || response.type === "error") return response;
  const { status, statusText, headers } = response;
  const copy = new Response(response.body, { status, statusText, headers });
  for (const line of lines) copy.headers.append("Set-Cookie", line);
  return copy as globalThis.Response;
}

/** Several fields are joined as one (RFC 6265bis §5.8.3 allows a client to send several over HTTP/2, and some do here). */
function cookieHeader(list: readonly string[]): string {
  const values: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (list[i]!.length === 6 && list[i]!.toLowerCase() === "cookie") values.push(list[i + 1]!);
  }
  return values.join("; ");
}
