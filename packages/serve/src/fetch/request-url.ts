import { absoluteFormAuthority, type IncomingRequest } from "@mantou/http1";

/** Targets that the URL parser would leave as they are: plain characters, and no segment that begins with a dot. */
const CANONICAL_TARGET =
  /^(?:\/(?:[A-Za-z0-9\-_~!$&()*+,;=:@][A-Za-z0-9\-._~!$&()*+,;=:@]*)?)+(?:\?[A-Za-z0-9\-._~!$&()*+,;=:@/?%]*)?$/;
/** Hosts that it would leave as they are: lower-case names (a last label with a letter, so no IPv4) and a port. */
const CANONICAL_HOST = /^(?:[a-z0-9-]+\.)*[a-z][a-z-]*(?::[1-9][0-9]{0,3})?$/;

/**
 * The URL of a request (RFC 9112 §3.3): the listener's scheme, the Host field, and the target.
 * @param authority stands in for a Host that is missing, empty or no host that a URL could have
 */
export function requestURL(head: IncomingRequest, secure: boolean, authority: string): string {
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
    // Punycode, which the parser checks.
    !host.includes("xn--");
  if (isCanonical) return url;
  return normalize(url) ?? normalize(own + target) ?? `${own}/`;
}

/**
 * The status with which a request has to be refused for the scheme of its target; 0 if it is the connection's, or none is named.
 * RFC 9110 §7.4: a request for an https resource MUST NOT be served without TLS, and the resources of the two schemes are not
 * the same (§4.2.2). Of other schemes no server of HTTP has any.
 */
export function targetRefusal({ method, target }: IncomingRequest, secure: boolean): 0 | 400 | 421 {
  if (target.startsWith("/") || target === "*" || method === "CONNECT") return 0;
  const scheme = target.slice(0, target.indexOf("://")).toLowerCase();
  if (scheme !== "http" && scheme !== "https") return 400;
  return (scheme === "https") === secure ? 0 : 421;
}

/** The path of a target, without its query, as routes are matched against it. */
export function targetPath(target: string): string {
  const path = target.startsWith("/") ? target : absolutePath(target);
  const query = path.indexOf("?");
  return query < 0 ? path : path.slice(0, query);
}

/** The query of a target with its "?", or "". */
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
