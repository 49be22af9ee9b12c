import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { positionOf, TopicClient } from "../support/topic-client.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const LIMIT = 64 * 1024;
/** The operating system takes some MiB of a client that does not read. */
const BIG = "x".repeat(256 * 1024);

/** A slow client of a topic with a history: it does not read. */
async function slowClient(size: number, handler: WebSocketHandler = {}) {
  const sockets: ServerWebSocket[] = [];
  const { server } = startWebSockets(
    {
      backpressureLimit: LIMIT,
      open: (ws) => {
        sockets.push(ws);
        ws.subscribe("room/1");
        ws.subscribe("plain");
      },
      ...handler,
    },
    systemClock,
    { topics: { "room/*": { history: { size, seconds: 60 } } } },
  );
  const client = await TopicClient.open(server);
  await client.upTo("+room/1");
  expect(client.all).toContain("+plain");
  client.raw.client.socket.pause();
  return { server, client, ws: sockets[0]! };
}

/** Publishes until messages are left out for the client, and some more. */
async function publishTooMuch({ server, ws }: Awaited<ReturnType<typeof slowClient>>): Promise<number> {
  let count = 0;
  for (; ws.getBufferedAmount() <= LIMIT; count++) {
    expect(count).toBeLessThan(500);
    server.publish("room/1", `${count} ${BIG}`);
    await turns(5);
  }
  for (let i = 0; i < 20; i++) server.publish("room/1", `${count++} ${BIG}`);
  await turns(5);
  return count;
}

/** The numbers of messages, in their order. */
const numbers = (lines: readonly string[]): number[] =>
  lines.filter((line) => line.startsWith("m ")).map((line) => Number.parseInt(line.split("⏎")[1]!, 10));

describe("a topic client that does not keep up", () => {
  it("is told where it is live when it has taken what waited, and replays what was left out: nothing is missing", async () => {
    const slow = await slowClient(1000);
    const { client, server } = slow;
    const count = await publishTooMuch(slow);
    client.raw.client.socket.resume();
    const taken = await client.upTo("+room/1");
    const to = positionOf(taken.at(-1)!);
    const seen = numbers(taken);
    expect(seen.length).toBeLessThan(count);
    const [, , place] = /^m (\S+) (\S+)⏎/.exec(taken.at(-2)!)!;
    client.send(`r⏎room/1 ${to.split(".")[0]}.${place} ${to}`);
    server.publish("room/1", `${count} live`);
    const replay = await client.upTo("=room/1");
    while (!numbers(client.all).includes(count)) await client.take(1);
    const all = [...new Set([...seen, ...numbers(replay), ...numbers(client.all)])];
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: count + 1 }, (_, i) => i));
    // In their order, and none twice but the live one, which may come among the others.
    expect([...seen, ...numbers(replay).filter((n) => n < count)]).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
  });

  it("is told a gap if its history does not reach so far back", async () => {
    const slow = await slowClient(3);
    const { client } = slow;
    await publishTooMuch(slow);
    client.raw.client.socket.resume();
    const taken = await client.upTo("+room/1");
    const to = positionOf(taken.at(-1)!);
    const [, , place] = /^m (\S+) (\S+)⏎/.exec(taken.at(-2)!)!;
    client.send(`r⏎room/1 ${to.split(".")[0]}.${place} ${to}`);
    expect(await client.take(1)).toEqual([`!room/1 ${to}`]);
  });

  it("gets messages of plain topics, and the application's own, as other clients do: some are dropped", async () => {
    let drains = 0;
    const slow = await slowClient(10, { drain: () => void drains++ });
    const { client, server, ws } = slow;
    await publishTooMuch(slow);
    expect(ws.send("dropped")).toBe(0);
    expect(server.publish("plain", "dropped")).toBe(0);
    client.raw.client.socket.resume();
    await client.upTo("+room/1");
    await until(() => drains > 0, "drain");
    expect(ws.send("not dropped")).toBe(11);
    expect((await client.upTo("d")).at(-1)).toBe("d⏎not dropped");
    expect(client.all.some((line) => line.includes("⏎dropped"))).toBe(false);
  });

  it("is closed if the lines of the protocol wait for it, too", async () => {
    const closed: number[] = [];
    const slow = await slowClient(10, { close: (_, code) => void closed.push(code) });
    await publishTooMuch(slow);
    for (let i = 0; i < 10_000 && closed.length === 0; i++) {
      slow.ws.unsubscribe("plain");
      slow.ws.subscribe("plain");
    }
    expect(closed).toEqual([1006]);
  });

  it("is closed at once with closeOnBackpressureLimit, as other clients are", async () => {
    const closed: number[] = [];
    const slow = await slowClient(1000, {
      closeOnBackpressureLimit: true,
      close: (_, code) => void closed.push(code),
    });
    for (let i = 0; i < 500 && closed.length === 0; i++) {
      slow.server.publish("room/1", BIG);
      await turns(5);
    }
    expect(closed).toEqual([1006]);
  });
});

describe("another client of a topic with a history that does not keep up", () => {
  it("has messages dropped, as in Bun, and gets others when it reads again, once and in order", async () => {
    const sockets: ServerWebSocket[] = [];
    let drains = 0;
    const { server } = startWebSockets(
      {
        backpressureLimit: LIMIT,
        open: (ws) => {
          sockets.push(ws);
          ws.subscribe("room/1");
        },
        drain: () => void drains++,
      },
      systemClock,
      { topics: { "room/*": { history: { size: 1000, seconds: 60 } } } },
    );
    const client = await TopicClient.open(server, []);
    await until(() => sockets.length === 1, "open");
    client.raw.client.socket.pause();
    const count = await publishTooMuch({ server, client, ws: sockets[0]! });
    client.raw.client.socket.resume();
    await until(() => drains > 0, "drain");
    server.publish("room/1", `${count} last`);
    const got = (await client.upTo(`${count} last`)).map((line) => Number.parseInt(line, 10));
    expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
    expect(got.length).toBeLessThan(count);
  });
});
