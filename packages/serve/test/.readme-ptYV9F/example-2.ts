import assert from "node:assert/strict";
import { serve } from "@mantou/serve";

const server = serve({
  port: 0,
  routes: {
    "/": new Response("Home"),
    "/users/:id": (request) => Response.json({ id: request.params.id }), // typed by the pattern
    "/posts": {
      GET: () => new Response("All posts"),
      POST: async (request) => Response.json(await request.json(), { status: 201 }),
    },
    "/files/*": (request) => new Response(request.params["*"]),
    "/files/secret": false, // no route: fetch handles it
  },
  fetch: () => new Response("Nothing here", { status: 404 }),
});

const get = async (path: string) => (await fetch(new URL(path, server.url))).text();
assert.equal(await get("/"), "Home");
assert.equal(await get("/users/J%C3%BCrgen"), '{"id":"Jürgen"}');
assert.equal(await get("/files/a/b"), "a/b");
assert.equal(await get("/files/secret"), "Nothing here");

const posted = await fetch(new URL("/posts", server.url), { method: "POST", body: '{"title":"One"}' });
assert.equal(posted.status, 201);
await server.stop();

export const finished = true;
