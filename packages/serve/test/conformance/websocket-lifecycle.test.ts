import { captureErrors } from "@mantou/testing/errors";
import { connect as connectRaw, request } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { startInternal } from "../support/servers.ts";
import { startWebSockets } from "../support/websocket-pair.ts";
import { openWs, type WsClient } from "../support/ws-client.ts";

captureErrors();

describe("server.stop()", () => {
  it("leaves WebSockets open and working; its promise resolves when the last of them is gone", async () => {
    const { server, connect } = startWebSockets({ message: (ws, message) => void ws.send(message) });
    const { client, ws } = await connect();
    ws.subscribe("t");
    let stopped = false;
    const stopping = server.stop().then(() => {
      stopped = true;
    });
    expect(await client.text("on").texts(1)).toEqual(["on"]);
    server.publish("t", "and on");
    expect(await client.texts(1)).toEqual(["and on"]);
    expect([stopped, server.pendingWebSockets, server.subscriberCount("t")]).toEqual([false, 1, 1]);
    const refused = connectRaw(server);
    await refused.closedByServer();
    expect(refused.reset).toBe(true);
    client.close(1000);
    await client.closing();
    client.client.end();
    await stopping;
    expect([server.pendingWebSockets, server.subscriberCount("t")]).toEqual([0, 0]);
  });
});

describe("server.stop(true)", () => {
  it("closes WebSockets with 1001, also after stop(); handlers hear it before it returns", async () => {
    const closed: unknown[] = [];
    const { server, connect } = startWebSockets({
      close: (_, code, reason) => void closed.push([code, reason]),
    });
    const ends = [await connect(), await connect()];
    for (const { ws } of ends) ws.subscribe("t");
    const first = server.stop();
    server.publish("t", "the last news");
    const second = server.stop(true);
    expect(closed).toEqual(Array(2).fill([1001, "Server closed"]));
    expect([server.pendingWebSockets, server.subscriberCount("t")]).toEqual([0, 0]);
    for (const { client } of ends) {
      expect(await client.texts(1)).toEqual(["the last news"]);
      expect(await client.closing()).toEqual({ code: 1001, reason: "Server closed" });
      await client.client.closedByServer();
    }
    await Promise.all([first, second]);
    expect(server.webSockets.size).toBe(0);
  });

  it("does not wait for clients that are slow to close", async () => {
    const { server, connect } = startWebSockets();
    const { ws, client } = await connect();
    ws.close(4000);
    await client.closing();
    const stopping = server.stop(true);
    await client.client.closedByServer();
    await stopping;
    expect(server.webSockets.size).toBe(0);
  });

  it("lets a close handler do what it likes", async () => {
    const { server, connect } = startWebSockets({
      close(ws) {
        ws.close();
        ws.terminate();
        server.publish("t", "bye");
        void server.stop(true);
      },
    });
    const ends = [await connect(), await connect(), await connect()];
    for (const { ws } of ends) ws.subscribe("t");
    await server.stop(true);
    expect([server.pendingWebSockets, server.webSockets.size, server.subscriberCount("t")]).toEqual([
      0, 0, 0,
    ]);
  });

  it("is what leaving a using block does", async () => {
    const { server, connect } = startWebSockets();
    const { client } = await connect();
    server[Symbol.dispose]();
    expect(await client.closing()).toEqual({ code: 1001, reason: "Server closed" });
  });
});

describe("server.reload()", () => {
  const fetch = (request: Request, server: { upgrade(request: Request): boolean }) =>
    server.upgrade(request) ? undefined : new Response("no");

  it("gives new handlers to WebSockets that are open, and to those that come", async () => {
    const heard: string[] = [];
    const say = (name: string) => ({
      message: (ws: ServerWebSocket) => void ws.send(name),
      close: () => void heard.push(name),
    });
    const server = startInternal({ fetch, websocket: say("old") });
    const before = await RawWebSocket.open(server);
    expect(await before.text("?").texts(1)).toEqual(["old"]);
    server.reload({ fetch, websocket: say("new") });
    const after = await RawWebSocket.open(server);
    expect(await before.text("?").texts(1)).toEqual(["new"]);
    expect(await after.text("?").texts(1)).toEqual(["new"]);
    before.close(1000);
    await before.closing();
    expect(heard).toEqual(["new"]);
  });

  it("may bring the first handlers of all", async () => {
    const server = startInternal({ fetch: () => new Response("no WebSockets yet") });
    server.reload({ fetch, websocket: { message: (ws) => void ws.send("first") } });
    const client = await RawWebSocket.open(server);
    expect(await client.text("?").texts(1)).toEqual(["first"]);
  });

  it("keeps the handlers if it names none, and all of them if it fails", async () => {
    const server = startInternal({ fetch, websocket: { message: (ws) => void ws.send("old") } });
    const client = await RawWebSocket.open(server);
    server.reload({ fetch: () => new Response("reloaded") });
    expect(await client.text("?").texts(1)).toEqual(["old"]);
    const broken = { fetch, websocket: { message: 5 } };
    expect(() => server.reload(broken as unknown as Parameters<typeof server.reload>[0])).toThrow(TypeError);
    expect(await client.text("?").texts(1)).toEqual(["old"]);
    const http = connectRaw(server).write(request("GET /"));
    expect((await http.response()).text).toBe("reloaded");
  });
});

describe("200 clients that come and go at random", () => {
  it("leave nothing behind", async () => {
    let opened = 0;
    let closed = 0;
    const { server } = startWebSockets({
      open(ws) {
        opened++;
        ws.subscribe("all");
        ws.subscribe(`room ${opened % 7}`);
      },
      message(ws, message) {
        ws.publish("all", message);
        ws.send(message);
      },
      close: () => void closed++,
    });
    const leave: ((client: WsClient) => void)[] = [
      ({ socket }) => socket.close(1000, "done"),
      ({ socket }) => socket.terminate(),
      ({ socket }) =>
        (socket as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy(),
      ({ socket }) => (socket as unknown as { _socket: { end(): void } })._socket.end(),
      ({ socket }) => socket.send("last words", () => socket.terminate()),
    ];
    // A generator of its own, so that each run does the same.
    let seed = 20_261_121;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed % below;
    };
    const come = async (): Promise<void> => {
      const client = await openWs(server);
      for (let i = random(4); i > 0; i--) {
        client.socket.send("x".repeat(random(3_000)));
        await turns(random(4));
      }
      leave[random(leave.length)]!(client);
      await client.untilClosed();
    };
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 20 }, come));
    await until(() => server.webSockets.size === 0, "all gone");
    expect([opened, closed]).toEqual([200, 200]);
    expect([server.pendingWebSockets, server.pendingRequests, server.connections.size]).toEqual([0, 0, 0]);
    expect(server.publisher.broker.topicCount).toBe(0);
    expect(["all", "room 3"].map((topic) => server.subscriberCount(topic))).toEqual([0, 0]);
  });
});
