import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type ServeOptions, type Server, type ServerWebSocket, serve } from "@mantou/serve/plain";
import { freePort } from "@mantou/testing/free-port";
import { turns, until } from "@mantou/testing/wait";
import { WebSocket as MantouWebSocket } from "@mantou/websocket/client";
import { WebSocket as UndiciWebSocket } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { TopicSocket, type TopicSocketOptions } from "../src/index.ts";

const SIZE = 50;
const TOPIC = "room/ä b";

type Constructor = NonNullable<TopicSocketOptions["WebSocket"]>;

const servers: Server[] = [];
const clients: TopicSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop(true)));
});

/** A server whose clients are in one room: what they say is published to the others. */
function startRoom(port = 0): { server: Server; sockets: Set<ServerWebSocket> } {
  const sockets = new Set<ServerWebSocket>();
  const options: ServeOptions = {
    port,
    topics: { "room/*": { history: { size: SIZE, seconds: 60 } } },
    fetch: (request, it) => (it.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: {
      open(ws) {
        sockets.add(ws);
        ws.subscribe(TOPIC, { last: 2 });
        ws.send("welcome");
      },
      message: (ws, message) => void ws.publish(TOPIC, message),
      close: (ws) => void sockets.delete(ws),
    },
  };
  const server = serve(options);
  servers.push(server);
  return { server, sockets };
}

/** @returns a client whose waits are short, and what it shows: a gap is `|` */
function connect(server: Server, options: TopicSocketOptions = {}) {
  const client = new TopicSocket(server.url, { WebSocket: MantouWebSocket, random: () => 0.005, ...options });
  clients.push(client);
  const shown: string[] = [];
  client.on("message", ({ data }) => shown.push(typeof data === "string" ? data : `bytes ${data.join()}`));
  client.on("gap", () => shown.push("|"));
  const isLive = (): Promise<void> => new Promise((resolve) => client.on("live", () => resolve()));
  return { client, shown, isLive };
}

const classes: [string, Constructor | undefined][] = [
  ["@mantou/websocket", MantouWebSocket],
  ["undici", UndiciWebSocket as unknown as Constructor],
  ["ws", WsWebSocket],
];
if (globalThis.WebSocket !== undefined) classes.push(["the global WebSocket", undefined]);

describe.each(classes)("over %s", (_, WebSocket) => {
  it("misses nothing and shows nothing twice over a break, text and bytes, without its own messages", async () => {
    const { server, sockets } = startRoom();
    const { client, shown, isLive } = connect(server, { WebSocket: WebSocket ?? undefined });
    let direct = "";
    client.on("direct", ({ data }) => {
      direct += data;
    });
    await isLive();
    server.publish(TOPIC, "one");
    client.send("own");
    server.publish(TOPIC, new Uint8Array([2, 10, 0]));
    await until(() => shown.length === 2, "two messages");

    for (const ws of sockets) ws.terminate();
    await new Promise<void>((resolve) => client.on("close", () => resolve()));
    server.publish(TOPIC, "three");
    server.publish(TOPIC, "four\nlines");
    await isLive();
    server.publish(TOPIC, "five");
    await until(() => shown.length >= 5, "five messages");
    expect(shown).toEqual(["one", "bytes 2,10,0", "three", "four\nlines", "five"]);
    expect(direct).toBe("welcomewelcome");
  });

  it("comes back after attempts that were refused, each of which is told once", async () => {
    const port = await freePort();
    const url = `ws://127.0.0.1:${port}/`;
    const closes: unknown[] = [];
    const client = new TopicSocket(url, { WebSocket: WebSocket ?? undefined, random: () => 0.02 });
    clients.push(client);
    client.on("close", (detail) => closes.push(detail));
    await until(() => closes.length === 2, "two attempts");
    const isOpen = new Promise<void>((resolve) => client.on("open", () => resolve()));
    startRoom(port);
    await isOpen;
    const waits = [40, 80, 160, 320, 600].slice(0, closes.length);
    expect(closes).toEqual(waits.map((retry) => ({ code: 1006, reason: "", retry })));
  });

  it("an attempt that is closed is told once", async () => {
    const silent = createServer();
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as AddressInfo).port));
    });
    const url = `ws://127.0.0.1:${port}/`;
    const client = new TopicSocket(url, { WebSocket: WebSocket ?? undefined });
    const closes: unknown[] = [];
    client.on("close", (detail) => closes.push(detail));
    const [connection] = (await once(silent, "connection")) as [Socket];
    const isGone = new Promise<void>((resolve) => connection.on("close", () => resolve()));
    // It may be an abrupt end.
    connection.on("error", () => {});
    await once(connection, "data");
    client.close();
    connection.resume();
    await isGone;
    await until(() => closes.length > 0, "the end");
    await turns(20);
    silent.close();
    expect(closes).toEqual([{ code: 1006, reason: "", retry: null }]);
  });
});

