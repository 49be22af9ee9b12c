/** To which requests from other sites a cookie belongs (RFC 6265bis §4.1.2.7). */
export type CookieSameSite = "strict" | "lax" | "none";

/** What a cookie is made of, after Bun's `CookieInit`. */
export interface CookieInit {
  name?: string;
  value?: string;
  /** In lower case. Default: the host that set the cookie, and no other. */
  domain?: string | null;
  /** Default "/"; an empty string leaves it to the browser, which takes the directory of the request. */
  path?: string | null;
  /** A date, seconds since 1970, or a date as `Set-Cookie` has it. */
  expires?: number | Date | string | null | undefined;
  /** Seconds from now; 0 or less removes the cookie. Counts before `expires` (RFC 6265 §5.3). */
  maxAge?: number | null | undefined;
  secure?: boolean;
  /** Default "lax". */
  sameSite?: CookieSameSite | null;
  httpOnly?: boolean;
  /** Kept apart for each site that embeds this one (CHIPS); browsers demand `secure` with it. */
  partitioned?: boolean;
}

/** Which cookie to remove: a browser knows it by name, domain and path. */
export interface CookieStoreDeleteOptions {
  name: string;
  domain?: string | null;
  /** Default "/". */
  path?: string | null;
}
