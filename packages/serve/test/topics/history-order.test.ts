import { Buffer } from "node:buffer";
import { type Engine, Relay } from "@mantou/pubsub/relay";
import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { Backplane, TopicEvents } from "../../src/api/topics.ts";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { type Instance, MemoryCluster } from "../support/cluster.ts";
import { start } from "../support/servers.ts";
import type { Pair } from "../support/websocket-pair.ts";

captureErrors();

const open = (ws: ServerWebSocket): void => void ws.subscribe("room/1");
const TOPICS = { "room/*": { history: { size: 100, seconds: 60 } }, "room/plain": {} };

class Cluster extends MemoryCluster {
  readonly instances: Instance[] = [];
  readonly pairs: Pair[] = [];

  constructor(topics = TOPICS, maxFrameBytes?: number) {
    super(maxFrameBytes, topics);
  }

  /** One more instance, with a client that is subscribed to `room/1`. */
  async add(handler: WebSocketHandler = {}, fields: readonly string[] = []): Promise<this> {
    const instance = await this.start({ open, ...handler });
    this.instances.push(instance);
    this.pairs.push(await instance.connect(fields));
    await this.hears(instance, "room/1");
    return this;
  }
}

async function two(): Promise<Cluster> {
  return (await new Cluster().add()).add();
}

/** Everything has arrived that was published before. */
async function settle(): Promise<void> {
  await turns(30);
}

describe("messages of a topic with a history", () => {
  it("come in one order for the clients of all instances, those of the publishers included", async () => {
    const { instances, pairs } = await two();
    for (let turn = 0; turn < 10; turn++) {
      for (const [i, { server }] of instances.entries()) {
        expect(server.publish("room/1", `${i} ${turn}`)).toBe(3);
        expect(server.publish("room/1", Buffer.from(`${i} ${turn}`), false)).toBe(3);
      }
      await turns(turn % 3);
    }
    const [here, there] = await Promise.all(pairs.map(({ client }) => client.frames(40)));
    const texts = here!.map(({ opcode, payload }) => `${opcode} ${payload}`);
    expect(there!.map(({ opcode, payload }) => `${opcode} ${payload}`)).toEqual(texts);
    for (const i of [0, 1]) {
      const own = texts.filter((text) => text[2] === String(i));
      expect(own).toEqual(Array.from({ length: 20 }, (_, n) => `${(n % 2) + 1} ${i} ${Math.floor(n / 2)}`));
    }
    await settle();
    for (const { client } of pairs) expect(client.take()).toEqual([]);
    expect(instances[0]!.server.topics.metrics.history).toMatchObject({ topics: 1, gaps: 0, dropped: 0 });
  });

  it("leave out the socket that has published them, also among others of the same turn", async () => {
    const { instances, pairs } = await two();
    const second = await instances[0]!.connect();
    const third = await instances[0]!.connect();
    const [a, b] = pairs;
    // Their bytes, though nothing here has got them yet.
    expect(a!.ws.publish("room/1", "a1")).toBe(2);
    expect(a!.ws.publish("room/1", "a2")).toBe(2);
    instances[0]!.server.publish("room/1", "server");
    second.ws.publish("room/1", "second");
    a!.ws.publish("room/1", "a3");
    const all = ["a1", "a2", "server", "second", "a3"];
    expect(await b!.client.texts(5)).toEqual(all);
    expect(await third.client.texts(5)).toEqual(all);
    expect(await a!.client.texts(2)).toEqual(["server", "second"]);
    expect(await second.client.texts(4)).toEqual(["a1", "a2", "server", "a3"]);
    // Numbers of publishers belong to their instance.
    b!.ws.publish("room/1", "b1");
    for (const { client } of [a!, second, third]) expect(await client.texts(1)).toEqual(["b1"]);
    await settle();
    for (const { client } of [a!, b!, second, third]) expect(client.take()).toEqual([]);
  });

  it("go to their publisher, too, with publishToSelf", async () => {
    const cluster = await (await new Cluster().add({ publishToSelf: true })).add();
    cluster.pairs[0]!.ws.publish("room/1", "x");
    for (const { client } of cluster.pairs) expect(await client.texts(1)).toEqual(["x"]);
  });

  it("are of any size and kind, and are compressed if their publisher asks", async () => {
    const deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover";
    const cluster = await (await new Cluster().add({ perMessageDeflate: true }, [deflate])).add();
    const { server } = cluster.instances[0]!;
    const big = Buffer.alloc(70_000, 7);
    for (const message of ["", "größer", "steam ".repeat(50), big]) server.publish("room/1", message);
    big.fill(0);
    server.publish("room/1", new Blob(["blob"]));
    const [compressed, plain] = await Promise.all(cluster.pairs.map(({ client }) => client.frames(5)));
    expect(compressed!.map(({ rsv1 }) => rsv1 === true)).toEqual([false, false, true, true, false]);
    const payloads = plain!.map(({ payload }) => payload);
    expect(payloads.map(String).with(3, "")).toEqual(["", "größer", "steam ".repeat(50), "", "blob"]);
    expect(payloads[3]!.equals(Buffer.alloc(70_000, 7))).toBe(true);
  });

  it("reach the first subscriber if it is greeted in the turn of its subscription, and others get the last words of one that goes", async () => {
    const cluster = new Cluster();
    await cluster.add({
      open: (ws) => {
        ws.subscribe("room/1");
        cluster.instances[0]?.server.publish("room/1", "welcome");
      },
      close: (ws) => void ws.publish("room/1", "gone"),
    });
    const { server, connect } = await cluster.start({
      open: (ws) => {
        ws.subscribe("room/9");
        server.publish("room/9", "welcome");
      },
    });
    expect(await (await connect()).client.texts(1)).toEqual(["welcome"]);
    const [{ client }] = cluster.pairs as [Pair];
    const second = await cluster.instances[0]!.connect();
    expect(await client.texts(2)).toEqual(["welcome", "welcome"]);
    second.ws.close();
    expect(await client.texts(1)).toEqual(["gone"]);
  });

  it("are only those of topics with that rule", async () => {
    const { instances, pairs } = await two();
    const { client, ws } = pairs[1]!;
    ws.subscribe("room/plain");
    ws.unsubscribe("room/1");
    // At once, since it is plain.
    expect(instances[1]!.server.publish("room/plain", "here")).toBe(4);
    expect(instances[1]!.server.publish("room/none", "stored")).toBe(6);
    expect(instances[1]!.server.publish("plain/none", "nobody")).toBe(0);
    expect(await client.texts(1)).toEqual(["here"]);
    expect(await instances[0]!.server.topics.count("room/1")).toMatchObject({ connections: 1 });
  });

  it("keep their rule when handlers are reloaded", async () => {
    const { instances, pairs } = await two();
    const { server } = instances[0]!;
    server.reload({ fetch: () => new Response("new") as globalThis.Response });
    expect(await server.topics.publish("room/1", "after")).toMatch(/^[\w-]+\.1\.[\w-]{6}$/);
    for (const { client } of pairs) expect(await client.texts(1)).toEqual(["after"]);
  });
});

