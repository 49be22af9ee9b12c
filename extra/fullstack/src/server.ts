import { serve } from "bun";
import page from "../page/index.html";
import type { Message } from "./batch.ts";
import { change, InputError, newBatch } from "./input.ts";
import { Store } from "./store.ts";

const TOPIC = "batches";
const store = new Store(process.env["DATABASE"] ?? ":memory:");

const server = serve({
  routes: {
    "/": page,
    "/api/batches": {
      GET: () => Response.json(store.all()),
      POST: async (request) => {
        const batch = store.add(newBatch(await bodyOf(request)));
        tell({ kind: "saved", batch });
        return Response.json(batch, { status: 201 });
      },
    },
    "/api/batches/:id": {
      PATCH: async (request) => {
        const batch = store.change(Number(request.params.id), change(await bodyOf(request)));
        if (batch === null) return missing();
        tell({ kind: "saved", batch });
        return Response.json(batch);
      },
      DELETE: (request) => {
        const id = Number(request.params.id);
        if (!store.remove(id)) return missing();
        tell({ kind: "removed", id });
        return new Response(null, { status: 204 });
      },
    },
    "/live": (request, running) =>
      running.upgrade(request) ? undefined : new Response("A WebSocket is wanted", { status: 426 }),
    "/*": () => missing(),
  },
  websocket: {
    open(ws) {
      ws.subscribe(TOPIC);
      tellPages();
    },
    message() {},
    close: () => tellPages(),
  },
  error(error) {
    if (error instanceof InputError) return Response.json({ error: error.message }, { status: 400 });
    throw error;
  },
  // Edits of the page arrive without a reload, and its console is printed here.
  development: process.env["NODE_ENV"] !== "production" && { hmr: true, console: true },
});

function tell(message: Message): void {
  server.publish(TOPIC, JSON.stringify(message));
}

function tellPages(): void {
  tell({ kind: "pages", open: server.subscriberCount(TOPIC) });
}

function missing(): Response {
  return Response.json({ error: "There is no such batch" }, { status: 404 });
}

/** @throws InputError */
async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new InputError("The body is no JSON");
  }
}

process.stdout.write(`Listening on ${server.url.href}\n`);
