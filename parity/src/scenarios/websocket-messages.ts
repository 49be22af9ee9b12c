import { OPCODE } from "@mantou/testing/websocket-frames";
import { type AnyOptions, AreaBuilder, type Kit } from "../scenario.ts";

type Handlers = NonNullable<AnyOptions["websocket"]>;

/** A server that upgrades everything. */
export const sockets =
  (make: (kit: Kit) => Handlers) =>
  (kit: Kit): AnyOptions => ({
    fetch(req, server) {
      server.upgrade(req);
    },
    websocket: make(kit),
  });

const echo = sockets(() => ({ message: (ws, message) => void ws.send(message) }));

export const messages: AreaBuilder = new AreaBuilder("websocket messages")
  .add("text and bytes are echoed as such", echo, async (c) => {
    const ws = await c.websocket();
    await ws.text("hä€😀").frames(1);
    await ws.send(OPCODE.binary, new Uint8Array([0, 255])).frames(1);
    await ws.text("").frames(1);
    await ws.send(OPCODE.binary, "").frames(1);
  })
  .add("each length of a length", echo, async (c) => {
    const ws = await c.websocket();
    for (const length of [125, 126, 127, 65_535, 65_536, 1_000_000])
      await ws.text("x".repeat(length)).frames(1);
  })
  .add(
    "a message in fragments, with a ping in between",
    sockets(({ note }) => ({
      message(ws, message) {
        note(message);
        ws.send(message);
      },
      ping: (_ws, data) => note("ping", data.toString()),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.send(OPCODE.text, "h\u00e4".slice(0, 1), { fin: false })
        .send(OPCODE.ping, "p")
        .send(OPCODE.continuation, "\u00e4", { fin: false })
        .send(OPCODE.continuation, "");
      await ws.frames(2);
    },
  )
  .add(
    "what a handler gets",
    sockets(({ note }) => ({
      message: (_ws, message) => note(typeof message === "string" ? message : message),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.text("text").send(OPCODE.binary, "bin");
      await c.noted(2);
    },
  )
  .add(
    "send takes text and bytes of every kind",
    sockets(() => ({
      open(ws) {
        ws.send("text");
        ws.send(new Uint8Array([1, 2]));
        ws.send(new Uint8Array([1, 2, 3]).subarray(1));
        ws.send(new Uint8Array([3]).buffer);
        ws.send(new DataView(new Uint8Array([4]).buffer));
        ws.send(Buffer.from("buffer"));
        ws.sendText("sendText");
        ws.sendBinary(new Uint8Array([5]));
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(8);
    },
  )
  .add(
    "what send returns",
    sockets(({ note }) => ({
      open(ws) {
        note(
          ws.send("abc"),
          ws.send("ä"),
          ws.send(""),
          ws.send(new Uint8Array(3)),
          ws.sendText("x"),
          ws.sendBinary(new Uint8Array(2)),
        );
      },
      message(ws) {
        ws.close();
        note(ws.send("late"), ws.ping(), ws.publish("t", "x"));
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(6);
      ws.text("go");
      await c.noted(2);
      await ws.frames(1);
    },
  )
  .add(
    "what send returns for 200 bytes, and 70,000",
    sockets(({ note }) => ({
      open: (ws) => note(ws.send("x".repeat(200)), ws.send("x".repeat(70_000))),
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(2);
    },
  )
  .add(
    "send of what cannot be sent",
    sockets(({ attempt }) => ({
      open(ws) {
        for (const value of [undefined, null, 1, {}, [1], true, () => 1])
          attempt(String(value), () => ws.send(value as unknown as string));
        attempt("sendText", () => ws.sendText(new Uint8Array(1) as unknown as string));
        attempt("sendBinary", () => ws.sendBinary("text" as unknown as Uint8Array));
      },
      message() {},
    })),
    async (c) => {
      await c.websocket();
      await c.noted(9);
    },
  )
  .add(
    "ping and pong from the server",
    sockets(({ note }) => ({
      open(ws) {
        note(ws.ping(), ws.ping("ping"), ws.pong(), ws.pong(new Uint8Array([1])));
      },
      message() {},
      pong: (_ws, data) => note("pong", data.toString()),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(4);
      ws.send(OPCODE.pong, "reply");
      await c.noted(2);
    },
  )
  .add(
    "a ping from the client gets a pong",
    sockets(({ note }) => ({ message() {}, ping: (_ws, data) => note(data) })),
    async (c) => {
      const ws = await c.websocket();
      await ws.send(OPCODE.ping, "p").frames(1);
      await ws.send(OPCODE.ping, "").frames(1);
    },
  )
  .add(
    "a ping that is too long",
    sockets(({ attempt }) => ({
      open: (ws) => attempt("ping", () => ws.ping("x".repeat(126))),
      message() {},
    })),
    async (c) => {
      await c.websocket();
      await c.noted(1);
    },
  );
