import { AreaBuilder } from "../scenario.ts";

const text = (content: string) => () => new Response(content);

export const staticRoutes: AreaBuilder = new AreaBuilder("static routes")
  .add(
    "a static response, for any method",
    () => ({ routes: { "/s": new Response("static", { status: 201, headers: { "X-A": "1" } }) } }),
    async (c) => {
      await c.ask("GET /s");
      await c.ask("HEAD /s");
      await c.ask("POST /s", ["Content-Length: 2"], "hi");
    },
  )
  .add(
    "a static response for one method",
    () => ({ routes: { "/s": { GET: new Response("static") } }, fetch: text("fetch") }),
    async (c) => {
      for (const method of ["GET", "HEAD", "POST"]) await c.ask(`${method} /s`);
    },
  )
  .add(
    "a static redirect",
    ({ Response }) => ({
      routes: { "/old": Response.redirect("/new"), "/other": Response.redirect("https://example.com/", 308) },
    }),
    async (c) => {
      await c.ask("GET /old");
      await c.ask("GET /other");
    },
  )
  .add(
    "static JSON, and static bytes",
    () => ({
      routes: { "/j": Response.json({ a: [1, "ä"] }), "/b": new Response(new Uint8Array([0, 255])) },
    }),
    async (c) => {
      await c.ask("GET /j");
      await c.ask("GET /b");
    },
  )
  .add(
    "a static response without a body",
    () => ({
      routes: {
        "/204": new Response(null, { status: 204 }),
        "/200": new Response(),
        "/empty": new Response(""),
      },
    }),
    async (c) => {
      for (const path of ["/204", "/200", "/empty"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "false is not handled by routes",
    () => ({ routes: { "/api/*": text("api"), "/api/x": false }, fetch: text("fetch") }),
    async (c) => {
      for (const path of ["/api/y", "/api/x"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "false without fetch",
    () => ({ routes: { "/x": false, "/y": text("y") } }),
    async (c) => c.ask("GET /x"),
  )
  .add(
    "no route and no fetch is 404",
    () => ({ routes: { "/y": text("y") } }),
    async (c) => {
      await c.ask("GET /x");
      await c.ask("POST /x", ["Content-Length: 1"], "x");
      await c.ask("HEAD /x");
    },
  );
