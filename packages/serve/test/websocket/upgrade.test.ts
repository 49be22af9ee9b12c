import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { connect } from "@mantou/testing/raw-client";
import { clientFrame, handshake, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { stopRunning } from "../../src/server/running.ts";
import { start, startInternal } from "../support/servers.ts";

captureErrors();

describe("upgrade()", () => {
  it("has run the open handler when it returns; messages come later", async () => {
    const events: string[] = [];
    const server = start<number>({
      fetch(request, server) {
        events.push("fetch");
        events.push(`upgrade ${server.upgrade(request, { data: 5 })}`);
      },
      websocket: {
        open: (ws) => void events.push(`open ${ws.data} ${ws.readyState}`),
        message: (_, message) => void events.push(`message ${message}`),
      },
    });
    await RawWebSocket.open(server, { behind: clientFrame(OPCODE.text, "early") });
    await until(() => events.length === 4, "a message");
    expect(events).toEqual(["fetch", "open 5 1", "upgrade true", "message early"]);
  });

  it("hands over what came while an asynchronous handler made up its mind, in order and after open", async () => {
    const decided = gate();
    const events: string[] = [];
    const server = start({
      async fetch(request, server) {
        await decided.promise;
        events.push(`upgrade ${server.upgrade(request)}`);
      },
      websocket: {
        open: () => void events.push("open"),
        message: (_, message) => void events.push(String(message)),
      },
    });
    const client = connect(server).write(handshake()).write(clientFrame(OPCODE.text, "one"));
    await until(() => server.pendingRequests === 1, "the request");
    client.write(clientFrame(OPCODE.text, "two"));
    decided.open();
    expect((await client.response()).status).toBe(101);
    client.write(clientFrame(OPCODE.text, "three"));
    await until(() => events.length === 5, "three messages");
    expect(events[0]).toBe("open");
    expect(events.filter((event) => !/open|upgrade/.test(event))).toEqual(["one", "two", "three"]);
  });

  it("takes over a connection that was paused because so much came early", async () => {
    const decided = gate();
    let bytes = 0;
    const server = start({
      async fetch(request, server) {
        await decided.promise;
        server.upgrade(request);
      },
      websocket: {
        message(_, message) {
          bytes += message.length;
        },
      },
    });
    const client = connect(server).write(handshake());
    for (let i = 0; i < 40; i++) client.write(clientFrame(OPCODE.binary, Buffer.alloc(50_000)));
    await until(() => server.pendingRequests === 1, "the request");
    decided.open();
    await until(() => bytes === 2_000_000, "all messages");
  });

  it("leaves a connection paused that its `open` handler has paused, also if so much came early", async () => {
    const decided = gate();
    let bytes = 0;
    let paused: ServerWebSocket | undefined;
    const server = startInternal({
      async fetch(request, server) {
        await decided.promise;
        server.upgrade(request);
      },
      websocket: {
        open(ws) {
          ws.pause();
          paused = ws;
        },
        message(_, message) {
          bytes += message.length;
        },
      },
    });
    const client = connect(server).write(handshake());
    for (let i = 0; i < 400; i++) client.write(clientFrame(OPCODE.binary, Buffer.alloc(50_000)));
    await until(() => [...server.connections].some(({ http }) => http.unreadBytes > 65_536), "paused");
    decided.open();
    await until(() => paused !== undefined, "open");
    await turns(50);
    // Only what had been read.
    expect(bytes).toBeLessThan(400_000);
    paused!.resume();
    await until(() => bytes === 20_000_000, "all messages");
  });

  it("is false when the server goes away and has told its WebSockets, or the new one would keep it for ever", async () => {
    const decided = gate();
    const server = startInternal({
      async fetch(request, server) {
        await decided.promise;
        return server.upgrade(request) ? undefined : new Response("gone", { status: 503 });
      },
      websocket: {},
    });
    const client = connect(server).write(handshake());
    await until(() => server.pendingRequests === 1, "the request");
    const stopped = stopRunning();
    decided.open();
    expect((await client.response()).status).toBe(503);
    await stopped;
  });

  it("is false the second time, and what the handler returns then is not sent", async () => {
    const results: boolean[] = [];
    const server = start({
      fetch(request, server) {
        results.push(server.upgrade(request), server.upgrade(request));
        return new Response("too late");
      },
      websocket: { message: (ws, message) => void ws.send(message) },
    });
    const webSocket = await RawWebSocket.open(server);
    expect(await webSocket.text("only this").texts(1)).toEqual(["only this"]);
    expect(webSocket.client.received.includes("too late")).toBe(false);
    expect(results).toEqual([true, false]);
  });

  it("is false for a request that has its response, that is another server's, or that has lost its client", async () => {
    const kept: Request[] = [];
    const waiting = gate();
    const results: boolean[] = [];
    const server = start({
      async fetch(request, server) {
        if (new URL(request.url).pathname === "/responded") {
          kept.push(request);
          return new Response("responded");
        }
        await waiting.promise;
        results.push(server.upgrade(request));
        return undefined;
      },
      websocket: {},
    });
    const client = connect(server).write(handshake("/responded"));
    expect((await client.response()).text).toBe("responded");
    expect(server.upgrade(kept[0]!)).toBe(false);
    expect(server.upgrade(new Request(server.url, { headers: kept[0]!.headers }))).toBe(false);
    const leaving = connect(server).write(handshake("/waiting"));
    await until(() => server.pendingRequests === 1, "the request");
    leaving.abort();
    await until(() => server.pendingRequests === 0, "its end");
    waiting.open();
    await until(() => results.length === 1, "upgrade");
    expect(results).toEqual([false]);
    expect(server.pendingWebSockets).toBe(0);
  });

  it("throws without a websocket option, and for a header that HTTP cannot carry; the request can still get a response", async () => {
    const told = (make: () => unknown): Response => {
      try {
        return new Response(`returned ${make()}`);
      } catch (error) {
        return new Response((error as Error).name, { status: 500 });
      }
    };
    const without = start({ fetch: (request, server) => told(() => server.upgrade(request)) });
    expect((await connect(without).write(handshake()).response()).text).toBe("TypeError");
    // `Headers` refuse the first; the second they let pass, and HTTP does not.
    for (const value of ["a\nb", "a\x01b"]) {
      const server = start({
        fetch: (request, server) => told(() => server.upgrade(request, { headers: { "X-A": value } })),
        websocket: {},
      });
      expect((await connect(server).write(handshake()).response()).text).toBe("TypeError");
      expect(server.pendingWebSockets).toBe(0);
    }
  });

  it("takes null as no headers, as Bun does", async () => {
    const server = start({
      fetch: (request, server) => void server.upgrade(request, { headers: null as never }),
      websocket: { message: (ws, message) => void ws.send(message) },
    });
    const webSocket = await RawWebSocket.open(server);
    expect(await webSocket.text("open").texts(1)).toEqual(["open"]);
  });

  it("works in a route's handler, which has its parameters", async () => {
    let socket: ServerWebSocket<string> | null = null;
    const server = start<string, "/rooms/:room">({
      routes: {
        "/rooms/:room": (request, server) => {
          server.upgrade(request, { data: request.params.room });
        },
      },
      websocket: {
        open(ws) {
          socket = ws;
        },
      },
    });
    await RawWebSocket.open(server, { path: "/rooms/lobby" });
    expect(socket!).toMatchObject({ data: "lobby" });
  });

  it("still works once the server is stopping, for a request that was under way", async () => {
    const decided = gate();
    const server = start({
      async fetch(request, server) {
        await decided.promise;
        server.upgrade(request);
      },
      websocket: { message: (ws, message) => void ws.send(message) },
    });
    const client = connect(server).write(handshake());
    await until(() => server.pendingRequests === 1, "the request");
    void server.stop();
    decided.open();
    const response = await client.response();
    expect(response.headers["connection"]).toBe("Upgrade");
    client.write(clientFrame(OPCODE.text, "on"));
    expect((await client.bytes(4)).toString("latin1")).toBe("\x81\x02on");
  });
});

describe("the headers of upgrade()", () => {
  it.each([
    [[]],
    [["Sec-WebSocket-Protocol: a, b"]],
  ])("say no protocol for an empty one, to a client that asks for %j", async (fields) => {
    const server = start({
      fetch: (request, server) =>
        void server.upgrade(request, { headers: { "Sec-WebSocket-Protocol": "", "X-Empty": "" } }),
      websocket: {},
    });
    const { response } = await RawWebSocket.open(server, { fields });
    expect(response.status).toBe(101);
    expect(response.headers["sec-websocket-protocol"]).toBe(undefined);
    expect(response.headers["x-empty"]).toBe("");
  });

  it("may run code that upgrades by itself: there is one response, and one WebSocket", async () => {
    const results: boolean[] = [];
    let opened = 0;
    const server = startInternal({
      fetch(request, server) {
        const headers = {
          get "X-Nested"(): string {
            results.push(server.upgrade(request));
            return "nested";
          },
        };
        results.push(server.upgrade(request, { headers }));
      },
      websocket: { open: () => void opened++, message: (ws, message) => void ws.send(message) },
    });
    const client = await RawWebSocket.open(server);
    client.client.write(clientFrame(OPCODE.text, "echo"));
    expect(await client.texts(1)).toEqual(["echo"]);
    expect([results, opened, server.pendingWebSockets, server.webSockets.size]).toEqual([
      [true, false],
      1,
      1,
      1,
    ]);
  });

  it("are looked at before anything is sent: what HTTP cannot carry leaves the request unanswered", async () => {
    const server = startInternal({
      fetch(request, server) {
        try {
          server.upgrade(request, { headers: { "X-Bad": "a\nb" } });
        } catch (error) {
          return new Response((error as Error).name, { status: 400 });
        }
        return undefined;
      },
      websocket: { perMessageDeflate: { compress: "dedicated", decompress: "dedicated" } },
    });
    const response = await connect(server)
      .write(handshake("/", ["Sec-WebSocket-Extensions: permessage-deflate"]))
      .response();
    expect([response.status, response.text]).toEqual([400, "TypeError"]);
    expect([server.pendingWebSockets, server.webSockets.size]).toEqual([0, 0]);
  });
});
