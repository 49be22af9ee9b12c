import { OPCODE } from "@mantou/testing/websocket-frames";
import { type AnyOptions, AreaBuilder, type Kit } from "../scenario.ts";
import { sockets } from "./websocket-messages.ts";

/** Each socket subscribes to the room, and its messages are published there. */
const room = (options: Partial<NonNullable<AnyOptions["websocket"]>> = {}) =>
  sockets(({ note }: Kit) => ({
    open: (ws) => void ws.subscribe("room"),
    message: (ws, message) => note(ws.publish("room", message)),
    ...options,
  }));

export const pubsub: AreaBuilder = new AreaBuilder("websocket pub/sub")
  .add("ws.publish reaches the others", room(), async (c) => {
    const [a, b] = [await c.websocket(), await c.websocket()];
    a.text("hello");
    await b.frames(1);
    await a.send(OPCODE.ping, "nothing before").frames(1);
    await c.noted(1);
  })
  .add("publishToSelf", room({ publishToSelf: true }), async (c) => {
    const [a, b] = [await c.websocket(), await c.websocket()];
    a.text("hello");
    await a.frames(1);
    await b.frames(1);
    await c.noted(1);
  })
  .add("bytes are published as such", room(), async (c) => {
    const [a, b] = [await c.websocket(), await c.websocket()];
    a.send(OPCODE.binary, new Uint8Array([0, 255]));
    await b.frames(1);
  })
  .add(
    "server.publish reaches all subscribers, and returns the number of bytes",
    ({ note, server, signal }) => {
      void signal("publish").then(() =>
        note(
          server().publish("room", "hällo"),
          server().publish("room", new Uint8Array(3)),
          server().publish("empty", "x"),
          server().publish("room", ""),
        ),
      );
      return room()({ note } as Kit);
    },
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await c.signal("publish");
      await a.frames(3);
      await b.frames(3);
      await c.noted(1);
    },
  )
  .add(
    "server.publish of what cannot be sent",
    ({ attempt, server, signal }) => {
      void signal("publish").then(() => {
        for (const value of [undefined, null, 1, {}, [1], true, () => 1])
          attempt(String(value), () => server().publish("room", value as unknown as string));
      });
      return room()({ note() {} } as unknown as Kit);
    },
    async (c) => {
      await c.websocket();
      await c.signal("publish");
      await c.noted(7);
    },
  )
  .add("what publish returns without other subscribers", room(), async (c) => {
    const ws = await c.websocket();
    ws.text("alone");
    await c.noted(1);
  })
  .add(
    "subscribe, unsubscribe, isSubscribed, subscriptions",
    sockets(({ note }) => ({
      open(ws) {
        note(ws.isSubscribed("a"), ws.subscribe("a"), ws.subscribe("b"), ws.subscribe("a"));
        note([...ws.subscriptions].sort(), ws.isSubscribed("a"));
        note(
          ws.unsubscribe("a"),
          ws.unsubscribe("a"),
          ws.unsubscribe("never"),
          ws.isSubscribed("a"),
          ws.subscriptions,
        );
      },
      message() {},
    })),
    async (c) => {
      await c.websocket();
      await c.noted(3);
    },
  )
  .add(
    "subscriberCount",
    ({ note, server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        open(ws) {
          ws.subscribe("room");
          note(server().subscriberCount("room"), server().subscriberCount("other"));
        },
        message() {},
        close: () => note("close", server().subscriberCount("room")),
      },
    }),
    async (c) => {
      await c.websocket();
      const second = await c.websocket();
      await c.noted(2);
      await second.close(1000).closed();
      await c.noted(3);
    },
  )
  .add(
    "nothing comes after unsubscribe",
    sockets(() => ({
      open: (ws) => void ws.subscribe("room"),
      message(ws, message) {
        if (message === "leave") ws.unsubscribe("room");
        else ws.publish("room", message);
        ws.send(`did ${message as string}`);
      },
    })),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await b.text("leave").frames(1);
      await a.text("hello").frames(1);
      await b.send(OPCODE.ping, "nothing before").frames(1);
    },
  )
  .add(
    "publishText and publishBinary",
    sockets(({ note }) => ({
      open: (ws) => void ws.subscribe("room"),
      message: (ws) => note(ws.publishText("room", "text"), ws.publishBinary("room", new Uint8Array([1, 2]))),
    })),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      a.text("go");
      await b.frames(2);
      await c.noted(1);
    },
  )
  .add(
    "publish without being subscribed",
    sockets(({ note }) => ({
      open(ws) {
        if (ws.data !== undefined) ws.subscribe("room");
      },
      message(ws, message) {
        if (message === "in") ws.subscribe("room");
        else note(ws.publish("room", message));
        ws.send("done");
      },
    })),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await b.text("in").frames(1);
      await a.text("from outside").frames(1);
      await b.frames(1);
    },
  )
  .add(
    "a socket publishes in its close",
    sockets(({ note }) => ({
      open: (ws) => void ws.subscribe("room"),
      message() {},
      close: (ws) => note(ws.publish("room", "I left")),
    })),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await a.close(1000).closed();
      await b.send(OPCODE.ping, "last").frames(1);
      await c.noted(1);
    },
  )
  .add(
    "the server publishes in a close handler",
    ({ note, server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        open: (ws) => void ws.subscribe("room"),
        message() {},
        close: () => note(server().publish("room", "one left")),
      },
    }),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await a.close(1000).closed();
      await b.frames(1);
    },
  )
  .add(
    "invalid topics",
    sockets(({ attempt }) => ({
      open(ws) {
        for (const topic of ["", undefined, null, 1, {}])
          attempt(String(topic), () => ws.subscribe(topic as string));
      },
      message() {},
    })),
    async (c) => {
      await c.websocket();
      await c.noted(5);
    },
  );
