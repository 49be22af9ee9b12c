import { serve } from "@mantou/serve";

const server = serve({
  port: 3000,
  routes: {
    "/": new Response("Hello!"),
    "/users/:id": (request) => Response.json({ id: request.params.id }),
    "/files/*": { dir: "./public" },
    "/chat": (request, server) =>
      server.upgrade(request) ? undefined : new Response("A WebSocket is wanted", { status: 426 }),
  },
  fetch: () => new Response("Not found", { status: 404 }),
  websocket: {
    open: (ws) => void ws.subscribe("room"),
    message: (ws, message) => void ws.publish("room", message),
  },
});
server.publish("room", `Listening on ${server.url}`);

export {};
