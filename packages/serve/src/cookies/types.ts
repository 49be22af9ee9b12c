/** The requests from other sites that have the cookie (RFC 6265bis §4.1.2.7). */
export type CookieSameSite = "strict" | "lax" | "none";

/** The parts of a cookie, after Bun's `CookieInit`. */
export interface CookieInit {
  name?: string;
  value?: string;
  /** In lower case. Default: the host that set the cookie, and no other. */
  domain?: string | null;
  /** Default "/". An empty string leaves it to the browser, which uses the directory of the request. */
  path?: string | null;
  /** A date, seconds since 1970, or a date in the form of `Set-Cookie`. */
  expires?: number | Date | string | null | undefined;
  /** Seconds from now; 0 or less removes the cookie. It has precedence over `expires` (RFC 6265 §5.3). */
  maxAge?: number | null | undefined;
  /** Sends the cookie over TLS only. */
  secure?: boolean;
  /** Default "lax". */
  sameSite?: CookieSameSite | null;
  /** Hides the cookie from scripts of the page. */
  httpOnly?: boolean;
  /** Keeps a separate cookie for each site that embeds this one (CHIPS). Browsers require `secure` with it. */
  partitioned?: boolean;
}

/** The cookie to remove. A browser finds it by name, domain and path. */
export interface CookieStoreDeleteOptions {
  name: string;
  domain?: string | null;
  /** Default "/". */
  path?: string | null;
}
