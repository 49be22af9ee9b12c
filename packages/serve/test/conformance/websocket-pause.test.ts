import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { clientFrame, handshake, OPCODE } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { REQUESTS_A_TURN } from "../../src/http/limits.ts";
import { startInternal, TestClock } from "../support/servers.ts";
import { pair } from "../support/websocket-pair.ts";

captureErrors();

describe("pause", () => {
  it("stops reading until resume; nothing is lost, and sending goes on", async () => {
    const heard: string[] = [];
    const { ws, client } = await pair({ message: (_ws, message) => void heard.push(message.toString()) });
    expect(ws.isPaused).toBe(false);
    ws.pause();
    ws.pause();
    expect(ws.isPaused).toBe(true);
    client.text("1").text("2").send(OPCODE.ping, "ping");
    await turns(20);
    ws.send("still");
    expect(await client.texts(1)).toEqual(["still"]);
    expect(heard).toEqual([]);
    ws.resume();
    expect(ws.isPaused).toBe(false);
    const pong = await client.frame();
    expect([pong.opcode, pong.payload.toString()]).toEqual([OPCODE.pong, "ping"]);
    expect(heard).toEqual(["1", "2"]);
  });

  it("counts from open on, also on a connection that has carried as many requests as one turn handles", async () => {
    const heard: string[] = [];
    const server = startInternal({
      fetch: (req, self) => (self.upgrade(req) ? undefined : new Response("x")),
      websocket: { open: (ws) => ws.pause(), message: (_ws, message) => void heard.push(String(message)) },
    });
    const client = connect(server);
    client.write(
      request("GET /").repeat(REQUESTS_A_TURN - 1) + handshake(),
      clientFrame(OPCODE.text, "with it"),
    );
    await until(() => server.pendingWebSockets === 1, "open");
    await turns(20);
    client.write(clientFrame(OPCODE.text, "later"));
    await turns(20);
    // What came in the packet of the handshake had been read before.
    expect(heard).toEqual(["with it"]);
    for (const ws of server.webSockets) ws.resume();
    await until(() => heard.length === 2, "resumed");
    expect(heard).toEqual(["with it", "later"]);
  });

  it("slows the client down: what it sends does not pile up here", async () => {
    let bytes = 0;
    const { ws, client } = await pair({
      message: (_ws, message) => {
        bytes += message.length;
      },
    });
    ws.pause();
    const piece = Buffer.alloc(1 << 20);
    for (let i = 0; i < 40; i++) client.send(OPCODE.binary, piece);
    const waiting = client.client.socket;
    await turns(50);
    // The system's buffers on both sides hold some of the 40 MiB, not all.
    expect(waiting.writableLength).toBeGreaterThan(20 << 20);
    expect(bytes).toBe(0);
    ws.resume();
    await until(() => bytes === 40 << 20, "everything");
    expect(waiting.writableLength).toBe(0);
  });

  it("suspends the idle timeout, which begins anew at resume", async () => {
    const clock = new TestClock();
    const { ws, server } = await pair({ idleTimeout: 10, sendPings: false }, clock);
    ws.pause();
    clock.pass(100);
    await turns();
    expect(server.pendingWebSockets).toBe(1);
    ws.resume();
    clock.pass(9);
    await turns();
    expect(server.pendingWebSockets).toBe(1);
    clock.pass(5);
    await until(() => server.pendingWebSockets === 0, "closed");
  });

  it("does not hide that the client is gone: pings go on, though no pong is read", async () => {
    const clock = new TestClock();
    const closed: number[] = [];
    const handlers: WebSocketHandler = { idleTimeout: 10, close: (_, code) => void closed.push(code) };
    const { ws, client, server } = await pair(handlers, clock);
    ws.pause();
    for (let round = 0; round < 3; round++) {
      clock.pass(7);
      expect((await client.frame()).opcode).toBe(OPCODE.ping);
    }
    expect(server.pendingWebSockets).toBe(1);
    client.client.abort();
    const gone = (): boolean => {
      clock.pass(7);
      return server.webSockets.size === 0;
    };
    await until(gone, "gone");
    expect(closed).toEqual([1006]);
  });

  it("ends with close, so that the reply is read; a closed socket is never paused", async () => {
    const { ws, client } = await pair();
    ws.pause();
    ws.close(1000, "done");
    expect(ws.isPaused).toBe(false);
    expect(await client.closing()).toEqual({ code: 1000, reason: "done" });
    client.close(1000);
    await client.client.closedByServer();
    ws.pause();
    ws.resume();
    expect(ws.isPaused).toBe(false);
  });

  it("may be called in a handler; what was read with that message is still delivered", async () => {
    const heard: string[] = [];
    const { ws, client } = await pair({
      message(one, message) {
        heard.push(message.toString());
        one.pause();
      },
    });
    client.text("1");
    await until(() => heard.length === 1, "the first");
    client.text("2");
    await turns(20);
    expect(heard).toEqual(["1"]);
    ws.resume();
    await until(() => heard.length === 2, "the second");
  });
});

describe("a Blob", () => {
  it("is sent in its place, as a binary message", async () => {
    const { ws, client } = await pair();
    expect(ws.send(new Blob(["blob"]))).toBe(4);
    expect(ws.send("behind")).toBe(6);
    expect(ws.sendBinary(new Blob(["another"]))).toBe(7);
    ws.ping("control");
    const frames = await client.frames(4);
    expect(frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
      [OPCODE.ping, "control"],
      [OPCODE.binary, "blob"],
      [OPCODE.text, "behind"],
      [OPCODE.binary, "another"],
    ]);
  });

  it("goes before the Close frame that was sent behind it", async () => {
    const { ws, client } = await pair();
    ws.send(new Blob(["last words"]));
    ws.close(1000);
    expect((await client.frame()).payload.toString()).toBe("last words");
    expect((await client.closing()).code).toBe(1000);
  });

  it("is published when it has been read, and may be what a ping says", async () => {
    const { server, ws, client } = await pair({
      publishToSelf: true,
      open: (one) => void one.subscribe("room"),
    });
    expect(server.publish("room", new Blob(["one"]))).toBe(3);
    expect((await client.frame()).payload.toString()).toBe("one");
    expect(ws.publishBinary("room", new Blob(["four"]))).toBe(4);
    expect((await client.frame()).payload.toString()).toBe("four");
    expect(server.publish("empty", new Blob(["one"]))).toBe(0);
    expect(ws.ping(new Blob(["ping"]))).toBe(4);
    expect(await client.frame()).toEqual({ opcode: OPCODE.ping, payload: Buffer.from("ping") });
    expect(() => ws.pong(new Blob(["x".repeat(126)]))).toThrow(RangeError);
    ws.close();
    expect(ws.pong(new Blob(["late"]))).toBe(0);
  });
});
