import { request } from "../client.ts";
import { type AnyOptions, AreaBuilder } from "../scenario.ts";

const hello = () => new Response("hello");

export const secure: AreaBuilder = new AreaBuilder("tls")
  .add(
    "requests and properties of a server",
    ({ tls, server }) => ({
      tls,
      fetch: (req) => Response.json([req.url, server().protocol, server().url.protocol]),
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /a?b");
      await http.write(`GET / HTTP/1.1\r\nHost: localhost:${c.port}\r\n\r\n`).response();
    },
  )
  .add(
    "pipelined requests, and bodies",
    ({ tls }) => ({ tls, fetch: async (req) => new Response(await req.text()) }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Content-Length: 100000"], "x".repeat(100_000)));
      await http.response();
      await http.ask("POST /", ["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n");
    },
  )
  .add(
    "a file",
    ({ tls, file, folder }) => ({ tls, fetch: () => new Response(file(`${folder}/big.txt`)) }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a WebSocket",
    ({ tls, note }) => ({
      tls,
      fetch(req, server) {
        server.upgrade(req);
      },
      websocket: {
        message: (ws, message) => void ws.send(message),
        close: (_ws, code, reason) => note(code, reason),
      },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("x".repeat(100_000)).frames(1);
      await ws.close(4000, "bye").closed();
      await c.noted(1);
    },
  )
  .add(
    "a request without TLS",
    ({ tls, note }) => ({
      tls,
      fetch: () => {
        note("fetch");
        return hello();
      },
    }),
    async (c) => {
      await c.connectPlainly().write(request("GET /")).closed();
      await c.ask("GET /");
    },
  )
  .add(
    "an array of certificates, and an empty one",
    ({ tls, serve, attempt }) => {
      const start = (given: unknown) => () => {
        const server = serve({ port: 0, tls: given, fetch: hello } as AnyOptions);
        void server.stop(true);
        return server.protocol;
      };
      attempt("one", start([tls]));
      attempt("none", start([]));
      attempt("undefined", start(undefined));
      attempt("no key", start({ cert: tls.cert }));
      attempt("no options", start({}));
      return { fetch: hello };
    },
    async (c) => c.ask("GET /"),
  );