describe("while the engine is away", () => {
  it("they wait, and what others have published meanwhile is delivered on return, in order, without a gap", async () => {
    const cluster = await two();
    const { instances, pairs, bus } = cluster;
    const gaps: TopicEvents["gap"][] = [];
    instances[0]!.server.topics.on("gap", (gap) => void gaps.push(gap));
    instances[1]!.server.publish("room/1", "before");
    await pairs[0]!.client.texts(1);
    bus.stop(new Error("away"));
    await until(() => instances.every(({ server }) => server.topics.state === "down"), "down");
    instances[0]!.server.publish("room/1", "first");
    await settle();
    expect(pairs[0]!.client.take()).toEqual([]);
    bus.start();
    for (const each of instances) await cluster.isUp(each);
    expect(await pairs[0]!.client.texts(1)).toEqual(["first"]);
    expect(await pairs[1]!.client.texts(2)).toEqual(["before", "first"]);
    // One is away, and the other one publishes.
    bus.disconnect(instances[0]!.engine, new Error("away"));
    for (let i = 0; i < 5; i++) instances[1]!.server.publish("room/1", `missed ${i}`);
    expect(await pairs[0]!.client.texts(5)).toEqual([0, 1, 2, 3, 4].map((i) => `missed ${i}`));
    expect(gaps.filter(({ topic }) => topic !== null)).toEqual([]);
  });

  it("what is not kept any more is told as a gap, with the position from which it goes on", async () => {
    const cluster = await two();
    const { instances, pairs, bus } = cluster;
    const { topics } = instances[0]!.server;
    const gaps: TopicEvents["gap"][] = [];
    topics.on("gap", (gap) => void (gap.topic !== null && gaps.push(gap)));
    instances[1]!.server.publish("room/1", "1");
    await pairs[0]!.client.texts(1);
    bus.history.evict("ht:room/1");
    bus.disconnect(instances[0]!.engine, new Error("away"));
    await until(() => gaps.length > 0, "a gap");
    const { position } = await topics.history("room/1");
    expect(gaps).toEqual([{ topic: "room/1", count: null, position }]);
    expect(topics.metrics.history.gaps).toBe(1);
    instances[1]!.server.publish("room/1", "2");
    expect(await pairs[0]!.client.texts(1)).toEqual(["2"]);
  });
});

describe("a server that stops", () => {
  it("leaves what it has published to the others, and fails what comes later", async () => {
    const cluster = await (
      await new Cluster().add({ close: (ws) => void ws.publish("room/1", "bye") })
    ).add();
    const { server } = cluster.instances[0]!;
    const last = server.topics.publish("room/1", "last");
    await server.stop(true);
    expect(await last).toMatch(/\.1\./);
    expect(await cluster.pairs[1]!.client.texts(2)).toEqual(["last", "bye"]);
    expect(server.publish("room/1", "later")).toBe(5);
    await expect(server.topics.publish("room/1", "later")).rejects.toMatchObject({ code: "closed" });
    await expect(server.topics.history("room/1")).rejects.toMatchObject({ code: "closed" });
  });
});

describe("a backplane that keeps no messages", () => {
  const engine = { features: { maxFrameBytes: 1000 } } as Engine;
  const backplane: Backplane = { createRelay: (options) => new Relay({ ...options, engine }) };
  const options = { fetch: () => new Response() as globalThis.Response, backplane };

  it("is refused for topics with a history", () => {
    expect(() => start({ ...options, topics: TOPICS })).toThrow(TypeError);
    expect(() => start({ ...options, topics: TOPICS })).toThrow(/^topics: history needs an engine/);
    const older: Backplane = {
      createRelay: ({ host, instance, now }) => new Relay({ host, instance, now, engine }),
    };
    expect(() => start({ ...options, backplane: older, topics: TOPICS })).toThrow(/^topics: history needs a/);
  });
});
