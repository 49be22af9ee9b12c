import { AreaBuilder } from "../scenario.ts";
import { sockets } from "./websocket-messages.ts";

export const order: AreaBuilder = new AreaBuilder("websocket order")
  .add(
    "the order of what is sent and published",
    sockets(() => ({
      open: (ws) => void ws.subscribe("room"),
      message(ws) {
        ws.publish("room", "1");
        ws.publish("room", "2");
        ws.send("own 1");
        ws.publish("room", "3");
        ws.send("own 2");
      },
    })),
    async (c) => {
      const [a, b] = [await c.websocket(), await c.websocket()];
      await a.text("go").frames(2);
      await b.frames(3);
    },
  )
  .add(
    "published and sent to one socket",
    ({ server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        open: (ws) => void ws.subscribe("room"),
        message(ws) {
          ws.send("1");
          server().publish("room", "2");
          ws.send("3");
          server().publish("room", "4");
        },
      },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("go").frames(4);
    },
  )
  .add(
    "published before it subscribes, and behind",
    ({ server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        message(ws) {
          server().publish("room", "before");
          ws.subscribe("room");
          server().publish("room", "member");
          ws.unsubscribe("room");
          server().publish("room", "behind");
          ws.send("end");
        },
      },
    }),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("go").frames(2);
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
  );
