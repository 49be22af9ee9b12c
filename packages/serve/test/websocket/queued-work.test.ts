import { captureErrors } from "@mantou/testing/errors";
import { request } from "@mantou/testing/raw-client";
import { clientFrame, closePayload, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { runChild } from "../support/child.ts";
import { startInternal } from "../support/servers.ts";
import { pair } from "../support/websocket-pair.ts";

captureErrors();

const ORDER = [
  "message 1, tick 1, promise 1, later 1",
  "message 2, tick 2, promise 2, later 2",
  "ping, tick ping",
  "message 3, tick 3, promise 3, later 3",
  "close 4001",
].join(", ");

/** Notes a message, and when the work runs that its handler queues, which also sends. */
function queueing(events: string[]): WebSocketHandler {
  return {
    message(ws, message) {
      events.push(`message ${message}`);
      process.nextTick(() => {
        events.push(`tick ${message}`);
        ws.send(`reply ${message}`);
      });
      void (async () => {
        await null;
        events.push(`promise ${message}`);
        await null;
        process.nextTick(() => events.push(`later ${message}`));
      })();
    },
    ping() {
      events.push("ping");
      process.nextTick(() => events.push("tick ping"));
    },
    close: (_, code) => void events.push(`close ${code}`),
  };
}

const PACKET = Buffer.concat([
  clientFrame(OPCODE.text, "1"),
  clientFrame(OPCODE.text, "2"),
  clientFrame(OPCODE.ping),
  clientFrame(OPCODE.text, "3"),
  clientFrame(OPCODE.close, closePayload(4001)),
]);

const HANDSHAKE = request("GET /", [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]);

async function expectOrder(events: string[], client: RawWebSocket): Promise<void> {
  const frames = await client.frames(5);
  const texts = frames.filter(({ opcode }) => opcode === OPCODE.text).map(({ payload }) => String(payload));
  expect(texts).toEqual(["reply 1", "reply 2", "reply 3"]);
  expect(frames.at(-1)!.opcode).toBe(OPCODE.close);
  await until(() => events.at(-1) === "close 4001", "closed");
  expect(events.join(", ")).toBe(ORDER);
}

describe("what a handler queues, by process.nextTick or promises", () => {
  it("comes before the next event of one packet, and what it sends before the reply to a Close frame", async () => {
    const events: string[] = [];
    const { client } = await pair(queueing(events));
    client.client.write(PACKET);
    await expectOrder(events, client);
  });

  it("does so also if the packet came with the handshake, which an async handler accepts", async () => {
    const events: string[] = [];
    const server = startInternal({
      async fetch(request, server) {
        await null;
        server.upgrade(request);
      },
      websocket: queueing(events),
    });
    await expectOrder(events, await RawWebSocket.open(server, { behind: PACKET }));
  });

  it("does so before the end of the connection is told of", async () => {
    const events: string[] = [];
    const { client } = await pair(queueing(events));
    client.client.write(Buffer.concat([clientFrame(OPCODE.text, "1"), clientFrame(OPCODE.text, "2")])).end();
    await until(() => events.at(-1) === "close 1006", "closed");
    expect(events.join(", ")).toBe(`${ORDER.slice(0, ORDER.indexOf(", ping"))}, close 1006`);
  });

  it("may pause, resume and end the connection: nothing is told of behind its end", async () => {
    const events: string[] = [];
    const { client } = await pair({
      message(ws, message) {
        events.push(`message ${message}`);
        process.nextTick(() => {
          ws.pause();
          ws.resume();
          if (String(message) === "2") ws.terminate();
        });
      },
      close: (_, code) => void events.push(`close ${code}`),
    });
    client.client.write(PACKET);
    await client.client.closedByServer();
    expect(events).toEqual(["message 1", "message 2", "close 1006"]);
  });

  it("leaves no AsyncLocalStorage to the next event, thrown or not, in a packet or behind a handshake", async () => {
    const { stdout } = await runChild(`
      import { AsyncLocalStorage } from "node:async_hooks";
      import net from "node:net";
      const frame = (opcode, text) => Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
      const storage = new AsyncLocalStorage();
      process.on("uncaughtException", () => {});
      const server = serve({
        port: 0, hostname: "127.0.0.1",
        fetch: (request, server) => storage.run("of the handshake", async () => { await null; server.upgrade(request); }),
        websocket: {
          message(ws, message) {
            console.log(message, storage.getStore());
            storage.run("of message " + message, () => process.nextTick(() => { if (message === "2") throw new Error("tick"); }));
          },
          close() { console.log("close", storage.getStore()); server.stop(true); },
        },
      });
      const socket = net.connect(server.port, "127.0.0.1");
      socket.write(Buffer.concat([
        Buffer.from(${JSON.stringify(HANDSHAKE)}),
        frame(1, "1"), frame(1, "2"), frame(1, "3"), frame(8, ""),
      ]));
    `);
    expect(stdout.trim().split("\n")).toEqual(["1", "2", "3", "close"].map((event) => `${event} undefined`));
  });

  it("is an uncaught exception if it throws, and what comes behind it goes on", async () => {
    const { stdout } = await runChild(`
      import net from "node:net";
      const frame = (opcode, text) => Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
      process.on("uncaughtException", (error) => console.log("uncaught", error.message));
      const server = serve({
        port: 0, hostname: "127.0.0.1", fetch: (request, server) => void server.upgrade(request),
        websocket: {
          message(ws, message) {
            console.log("message", message);
            process.nextTick(() => { throw new Error("tick " + message); });
            process.nextTick(() => console.log("second tick", message));
          },
          close() { console.log("close"); server.stop(true); },
        },
      });
      const socket = net.connect(server.port, "127.0.0.1");
      socket.write(${JSON.stringify(HANDSHAKE)});
      socket.once("data", () => socket.write(Buffer.concat([frame(1, "1"), frame(1, "2"), frame(8, "")])));
    `);
    const lines = stdout.trim().split("\n");
    expect(lines.filter((line) => !line.startsWith("uncaught"))).toEqual([
      "message 1",
      "second tick 1",
      "message 2",
      "second tick 2",
      "close",
    ]);
    expect(lines.filter((line) => line.startsWith("uncaught"))).toEqual([
      "uncaught tick 1",
      "uncaught tick 2",
    ]);
  });
});

describe("on a runtime that cannot run what is queued, that work", () => {
  it("comes before the next event all the same, which waits for another turn", async () => {
    const withoutIt = "delete process._tickCallback";
    const { stdout } = await runChild(
      `
      import net from "node:net";
      const events = [];
      const server = serve({
        port: 0, hostname: "127.0.0.1", fetch: (request, server) => void server.upgrade(request),
        websocket: (${queueing})(events),
      });
      const socket = net.connect(server.port, "127.0.0.1");
      let received = "";
      socket.on("data", (bytes) => (received += bytes.toString("latin1")));
      socket.write(${JSON.stringify(HANDSHAKE)});
      socket.once("data", () => socket.write(Buffer.from("${PACKET.toString("hex")}", "hex")));
      socket.on("close", () => {
        console.log(process._tickCallback, events.join(", "));
        console.log(received.match(/reply .|\\x88/g).join(", "));
        server.stop(true);
      });
      `,
      { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(withoutIt)}` },
    );
    expect(stdout.split("\n")).toEqual([`undefined ${ORDER}`, "reply 1, reply 2, reply 3, \x88", ""]);
  });
});
