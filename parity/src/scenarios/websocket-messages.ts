import { OPCODE } from "../frames.ts";
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
    "binaryType",
    sockets(({ note }) => ({
      open(ws) {
        note(ws.binaryType);
      },
      message(ws, message) {
        note(ws.binaryType, message);
        const next = {
          nodebuffer: "arraybuffer",
          arraybuffer: "uint8array",
          uint8array: "nodebuffer",
        } as const;
        ws.binaryType = next[ws.binaryType as "nodebuffer"];
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.send(OPCODE.binary, "1").send(OPCODE.binary, "2").send(OPCODE.binary, "3").send(OPCODE.binary, "4");
      await c.noted(5);
    },
  )
  .add(
    "binaryType that is none",
    sockets(({ attempt }) => ({
      open(ws) {
        attempt("set", () => {
          ws.binaryType = "wrong" as "blob";
        });
        attempt("get", () => ws.binaryType);
      },
      message() {},
    })),
    async (c) => {
      await c.websocket();
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
        for (const value of [undefined, null, 1, {}, [1], true])
          attempt(String(value), () => ws.send(value as unknown as string));
        attempt("sendText", () => ws.sendText(new Uint8Array(1) as unknown as string));
        attempt("sendBinary", () => ws.sendBinary("text" as unknown as Uint8Array));
      },
      message() {},
    })),
    async (c) => {
      await c.websocket();
      await c.noted(8);
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
      ws.send(OPCODE.pong, "answer");
      await c.noted(2);
    },
  )
  .add(
    "a ping from the client is answered",
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
  )
  .add(
    "messages are handled in order, also by an async handler",
    sockets(({ note }) => ({
      async message(_ws, message) {
        note("begun", message);
        await Promise.resolve();
        note("done", message);
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.text("1").text("2");
      await c.noted(4);
    },
  )
  .add(
    "cork gives what its callback gives",
    sockets(({ note }) => ({
      open(ws) {
        note(
          ws.cork((same) => {
            same.send("one");
            ws.send("two");
            return same === ws ? "same" : "another";
          }),
        );
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(2);
    },
  )
  .add(
    "cork with a callback that throws, and without one",
    sockets(({ attempt }) => ({
      open(ws) {
        attempt("throws", () =>
          ws.cork(() => {
            throw new RangeError("inside");
          }),
        );
        attempt("none", () => ws.cork(undefined as unknown as () => void));
        ws.send("after");
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(1);
    },
  )
  .add(
    "properties of a socket",
    sockets(({ note }) => ({
      open: (ws) => note(ws.readyState, ws.remoteAddress, ws.getBufferedAmount(), ws.subscriptions),
      message() {},
      close: (ws) => note(ws.readyState, ws.getBufferedAmount()),
    })),
    async (c) => {
      const ws = await c.websocket();
      await c.noted(1);
      ws.close(1000);
      await c.noted(2);
    },
  )
  .add(
    "data can be changed and replaced",
    sockets(({ note }) => ({
      open(ws) {
        ws.data = { count: 1 };
      },
      message(ws) {
        ws.data.count++;
        note(ws.data);
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.text("").text("");
      await c.noted(2);
    },
  )
  .add(
    "more than the client takes: send returns -1, then drain runs",
    sockets(({ note }) => {
      let sent = 0;
      return {
        backpressureLimit: 64 * 1024 * 1024,
        message(ws) {
          while (ws.send(new Uint8Array(1_000_000)) > 0) sent++;
          note("waits", ws.getBufferedAmount() > 0);
        },
        drain(ws) {
          note("drain", ws.getBufferedAmount(), sent > 0);
          ws.close();
        },
      };
    }),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(1);
      ws.connection.socket.resume();
      await c.noted(2);
    },
  )
  .add(
    "beyond backpressureLimit messages are dropped",
    sockets(({ note }) => ({
      backpressureLimit: 1_000,
      message(ws) {
        let result = 1;
        for (let i = 0; i < 100 && result !== 0; i++) result = ws.send(new Uint8Array(1_000_000));
        note(result, ws.readyState);
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(1);
    },
  )
  .add(
    "closeOnBackpressureLimit closes",
    sockets(({ note }) => ({
      backpressureLimit: 1_000,
      closeOnBackpressureLimit: true,
      message(ws) {
        let result = 1;
        for (let i = 0; i < 100 && result !== 0; i++) result = ws.send(new Uint8Array(1_000_000));
        note(result);
      },
      close: (_ws, code) => note("close", code),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(2);
    },
  )
  .add(
    "a Blob is sent, in its order",
    sockets(({ note }) => ({
      open(ws) {
        ws.send("before");
        note(ws.send(new Blob(["blob"])));
        ws.send("behind");
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(3);
      await c.noted(1);
    },
  )
  .add(
    "binaryType blob",
    sockets(({ note }) => ({
      open(ws) {
        ws.binaryType = "blob";
      },
      message(_ws, message) {
        const blob = message as unknown as Blob;
        void blob.text().then((text) => note(blob instanceof Blob, blob.size, blob.type, text));
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.send(OPCODE.binary, "blob");
      await c.noted(1);
    },
  )
  .add(
    "pause, isPaused and resume",
    sockets(({ note, signal }) => ({
      open(ws) {
        note(ws.isPaused, ws.pause(), ws.isPaused);
        void signal("resume").then(() => {
          note("resumed");
          ws.resume();
          note(ws.isPaused);
        });
      },
      message: (_ws, message) => note(message),
    })),
    async (c) => {
      const ws = await c.websocket();
      await c.noted(1);
      ws.text("held");
      await c.signal("resume");
      await c.noted(4);
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
