import { RawWebSocket } from "@mantou/testing/raw-websocket";
import type { ServeOptions } from "../../src/api/server.ts";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { type Clock, systemClock } from "../../src/socket/timeouts.ts";
import { type InternalServer, startInternal } from "./servers.ts";

/** Both ends of a WebSocket: the server's object, and a client that sends and takes bytes. */
export interface Pair {
  readonly ws: ServerWebSocket;
  readonly client: RawWebSocket;
}

/** A server that upgrades every request, and a way to both ends of its WebSockets. */
export interface WebSocketServer {
  readonly server: InternalServer;
  /** @param fields of the handshake, besides the usual ones */
  connect(fields?: readonly string[]): Promise<Pair>;
}

/** @param more options of the server */
export function startWebSockets(
  handler: WebSocketHandler = {},
  clock: Clock = systemClock,
  more: Pick<ServeOptions, "backplane" | "id" | "tls" | "topics"> = {},
): WebSocketServer {
  const opened: ServerWebSocket[] = [];
  const options: ServeOptions = {
    ...more,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: {
      ...handler,
      open(ws) {
        opened.push(ws);
        return handler.open?.(ws);
      },
    },
  };
  const server = startInternal(options, clock);
  const connect = async (fields: readonly string[] = []): Promise<Pair> => {
    const client = await RawWebSocket.open(server, { fields });
    return { ws: opened.pop()!, client };
  };
  return { server, connect };
}

/** One WebSocket on a server of its own. */
export async function pair(
  handler: WebSocketHandler = {},
  clock: Clock = systemClock,
): Promise<Pair & { readonly server: InternalServer }> {
  const { server, connect } = startWebSockets(handler, clock);
  return { server, ...(await connect()) };
}
