import { type AnyOptions, AreaBuilder } from "../scenario.ts";

const throwing = (value: unknown) => (): Response => {
  throw value;
};

export const errors: AreaBuilder = new AreaBuilder("errors")
  .add(
    "a handler that throws is 500",
    () => ({ fetch: throwing(new Error("secret")) }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.ask("HEAD /");
    },
  )
  .add(
    "a handler that rejects is 500",
    () => ({ fetch: () => Promise.reject(new Error("secret")) }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a handler that rejects later is 500",
    () => ({
      fetch: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new Error("secret");
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a route that throws",
    () => ({ routes: { "/": throwing(new Error("secret")) } }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "what is thrown may be anything",
    () => ({
      fetch: (req) => {
        const thrown: Record<string, unknown> = {
          "/s": "text",
          "/u": undefined,
          "/n": null,
          "/o": { a: 1 },
          "/r": new Response("thrown", { status: 418 }),
        };
        throw thrown[new URL(req.url).pathname];
      },
    }),
    async (c) => {
      for (const path of ["/s", "/u", "/n", "/o", "/r"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "error makes the response",
    ({ note }) => ({
      fetch: throwing(new TypeError("why")),
      error(error) {
        note(error.name, error.message);
        return new Response("handled", { status: 503, headers: { "X-A": "1" } });
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error gets a rejection",
    () => ({
      fetch: () => Promise.reject(new Error("why")),
      error: (error) => new Response(error.message),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error is async",
    () => ({
      fetch: throwing(new Error("why")),
      error: async (error) => {
        await Promise.resolve();
        return new Response(error.message);
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error gets what a route throws, and the server as this",
    ({ note, server }) => ({
      routes: { "/": throwing(new Error("route")) },
      error: function (this: unknown, error) {
        note(this === server());
        return new Response(error.message);
      } as NonNullable<AnyOptions["error"]>,
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error gets a thrown value that is not an Error as it is",
    () => ({
      fetch: throwing("text"),
      error: (error) => new Response(`${typeof error} ${String(error)}`),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error throws too",
    () => ({ fetch: throwing(new Error("first")), error: throwing(new Error("second")) }),
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "error rejects",
    () => ({
      fetch: throwing(new Error("first")),
      error: () => Promise.reject<Response>(new Error("second")),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error returns nothing",
    () => ({ fetch: throwing(new Error("first")), error: () => undefined }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "error's response to HEAD",
    () => ({ fetch: throwing(new Error("x")), error: () => new Response("handled", { status: 500 }) }),
    async (c) => c.ask("HEAD /"),
  )
  .add(
    "error's response is used twice",
    () => {
      const response = new Response("same", { status: 500 });
      return { fetch: throwing(new Error("x")), error: () => response };
    },
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "an error after the body was read",
    () => ({
      fetch: async (req) => {
        await req.text();
        throw new Error("x");
      },
      error: () => new Response("handled", { status: 500 }),
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("POST /", ["Content-Length: 2"], "hi");
      await http.ask("POST /", ["Content-Length: 2"], "hi");
    },
  )
  .add(
    "an error before the body was read",
    () => ({
      fetch: throwing(new Error("x")),
      error: () => new Response("handled", { status: 500 }),
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("POST /", ["Content-Length: 2"], "hi");
      await http.ask("POST /", ["Content-Length: 2"], "hi");
    },
  );
