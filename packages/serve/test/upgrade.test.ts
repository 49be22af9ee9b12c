import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { HeadersInit } from "../src/platform-types.ts";
import type { ServerWebSocket } from "../src/websocket-types.ts";
import { captureErrors } from "./support/errors.ts";
import { connect, request } from "./support/raw-client.ts";
import {
  ACCEPT,
  clientFrame,
  HANDSHAKE,
  handshake,
  KEY,
  OPCODE,
  RawWebSocket,
} from "./support/raw-websocket.ts";
import { start } from "./support/servers.ts";
import { gate, until } from "./support/wait.ts";

captureErrors();

type UpgradeInit = { headers?: HeadersInit; data?: undefined };

/** A server that upgrades everything; what is no handshake is answered by 426. */
function startUpgrading(init?: UpgradeInit) {
  return start({
    fetch(request, server) {
      if (server.upgrade(request, init)) return undefined;
      return new Response("refused", { status: 426 });
    },
    websocket: { message: (ws, message) => void ws.send(message) },
  });
}

/** The valid fields with one of them replaced, or left out. */
function withField(name: string, value: string | null): string[] {
  const others = HANDSHAKE.filter((field) => !field.startsWith(`${name}:`));
  return value === null ? others : [...others, `${name}: ${value}`];
}

describe("the answer to a handshake", () => {
  it("is 101 with the key's answer (RFC 6455 §4.2.2), and no content", async () => {
    const { response, client } = await RawWebSocket.open(startUpgrading());
    expect(response.reason).toBe("Switching Protocols");
    expect(response.headers).toMatchObject({
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-accept": ACCEPT,
    });
    expect(Object.keys(response.headers)).not.toContain("sec-websocket-protocol");
    expect(Object.keys(response.headers)).not.toContain("content-length");
    expect(Object.keys(response.headers)).not.toContain("transfer-encoding");
    expect(client.received.length).toBe(0);
  });

  it("carries the application's headers, each Set-Cookie in a line of its own", async () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2; Path=/"],
      ["X-Session", "s"],
    ]);
    const client = connect(startUpgrading({ headers })).write(handshake());
    await until(() => client.received.includes("\r\n\r\n"), "a head");
    const lines = client.received.toString("latin1").toLowerCase().split("\r\n");
    expect(lines).toContain("set-cookie: a=1");
    expect(lines).toContain("set-cookie: b=2; path=/");
    expect(lines).toContain("x-session: s");
  });

  it("is not to be spoilt by the application's headers", async () => {
    const server = startUpgrading({
      headers: {
        Upgrade: "h2c",
        Connection: "close",
        "Sec-WebSocket-Accept": "nonsense",
        "Sec-WebSocket-Extensions": "permessage-deflate",
        "Content-Length": "many",
        "Transfer-Encoding": "chunked",
      },
    });
    const webSocket = await RawWebSocket.open(server);
    expect(webSocket.response.headers).toMatchObject({
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-accept": ACCEPT,
    });
    expect(Object.keys(webSocket.response.headers)).not.toContain("sec-websocket-extensions");
    expect(Object.keys(webSocket.response.headers)).not.toContain("content-length");
    expect(Object.keys(webSocket.response.headers)).not.toContain("transfer-encoding");
    expect(await webSocket.text("works").texts(1)).toEqual(["works"]);
  });

  it.each([
    ["the first that is offered", undefined, "chat, superchat", "chat"],
    [
      "the one that the application names",
      { "Sec-WebSocket-Protocol": "superchat" },
      "chat, superchat",
      "superchat",
    ],
    ["none if none is offered", undefined, null, undefined],
  ])("agrees to a subprotocol: %s", async (_, headers, offered, agreed) => {
    const server = startUpgrading(headers === undefined ? {} : { headers });
    const fields = offered === null ? [] : [`Sec-WebSocket-Protocol: ${offered}`];
    const { response } = await RawWebSocket.open(server, { fields });
    expect(response.headers["sec-websocket-protocol"]).toBe(agreed);
  });
});

