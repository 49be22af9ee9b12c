import { OPCODE } from "@mantou/testing/websocket-frames";
import { AreaBuilder } from "../scenario.ts";
import { sockets } from "./websocket-messages.ts";

export const members: AreaBuilder = new AreaBuilder("websocket members")
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
    "an invalid binaryType",
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
  );
