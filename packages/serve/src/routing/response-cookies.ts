import { CookieMap } from "../cookies/cookie-map.ts";
import { replaceCookies } from "../fetch/request-source.ts";
import { Response } from "../fetch/response.ts";

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