describe("what is no handshake", () => {
  const fields = (name: string, value: string | null) => request("GET /", withField(name, value));
  it.each([
    ["a plain request", request("GET /")],
    ["another method", request("POST /", HANDSHAKE)],
    ["HTTP/1.0", handshake().replace("HTTP/1.1", "HTTP/1.0")],
    ["no Upgrade", fields("Upgrade", null)],
    ["another protocol", fields("Upgrade", "h2c")],
    ["no Connection", fields("Connection", null)],
    ["a Connection that does not name it", fields("Connection", "keep-alive")],
    ["no version", fields("Sec-WebSocket-Version", null)],
    ["another version", fields("Sec-WebSocket-Version", "8")],
    ["no key", fields("Sec-WebSocket-Key", null)],
    ["a short key", fields("Sec-WebSocket-Key", "abc=")],
    ["two keys", handshake("/", [`Sec-WebSocket-Key: ${KEY}`])],
    ["a subprotocol that is no token", handshake("/", ["Sec-WebSocket-Protocol: a b"])],
    ["content", `${handshake("/", ["Content-Length: 3"])}abc`],
  ])("is answered by the application: %s", async (_, text) => {
    const client = connect(startUpgrading()).write(text);
    const { status, text: content } = await client.response();
    expect([status, content]).toEqual([426, "refused"]);
  });

  it("leaves the connection to HTTP: a valid handshake may follow on it", async () => {
    const client = connect(startUpgrading()).write(request("GET /", withField("Sec-WebSocket-Version", "8")));
    expect((await client.response()).status).toBe(426);
    const webSocket = await RawWebSocket.open(client);
    expect(await webSocket.text("now").texts(1)).toEqual(["now"]);
  });

  it("may stand in front of a handshake that was sent along with it", async () => {
    const decided = gate();
    const server = start({
      async fetch(request, server) {
        if (server.upgrade(request)) return undefined;
        await decided.promise;
        return new Response("first");
      },
      websocket: { message: (ws, message) => void ws.send(message) },
    });
    const client = connect(server).write(request("GET /"));
    client.write(Buffer.concat([Buffer.from(handshake()), clientFrame(OPCODE.text, "early")]));
    await until(() => server.pendingRequests === 1, "the first request");
    decided.open();
    expect((await client.response()).text).toBe("first");
    expect((await client.response()).status).toBe(101);
    expect((await client.bytes(7)).toString("latin1")).toBe("\x81\x05early");
  });

  it("accepts names and tokens in any case, in lists", async () => {
    const server = startUpgrading();
    const fields = ["upgrade: h2c, WebSocket", "CONNECTION: keep-alive, uPGRADE", ...HANDSHAKE.slice(2)];
    const client = connect(server).write(request("GET /", fields));
    expect((await client.response()).status).toBe(101);
  });
});

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

  it("is false for a request that has been answered, that is another's, or whose client is gone", async () => {
    const kept: Request[] = [];
    const waiting = gate();
    const results: boolean[] = [];
    const server = start({
      async fetch(request, server) {
        if (new URL(request.url).pathname === "/answered") {
          kept.push(request);
          return new Response("answered");
        }
        await waiting.promise;
        results.push(server.upgrade(request));
        return undefined;
      },
      websocket: {},
    });
    const client = connect(server).write(handshake("/answered"));
    expect((await client.response()).text).toBe("answered");
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

  it("throws without a websocket option, and for a header that HTTP cannot carry; the request can still be answered", async () => {
    const told = (make: () => unknown): Response => {
      try {
        return new Response(`returned ${make()}`);
      } catch (error) {
        return new Response((error as Error).name, { status: 500 });
      }
    };
    const without = start({ fetch: (request, server) => told(() => server.upgrade(request)) });
    expect((await connect(without).write(handshake()).response()).text).toBe("TypeError");
    const server = start({
      fetch: (request, server) => told(() => server.upgrade(request, { headers: { "X-A": "a\nb" } })),
      websocket: {},
    });
    expect((await connect(server).write(handshake()).response()).text).toBe("TypeError");
    expect(server.pendingWebSockets).toBe(0);
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
