import { request } from "../client.ts";
import { type AnyOptions, type AnyServer, AreaBuilder } from "../scenario.ts";

const hello = () => new Response("hello");

/** The server, for handlers: `kit` has none before `serve` returns. */
const facts = (server: AnyServer) => ({
  port: server.port,
  hostname: server.hostname,
  protocol: server.protocol,
  url: server.url.href,
  isURL: server.url instanceof URL,
  development: server.development,
  id: server.id,
});

export const serverMembers: AreaBuilder = new AreaBuilder("server")
  .add(
    "properties of a server",
    ({ server }) => ({ fetch: () => Response.json(facts(server())) }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "url with other names",
    ({ serve, note }) => {
      for (const hostname of ["localhost", "0.0.0.0", "::1", "::", "127.0.0.1", undefined]) {
        const given = hostname === undefined ? {} : { hostname };
        const server = serve({ port: 0, ...given, fetch: hello });
        note(hostname ?? "none", server.hostname, server.url.href.replace(String(server.port), "N"));
        void server.stop(true);
      }
      return { fetch: hello };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "a port as text",
    ({ serve, note }) => {
      const server = serve({ port: "0", fetch: hello });
      note(typeof server.port, server.port! > 0);
      void server.stop(true);
      return { fetch: hello };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "a port that is taken",
    ({ serve, attempt }) => {
      const first = serve({ port: 0, hostname: "127.0.0.1", fetch: hello });
      attempt("second", () => serve({ port: first.port!, hostname: "127.0.0.1", fetch: hello }));
      try {
        serve({ port: first.port!, hostname: "127.0.0.1", fetch: hello });
      } catch (error) {
        attempt("code", () => (error as NodeJS.ErrnoException).code);
        attempt("syscall", () => (error as NodeJS.ErrnoException).syscall);
      }
      void first.stop(true);
      return { fetch: hello };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "a Unix socket",
    ({ socketPath, server }) => ({
      unix: socketPath,
      fetch: (req, given) =>
        Response.json([
          given.requestIP(req),
          server().port ?? null,
          server().hostname ?? null,
          server().url.protocol,
        ]),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "pendingRequests and pendingWebSockets",
    ({ signal, server, note }) => ({
      async fetch(req, given) {
        if (given.upgrade(req)) return undefined;
        note(server().pendingRequests, server().pendingWebSockets);
        await signal("go");
        return new Response("done");
      },
      websocket: {
        open: () => note("open", server().pendingRequests, server().pendingWebSockets),
        message() {},
        close: () => note("close", server().pendingWebSockets),
      },
    }),
    async (c) => {
      const one = c.connect().write(request("GET /"));
      await c.noted(1);
      const two = c.connect().write(request("GET /"));
      await c.noted(2);
      const ws = await c.websocket();
      await c.noted(3);
      await c.signal("go");
      await one.response();
      await two.response();
      await ws.close(1000).closed();
      await c.noted(4);
    },
  )
  .add(
    "pendingRequests when all have their responses",
    ({ server, note, signal }) => {
      void signal("look").then(() => note(server().pendingRequests));
      return { fetch: hello };
    },
    async (c) => {
      await c.ask("GET /");
      await c.signal("look");
      await c.noted(1);
    },
  )
  .add(
    "server.fetch",
    ({ server, note }) => {
      const look = async (what: string | Request) => {
        const response = await server().fetch(what);
        note(response.status, await response.text());
      };
      return {
        async fetch(req) {
          const { pathname, search } = new URL(req.url);
          if (pathname !== "/") return new Response(`${req.method} ${pathname}${search}`, { status: 202 });
          await look("/relative?x");
          await look(new Request("http://other/absolute", { method: "POST" }));
          return new Response("looked");
        },
      };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "timeout takes seconds",
    ({ attempt }) => ({
      fetch(req, server) {
        attempt("10", () => server.timeout(req, 10));
        attempt("0", () => server.timeout(req, 0));
        attempt("none", () => server.timeout(req, undefined as unknown as number));
        attempt("text", () => server.timeout(req, "x" as unknown as number));
        return new Response();
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "ref and unref",
    ({ server, note }) => ({
      fetch() {
        note(server().ref(), server().unref());
        return new Response();
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "id",
    ({ serve, note }) => {
      const named = serve({ port: 0, id: "mine", fetch: hello } as AnyOptions);
      note(named.id);
      void named.stop(true);
      return { fetch: hello };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "static is an older name of routes",
    () => ({ static: { "/s": new Response("static") }, fetch: hello }) as unknown as AnyOptions,
    async (c) => {
      for (const path of ["/s", "/x"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "port, hostname and url of a server that has stopped",
    ({ serve, note }) => {
      const server = serve({ port: 0, hostname: "127.0.0.1", fetch: hello });
      const { port } = server;
      void server
        .stop(true)
        .then(() => note(server.port === port, server.hostname, server.url.port === String(port)));
      return { fetch: hello };
    },
    async (c) => {
      await c.ask("GET /");
      await c.noted(1);
    },
  );
