import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { MemoryCluster } from "../support/cluster.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const TOPICS = { "room/*": { history: { size: 20, seconds: 60 } } };

/** A server with a history of so many messages. */
async function startRoom(count: number, open: (ws: ServerWebSocket) => void) {
  const started = startWebSockets({ open }, systemClock, { topics: TOPICS });
  const { server } = started;
  for (let i = 1; i <= count; i++) await server.topics.publish("room/1", String(i));
  return started;
}

describe("the last messages of a topic", () => {
  it.each([
    [0, 3, []],
    [2, 3, ["1", "2"]],
    [5, 3, ["3", "4", "5"]],
    [5, 10_000, ["1", "2", "3", "4", "5"]],
    [5, 0, []],
  ])("of %i: %i come before those that are published then", async (count, last, expected) => {
    const { server, connect } = await startRoom(count, (ws) => void ws.subscribe("room/1", { last }));
    const { client, ws } = await connect();
    expect(ws.isSubscribed("room/1")).toBe(true);
    server.publish("room/1", "then");
    expect(await client.texts(expected.length + 1)).toEqual([...expected, "then"]);
  });

  it("are those before the subscription, and all that are published while they are read follow", async () => {
    const published = Array.from({ length: 8 }, (_, i) => `then ${i}`);
    const { server, connect } = await startRoom(5, (ws) => {
      ws.subscribe("room/1", { last: 3 });
      for (const message of published) server.publish("room/1", message);
    });
    const { client } = await connect();
    expect(await client.texts(3 + published.length)).toEqual(["3", "4", "5", ...published]);
  });

  it("come once and in order, however many are published meanwhile, at several instances", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const [a, b] = [
      await cluster.start(),
      await cluster.start({ open: (ws) => void ws.subscribe("room/1", { last: 20 }) }),
    ];
    // It has got everything, in the one order.
    const witness: string[] = [];
    a.server.topics.subscribe("room/1", ({ data }) => void witness.push(String(data)));
    let published = 0;
    const publish = (): void => void [a, b][published % 2]!.server.publish("room/1", String(++published));
    for (; published < 10; ) {
      publish();
      await turns(3);
    }
    const clients = [];
    for (let i = 0; i < 8; i++) {
      clients.push((await b.connect()).client);
      publish();
      await turns(i);
      publish();
    }
    await until(() => witness.length === published, "all messages");
    await turns(20);
    for (const client of clients) {
      const texts = (await client.texts(1)).concat(client.take().map(({ payload }) => payload.toString()));
      expect(texts.length).toBeGreaterThanOrEqual(10);
      expect(texts).toEqual(witness.slice(-texts.length));
    }
  });

  it("come before what is published while they are read: by an instance that has none of them", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const a = await cluster.start();
    const witness: string[] = [];
    a.server.topics.subscribe("room/1", ({ data }) => void witness.push(String(data)));
    let published = 0;
    let isOver = false;
    const publishing = (async () => {
      for (; !isOver; await turns(1)) a.server.publish("room/1", String(++published));
    })();
    await until(() => witness.length > 20, "a history");
    const clients = [];
    for (let i = 0; i < 4; i++) {
      const fresh = await cluster.start({ open: (ws) => void ws.subscribe("room/1", { last: 20 }) });
      const { client } = await fresh.connect();
      clients.push(client);
      await turns(10);
    }
    isOver = true;
    await publishing;
    await until(() => witness.length === published, "all messages");
    for (const client of clients) {
      const texts = await client.texts(1);
      while (texts.at(-1) !== String(published)) texts.push(...(await client.texts(1)));
      expect(texts.length).toBeGreaterThanOrEqual(20);
      expect(texts).toEqual(witness.slice(-texts.length));
    }
  });

  it("are followed by what others have published since, though all of it is read: its own is left out", async () => {
    // More than an instance keeps of a topic, so that each client's last messages are read, one read after another.
    const cluster = new MemoryCluster(undefined, { "room/*": { history: { size: 1000, seconds: 60 } } });
    const { server, connect } = await cluster.start();
    (await connect()).ws.subscribe("room/1");
    for (let i = 0; i < 40; i++) await server.topics.publish("room/1", "x".repeat(10_000));
    for (let wait = 0; wait < 6; wait++) {
      const [reading, publishing] = [await connect(), await connect()];
      reading.ws.subscribe("room/1", { last: 50 });
      await turns(wait);
      publishing.ws.subscribe("room/1", { last: 50 });
      server.publish("room/1", `before ${wait}`);
      publishing.ws.publish("room/1", `own ${wait}`);
      await server.topics.publish("room/1", `end ${wait}`);
      const news = [];
      for (const { client } of [reading, publishing]) {
        const texts = await client.texts(1);
        while (texts.at(-1) !== `end ${wait}`) texts.push(...(await client.texts(1)));
        news.push(texts.filter((text) => text.endsWith(` ${wait}`)));
      }
      expect(news, `after ${wait} turns`).toEqual([
        [`before ${wait}`, `own ${wait}`, `end ${wait}`],
        [`before ${wait}`, `end ${wait}`],
      ]);
    }
  });

  it("of several topics come each for itself, and end with the subscription", async () => {
    const { server, connect } = await startRoom(3, (ws) => {
      ws.subscribe("room/1", { last: 2 });
      ws.subscribe("room/2", { last: 2 });
      ws.subscribe("room/3", { last: 2 });
      ws.unsubscribe("room/3");
      ws.subscribe("plain");
    });
    await server.topics.publish("room/2", "other");
    await server.topics.publish("room/3", "none");
    const { client, ws } = await connect();
    expect((await client.texts(3)).sort()).toEqual(["2", "3", "other"]);
    expect(ws.subscribe("room/1", { last: 2 })).toBe(true);
    server.publish("plain", "plain");
    server.publish("room/3", "none");
    expect(await client.texts(1)).toEqual(["plain"]);
    await turns(10);
    expect(client.take()).toEqual([]);
  });

  it("are none while the engine cannot be reached, and what is published then comes as ever", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const a = await cluster.start({ open: (ws) => void ws.subscribe("room/1", { last: 5 }) });
    await a.server.topics.publish("room/1", "1");
    const first = await a.connect();
    expect(await first.client.texts(1)).toEqual(["1"]);
    a.server.topics.on("down", () => {});
    cluster.bus.stop(new Error("stopped"));
    await until(() => a.server.topics.state === "down", "down");
    const { client } = await a.connect();
    await turns(5);
    cluster.bus.start();
    await cluster.isUp(a);
    await a.server.topics.publish("room/1", "2");
    expect(await client.texts(1)).toEqual(["2"]);
  });

  it.each([
    ["plain", { last: 1 }, /^last needs a topic with a history/],
    ["room/1", { last: -1 }, /^last must be an integer from 0 to 10000, not -1$/],
    ["room/1", { last: 1.5 }, /^last must be an integer/],
    ["room/1", { last: 10_001 }, /^last must be an integer/],
    ["room/1", { last: "1" }, /^last must be an integer from 0 to 10000, not "1"$/],
    ["room/1", { first: 1 }, /^subscribe\(\) has no option "first"$/],
    ["room/1", 5, /^subscribe\(\) takes an object of options$/],
  ])("are refused: %s %j", async (topic, options, message) => {
    const { connect } = await startRoom(0, () => {});
    const { ws } = await connect();
    expect(() => ws.subscribe(topic, options as never)).toThrow(message);
    expect(ws.isSubscribed(topic)).toBe(false);
    expect(ws.subscribe("plain", { last: 0 })).toBe(true);
    expect(ws.subscribe("plain", undefined)).toBe(true);
  });
});
