import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

const hello = () => new Response("hello");

export const lifecycle: AreaBuilder = new AreaBuilder("lifecycle")
  .add(
    "stop lets a request finish, and takes no more",
    ({ server, signal, note }) => ({
      async fetch() {
        note("begun");
        void server()
          .stop()
          .then(() => note("stopped"));
        await signal("go");
        return new Response("finished");
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /"));
      await c.noted(1);
      await c.ask("GET /refused");
      await c.signal("go");
      await http.response();
      await http.closed();
      await c.noted(2);
    },
  )
  .add(
    "stop closes idle connections",
    ({ server, signal, note }) => {
      void signal("stop")
        .then(() => server().stop())
        .then(() => note("stopped"));
      return { fetch: hello };
    },
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await c.signal("stop");
      await http.closed();
      await c.noted(1);
    },
  )
  .add(
    "stop(true) closes everything",
    ({ server, signal, note }) => {
      void signal("stop")
        .then(() => server().stop(true))
        .then(() => note("stopped"));
      return {
        async fetch(req, given) {
          if (given.upgrade(req)) return undefined;
          note("begun");
          await signal("never");
          return new Response("never");
        },
        websocket: { message() {}, close: (_ws, code, reason) => note("close", code, reason) },
      };
    },
    async (c) => {
      const http = c.connect().write(request("GET /"));
      await c.noted(1);
      const ws = await c.websocket();
      await c.signal("stop");
      await http.closed();
      await ws.closed();
      await c.noted(3);
    },
  )
  .add(
    "stop leaves WebSockets",
    ({ server, signal, note }) => {
      void signal("stop").then(() => {
        void server().stop();
        note("stopping");
      });
      return {
        fetch(req, given) {
          given.upgrade(req);
        },
        websocket: { message: (ws, message) => void ws.send(message) },
      };
    },
    async (c) => {
      const ws = await c.websocket();
      await c.signal("stop");
      await c.noted(1);
      await ws.text("still there").frames(1);
    },
  )
  .add(
    "stop twice",
    ({ serve, note }) => {
      const server = serve({ port: 0, fetch: hello });
      void Promise.all([server.stop(), server.stop(true)]).then(([a, b]) => note(a, b));
      return { fetch: hello };
    },
    async (c) => {
      await c.ask("GET /");
      await c.noted(1);
    },
  )
  .add(
    "reload takes another fetch",
    ({ server }) => ({
      fetch() {
        server().reload({ fetch: () => new Response("new") });
        return new Response("old");
      },
    }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await http.ask("GET /");
    },
  )
  .add(
    "reload takes other routes",
    ({ server }) => ({
      routes: {
        "/a": () => {
          server().reload({ routes: { "/b": new Response("b") }, fetch: () => new Response("fetch") });
          return new Response("a");
        },
      },
    }),
    async (c) => {
      for (const path of ["/a", "/a", "/b"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "reload of fetch only leaves no routes",
    ({ server }) => ({
      routes: {
        "/a": new Response("a"),
        "/reload": () => {
          server().reload({ fetch: () => new Response("fetch") });
          return new Response("reloaded");
        },
      },
    }),
    async (c) => {
      for (const path of ["/a", "/reload", "/a"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "reload takes another error",
    ({ server }) => ({
      fetch: () => {
        server().reload({
          fetch: () => {
            throw new Error("x");
          },
          error: () => new Response("new error"),
        });
        throw new Error("x");
      },
      error: () => new Response("old error"),
    }),
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "reload returns the server",
    ({ server, note }) => ({
      fetch: () => {
        note(server().reload({ fetch: hello }) === server());
        return new Response();
      },
    }),
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "reload without handlers throws, and changes nothing",
    ({ server, attempt }) => ({
      fetch: () => {
        attempt("nothing", () => server().reload({} as { fetch: () => Response }) === server());
        attempt("no object", () => server().reload(1 as unknown as { fetch: () => Response }) === server());
        return new Response("same");
      },
    }),
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "reload takes other WebSocket handlers",
    ({ server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        message(ws) {
          ws.send("old");
          server().reload({
            fetch(req, given) {
              given.upgrade(req);
            },
            websocket: { message: (next) => void next.send("new") },
          });
        },
      },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("1").frames(1);
      const next = await c.websocket();
      await next.text("2").frames(1);
      await ws.text("3").frames(1);
    },
  )
  .add(
    "closeIdleConnections",
    ({ server, signal, note }) => {
      void signal("close").then(() => {
        server().closeIdleConnections();
        note("closed");
      });
      return { fetch: hello };
    },
    async (c) => {
      const idle = c.connect();
      await idle.ask("GET /");
      await c.signal("close");
      await idle.closed();
      await c.ask("GET /still");
    },
  )
  .add(
    "a server is disposed of",
    ({ server, signal }) => {
      void signal("dispose").then(() => server()[Symbol.dispose]());
      return { fetch: hello };
    },
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
      await c.signal("dispose");
      await http.closed();
    },
  );
