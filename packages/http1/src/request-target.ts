import { absoluteFormAuthority, isHost, parseContentLength, targetEnd } from "./grammar.ts";

const SLASH = 0x2f;
const COLON = 0x3a;

/** The four forms of RFC 9112 §3.2, each for the methods that may have it. `target` must be of target characters. */
export function isTargetFor(method: string, target: string): boolean {
  if (method === "CONNECT") return isConnectTarget(target);
  if (target.charCodeAt(0) === SLASH || (target === "*" && method === "OPTIONS")) return true;
  const authority = absoluteFormAuthority(target);
  // RFC 9110 §4.2.1: a server refuses an empty host. §4.2.4: it refuses userinfo in a target, which is a trick; isHost has no "@".
  return authority !== null && authority !== "" && authority.charCodeAt(0) !== COLON && isHost(authority);
}

/** Whether `target` can be sent with `method`: its characters, and its form. */
export function isRequestTarget(method: string, target: string): boolean {
  return (
    typeof target === "string" &&
    target !== "" &&
    targetEnd(target, 0) === target.length &&
    isTargetFor(method, target)
  );
}

/** RFC 9110 §9.3.6: host and port. A server refuses an empty or invalid port. */
function isConnectTarget(target: string): boolean {
  const colon = target.lastIndexOf(":");
  const port = colon > 0 ? parseContentLength(target.slice(colon + 1)) : null;
  return port !== null && port > 0 && port <= 65_535 && isHost(target);
}
