import type { IncomingRequest } from "@mantou/http1";
import { CookieMap } from "../cookies/cookie-map.ts";
import type { BodyProducer } from "./body.ts";

/** What a `Request` object is made of, and refers back to: one request on its connection. */
export interface RequestSource {
  readonly head: IncomingRequest;
  /** Null for a request without content. */
  readonly body: BodyProducer | null;
  readonly host: {
    readonly secure: boolean;
    /** `host:port` of the listener, for requests that do not name one. */
    readonly authority: string;
  };
  readonly signal: AbortSignal;
  /** The platform's Request that stands for it. */
  request: object | null;
  /** Null until somebody asks for them (`cookiesOf`); what was done to them by then goes with the answer. */
  cookies: CookieMap | null;
}

/** The cookies of a request. Made when first asked for: few handlers do. */
export function cookiesOf(source: RequestSource): CookieMap {
  source.cookies ??= new CookieMap(cookieHeader(source.head.fields.list));
  return source.cookies;
}

/** Others keep what they have read of the Cookie field under this name, as itty-router's `withCookies` does. */
export function replaceCookies(request: object, value: unknown): void {
  Object.defineProperty(request, "cookies", { value, writable: true, enumerable: true, configurable: true });
}

/** Several fields are joined as one (RFC 6265bis §5.8.3 allows a client to send several over HTTP/2, and some do here). */
function cookieHeader(list: readonly string[]): string {
  const values: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (list[i]!.length === 6 && list[i]!.toLowerCase() === "cookie") values.push(list[i + 1]!);
  }
  return values.join("; ");
}
