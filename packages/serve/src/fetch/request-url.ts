import { absoluteFormAuthority, type IncomingRequest } from "@mantou/http1";
import type { RequestSource } from "./request-source.ts";

/** Targets that the URL parser does not change: plain characters, and no segment that begins with a dot. */
const CANONICAL_TARGET =
  /^(?:\/(?:[A-Za-z0-9\-_~!$&()*+,;=:@][A-Za-z0-9\-._~!$&()*+,;=:@]*)?)+(?:\?[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*)?$/;
/** Hosts that it does not change: names in lower case, whose last label has a letter (which excludes IPv4), and a port. */
const CANONICAL_HOST = /^(?:[a-z0-9-]+\.)*[a-z][a-z-]*(?::[1-9][0-9]{0,3})?$/;

/** What a URL is made of. */
type Line = Pick<IncomingRequest, "method" | "target" | "host">;

/** The URL of a request as its client has written it: behind trusted proxies they tell its scheme and host. */
export function sourceURL({ head, host: { settings }, forwarded }: RequestSource): string {
  const { secure, authority } = settings;
  if (forwarded === null) return requestURL(head, secure, authority);
  const isSecure = forwarded.secure ?? secure;
  const { host } = forwarded;
  if (host === null || head.method === "CONNECT") return requestURL(head, isSecure, authority);
  const { method, target } = head;
  // The host of an absolute target is that of the server behind the proxy.
  const path = target.startsWith("/") || target === "*" ? target : absolutePath(target);
  return requestURL({ method, target: path, host }, isSecure, authority);
}

/**
 * The URL of a request (RFC 9112 §3.3): the listener's scheme, the Host field, and the target.
 * @param authority replaces a Host that is missing, empty, or not a host of any URL
 */
export function requestURL(head: Line, secure: boolean, authority: string): string {
  const { target } = head;
  const scheme = secure ? "https:" : "http:";
  const own = `${scheme}//${authority}`;
  if (head.method === "CONNECT") return normalize(`${scheme}//${target}/`) ?? `${own}/`;
  const host = head.host || authority;
  if (target === "*") return normalize(`${scheme}//${host}/*`) ?? `${own}/*`;
  if (!target.startsWith("/")) return normalize(target) ?? normalize(own + absolutePath(target)) ?? `${own}/`;
  const url = `${scheme}//${host}${target}`;
  const isCanonical =
    CANONICAL_TARGET.test(target) &&
    CANONICAL_HOST.test(host) &&
    !host.endsWith(secure ? ":443" : ":80") &&
    // The parser checks Punycode.
    !host.includes("xn--");
  if (isCanonical) return url;
  return normalize(url) ?? normalize(own + target) ?? `${own}/`;
}

/**
 * The status of the refusal of a request because of the scheme of its target; 0 if the target has no scheme, or the connection's.
 * A request for an https resource MUST NOT be served without TLS (RFC 9110 §7.4), and the resources of the two schemes are
 * different ones (§4.2.2). Other schemes have no resources on an HTTP server.
 */
export function targetRefusal({ method, target }: IncomingRequest, secure: boolean): 0 | 400 | 421 {
  if (target.startsWith("/") || target === "*" || method === "CONNECT") return 0;
  const scheme = target.slice(0, target.indexOf("://")).toLowerCase();
  if (scheme !== "http" && scheme !== "https") return 400;
  return (scheme === "https") === secure ? 0 : 421;
}

/** The host and port that a request asks for: those of an absolute target, before which Host is ignored (RFC 9112 §3.2.2). */
export function requestedHost({ target, host }: Pick<IncomingRequest, "target" | "host">): string | null {
  return target.startsWith("/") ? host : (absoluteFormAuthority(target) ?? host);
}

/** The path of a target without its query, which routes are matched against. */
export function targetPath(target: string): string {
  const path = target.startsWith("/") ? target : absolutePath(target);
  const query = path.indexOf("?");
  return query < 0 ? path : path.slice(0, query);
}

/** The query of a target, with its "?"; an empty string without one. */
export function targetQuery(target: string): string {
  const query = target.indexOf("?");
  return query < 0 ? "" : target.slice(query);
}

function absolutePath(target: string): string {
  const authority = absoluteFormAuthority(target);
  if (authority === null) return target;
  const path = target.slice(target.indexOf("//") + 2 + authority.length);
  return path.startsWith("/") ? path : `/${path}`;
}

function normalize(url: string): string | null {
  try {
    return new URL(url).href;
  } catch {
    return null;
  }
}
