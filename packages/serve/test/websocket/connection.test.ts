import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, closePayload, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { turnCounter, turns, until } from "@mantou/testing/wait";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { EVENTS_A_TURN } from "../../src/websocket/event-reader.ts";
import { runChild } from "../support/child.ts";
import { startInternal } from "../support/servers.ts";
import { pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

/** What the close handler heard, and the messages before it. */
function recorder(): { events: string[]; handler: WebSocketHandler } {
  const events: string[] = [];
  const handler: WebSocketHandler = {
    message: (_, message) => void events.push(`message ${message}`),
    close: (_, code, reason) => void events.push(`close ${code} ${reason}`.trimEnd()),
  };
  return { events, handler };
}

describe("a client that closes", () => {
  it("hears its own code and reason, and then the end of the connection, which the server closes first", async () => {
    const { events, handler } = recorder();
    const { client, ws, server } = await pair(handler);
    client.close(4001, "enough, dé");
    expect(await client.closing()).toEqual({ code: 4001, reason: "enough, dé" });
    await client.client.closedByServer();
    expect(events).toEqual(["close 4001 enough, dé"]);
    expect([ws.readyState, server.pendingWebSockets]).toEqual([3, 0]);
    client.client.end();
    await until(() => server.webSockets.size === 0, "gone");
    expect(events.length).toBe(1);
  });

  it("need not give a code: the handler hears 1005, and the answer has none", async () => {
    const { events, handler } = recorder();
    const { client } = await pair(handler);
    client.send(OPCODE.close);
    expect(await client.closing()).toEqual({ code: 1005, reason: "" });
    await client.client.closedByServer();
    expect(events).toEqual(["close 1005"]);
  });

  it("is not heard any more", async () => {
    const { events, handler } = recorder();
    const { client } = await pair(handler);
    const frames = [
      clientFrame(OPCODE.text, "before"),
      clientFrame(OPCODE.close, closePayload(1000)),
      clientFrame(OPCODE.text, "behind"),
      clientFrame(OPCODE.ping),
    ];
    client.client.write(Buffer.concat(frames));
    expect(await client.closing()).toEqual({ code: 1000, reason: "" });
    await client.client.closedByServer();
    expect(client.take()).toEqual([]);
    expect(events).toEqual(["message before", "close 1000"]);
  });

  it("gets what was published before, also by the message in front of its Close frame", async () => {
    const { client, server, ws } = await pair({
      message(_, message) {
        expect(server.publish("news", `${message}?`)).toBe(4);
      },
    });
    ws.subscribe("news");
    client.client.write(
      clientFrame(OPCODE.text, "bye"),
      clientFrame(OPCODE.text, "now"),
      clientFrame(OPCODE.close, closePayload(1000)),
    );
    expect(await client.texts(2)).toEqual(["bye?", "now?"]);
    expect(await client.closing()).toEqual({ code: 1000, reason: "" });
  });

  it("gets what was sent to it before, in order", async () => {
    const { client } = await pair({ message: (ws) => void ws.send("answer") });
    client.client.write(
      Buffer.concat([clientFrame(OPCODE.text, "question"), clientFrame(OPCODE.close, closePayload(1000))]),
    );
    expect(await client.texts(1)).toEqual(["answer"]);
    expect(await client.closing()).toEqual({ code: 1000, reason: "" });
  });
});

describe("a client that is lost", () => {
  it("is told of as 1006 when it ends its side without a Close frame, and gets what was sent before", async () => {
    const { events, handler } = recorder();
    const { client, server } = await pair({ ...handler, message: (ws, message) => void ws.send(message) });
    client.client.write(clientFrame(OPCODE.text, "last words"));
    client.client.end();
    expect(await client.texts(1)).toEqual(["last words"]);
    await client.client.closedByServer();
    expect(client.take()).toEqual([]);
    expect(events).toEqual(["close 1006"]);
    await until(() => server.webSockets.size === 0, "gone");
  });

  it("gets its answer also when message and end are read in one go, as when they just fill the buffer", async () => {
    const { client } = await pair({ message: (ws, message) => void ws.send(`${message.length} bytes`) });
    const frame = clientFrame(OPCODE.binary, Buffer.alloc(65_528));
    expect(frame.length).toBe(65_536);
    client.client.write(frame).end();
    expect(await client.texts(1)).toEqual(["65528 bytes"]);
  });

  it("is told of as 1006 when it resets the connection", async () => {
    const { events, handler } = recorder();
    const { client, server, ws } = await pair(handler);
    client.client.abort();
    await until(() => server.pendingWebSockets === 0, "gone");
    expect(events).toEqual(["close 1006"]);
    expect([ws.readyState, ws.send("?")]).toEqual([3, 0]);
  });
});

describe("close()", () => {
  it.each([
    [undefined, undefined, { code: 1000, reason: "" }],
    [undefined, "why", { code: 1000, reason: "why" }],
    [1001, "away", { code: 1001, reason: "away" }],
    [3000, "", { code: 3000, reason: "" }],
    [4999, "ü", { code: 4999, reason: "ü" }],
  ])("sends a Close frame, and the handler hears the same at once: %s %s", async (code, reason, wire) => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    ws.close(code, reason);
    expect(events).toEqual([`close ${wire.code} ${wire.reason}`.trimEnd()]);
    expect(ws.readyState).toBe(3);
    expect(await client.closing()).toEqual(wire);
  });

  it.each([0, 1005, 1006])("sends no code for %i, which the handler hears", async (code) => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    ws.close(code, "why");
    expect(await client.closing()).toEqual({ code: 1005, reason: "" });
    expect(events).toEqual([`close ${code} why`]);
  });

  it.each([
    -1,
    1,
    999,
    1004,
    1015,
    2999,
    5000,
    66_536,
    1000.5,
    Number.NaN,
  ])("throws for %d, which must not be sent (RFC 6455 §7.4), and leaves the socket open", async (code) => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    expect(() => ws.close(code)).toThrow(RangeError);
    expect([ws.readyState, ws.send("still here")]).toEqual([1, 10]);
    expect(await client.texts(1)).toEqual(["still here"]);
    expect(events).toEqual([]);
  });

  it("cuts the reason after 123 bytes, between two characters", async () => {
    for (const [reason, cut] of [
      ["x".repeat(123), "x".repeat(123)],
      ["x".repeat(124), "x".repeat(123)],
      ["é".repeat(62), "é".repeat(61)],
      [`x${"😀".repeat(31)}`, `x${"😀".repeat(30)}`],
    ] as const) {
      const { events, handler } = recorder();
      const { ws, client } = await pair(handler);
      ws.close(1000, reason);
      expect(await client.closing()).toEqual({ code: 1000, reason: cut });
      expect(events).toEqual([`close 1000 ${cut}`]);
    }
  });

  it("sends nothing more, and hears nothing more, but waits for the client's Close frame", async () => {
    const { events, handler } = recorder();
    const { ws, client, server } = await pair(handler);
    ws.send("before");
    ws.close(4000);
    ws.close(4001);
    ws.terminate();
    expect([ws.send("behind"), ws.ping(), ws.publish("t", "behind")]).toEqual([0, 0, 0]);
    expect(await client.texts(1)).toEqual(["before"]);
    expect(await client.closing()).toEqual({ code: 4000, reason: "" });
    client.text("too late").send(OPCODE.ping, "too late");
    await turns(20);
    expect(client.client.ended).toBe(false);
    client.close(4000);
    await client.client.closedByServer();
    expect(client.take()).toEqual([]);
    expect(events).toEqual(["close 4000"]);
    client.client.end();
    await until(() => server.webSockets.size === 0, "gone");
  });

  it("crosses the client's: both are done", async () => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    client.close(4002);
    ws.close(4003);
    expect(await client.closing()).toEqual({ code: 4003, reason: "" });
    await client.client.closedByServer();
    expect(client.take()).toEqual([]);
    expect(events).toEqual(["close 4003"]);
  });

  it("in a message handler keeps the messages behind from being heard", async () => {
    const { events, handler } = recorder();
    const { client } = await pair({
      ...handler,
      message(ws, message) {
        events.push(String(message));
        ws.close(4000);
      },
    });
    client.client.write(Buffer.concat([clientFrame(OPCODE.text, "one"), clientFrame(OPCODE.text, "two")]));
    expect(await client.closing()).toEqual({ code: 4000, reason: "" });
    expect(events).toEqual(["one", "close 4000"]);
  });

  it("in the open handler leaves upgrade() true, and sends the Close frame behind the handshake", async () => {
    const { events, handler } = recorder();
    const { client, server } = await pair({ ...handler, open: (ws) => ws.close(4000, "full") });
    expect(await client.closing()).toEqual({ code: 4000, reason: "full" });
    expect(events).toEqual(["close 4000 full"]);
    expect(server.pendingWebSockets).toBe(0);
  });
});

