import { deflateRawSync } from "node:zlib";
import { OPCODE } from "@mantou/testing/websocket-frames";
import { type AnyOptions, AreaBuilder, type Kit } from "../scenario.ts";
import { closeReason } from "./websocket-closing.ts";
import { sockets } from "./websocket-messages.ts";

type Deflate = NonNullable<NonNullable<AnyOptions["websocket"]>["perMessageDeflate"]>;

const OFFERS = [
  "permessage-deflate",
  "permessage-deflate; client_max_window_bits",
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  "permessage-deflate; client_max_window_bits=10; server_max_window_bits=15",
  "permessage-deflate; unknown, permessage-deflate",
  "x-unknown, permessage-deflate",
  "permessage-deflate; server_max_window_bits=7",
];

const settings: Record<string, Deflate> = {
  true: true,
  false: false,
  "{}": {},
  "compress dedicated": { compress: "dedicated", decompress: "dedicated" },
  "compress 3KB": { compress: "3KB", decompress: "3KB" },
  "compress shared": { compress: "shared", decompress: "shared" },
  "compress disabled": { compress: "disable", decompress: "shared" },
};

/** A message as a client compresses it (RFC 7692 §7.2.1). */
const deflated = (text: string) => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);

const on = (handlers: (kit: Kit) => NonNullable<AnyOptions["websocket"]>) =>
  sockets((kit) => ({ perMessageDeflate: true, ...handlers(kit) }));

export const compression: AreaBuilder = new AreaBuilder("websocket compression");

for (const [name, perMessageDeflate] of Object.entries(settings)) {
  compression.add(
    `offers to a server with ${name}`,
    sockets(() => ({ perMessageDeflate, message() {} })),
    async (c) => {
      for (const offer of OFFERS) await c.websocket("/", [`Sec-WebSocket-Extensions: ${offer}`]);
    },
  );
}

compression
  .add(
    "a compressed message, and one that is not",
    on(({ note }) => ({ message: (_ws, message) => note(message) })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      ws.send(OPCODE.text, deflated("compressed"), { rsv: 4 })
        .text("plain")
        .send(OPCODE.binary, deflated("bytes"), { rsv: 4 });
      await c.noted(3);
    },
  )
  .add(
    "send compresses on request",
    on(() => ({
      open(ws) {
        ws.send("Hello");
        ws.send("Hello", true);
        ws.send("Hello", false);
        ws.send("", true);
        ws.sendText("Hello", true);
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      await ws.frames(5);
    },
  )
  .add(
    "send does not compress for who did not ask for it",
    on(() => ({
      open: (ws) => void ws.send("Hello", true),
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket();
      await ws.frames(1);
    },
  )
  .add(
    "publish to clients with and without compression",
    ({ server }) => ({
      fetch(req, given) {
        given.upgrade(req);
      },
      websocket: {
        perMessageDeflate: true,
        open: (ws) => void ws.subscribe("room"),
        message(ws) {
          server().publish("room", "Hello");
          server().publish("room", "Hello", false);
          ws.publish("room", "Hello");
          ws.publish("room", "Hello", true);
        },
      },
    }),
    async (c) => {
      const [a, b, third] = [
        await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]),
        await c.websocket(),
        await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]),
      ];
      a.text("go");
      await a.frames(2);
      await b.frames(4);
      await third.frames(4);
    },
  )
  .add(
    "a context that is kept",
    sockets(() => ({
      perMessageDeflate: { compress: "dedicated", decompress: "dedicated" },
      open(ws) {
        ws.send("Hello", true);
        ws.send("Hello", true);
      },
      message() {},
    })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      await ws.frames(2);
    },
  )
  .add(
    "what cannot be decompressed is 1007",
    on(({ note }) => ({ message() {}, close: (_ws, code, reason) => note(code, closeReason(code, reason)) })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      await ws.send(OPCODE.text, new Uint8Array([0xff, 0xff]), { rsv: 4 }).closed();
      await c.noted(1);
    },
  )
  .add(
    "a compressed ping is 1002",
    on(({ note }) => ({ message() {}, close: (_ws, code, reason) => note(code, closeReason(code, reason)) })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      await ws.send(OPCODE.ping, "x", { rsv: 4 }).closed();
      await c.noted(1);
    },
  )
  .add(
    "a message past maxPayloadLength after decompression is 1009",
    on(({ note }) => ({
      maxPayloadLength: 100,
      message() {},
      close: (_ws, code, reason) => note(code, closeReason(code, reason)),
    })),
    async (c) => {
      const ws = await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
      await ws.send(OPCODE.text, deflated("x".repeat(10_000)), { rsv: 4 }).closed();
      await c.noted(1);
    },
  );
