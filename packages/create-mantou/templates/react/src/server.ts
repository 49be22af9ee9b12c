import { serve } from "bun";
import page from "../page/index.html";
import { Counter } from "./counter.ts";

const counter = new Counter();

const server = serve({
  routes: {
    "/": page,
    "/api/count": {
      GET: () => Response.json({ count: counter.count }),
      POST: () => Response.json({ count: counter.increment() }),
    },
  },
  fetch: () => new Response("There is nothing here.\n", { status: 404 }),
  // Changes of the page arrive without a reload, and its console is printed here.
  development: process.env["NODE_ENV"] !== "production" && { hmr: true, console: true },
});

console.log(`Listening on ${server.url}`);
