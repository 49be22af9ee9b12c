import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { announce, requestedApp } from "./announce.ts";

/** `ws` as its own README uses it: an echo, and a broadcast as a loop over the clients. */
const app = requestedApp(["echo", "chat"]);
const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });

server.on("connection", (socket) => {
  socket.on("error", console.error);
  if (app === "echo") {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  } else {
    socket.on("message", (data, isBinary) => {
      for (const client of server.clients) {
        if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
      }
    });
  }
});

server.on("listening", () => announce((server.address() as AddressInfo).port));