describe("a client of a real server", () => {
  it("begins with the last messages, as the server advises or it wants itself", async () => {
    const { server } = startRoom();
    for (let i = 1; i <= 5; i++) await server.topics.publish(TOPIC, String(i));
    const [advised, wanting] = [connect(server), connect(server, { last: 4 })];
    await Promise.all([advised.isLive(), wanting.isLive()]);
    expect([advised.shown, wanting.shown]).toEqual([
      ["4", "5"],
      ["2", "3", "4", "5"],
    ]);
  });

  it("is told a gap where the history has not got all any more, and has the last messages then", async () => {
    const { server, sockets } = startRoom();
    const { shown, isLive, client } = connect(server, { random: () => 1 });
    await isLive();
    server.publish(TOPIC, "before");
    await until(() => shown.length === 1, "a message");
    for (const ws of sockets) ws.terminate();
    await new Promise<void>((resolve) => client.on("close", () => resolve()));
    // One at a time: a turn's messages are kept or dropped together.
    for (let i = 1; i <= SIZE + 5; i++) await server.topics.publish(TOPIC, String(i));
    client.reconnect();
    await isLive();
    expect(shown).toEqual(["before", "|", String(SIZE + 4), String(SIZE + 5)]);
  });

  it("is told a gap by a server that was started again, whose memory is another one", async () => {
    const port = await freePort();
    const first = startRoom(port);
    const { shown, isLive, client } = connect(first.server);
    await isLive();
    first.server.publish(TOPIC, "before");
    await until(() => shown.length === 1, "a message");
    const closes: unknown[] = [];
    client.on("close", (detail) => closes.push(detail));
    await first.server.stop({ timeout: 1 });
    expect(closes).toEqual([{ code: 1012, reason: "retry=2", retry: 10 }]);
    const second = startRoom(port);
    await second.server.topics.publish(TOPIC, "again");
    await isLive();
    second.server.publish(TOPIC, "after");
    await until(() => shown.length === 4, "what is behind the gap");
    expect(shown).toEqual(["before", "|", "again", "after"]);
  });

  it("has each message once and in order, however often its connection breaks", async () => {
    const { server, sockets } = startRoom();
    const { shown } = connect(server);
    const other = connect(server);
    await until(() => sockets.size === 2, "two clients");
    const all = Array.from({ length: 300 }, (_, i) => String(i));
    for (const [i, text] of all.entries()) {
      server.publish(TOPIC, text);
      if (i % 25 === 10) for (const ws of sockets) ws.terminate();
      if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      // Not more than the history keeps are on their way.
      await until(() => shown.length > i - SIZE / 2 && other.shown.length > i - SIZE / 2, `message ${i}`);
    }
    await until(() => shown.length === all.length && other.shown.length === all.length, "all");
    expect(shown).toEqual(all);
    expect(other.shown).toEqual(all);
  });

  it("goes on after what a server says is wrong with its storage", async () => {
    const { server } = startRoom();
    await server.topics.publish(TOPIC, "one");
    const epoch = (await server.topics.history(TOPIC)).position.split(".")[0];
    const positions = { getItem: (key: string) => (key.endsWith(" b") ? `${epoch}.x` : null), setItem() {} };
    const { shown, isLive } = connect(server, { positions });
    await isLive();
    server.publish(TOPIC, "two");
    await until(() => shown.includes("two"), "the second message");
    expect(shown).toEqual(["|", "one", "two"]);
  });
});
