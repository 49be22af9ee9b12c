import type { AddressInfo } from "node:net";
import type { WebSocket, WebSocketServer } from "ws";
import { announce, requestedApp } from "./announce.ts";
import { topicsOf } from "./topics.ts";

/** `ws` as its own README uses it: an echo, and a broadcast as a loop over the clients. */

export interface WsModule {
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketServer: typeof WebSocketServer;
}

/** Runs the app named on the command line. */
export function run(ws: WsModule): void {
  const app = requestedApp(["echo", "echo-deflate", "chat", "chat-deflate", "topics"]);
  const server = new ws.WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    // By default it compresses nothing below 1 KiB; here it compresses each message, as the others do.
    ...(app.endsWith("-deflate") ? { perMessageDeflate: { threshold: 0 } } : {}),
  });

  server.on("connection", (socket) => {
    socket.on("error", console.error);
    if (app === "topics") {
      joinTopics(socket);
    } else if (app.startsWith("echo")) {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    } else {
      socket.on("message", (data, isBinary) => {
        for (const client of server.clients) {
          if (client.readyState === ws.WebSocket.OPEN) client.send(data, { binary: isBinary });
        }
      });
    }
  });

  /** `ws` has no topics; its users keep sets of clients. */
  const subscribers = new Map<string, Set<WebSocket>>();
  let clients = 0;
  function joinTopics(socket: WebSocket): void {
    const topics = topicsOf(clients++);
    for (const topic of topics) {
      const members = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, members.add(socket));
    }
    socket.on("message", (data, isBinary) => {
      for (const client of subscribers.get(topics[0]!) ?? []) {
        if (client.readyState === ws.WebSocket.OPEN) client.send(data, { binary: isBinary });
      }
    });
    socket.on("close", () => {
      for (const topic of topics) subscribers.get(topic)?.delete(socket);
    });
  }

  server.on("listening", () => announce((server.address() as AddressInfo).port));
}
