import { captureErrors } from "@mantou/testing/errors";
import { closePayload, OPCODE } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { TestClock } from "../support/servers.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

/** One open WebSocket, and its server, which can take other options. */
async function opened(handler: WebSocketHandler) {
  const clock = new TestClock();
  const { connect, server } = startWebSockets(handler, clock);
  const seen: unknown[] = [];
  const reload = (options: WebSocketHandler): void => {
    const websocket: WebSocketHandler = {
      message: (_, message) => void seen.push(message.length),
      close: (_, code) => void seen.push(`close ${code}`),
      ...options,
    };
    server.reload({ websocket: websocket as WebSocketHandler<never> });
  };
  return { ...(await connect()), clock, reload, seen };
}

it("a reload gives open WebSockets a smaller maxPayloadLength", async () => {
  const { client, reload, seen } = await opened({ maxPayloadLength: 1000 });
  reload({ maxPayloadLength: 10 });
  client.text("x".repeat(10)).text("x".repeat(11));
  expect((await client.closing())?.code).toBe(1009);
  expect(seen).toEqual([10, "close 1006"]);
});

it("a reload gives open WebSockets a bigger maxPayloadLength", async () => {
  const { client, reload, seen } = await opened({ maxPayloadLength: 10 });
  reload({ maxPayloadLength: 100_000 });
  client.text("x".repeat(70_000)).close(1000);
  await until(() => seen.length === 2, "both");
  expect(seen).toEqual([70_000, "close 1000"]);
});

it("a message of which a part has come is held against the new maxPayloadLength", async () => {
  const { client, reload, seen, ws } = await opened({ maxPayloadLength: 1000 });
  client.send(OPCODE.text, "x".repeat(8), { fin: false }).send(OPCODE.ping, "seen");
  expect(String((await client.frame())?.payload)).toBe("seen");
  reload({ maxPayloadLength: 10 });
  client.send(OPCODE.continuation, "x".repeat(8));
  expect((await client.closing())?.code).toBe(1009);
  expect([seen, ws.readyState]).toEqual([["close 1006"], 3]);
});

it("a reload gives open WebSockets other limits for what is sent, publishToSelf, and idleTimeout from the next byte on", async () => {
  const { client, clock, reload, seen, ws } = await opened({ idleTimeout: 0 });
  ws.subscribe("self");
  expect(ws.publish("self", "before")).toBe(0);
  reload({ publishToSelf: true, idleTimeout: 8, sendPings: false });
  expect(ws.publish("self", "after")).toBe(5);
  expect(await client.texts(1)).toEqual(["after"]);
  clock.pass(20);
  client.text("a byte");
  await until(() => seen.length === 1, "a message");
  clock.pass(20);
  await until(() => seen.length === 2, "close");
  expect(seen).toEqual([6, "close 1006"]);
});

it("what a handler throws behind a reload goes to the error handler that belongs to it", async () => {
  const told: string[] = [];
  const { client, reload, seen } = await opened({
    message() {
      reload({ error: () => void told.push("new") });
      throw new Error("behind the reload");
    },
    error: (error) => void told.push(`old: ${error.message}`),
  });
  client.text("first").text("second");
  await until(() => seen.length === 1, "the second message");
  expect(told).toEqual(["old: behind the reload"]);
});

it("a client that has closed is not concerned", async () => {
  const { client, reload } = await opened({});
  client.send(OPCODE.close, closePayload(1000));
  expect(await client.closing()).toEqual({ code: 1000, reason: "" });
  reload({ maxPayloadLength: 1 });
});
