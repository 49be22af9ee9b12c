import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { WebSocket, type WebSocketOptions } from "@mantou/websocket/client";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { start } from "../support/servers.ts";

const directory = mkdtempSync(join(tmpdir(), "mantou-"));
afterAll(() => rmSync(directory, { recursive: true }));

const open = new Set<WebSocket>();
afterEach(() => {
  for (const client of open) client.terminate();
  open.clear();
});

interface Heard {
  readonly client: WebSocket;
  readonly messages: unknown[];
  /** The other events, one line each. */
  readonly events: string[];
}

/** A client that keeps its events. */
function connect(url: string, argument: string[] | WebSocketOptions = []): Heard {
  const client = new WebSocket(url, argument);
  client.binaryType = "nodebuffer";
  open.add(client);
  const messages: unknown[] = [];
  const events: string[] = [];
  client.onmessage = ({ data }) => messages.push(data);
  client.onopen = () => events.push("open");
  client.onerror = ({ message }) => events.push(`error ${message}`);
  client.onclose = ({ code, reason, wasClean }) => events.push(`close ${code} ${reason} ${wasClean}`);
  client.addEventListener("pong", ({ data }) => events.push(`pong ${data}`));
  client.addEventListener("ping", ({ data }) => events.push(`ping ${data}`));
  return { client, messages, events };
}

async function opened(url: string, argument: string[] | WebSocketOptions = []): Promise<Heard> {
  const heard = connect(url, argument);
  await until(() => heard.events.length > 0, "open");
  expect(heard.events).toEqual(["open"]);
  return heard;
}

const ECHO = {
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    message: (ws, message) => void (message === "bye" ? ws.close(4000, "as you like") : ws.send(message)),
  },
} satisfies Partial<ServeOptions>;

const MESSAGES = ["é", "", Buffer.of(1, 2, 3), "x".repeat(200_000), Buffer.alloc(300_000, 7), "last"];

async function exchange({ client, messages }: Heard): Promise<void> {
  for (const message of MESSAGES) client.send(message);
  await until(() => messages.length === MESSAGES.length, "the echoes");
  for (const [i, message] of MESSAGES.entries()) {
    const same =
      typeof message === "string" ? messages[i] === message : message.equals(messages[i] as Buffer);
    expect(same, `message ${i}`).toBe(true);
  }
}

describe("our own client", () => {
  it.each<[string, ServeOptions["websocket"], WebSocketOptions, boolean]>([
    ["plain", { perMessageDeflate: false }, {}, false],
    ["compressed", { perMessageDeflate: true }, {}, true],
    ["plain, as the client wants", { perMessageDeflate: true }, { perMessageDeflate: false }, false],
  ])("and the server carry every kind of message, %s", async (_name, websocket, options, compressed) => {
    const server = start({ ...ECHO, websocket: { ...ECHO.websocket, ...websocket } } as ServeOptions);
    const heard = await opened(`ws://127.0.0.1:${server.port}/`, options);
    expect(heard.client.extensions !== "").toBe(compressed);
    await exchange(heard);
    heard.client.send("bye");
    await until(() => heard.events.length === 2, "the end");
    expect(heard.events).toEqual(["open", "close 4000 as you like true"]);
    await until(() => server.pendingWebSockets === 0, "gone");
  });

  it("speaks over TLS, Unix sockets and http URLs", async () => {
    const secure = start({ ...ECHO, tls: { key, cert } } as ServeOptions);
    await exchange(
      await opened(`wss://localhost:${secure.port}/`.replace("localhost", "127.0.0.1"), {
        tls: { ca: cert },
      }),
    );
    const path = join(directory, "own.sock");
    start({ ...ECHO, unix: path } as ServeOptions);
    await exchange(await opened(`ws+unix:${path}:/`));
    const plain = start(ECHO as ServeOptions);
    await exchange(await opened(plain.url.href));
  });

  it("agrees with the server on a subprotocol, and sends its headers and credentials", async () => {
    let seen: (string | null)[] = [];
    const server = start({
      fetch(request, server) {
        seen = [
          request.headers.get("x-say"),
          request.headers.get("authorization"),
          new URL(request.url).search,
        ];
        server.upgrade(request, { headers: { "Sec-WebSocket-Protocol": "superchat" } });
      },
      websocket: {},
    });
    const { client } = await opened(`ws://user:pass@127.0.0.1:${server.port}/?q`, {
      protocols: ["chat", "superchat"],
      headers: { "X-Say": "hello" },
    });
    expect(client.protocol).toBe("superchat");
    expect(seen).toEqual(["hello", "Basic dXNlcjpwYXNz", "?q"]);
  });

  it("gets the reason why there is no WebSocket", async () => {
    const server = start({ fetch: () => new Response("no", { status: 403 }), websocket: {} });
    const { events } = connect(`ws://127.0.0.1:${server.port}/`);
    await until(() => events.length === 2, "the end");
    expect(events).toEqual([
      "error the response to the handshake opens no WebSocket: the status is 403, not 101",
      "close 1006  false",
    ]);
  });

  it("gets what is published, and pings and pongs go both ways", async () => {
    const server = start({
      ...ECHO,
      websocket: { open: (ws) => void ws.subscribe("news"), message: (ws) => void ws.ping("and you?") },
    } as ServeOptions);
    const { client, messages, events } = await opened(`ws://127.0.0.1:${server.port}/`);
    client.ping("are you there?");
    await until(() => events.length === 2, "a pong");
    client.send("");
    await until(() => events.length === 3, "a ping");
    expect(events).toEqual(["open", "pong are you there?", "ping and you?"]);
    for (let i = 0; i < 100; i++) server.publish("news", `${i}`);
    await until(() => messages.length === 100, "the news");
    expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it("slows down a server by pause, and loses nothing", async () => {
    const server = start({
      ...ECHO,
      websocket: {
        backpressureLimit: Number.MAX_SAFE_INTEGER,
        message: (ws) => {
          for (let i = 0; i < 500; i++) ws.send(Buffer.alloc(64 * 1024, i));
        },
      },
    } as ServeOptions);
    const { client, messages } = await opened(`ws://127.0.0.1:${server.port}/`);
    client.addEventListener("message", () => client.pause());
    client.send("go");
    for (let i = 1; i <= 500; i++) {
      await until(() => messages.length === i, `message ${i}`);
      client.resume();
    }
    expect(messages.every((data, i) => (data as Buffer)[0] === i % 256)).toBe(true);
  });

  it("closes cleanly, whoever begins, and when the server stops", async () => {
    const closes: string[] = [];
    const server = start({
      ...ECHO,
      websocket: { ...ECHO.websocket, close: (_ws, code, reason) => void closes.push(`${code} ${reason}`) },
    } as ServeOptions);
    const url = `ws://127.0.0.1:${server.port}/`;
    const mine = await opened(url);
    mine.client.close(3001, "I go");
    await until(() => mine.events.length === 2, "the end");
    expect([mine.events[1], closes]).toEqual(["close 3001 I go true", ["3001 I go"]]);
    const theirs = await opened(url);
    await server.stop(true);
    await until(() => theirs.events.length > 1, "the end");
    expect(theirs.events.at(-1)).toMatch(/^close (1001|1006)/);
  });
});
