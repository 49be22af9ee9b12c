import type { Server } from "@mantou/serve";
import { securityHeaders } from "./assets.ts";
import type { Visitor } from "./chat.ts";
import { cleanName, cleanRoom, defaultRoom, roomRule } from "./protocol.ts";

/**
 * Turns a request for `/ws?name=Ann&room=lobby` into a WebSocket, or responds with the reason for a refusal.
 * A missing or unusable name is left empty: the chat makes one up.
 */
export function upgrade(request: Request, server: Server<Visitor>): Response | undefined {
  if (!sameOrigin(request)) return text("Pages of other sites may not connect here.", 403);

  const query = new URL(request.url).searchParams;
  const room = cleanRoom(query.get("room") ?? defaultRoom);
  if (room === null) return text(roomRule, 400);

  const visitor: Visitor = { id: crypto.randomUUID(), name: cleanName(query.get("name") ?? "") ?? "", room };
  if (server.upgrade(request, { data: visitor })) return undefined;
  return text("This address speaks WebSocket. Open / in a browser.", 400);
}

/** Whether a load balancer should send clients here: not while other instances cannot be reached. */
export function ready(_request: Request, server: Server<Visitor>): Response {
  const { state } = server.topics;
  return text(state === "down" ? "The backplane is down." : "Ready.", state === "down" ? 503 : 200);
}

/** A response of plain text. */
export function text(body: string, status: number): Response {
  return new Response(`${body}\n`, {
    status,
    headers: { ...securityHeaders, "content-type": "text/plain; charset=utf-8" },
  });
}

/**
 * Whether the page was served from here. Browsers let any site open a WebSocket to any other and only state
 * where the page came from (RFC 6455, section 10.2), so the server must compare. Programs that are not
 * browsers send no Origin; this check is not for them.
 */
function sameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  // "null" is the origin of sandboxed frames and files; it is not a URL.
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.get("host")?.toLowerCase();
}
