import { serve } from "@mantou/bun";
import page from "../page/index.html";
import type { Orders } from "./orders.ts";

const TOPIC = "orders";
const orders = new Map([
  ["plain", 0],
  ["sesame", 0],
  ["custard", 0],
]);
const current = (): Orders => Object.fromEntries(orders);

const server = serve({
  routes: {
    "/": page,
    "/api/orders": () => Response.json(current()),
    "/api/orders/:kind": {
      POST(request, running) {
        const { kind } = request.params;
        const count = orders.get(kind);
        if (count === undefined) return Response.json({ error: "We have no such bun" }, { status: 404 });
        orders.set(kind, count + 1);
        running.publish(TOPIC, JSON.stringify(current()));
        return new Response(null, { status: 204 });
      },
    },
    "/live": (request, running) =>
      running.upgrade(request)
        ? undefined
        : new Response("A WebSocket is wanted", { status: 426, headers: { Upgrade: "websocket" } }),
  },
  websocket: {
    open: (ws) => void ws.subscribe(TOPIC),
    message() {},
  },
  // Edits of the page arrive without a reload, and its console is printed here.
  development: process.env["NODE_ENV"] !== "production" && { console: true },
});

process.stdout.write(`Listening on ${server.url.href}\n`);
