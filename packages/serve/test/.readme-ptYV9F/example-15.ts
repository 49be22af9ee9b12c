import assert from "node:assert/strict";
import { tracingChannel } from "node:diagnostics_channel";
import { type LogEntry, type RequestEvent, serve } from "@mantou/serve";

const entries: LogEntry[] = [];
const server = serve({
  port: 0,
  log: (entry) => entries.push(entry),
  routes: {
    "/users/:id": (request, server) => {
      server.earlyHints(request, { Link: "</app.css>; rel=preload; as=style" });
      return new Response(`User ${request.params.id}`);
    },
  },
});
const seen: string[] = [];
tracingChannel("mantou.request").asyncEnd.subscribe((event) => {
  const { method, route, status } = event as RequestEvent;
  seen.push(`${method} ${route}: ${status}`);
});

assert.equal(await (await fetch(new URL("/users/1", server.url))).text(), "User 1");
assert.deepEqual(seen, ["GET /users/:id: 200"]);
assert.equal(entries[0]?.url, "/users/1");
await server.stop();

export const finished = true;
