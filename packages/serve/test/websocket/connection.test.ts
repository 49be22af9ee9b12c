import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, closePayload, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { turnCounter, turns, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { EVENTS_A_TURN } from "../../src/websocket/event-reader.ts";
import { startInternal } from "../support/servers.ts";
import { OFFER } from "../support/topic-client.ts";
import { pair, startWebSockets } from "../support/websocket-pair.ts";

const errors = captureErrors();

/** The events of the close handler, and the messages before it. */
function recorder(): { events: string[]; handler: WebSocketHandler } {
  const events: string[] = [];
  const handler: WebSocketHandler = {
    message: (_, message) => void events.push(`message ${message}`),
    close: (_, code, reason) => void events.push(`close ${code} ${reason}`.trimEnd()),
  };
  return { events, handler };
}

describe("a client that closes", () => {
  it("gets its own code and reason, and then the end of the connection, which the server closes first", async () => {
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

  it("need not give a code: the handler gets 1005, and the reply has none", async () => {
    const { events, handler } = recorder();
    const { client } = await pair(handler);
    client.send(OPCODE.close);
    expect(await client.closing()).toEqual({ code: 1005, reason: "" });
    await client.client.closedByServer();
    expect(events).toEqual(["close 1005"]);
  });

  it("is not handled any more", async () => {
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

  it.each([
    { name: "a pong", frame: clientFrame(OPCODE.ping), opcode: OPCODE.pong },
    { name: "the Close frame of a failure", frame: clientFrame(OPCODE.continuation), opcode: OPCODE.close },
  ])("gets what was published before in front of $name", async ({ frame, opcode }) => {
    const { client, server, ws } = await pair({
      message: (_, message) => void server.publish("news", `${message}?`),
    });
    ws.subscribe("news");
    client.client.write(Buffer.concat([clientFrame(OPCODE.text, "first"), frame]));
    const frames = await client.frames(2);
    expect(frames.map((one) => one.opcode)).toEqual([OPCODE.text, opcode]);
    expect(String(frames[0]!.payload)).toBe("first?");
  });

  it("gets what was sent to it before, in order", async () => {
    const { client } = await pair({ message: (ws) => void ws.send("reply") });
    client.client.write(
      Buffer.concat([clientFrame(OPCODE.text, "question"), clientFrame(OPCODE.close, closePayload(1000))]),
    );
    expect(await client.texts(1)).toEqual(["reply"]);
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

  it("gets its reply also when message and end are read in one go, as when they just fill the buffer", async () => {
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
    [4000, "half a pair: \ud83d", { code: 4000, reason: "half a pair: \ufffd" }],
  ])("sends a Close frame, and the handler gets the same at once: %s %s", async (code, reason, wire) => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    ws.close(code, reason);
    expect(events).toEqual([`close ${wire.code} ${wire.reason}`.trimEnd()]);
    expect(ws.readyState).toBe(3);
    expect(await client.closing()).toEqual(wire);
  });

  it.each([0, 1005, 1006])("sends no code for %i, which the handler gets", async (code) => {
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

  it("throws the same for a closed socket: a mistake does not depend on when the client leaves", async () => {
    const { events, handler } = recorder();
    const { ws, client } = await pair(handler);
    ws.terminate();
    for (const code of [-1, 999, 1004, 1015, 5000, 1000.5, Number.NaN])
      expect(() => ws.close(code), String(code)).toThrow(RangeError);
    for (const code of [0, 1000, 1005, 1006, 4999]) ws.close(code, "late");
    await client.client.closedByServer();
    expect(client.client.received.length).toBe(0);
    expect(events).toEqual(["close 1006"]);
  });

  it("throws a TypeError for a symbol as the reason, and the socket stays open", async () => {
    const { ws } = await pair();
    expect(() => ws.close(1000, Symbol("s") as unknown as string)).toThrow(TypeError);
    expect(ws.readyState).toBe(1);
  });

  it("cuts the reason after 123 bytes, between two characters", async () => {
    for (const [reason, cut] of [
      ["x".repeat(123), "x".repeat(123)],
      ["x".repeat(124), "x".repeat(123)],
      ["é".repeat(62), "é".repeat(61)],
      [`x${"😀".repeat(31)}`, `x${"😀".repeat(30)}`],
      [`${"x".repeat(121)}é`, `${"x".repeat(121)}é`],
      ["\ufffd".repeat(42), "\ufffd".repeat(41)],
      [`${"x".repeat(117)}\ufffd\ufffd\ufffd`, `${"x".repeat(117)}\ufffd\ufffd`],
      [`${"x".repeat(122)}\ufffd`, "x".repeat(122)],
    ] as const) {
      const { events, handler } = recorder();
      const { ws, client } = await pair(handler);
      ws.close(1000, reason);
      expect(await client.closing()).toEqual({ code: 1000, reason: cut });
      expect(events).toEqual([`close 1000 ${cut}`]);
    }
  });

  it("sends nothing more, and handles nothing more, but waits for the client's Close frame", async () => {
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

  it("in a message handler keeps the messages behind it from being handled", async () => {
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

  it("waits for a Blob that has been sent", async () => {
    const { events, handler } = recorder();
    const { client, server } = await pair({
      ...handler,
      message(ws) {
        ws.send("one");
        ws.send(new Blob(["two"]));
        ws.send("three");
        ws.terminate();
      },
    });
    client.text("go");
    const frames = [await client.frame(), await client.frame(), await client.frame()];
    expect(frames.map(({ payload }) => payload.toString())).toEqual(["one", "two", "three"]);
    await client.client.closedByServer();
    expect(events).toEqual(["close 1006"]);
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

describe("isPaused", () => {
  it.each([
    { how: "terminate()", gone: false },
    { how: "its client, which is gone", gone: true },
  ])("is false once a paused socket is closed by $how", async ({ gone }) => {
    const found: boolean[] = [];
    const { ws, client, server } = await pair({ close: (it) => void found.push(it.isPaused) });
    ws.pause();
    expect(ws.isPaused).toBe(true);
    if (gone) client.client.abort();
    else ws.terminate();
    // Of a connection that is not read only a write tells that it is gone.
    await until(() => ws.ping("?") === 0, "closed");
    expect(ws.isPaused).toBe(false);
    ws.resume();
    ws.pause();
    expect(ws.isPaused).toBe(false);
    expect(found).toEqual([false]);
    await until(() => server.webSockets.size === 0, "gone");
  });
});

describe("the close handler", () => {
  it("is not called for a WebSocket that was never opened: the first topic client of a server that stops", async () => {
    const { events, handler } = recorder();
    const server = startInternal({
      topics: { "room/*": { history: { size: 20, seconds: 60 } } },
      fetch(request, it) {
        const isUpgraded = it.upgrade(request);
        // The code of its session has not been loaded.
        void it.stop(true);
        return isUpgraded ? undefined : new Response();
      },
      websocket: { ...handler, open: () => void events.push("open") },
    });
    const client = await RawWebSocket.open(server, { fields: OFFER });
    expect((await client.closing()).code).toBe(1001);
    await client.client.closedByServer();
    await until(() => server.webSockets.size === 0, "gone");
    await turns(20);
    expect(events).toEqual([]);
  });

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

it("a message for which there is no memory closes its own connection alone, with 1011", async () => {
  const { events, handler } = recorder();
  const { server, connect } = startWebSockets({
    ...handler,
    message: (ws, message) => void ws.send(message),
  });
  const [big, other] = [await connect(), await connect()];
  const allocate = Buffer.allocUnsafeSlow;
  const allocated = vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
    if (size >= 1_000_000) throw new RangeError("Array buffer allocation failed");
    return allocate(size);
  });
  try {
    big.client.send(OPCODE.binary, Buffer.alloc(1_000_000));
    expect(await big.client.closing()).toEqual({ code: 1011, reason: "" });
    await big.client.client.closedByServer();
    expect(events).toEqual(["close 1006 A WebSocket message could not be read"]);
    expect(errors.take()).toEqual(new RangeError("Array buffer allocation failed"));
    expect(await other.client.text("open").texts(1)).toEqual(["open"]);
    big.client.client.end();
    await until(() => server.webSockets.size === 1, "gone");
  } finally {
    allocated.mockRestore();
  }
});

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
  });
});
