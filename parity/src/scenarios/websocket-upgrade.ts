import { clientFrame, OPCODE } from "@mantou/testing/websocket-frames";
import { HANDSHAKE } from "../client.ts";
import { type AnyOptions, AreaBuilder } from "../scenario.ts";

export const upgrades: AreaBuilder = new AreaBuilder("websocket upgrade")
  .add(
    "upgrade from a route, with params",
    ({ note }) => ({
      routes: {
        "/ws/:room": (req, server) => {
          server.upgrade(req, { data: { room: req.params["room"] } as never });
        },
      },
      websocket: {
        open: (ws) => void ws.send(JSON.stringify(ws.data)),
        message: (ws) => note(ws.data),
      },
    }),
    async (c) => {
      const ws = await c.websocket("/ws/lobby");
      await ws.frames(1);
    },
  )
  .add(
    "open has run when upgrade returns",
    ({ note }) => ({
      fetch(req, server) {
        note("before");
        server.upgrade(req, { data: 1 as never });
        note("after");
        return undefined;
      },
      websocket: { open: (ws) => note("open", ws.data), message() {} },
    }),
    async (c) => {
      await c.websocket();
      await c.noted(3);
    },
  )
  .add(
    "data is undefined unless given",
    ({ note }) => ({
      fetch(req, server) {
        server.upgrade(req);
      },
      websocket: { open: (ws) => note(ws.data), message() {} },
    }),
    async (c) => {
      await c.websocket();
      await c.noted(1);
    },
  )
  .add(
    "headers of upgrade",
    () => ({
      fetch(req, server) {
        server.upgrade(req, {
          headers: {
            "X-A": "1",
            "Set-Cookie": "a=1",
            Connection: "close",
            Upgrade: "x",
            "Sec-WebSocket-Accept": "x",
          },
        });
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket();
    },
  )
  .add(
    "headers of upgrade as Headers",
    () => ({
      fetch(req, server) {
        server.upgrade(req, {
          headers: new Headers([
            ["X-A", "1"],
            ["X-A", "2"],
          ]),
        });
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket();
    },
  )
  .add(
    "frames behind the handshake, in the same packet",
    ({ note }) => ({
      fetch(req, server) {
        server.upgrade(req);
      },
      websocket: {
        open: () => note("open"),
        message(ws, message) {
          note(message);
          ws.send(message);
        },
      },
    }),
    async (c) => {
      const ws = await c.websocket(
        "/",
        [],
        Buffer.concat([clientFrame(OPCODE.text, "one"), clientFrame(OPCODE.text, "two")]),
      );
      await ws.frames(2);
    },
  )
  .add(
    "upgrade of a request after an await",
    () => ({
      async fetch(req, server) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        server.upgrade(req);
        return undefined;
      },
      websocket: { open: (ws) => void ws.send("open"), message() {} },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(1);
    },
  )
  .add(
    "upgrade twice",
    ({ note }) => ({
      fetch(req, server) {
        note(server.upgrade(req), server.upgrade(req));
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket();
      await c.noted(1);
    },
  )
  .add(
    "a response after upgrade is ignored",
    () => ({
      fetch(req, server) {
        server.upgrade(req);
        return new Response("ignored");
      },
      websocket: { message: (ws, message) => void ws.send(message) },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("still here").frames(1);
    },
  )
  .add(
    "a handler that throws after upgrade",
    () => ({
      fetch(req, server) {
        server.upgrade(req);
        throw new Error("late");
      },
      websocket: { message: (ws, message) => void ws.send(message) },
      error: () => new Response("handled"),
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("still here").frames(1);
    },
  )
  .add(
    "upgrade without websocket throws",
    ({ attempt }) => ({
      fetch(req, server) {
        attempt("upgrade", () => server.upgrade(req));
        return new Response("no");
      },
    }),
    async (c) => c.ask("GET /", HANDSHAKE),
  )
  .add(
    "upgrade of a Request that is not the server's",
    ({ attempt }) => ({
      fetch(_req, server) {
        attempt("upgrade", () => server.upgrade(new Request("http://x/")));
        return new Response("no");
      },
      websocket: { message() {} },
    }),
    async (c) => c.ask("GET /", HANDSHAKE),
  )
  .add(
    "nothing is returned, nor upgraded",
    () => ({ fetch: () => undefined, websocket: { message() {} } }),
    async (c) => c.ask("GET /", HANDSHAKE),
  )
  .add(
    "cookies of the request go with the handshake",
    () => ({
      routes: {
        "/": (req, server) => {
          req.cookies.set("a", "1");
          server.upgrade(req);
        },
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket();
    },
  )
  .add(
    "WebSocket handlers of a route",
    ({ note }) =>
      ({
        routes: {
          "/a": {
            GET: (req, server) => {
              server.upgrade(req, { data: "a" as never });
            },
            websocket: {
              message: (ws, message) => void ws.send(`a: ${message as string}`),
              close: () => note("a"),
            },
          },
          "/b": { websocket: { message: (ws, message) => void ws.send(`b: ${message as string}`) } },
        },
        fetch: () => new Response("fetch"),
      }) as AnyOptions,
    async (c) => {
      const a = await c.websocket("/a");
      await a.text("1").frames(1);
      const b = await c.websocket("/b");
      await b.text("2").frames(1);
      await c.ask("GET /b");
      await a.close(1000).closed();
      await c.noted(1);
    },
  );
