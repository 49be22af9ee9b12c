import type { Socket } from "node:net";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, closePayload, OPCODE, type ServerFrame } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { startWebSockets } from "../support/websocket-pair.ts";
import { openWs } from "../support/ws-client.ts";

captureErrors();

const OFFER = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"];
const TAIL = Buffer.from([0, 0, 255, 255]);
const long = "the dough has risen ".repeat(20);
/** More than 64 KiB on both sides of the compressor, so that it goes through the thread pool. */
const big = Buffer.from(Array.from({ length: 150_000 }, (_, i) => ((i * i * 7919) >> 9) & 255)).toString(
  "base64",
);

function inflated({ opcode, rsv1, payload }: ServerFrame): string {
  expect([opcode, rsv1]).toEqual([OPCODE.text, true]);
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

function deflated(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length);
}

describe("the handshake (RFC 7692 §5, §7.1)", () => {
  const shared = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

  it.each<[WebSocketHandler["perMessageDeflate"], string | null]>([
    [undefined, null],
    [false, null],
    [{}, null],
    [true, shared],
    [{ compress: "shared" }, shared],
    [{ compress: "disable", decompress: true }, shared],
    [{ compress: "dedicated", decompress: "dedicated" }, "permessage-deflate"],
    [{ compress: "3KB" }, "permessage-deflate; client_no_context_takeover; server_max_window_bits=9"],
  ])("perMessageDeflate %o accepts Chromium's offer with %s", async (perMessageDeflate, response) => {
    const { connect } = startWebSockets({ perMessageDeflate } as WebSocketHandler);
    const { client } = await connect(OFFER);
    expect(client.response.headers["sec-websocket-extensions"] ?? null).toBe(response);
  });

  it("nothing is accepted for a client that offers nothing, or something else", async () => {
    const { connect } = startWebSockets({ perMessageDeflate: true });
    for (const fields of [[], ["Sec-WebSocket-Extensions: x-webkit-deflate-frame"]]) {
      expect((await connect(fields)).client.response.headers["sec-websocket-extensions"] ?? null).toBeNull();
    }
  });
});

describe("what the server sends", () => {
  it("is compressed by send only when it says so, and by server.publish unless it says not", async () => {
    const { server, connect } = startWebSockets({
      perMessageDeflate: true,
      publishToSelf: true,
      open: (ws) => void ws.subscribe("room"),
    });
    const { ws, client } = await connect(OFFER);
    ws.send(long);
    ws.send(long, false);
    ws.sendText(long);
    ws.sendBinary(Buffer.from(long));
    ws.publish("room", long);
    server.publish("room", long, false);
    for (const frame of await client.frames(6)) expect(frame.rsv1).toBeUndefined();
    ws.send(long, true);
    ws.sendText(long, true);
    ws.publish("room", long, true);
    ws.publishText("room", long, true);
    server.publish("room", long);
    server.publish("room", long, true);
    for (const frame of await client.frames(6)) expect(inflated(frame)).toBe(long);
    ws.sendBinary(Buffer.from(long), true);
    const frame = await client.frame();
    expect([frame.opcode, frame.rsv1]).toEqual([OPCODE.binary, true]);
  });

  it("is as it was for a client that has not agreed, in the same room", async () => {
    const { server, connect } = startWebSockets({
      perMessageDeflate: true,
      open: (ws) => void ws.subscribe("room"),
    });
    const [compressed, plain] = [await connect(OFFER), await connect()];
    server.publish("room", long);
    plain.ws.send(long, true);
    expect(inflated(await compressed.client.frame())).toBe(long);
    expect(await plain.client.texts(2)).toEqual([long, long]);
  });

  it("keeps its order when a big message is compressed in the thread pool", async () => {
    const { server, connect } = startWebSockets({
      perMessageDeflate: { compress: "dedicated", decompress: "dedicated" },
      open: (ws) => void ws.subscribe("room"),
    });
    const { ws } = await connect();
    expect(ws.getBufferedAmount()).toBe(0);
    const client = await openWs(server, "/", { perMessageDeflate: { threshold: 0 } });
    const other = await openWs(server);
    await until(() => server.subscriberCount("room") === 3, "subscribed");
    server.publish("room", "1");
    server.publish("room", big);
    server.publish("room", "2");
    expect(await client.take(3)).toEqual(["1", big, "2"]);
    server.publish("room", big, false);
    server.publish("room", big);
    server.publish("room", "3");
    expect(await client.take(3)).toEqual([big, big, "3"]);
    expect(await other.take(6)).toEqual(["1", big, "2", big, big, "3"]);
  });

  it("counts what waits for the thread pool as buffered, and says goodbye behind it", async () => {
    const { connect } = startWebSockets({ perMessageDeflate: true });
    const { ws, client } = await connect(OFFER);
    ws.send(big, true);
    ws.send("behind");
    expect(ws.getBufferedAmount()).toBeGreaterThanOrEqual(big.length);
    ws.close(1000, "done");
    expect(inflated(await client.frame())).toBe(big);
    expect(await client.texts(1)).toEqual(["behind"]);
    expect(await client.closing()).toEqual({ code: 1000, reason: "done" });
  });

  it("is not waited for when the server stops at once", async () => {
    const { server, connect } = startWebSockets({ perMessageDeflate: true });
    const { ws, client } = await connect(OFFER);
    ws.send(big, true);
    void server.stop(true);
    expect((await client.closing()).code).toBe(1001);
  });

  it("refers only to what the client has, whoever compressed it", async () => {
    const { server, connect } = startWebSockets({
      perMessageDeflate: { compress: "dedicated", decompress: "dedicated" },
      open: (ws) => void ws.subscribe("room"),
      message: (ws, message) => void ws.send(message, true),
    });
    await connect();
    const clients = await Promise.all(
      [0, 1, 2].map(() => openWs(server, "/", { perMessageDeflate: { threshold: 0 } })),
    );
    await until(() => server.subscriberCount("room") === 4, "subscribed");
    const expected: string[] = [];
    for (let i = 0; i < 40; i++) {
      const message = `${long} ${i % 5}`;
      if (i % 3 === 0) server.publish("room", message);
      else for (const client of clients) client.socket.send(message);
      expected.push(message);
      for (const client of clients) expect(await client.take(1)).toEqual([message]);
    }
  });
});

