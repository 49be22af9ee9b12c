// An echo of messages on Mantou: `PORT=3000 node websocket/mantou.js`
import process from "node:process";
import { serve } from "@mantou/serve";

const server = serve({
  port: process.env.PORT ?? 3000,
  hostname: "127.0.0.1",
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("no", { status: 400 })),
  websocket: { perMessageDeflate: true, message: (socket, message) => void socket.send(message) },
});
console.log(`Listening on ${server.url}`);
