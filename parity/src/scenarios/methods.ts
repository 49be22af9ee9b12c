import { AreaBuilder } from "../scenario.ts";

const text = (content: string) => () => new Response(content);

export const methods: AreaBuilder = new AreaBuilder("methods")
  .add(
    "methods of a route",
    () => ({
      routes: {
        "/r": {
          GET: text("get"),
          POST: async (request) => new Response(`post ${await request.text()}`),
          PUT: text("put"),
          PATCH: text("patch"),
          DELETE: text("delete"),
          OPTIONS: () => new Response(null, { status: 204, headers: { Allow: "GET" } }),
        },
      },
      fetch: (request) => new Response(`fetch ${request.method}`, { status: 405 }),
    }),
    async (c) => {
      await c.ask("GET /r");
      await c.ask("POST /r", ["Content-Length: 2"], "hi");
      for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) await c.ask(`${method} /r`);
    },
  )
  .add(
    "a method that a route does not have goes to fetch",
    () => ({
      routes: { "/r": { POST: text("post") } },
      fetch: (request) => new Response(`fetch ${request.method}`),
    }),
    async (c) => {
      for (const method of ["GET", "PUT", "HEAD", "OPTIONS"]) await c.ask(`${method} /r`);
    },
  )
  .add(
    "a method that a route does not have goes to a less specific route",
    () => ({ routes: { "/r/x": { POST: text("post") }, "/r/*": text("any") }, fetch: text("fetch") }),
    async (c) => {
      for (const method of ["GET", "POST"]) await c.ask(`${method} /r/x`);
    },
  )
  .add(
    "a method that a route does not have is 404 without fetch",
    () => ({ routes: { "/r": { POST: text("post") } } }),
    async (c) => c.ask("GET /r"),
  )
  .add(
    "GET's handler responds to HEAD, without a body",
    ({ note }) => ({
      routes: {
        "/r": {
          GET: (request) => {
            note(request.method);
            return new Response("get", { headers: { "X-By": "get" } });
          },
        },
      },
    }),
    async (c) => c.ask("HEAD /r"),
  )
  .add(
    "HEAD has a handler of its own",
    () => ({
      routes: {
        "/r": { GET: text("get"), HEAD: () => new Response("head", { headers: { "X-By": "head" } }) },
      },
    }),
    async (c) => c.ask("HEAD /r"),
  )
  .add(
    "HEAD of a route for any method",
    ({ note }) => ({
      routes: {
        "/r": (request) => {
          note(request.method);
          return new Response("any");
        },
      },
    }),
    async (c) => c.ask("HEAD /r"),
  )
  .add(
    "OPTIONS of a route for any method",
    () => ({ routes: { "/r": (request) => new Response(request.method) } }),
    async (c) => c.ask("OPTIONS /r"),
  );
