import type { Server } from "../../src/types.ts";
import type { ServerWebSocket, WebSocketHandler } from "../../src/websocket-types.ts";
import { RawWebSocket } from "./raw-websocket.ts";
import { start } from "./servers.ts";

/** Both ends of a WebSocket: the server's object, and a client that sends and takes bytes. */
export interface Pair {
  readonly ws: ServerWebSocket;
  readonly client: RawWebSocket;
}

/** A server that upgrades every request, and a way to both ends of its WebSockets. */
export interface WebSocketServer {
  readonly server: Server;
  connect(): Promise<Pair>;
}

export function startWebSockets(handler: WebSocketHandler = {}): WebSocketServer {
  const opened: ServerWebSocket[] = [];
  const server = start({
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: {
      ...handler,
      open(ws) {
        opened.push(ws);
        return handler.open?.(ws);
      },
    },
  });
  const connect = async (): Promise<Pair> => {
    const client = await RawWebSocket.open(server);
    return { ws: opened.pop()!, client };
  };
  return { server, connect };
}

/** One WebSocket on a server of its own. */
export async function pair(handler: WebSocketHandler = {}): Promise<Pair & { readonly server: Server }> {
  const { server, connect } = startWebSockets(handler);
  return { server, ...(await connect()) };
}
