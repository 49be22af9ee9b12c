import type { IncomingRequest } from "@mantou/http1";

/**
 * The fields of a request as handlers see them: name, value, name, value …, names in lower case.
 *
 * Left out is what speaks of this connection alone (RFC 9110 §7.6.1), and what the server has already done:
 * Transfer-Encoding, Keep-Alive, Expect, and unless a WebSocket is asked for, Upgrade and Connection with other options
 * than `close` and `keep-alive`. A handler that passes a request on, `fetch(new Request(upstream, request))`, must not
 * pass these on, and the platform's `fetch` throws for each of them.
 * @param hasContent handlers can read the content; without, its length is left out too
 */
export function requestFields(head: IncomingRequest, hasContent: boolean): string[] {
  const { list } = head.fields;
  const isHandshake = head.upgrade?.toLowerCase().includes("websocket") ?? false;
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    const value = list[i + 1]!;
    if (isShown(name, value, isHandshake, hasContent)) kept.push(name, value);
  }
  return kept;
}

function isShown(name: string, value: string, isHandshake: boolean, hasContent: boolean): boolean {
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
      return hasContent || value === "0";
    default:
      return true;
  }
}