describe("what the client sends", () => {
  it("is decompressed, small or big, in order, while the client is made to wait", async () => {
    const heard: string[] = [];
    const { connect } = startWebSockets({
      perMessageDeflate: true,
      message: (_ws, message) => void heard.push(message.toString()),
    });
    const { client } = await connect(OFFER);
    client.send(OPCODE.text, deflated(long), { rsv: 4 });
    for (let i = 0; i < 5; i++) {
      client.send(OPCODE.text, deflated(big), { rsv: 4 });
      client.text(String(i));
    }
    client.send(OPCODE.ping, "still there?");
    const pong = await client.frame();
    expect([pong.opcode, pong.payload.toString()]).toEqual([OPCODE.pong, "still there?"]);
    expect(heard).toEqual([long, ...[0, 1, 2, 3, 4].flatMap((i) => [big, String(i)])]);
  });

  it.each([
    ["cannot be inflated", Buffer.alloc(20, 0xff), 1007],
    ["is no UTF-8 behind it", deflateRawSync(Buffer.from([0xc0, 0x80])), 1007],
    ["becomes too big", deflated("a".repeat(1001)), 1009],
    ["becomes too big in the thread pool", deflated(big), 1009],
  ])("closes the connection with the right code when it %s", async (_what, payload, code) => {
    const closed: number[] = [];
    const { connect } = startWebSockets({
      perMessageDeflate: true,
      maxPayloadLength: payload.length > 1000 ? 150_000 : 1000,
      close: (_ws, closeCode) => void closed.push(closeCode),
    });
    const { client } = await connect(OFFER);
    client.send(OPCODE.text, payload, { rsv: 4 });
    expect((await client.closing()).code).toBe(code);
    await until(() => closed.length > 0, "closed");
    expect(closed).toEqual([1006]);
  });

  it.each([
    ["the end of the connection", (socket: Socket) => void socket.end()],
    ["its loss", (socket: Socket) => void socket.destroy()],
  ])("is handled before a Close frame and %s, which come while it is in the pool", async (_what, end) => {
    const heard: string[] = [];
    const { server, connect } = startWebSockets({
      perMessageDeflate: true,
      message: (_ws, message) => void heard.push(`message ${message.length}`),
      close: (_ws, code) => void heard.push(`close ${code}`),
    });
    for (let i = 0; i < 5; i++) {
      const { ws, client } = await connect(OFFER);
      client.client.write(
        Buffer.concat([
          clientFrame(OPCODE.text, deflated(big), { rsv: 4 }),
          clientFrame(OPCODE.close, closePayload(4000)),
        ]),
      );
      await new Promise<void>((written) => client.client.socket.write("", () => written()));
      end(client.client.socket);
      await until(() => heard.length === 2, "both");
      expect(heard.splice(0)).toEqual([`message ${big.length}`, "close 4000"]);
      expect(ws.readyState).toBe(3);
    }
    await until(() => server.pendingWebSockets === 0 && server.webSockets.size === 0, "gone");
  });
});

it("a bomb of 1000:1 stops at maxPayloadLength, and others go on", async () => {
  const { connect } = startWebSockets({
    perMessageDeflate: true,
    maxPayloadLength: 1_000_000,
    message: (ws, message) => void ws.send(message),
  });
  const bomb = deflated("a".repeat(16_000_000));
  expect(bomb.length).toBeLessThan(20_000);
  const [bystander, attacker] = [await connect(OFFER), await connect(OFFER)];
  attacker.client.send(OPCODE.text, bomb, { rsv: 4 });
  expect((await attacker.client.closing()).code).toBe(1009);
  bystander.client.text("well?");
  expect(await bystander.client.texts(1)).toEqual(["well?"]);
});