describe("terminate()", () => {
  it("ends the connection without a Close frame, behind what was sent and published before", async () => {
    const { events, handler } = recorder();
    const { ws, client, server } = await pair(handler);
    ws.subscribe("t");
    ws.send("one");
    server.publish("t", "two");
    ws.terminate();
    expect([ws.readyState, ws.send("three")]).toEqual([3, 0]);
    expect(events).toEqual(["close 1006"]);
    await client.client.closedByServer();
    expect(await client.texts(2)).toEqual(["one", "two"]);
    expect(client.client.received.length).toBe(10);
    await until(() => server.webSockets.size === 0, "gone");
  });

  it("works in every handler", async () => {
    const { events, handler } = recorder();
    const opening = await pair({ ...handler, open: (ws) => ws.terminate() });
    await opening.client.client.closedByServer();
    const receiving = await pair({ ...handler, message: (ws) => ws.terminate() });
    receiving.client.text("a").text("b");
    await receiving.client.client.closedByServer();
    const closing = await pair({ close: (ws) => ws.terminate() });
    closing.client.close(1000);
    expect(await closing.client.closing()).toEqual({ code: 1000, reason: "" });
    expect(events).toEqual(["close 1006", "close 1006"]);
  });
});

describe("the close handler", () => {
  it("finds its socket closed, and may publish to others", async () => {
    const found: unknown[] = [];
    const { server, connect } = startWebSockets({
      close(ws) {
        found.push(ws.readyState, ws.subscriptions, ws.send("?"), ws.subscribe("t"), ws.publish("t", "?"));
        found.push(server.pendingWebSockets, server.publish("t", "bye"));
        ws.close();
      },
    });
    const [leaving, staying] = [await connect(), await connect()];
    for (const { ws } of [leaving, staying]) ws.subscribe("t");
    leaving.client.close(1000);
    expect(await staying.client.texts(2)).toEqual(["?", "bye"]);
    expect(found).toEqual([3, [], 0, false, 1, 1, 3]);
    expect((await leaving.client.frames(1)).map(({ opcode }) => opcode)).toEqual([OPCODE.close]);
  });
});

