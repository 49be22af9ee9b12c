import { OPCODE } from "@mantou/testing/websocket-frames";
import { AreaBuilder } from "../scenario.ts";
import { closeReason } from "./websocket-closing.ts";
import { sockets } from "./websocket-messages.ts";

export const webSocketErrors: AreaBuilder = new AreaBuilder("websocket errors")
  .add(
    "close runs once, and while close() does",
    sockets(({ note }) => ({
      message(ws) {
        note("before");
        ws.close(1000, "first");
        note("after");
        ws.close(1001, "second");
        ws.terminate();
      },
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("go").frames(1);
      ws.close(1000);
      await ws.closed();
      await c.noted(3);
    },
  )
  .add(
    "close in open",
    sockets(({ note }) => ({
      open: (ws) => ws.close(4000, "in open"),
      message: () => note("message"),
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(1);
      await ws.close(4000).closed();
    },
  )
  .add(
    "in close nothing can be sent",
    sockets(({ note }) => ({
      message() {},
      close: (ws) => note(ws.readyState, ws.send("x"), ws.isSubscribed("t"), ws.subscribe("t")),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.close(1000).closed();
      await c.noted(1);
    },
  )
  .add(
    "open throws",
    sockets(({ note }) => ({
      open() {
        throw new Error("in open");
      },
      message: (ws, message) => void ws.send(message),
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("still there?").frames(1);
    },
  )
  .add(
    "message throws",
    sockets(({ note }) => ({
      message(ws, message) {
        if (message === "throw") throw new Error("in message");
        ws.send(message);
      },
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("throw").text("still there?").frames(1);
    },
  )
  .add(
    "message rejects",
    sockets(({ note }) => ({
      async message(ws, message) {
        if (message === "throw") throw new Error("in message");
        ws.send(message);
      },
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("throw").text("still there?").frames(1);
    },
  )
  .add(
    "close throws",
    sockets(() => ({
      message: (ws, message) => void ws.send(message),
      close() {
        throw new Error("in close");
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.close(1000).closed();
      const next = await c.websocket();
      await next.text("next").frames(1);
    },
  )
  .add("error is called when message throws", throwing("message"), async (c) => {
    const ws = await c.websocket();
    await ws.text("x").frames(1);
    await c.noted(1);
  })
  .add("error is called when ping throws", throwing("ping"), async (c) => {
    const ws = await c.websocket();
    ws.send(OPCODE.ping, "x");
    await ws.frames(2);
    await c.noted(1);
  })
  .add("error is called when pong throws", throwing("pong"), async (c) => {
    const ws = await c.websocket();
    await ws.send(OPCODE.pong, "x").frames(1);
    await c.noted(1);
  })
  .add(
    "error is called when open and close throw",
    sockets(({ note }) => ({
      open() {
        throw new Error("in open");
      },
      message() {},
      close() {
        note("close");
        throw new Error("in close");
      },
      error: (error, ws) => note(error.message, ws.readyState),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(1);
      await c.noted(3);
    },
  )
  .add(
    "error is not called for a rejection",
    sockets(({ note }) => ({
      async message(ws, message) {
        ws.send(message);
        await Promise.resolve();
        throw new Error("rejected");
      },
      error: (error) => note(error.message),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("1").frames(1);
      await ws.text("2").frames(1);
    },
  )
  .add(
    "error throws, too",
    sockets(({ note }) => ({
      message(ws, message) {
        ws.send(message);
        throw new Error("first");
      },
      error(error) {
        note(error.message);
        throw new Error("second");
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("1").frames(1);
      await ws.text("2").frames(1);
      await c.noted(2);
    },
  )
  .add(
    "error gets a thrown value that is not an Error",
    sockets(({ note }) => ({
      message() {
        throw "text";
      },
      error: (error) => note(typeof error, String(error)),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.text("1");
      await c.noted(1);
    },
  );

/** WebSockets with a handler that throws, and an `error` handler that sends a message. */
function throwing(event: "message" | "ping" | "pong"): ReturnType<typeof sockets> {
  const throws = () => {
    throw new TypeError(`in ${event}`);
  };
  return sockets(({ note }) => ({
    message() {},
    [event]: throws,
    error(error, ws) {
      note(error.name, error.message, ws.readyState);
      ws.send("told");
    },
    close: (_ws, code) => note("close", code),
  }));
}
