import { HANDSHAKE, request } from "../client.ts";
import { clientFrame, OPCODE } from "../frames.ts";
import { AreaBuilder, type Kit } from "../scenario.ts";

const upgrade = ({ note }: Kit) => ({
  fetch: (req: Request, server: { upgrade(request: Request): boolean }) => {
    const upgraded = server.upgrade(req);
    note(upgraded);
    return upgraded ? undefined : new Response("no", { status: 400 });
  },
  websocket: { message() {} },
});

/** The fields of a valid handshake with one changed, or left out. */
const changed = (name: string, value?: string) =>
  HANDSHAKE.filter((field) => !field.startsWith(`${name}:`)).concat(
    value === undefined ? [] : [`${name}: ${value}`],
  );

const refused: Record<string, readonly string[]> = {
  "no key": changed("Sec-WebSocket-Key"),
  "a key that is too short": changed("Sec-WebSocket-Key", "AAAA"),
  "a key that is no base64": changed("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!!!"),
  "no version": changed("Sec-WebSocket-Version"),
  "another version": changed("Sec-WebSocket-Version", "8"),
  "no Upgrade": changed("Upgrade"),
  "another protocol": changed("Upgrade", "h2c"),
  "no Connection": changed("Connection"),
  "Connection: keep-alive": changed("Connection", "keep-alive"),
};

export const handshakes: AreaBuilder = new AreaBuilder("websocket handshake")
  .add("accepted", upgrade, async (c) => {
    await c.websocket();
  })
  .add("accepted in any case, among other values", upgrade, async (c) => {
    await c.ask("GET /", ["upgrade: WebSocket", "connection: keep-alive, upgrade", ...HANDSHAKE.slice(2)]);
  });

for (const [name, fields] of Object.entries(refused)) {
  handshakes.add(`refused: ${name}`, upgrade, async (c) => c.ask("GET /", fields));
}

handshakes
  .add("refused: POST", upgrade, async (c) => c.ask("POST /", [...HANDSHAKE, "Content-Length: 0"]))
  .add("refused: HTTP/1.0", upgrade, async (c) => {
    await c.connect().write(request("GET /", HANDSHAKE).replace("HTTP/1.1", "HTTP/1.0")).response();
  })
  .add(
    "not upgraded by the handler",
    () => ({ fetch: () => new Response("plain"), websocket: { message() {} } }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /", HANDSHAKE);
      await http.ask("GET /");
    },
  )
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
  .add("the first subprotocol is agreed to", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Protocol: chat, superchat"]);
    await c.websocket("/", ["Sec-WebSocket-Protocol: one"]);
  })
  .add(
    "a subprotocol that the handler chooses",
    () => ({
      fetch(req, server) {
        server.upgrade(req, { headers: { "Sec-WebSocket-Protocol": "superchat" } });
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket("/", ["Sec-WebSocket-Protocol: chat, superchat"]);
    },
  )
  .add("an extension that nobody knows", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Extensions: x-unknown"]);
  })
  .add("permessage-deflate when it is off", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
  })
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
  );
