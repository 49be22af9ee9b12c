import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import {
  ACCEPT,
  clientFrame,
  HANDSHAKE,
  handshake,
  KEY,
  OPCODE,
  RawWebSocket,
} from "@mantou/testing/raw-websocket";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { HeadersInit } from "../../src/api/fetch.ts";
import { start } from "../support/servers.ts";

captureErrors();

type UpgradeInit = { headers?: HeadersInit; data?: undefined };

/** A server that upgrades everything; what is no handshake gets 426. */
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

describe("the response to a handshake", () => {
  it("is 101 with Sec-WebSocket-Accept (RFC 6455 §4.2.2), and no body", async () => {
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
    ["no key", fields("Sec-WebSocket-Key", null)],
    ["a short key", fields("Sec-WebSocket-Key", "abc=")],
    ["two keys", handshake("/", [`Sec-WebSocket-Key: ${KEY}`])],
    ["a subprotocol that is no token", handshake("/", ["Sec-WebSocket-Protocol: a b"])],
    ["content", `${handshake("/", ["Content-Length: 3"])}abc`],
  ])("is left to the application: %s", async (_, text) => {
    const client = connect(startUpgrading()).write(text);
    const { status, text: content } = await client.response();
    expect([status, content]).toEqual([426, "refused"]);
  });

  it.each([
    null,
    "8",
    "13, 8",
  ])("and asks for another version is told which one there is, whatever the application says (RFC 6455 §4.4): %s", async (version) => {
    const results: boolean[] = [];
    const server = start({
      async fetch(req, server) {
        if (version === "8") await turns();
        results.push(server.upgrade(req), server.upgrade(req));
        return new Response("never sent", { status: 400 });
      },
      websocket: {},
    });
    const client = connect(server).write(fields("Sec-WebSocket-Version", version));
    const { status, text, headers } = await client.response();
    expect([status, text]).toEqual([426, ""]);
    expect(headers).toMatchObject({ upgrade: "websocket", "sec-websocket-version": "13" });
    expect(results).toEqual([false, false]);
    expect(server.pendingRequests).toBe(0);
    await RawWebSocket.open(client);
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
