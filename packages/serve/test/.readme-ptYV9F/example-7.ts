import assert from "node:assert/strict";
import { serve } from "@mantou/serve";
import { WebSocket } from "@mantou/websocket/client"; // or the global, from Node.js 22 on

const server = serve({
  port: 0,
  routes: {
    "/chat/:room": (request, server) => {
      const name = new URL(request.url).searchParams.get("name") ?? "guest";
      if (server.upgrade(request, { data: { name, room: request.params.room } })) return;
      return new Response("A WebSocket is wanted", { status: 426, headers: { Upgrade: "websocket" } });
    },
  },
  websocket: {
    data: {} as { name: string; room: string }, // only its type is used
    open(ws) {
      ws.subscribe(ws.data.room);
    },
    message(ws, message) {
      server.publish(ws.data.room, `${ws.data.name}: ${message}`);
    },
  },
});

const join = async (name: string) => {
  const socket = new WebSocket(new URL(`/chat/kitchen?name=${name}`, server.url.href.replace("http", "ws")));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
};
const [ann, bo] = [await join("Ann"), await join("Bo")];
const heard = new Promise((resolve) => bo.addEventListener("message", ({ data }) => resolve(data)));
ann.send("The buns are ready");
assert.equal(await heard, "Ann: The buns are ready");
assert.equal(server.subscriberCount("kitchen"), 2);
await server.stop(true); // closes the sockets, too

export const finished = true;
