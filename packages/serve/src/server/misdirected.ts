import { requestURL, sourceURL } from "../fetch/request-url.ts";
import { WholeResponse } from "../http/outgoing.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ServerListener } from "../socket/listener.ts";
import type { Site } from "../socket/tls-server.ts";

/** RFC 9110 §15.5.20: the client may ask again over a connection that was made for the request's host. */
export const MISDIRECTED: WholeResponse = /* @__PURE__ */ new WholeResponse({ status: 421 }, "");

/**
 * A client that has asked for a public name, or for no name, must not reach a name that requires certificates by its Host field.
 * Applications look at that field, or at the URL.
 * @param site that the client has asked for
 */
export function isMisdirected(site: Site, context: RequestContext, listener: ServerListener): boolean {
  if (!listener.sitesDiffer) return false;
  const { head, forwarded } = context;
  const url = requestURL(head, true, listener.authority);
  // A port that no URL can have (99999) leaves the field, which applications read, with a name all the same.
  const name = head.host?.replace(/:[0-9]*$/, "") ?? "";
  const told = forwarded === null ? url : sourceURL(context);
  return [url, told, `https://${name}`].some((each) => {
    const host = URL.canParse(each) ? new URL(each).hostname : "";
    return listener.isMisdirected(site, host);
  });
}