describe("a connection", () => {
  it("serves at any cut of what arrives", async () => {
    const received: string[] = [];
    const { server } = startWebSockets({ message: (_, message) => void received.push(String(message)) });
    const client = await RawWebSocket.open(server);
    const bytes = Buffer.concat(["", "a", "é".repeat(100)].map((text) => clientFrame(OPCODE.text, text)));
    for (const byte of bytes) {
      await new Promise((resolve) => client.client.socket.write(Uint8Array.of(byte), resolve));
    }
    await until(() => received.length === 3, "three messages");
    expect(received).toEqual(["", "a", "é".repeat(100)]);
  });
});

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
        ws.send(`answer ${message}`);
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

async function expectOrder(events: string[], client: RawWebSocket): Promise<void> {
  const frames = await client.frames(5);
  const texts = frames.filter(({ opcode }) => opcode === OPCODE.text).map(({ payload }) => String(payload));
  expect(texts).toEqual(["answer 1", "answer 2", "answer 3"]);
  expect(frames.at(-1)!.opcode).toBe(OPCODE.close);
  await until(() => events.at(-1) === "close 4001", "closed");
  expect(events.join(", ")).toBe(ORDER);
}

it("many messages of one packet leave the event loop to others in between", async () => {
  const { perTurn, count } = turnCounter();
  let last: unknown;
  const { client } = await pair({
    message: (_, message) => {
      count();
      last = message;
    },
  });
  const empty = clientFrame(OPCODE.text, "");
  client.client.write(Buffer.concat([...Array(8000).fill(empty), clientFrame(OPCODE.text, "last")]));
  await until(() => last === "last", "the last message");
  expect(perTurn().reduce((sum, messages) => sum + messages, 0)).toBe(8001);
  expect(Math.max(...perTurn())).toBeLessThanOrEqual(EVENTS_A_TURN);
});

describe("what a handler queues, by process.nextTick or promises", () => {
  it("comes before the next event of one packet, and what it sends before the answer to a Close frame", async () => {
    const events: string[] = [];
    const { client } = await pair(queueing(events));
    client.client.write(PACKET);
    await expectOrder(events, client);
  });

  it("does so also if the packet came with the handshake, which is answered by an async handler", async () => {
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
        Buffer.from("GET / HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n"),
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
      socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n");
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
  const { _tickCallback } = process as { _tickCallback?: unknown };
  afterEach(() => {
    Object.assign(process, { _tickCallback });
    vi.resetModules();
  });

  it("comes before the next event all the same, which waits for another turn", async () => {
    delete (process as { _tickCallback?: unknown })._tickCallback;
    vi.resetModules();
    const fresh = await import("../support/websocket-pair.ts");
    const events: string[] = [];
    const { client } = await fresh.pair(queueing(events));
    client.client.write(PACKET);
    await expectOrder(events, client as unknown as RawWebSocket);
  });
});

describe("a client with very many topics that goes", () => {
  it("is out of all of them at once, though it leaves them in steps", async () => {
    const { server, connect } = startWebSockets();
    const [big, other] = [await connect(), await connect()];
    const steps = vi.spyOn(server.publisher.broker, "leaveSome");
    for (let n = 0; n < 20_000; n++) big.ws.subscribe(`topic ${n}`);
    other.ws.subscribe("topic 19999");
    big.client.client.abort();
    await until(() => big.ws.readyState === 3, "gone");
    expect([server.subscriberCount("topic 1"), server.subscriberCount("topic 19999")]).toEqual([0, 1]);
    expect(server.publish("topic 19999", "hello")).toBe(5);
    expect(await other.client.texts(1)).toEqual(["hello"]);
    await until(() => steps.mock.results.at(-1)?.value === false, "all left");
    expect(steps.mock.calls.length).toBe(5);
    expect(server.publisher.broker.topicCount).toBe(1);
    vi.restoreAllMocks();
  });
});
