import assert from "node:assert/strict";
import { serve } from "@mantou/serve";
import { WebSocket } from "@mantou/websocket/client";

const server = serve({
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    perMessageDeflate: true,
    open(ws) {
      ws.subscribe("news");
      ws.send("the dough has risen ".repeat(50), true); // compressed
      ws.send("short"); // not compressed: the default
    },
  },
});

const socket = new WebSocket(server.url);
const heard: unknown[] = [];
await new Promise<void>((done) => {
  socket.onmessage = ({ data }) => {
    heard.push(data);
    // Published messages are compressed, once for all subscribers, unless the third argument is false.
    if (heard.length === 2) server.publish("news", "steam ".repeat(50));
    if (heard.length === 3) done();
  };
});
assert.match(socket.extensions, /^permessage-deflate/);
assert.deepEqual(heard, ["the dough has risen ".repeat(50), "short", "steam ".repeat(50)]);
await server.stop(true);

export const finished = true;
