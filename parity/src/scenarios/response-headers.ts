import { AreaBuilder } from "../scenario.ts";

const respond = (make: () => Response | Promise<Response>) => () => ({ fetch: make });

const stream = (...chunks: (string | Uint8Array)[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      controller.close();
    },
  });

export const responseHeaders: AreaBuilder = new AreaBuilder("response headers")
  .add(
    "statuses and their reasons",
    () => ({
      fetch: (req) => new Response("x", { status: Number(new URL(req.url).pathname.slice(1)) }),
    }),
    async (c) => {
      for (const status of [
        200, 201, 202, 206, 300, 301, 400, 401, 404, 405, 409, 418, 422, 429, 500, 501, 503, 599,
      ])
        await c.ask(`GET /${status}`);
    },
  )
  .add(
    "statuses without a body",
    () => ({
      fetch: (req) => new Response(null, { status: Number(new URL(req.url).pathname.slice(1)) }),
    }),
    async (c) => {
      const http = c.connect();
      for (const status of [204, 205, 304, 200, 404]) await http.ask(`GET /${status}`);
    },
  )
  .add(
    "a status text of its own",
    respond(() => new Response("x", { status: 200, statusText: "Fine" })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "an invalid status",
    () => ({
      fetch: (req) => {
        try {
          return new Response("x", { status: Number(new URL(req.url).pathname.slice(1)) });
        } catch (error) {
          return new Response((error as Error).name);
        }
      },
    }),
    async (c) => {
      for (const status of [99, 100, 199, 600, 999]) await c.ask(`GET /${status}`);
    },
  )
  .add(
    "headers of an object, an array and Headers",
    () => ({
      fetch: (req) => {
        const path = new URL(req.url).pathname;
        if (path === "/o") return new Response("x", { headers: { "X-B": "1", "x-a": "2" } });
        if (path === "/l")
          return new Response("x", {
            headers: [
              ["X-A", "1"],
              ["x-a", "2"],
            ],
          });
        return new Response("x", { headers: new Headers({ "X-A": " trimmed " }) });
      },
    }),
    async (c) => {
      for (const path of ["/o", "/l", "/h"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "several Set-Cookie stay apart",
    respond(() => {
      const response = new Response("x");
      response.headers.append("Set-Cookie", "a=1; Path=/");
      response.headers.append("set-cookie", "b=2");
      response.headers.append("X-Other", "1");
      response.headers.append("X-Other", "2");
      return response;
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a content type of its own",
    respond(() => new Response("<p>", { headers: { "Content-Type": "text/html" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "an empty header",
    respond(() => new Response("x", { headers: { "X-Empty": "" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a header past ASCII",
    respond(() => new Response("x", { headers: { "X-Latin": "\xe4" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a Content-Length of its own that is right",
    respond(() => new Response("abc", { headers: { "Content-Length": "3" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a Content-Length of its own that is wrong",
    respond(() => new Response("abc", { headers: { "Content-Length": "5" } })),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
    },
  )
  .add(
    "a Content-Length for a stream",
    respond(() => new Response(stream("abc"), { headers: { "Content-Length": "3" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a Content-Length for HEAD",
    respond(() => new Response(null, { headers: { "Content-Length": "123" } })),
    async (c) => c.ask("HEAD /"),
  )
  .add(
    "a Transfer-Encoding of its own",
    respond(() => new Response("abc", { headers: { "Transfer-Encoding": "chunked" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a Date of its own",
    respond(() => new Response("x", { headers: { Date: "Thu, 01 Jan 1970 00:00:00 GMT" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "Connection: close from the handler",
    respond(() => new Response("x", { headers: { Connection: "close" } })),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.closed();
    },
  );
