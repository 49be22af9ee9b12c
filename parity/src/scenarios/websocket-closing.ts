import { Buffer } from "node:buffer";
import { clientFrame, OPCODE } from "@mantou/testing/websocket-frames";
import { AreaBuilder } from "../scenario.ts";
import { sockets } from "./websocket-messages.ts";

/** Each server gives the reason of a failure in its own words. */
export const closeReason = (code: number, reason: string): string =>
  code === 1006 && reason !== "" ? "…" : reason;

/** Echoes messages, and notes the end. */
const watched = sockets(({ note }) => ({
  message: (ws, message) => void ws.send(message),
  close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
}));

/** Closes with the code and reason of the first message: `[code, reason]`. */
const closing = sockets(({ note }) => ({
  message(ws, message) {
    ws.close(...(JSON.parse(message as string) as [number?, string?]));
    note("readyState", ws.readyState);
  },
  close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
}));

const fails: Record<string, Uint8Array> = {
  "a frame without a mask": clientFrame(OPCODE.text, "x", { masked: false }),
  "a reserved bit": clientFrame(OPCODE.text, "x", { rsv: 2 }),
  "RSV1 without compression": clientFrame(OPCODE.text, "x", { rsv: 4 }),
  "an unknown opcode": clientFrame(3, "x"),
  "an unknown control opcode": clientFrame(11, "x"),
  "a ping in fragments": clientFrame(OPCODE.ping, "x", { fin: false }),
  "a ping of 126 bytes": clientFrame(OPCODE.ping, "x".repeat(126)),
  "a continuation of nothing": clientFrame(OPCODE.continuation, "x"),
  "a message within a message": Buffer.concat([
    clientFrame(OPCODE.text, "x", { fin: false }),
    clientFrame(OPCODE.text, "y"),
  ]),
  "broken UTF-8": clientFrame(OPCODE.text, new Uint8Array([0xff])),
  "broken UTF-8 in fragments": Buffer.concat([
    clientFrame(OPCODE.text, new Uint8Array([0xe4]), { fin: false }),
    clientFrame(OPCODE.continuation, "x"),
  ]),
  "a Close of one byte": clientFrame(OPCODE.close, "x"),
  "a Close of 126 bytes": clientFrame(
    OPCODE.close,
    Buffer.concat([Buffer.from([3, 232]), Buffer.alloc(124, "x")]),
  ),
  "a Close with broken UTF-8": clientFrame(OPCODE.close, new Uint8Array([3, 232, 0xff])),
};

export const closings: AreaBuilder = new AreaBuilder("websocket closing");

for (const code of [1000, 1001, 1003, 1011, 3000, 4999]) {
  closings.add(`the client closes with ${code}`, watched, async (c) => {
    const ws = await c.websocket();
    await ws.close(code, "bye").closed();
    await c.noted(1);
  });
}
for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535]) {
  closings.add(`the client closes with ${code}, which it must not`, watched, async (c) => {
    const ws = await c.websocket();
    await ws.close(code).closed();
    await c.noted(1);
  });
}
for (const [name, bytes] of Object.entries(fails)) {
  closings.add(`the connection fails: ${name}`, watched, async (c) => {
    const ws = await c.websocket();
    ws.connection.write(bytes);
    await ws.closed();
    await c.noted(1);
  });
}
const serverCloses: Record<string, unknown[]> = {
  "without a code": [],
  "with 1000": [1000],
  "with a code and a reason": [4001, "enough"],
  "with a reason past ASCII": [3000, "genug für heute"],
  "with 1005": [1005],
  "with 1006": [1006],
  "with 0": [0],
  "with a reason of 123 bytes": [1000, "x".repeat(123)],
};
for (const [name, args] of Object.entries(serverCloses)) {
  closings.add(`the server closes ${name}`, closing, async (c) => {
    const ws = await c.websocket();
    await ws.text(JSON.stringify(args)).frames(1);
    await ws.close(1000).closed();
    await c.noted(2);
  });
}

closings
  .add("the server closes with a reason that is too long", closing, async (c) => {
    const ws = await c.websocket();
    await ws.text(JSON.stringify([1000, "x".repeat(200)])).frames(1);
    await c.noted(2);
  })
  .add("the client closes without a code", watched, async (c) => {
    const ws = await c.websocket();
    await ws.send(OPCODE.close).closed();
    await c.noted(1);
  })
  .add("the client ends the connection without a Close", watched, async (c) => {
    const ws = await c.websocket();
    ws.connection.end();
    await c.noted(1);
  })
  .add("the client breaks the connection off", watched, async (c) => {
    const ws = await c.websocket();
    ws.connection.abort();
    await c.noted(1);
  })
  .add(
    "the server terminates",
    sockets(({ note }) => ({
      message(ws) {
        ws.terminate();
        note("terminated", ws.readyState);
      },
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("go").closed();
      await c.noted(2);
    },
  )
  .add(
    "messages behind a Close are not handled",
    sockets(({ note }) => ({
      message: (_ws, message) => note(message),
      close: (_ws, code) => note("close", code),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.write(
        clientFrame(OPCODE.text, "before"),
        clientFrame(OPCODE.close, new Uint8Array([3, 232])),
        clientFrame(OPCODE.text, "behind"),
      );
      await ws.closed();
      await c.noted(2);
    },
  )
  .add(
    "what was sent before close() comes before the Close",
    sockets(() => ({
      open(ws) {
        ws.send("one");
        ws.send("two");
        ws.close();
        ws.send("three");
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(3);
    },
  )
  .add(
    "a message past maxPayloadLength is 1009",
    sockets(({ note }) => ({
      maxPayloadLength: 10,
      message: (ws, message) => void ws.send(message),
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.text("0123456789").frames(1);
      await ws.text("0123456789x").closed();
      await c.noted(1);
    },
  )
  .add(
    "fragments past maxPayloadLength",
    sockets(({ note }) => ({
      maxPayloadLength: 10,
      message() {},
      close: (_ws, code, reason) => note("close", code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.send(OPCODE.text, "012345", { fin: false }).send(OPCODE.continuation, "012345").closed();
      await c.noted(1);
    },
  );
