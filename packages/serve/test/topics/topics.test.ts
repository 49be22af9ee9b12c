import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import type { Backplane, TopicEvents } from "../../src/api/topics.ts";
import { type Instance, MemoryCluster } from "../support/cluster.ts";
import { useFakeNodeTimers, useRealNodeTimers } from "../support/fake-node-timers.ts";
import { start } from "../support/servers.ts";
import { type Pair, startWebSockets } from "../support/websocket-pair.ts";
import { openWs } from "../support/ws-client.ts";

const errors = captureErrors();

const open = (ws: { subscribe(topic: string): boolean }): void => void ws.subscribe("t");

/** Two instances with a client each, which is subscribed to `t`. */
async function two(
  cluster: MemoryCluster = new MemoryCluster(),
): Promise<{ readonly instances: readonly Instance[]; readonly pairs: readonly Pair[] }> {
  const instances = [await cluster.start({ open }), await cluster.start({ open })];
  const pairs = [await instances[0]!.connect(), await instances[1]!.connect()];
  for (const instance of instances) await cluster.hears(instance, "t");
  return { instances, pairs };
}

/** Everything has arrived that was published before. */
async function settle(): Promise<void> {
  await turns(20);
}

describe("topics of several instances", () => {
  it("reach the clients of all of them, once, in the order of each publisher, and the publisher's socket not", async () => {
    const { instances, pairs } = await two();
    const [a, b] = pairs.map(({ client }) => client);
    for (let i = 0; i < 3; i++) {
      expect(instances[0]!.server.publish("t", `server ${i}`)).toBe(8);
      // Its own client is the only subscriber here: nobody of this instance gets it.
      expect(pairs[0]!.ws.publish("t", `socket ${i}`)).toBe(0);
    }
    expect(await b!.texts(6)).toEqual([0, 1, 2].flatMap((i) => [`server ${i}`, `socket ${i}`]));
    expect(await a!.texts(3)).toEqual([0, 1, 2].map((i) => `server ${i}`));
    pairs[1]!.ws.publish("t", "back");
    expect(await a!.texts(1)).toEqual(["back"]);
    await settle();
    expect([a!.take(), b!.take()]).toEqual([[], []]);
    expect(instances[1]!.server.topics.metrics).toMatchObject({
      state: "up",
      messagesIn: 6,
      messagesOut: 1,
      dropped: 0,
    });
  });

  it("take text and bytes of any size, a Blob, and messages without bytes", async () => {
    const { instances, pairs } = await two();
    const big = "größer ".repeat(100_000);
    const bytes = Buffer.alloc(70_000, 7);
    const { server } = instances[0]!;
    for (const message of ["", "ä", "x".repeat(126), big]) server.publish("t", message);
    for (const message of [new Uint8Array(0), bytes]) server.publish("t", message);
    server.publish("t", new Blob(["blob"]));
    for (const { client } of pairs) {
      const frames = await client.frames(7);
      expect(frames.map(({ opcode }) => opcode)).toEqual([1, 1, 1, 1, 2, 2, 2]);
      expect(frames.slice(0, 4).map(({ payload }) => payload.toString())).toEqual([
        "",
        "ä",
        "x".repeat(126),
        big,
      ]);
      expect(frames[4]!.payload.length).toBe(0);
      expect(frames[5]!.payload.equals(bytes)).toBe(true);
      expect(frames[6]!.payload.toString()).toBe("blob");
    }
  });

  it("take messages that are longer than those of clients may be: maxPayloadLength is about what a server receives from them", async () => {
    const cluster = new MemoryCluster();
    const near = await cluster.start({ maxPayloadLength: 100 });
    const far = await cluster.start({ open, maxPayloadLength: 100 });
    const { client } = await far.connect();
    await cluster.hears(far, "t");
    near.server.publish("t", "x".repeat(101));
    expect(await client.texts(1)).toEqual(["x".repeat(101)]);
    expect(far.server.topics.metrics.refusedFrames).toBe(0);
  });

  it("keep what a publisher changes afterwards out of its messages", async () => {
    const { instances, pairs } = await two();
    const message = Buffer.from("before");
    instances[0]!.server.publish("t", message);
    message.write("after!");
    for (const { client } of pairs) expect(String((await client.frame()).payload)).toBe("before");
  });

  it("are compressed for clients that have agreed to it, if their publisher asks, in the thread pool too", async () => {
    const cluster = new MemoryCluster();
    const handler = { open, perMessageDeflate: true };
    const [here, there] = [await cluster.start(handler), await cluster.start(handler)];
    const plain = await there.connect();
    const deflating = await there.connect([
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
    ]);
    const peer = await openWs(there.server, "/", { perMessageDeflate: true });
    await cluster.hears(there, "t");
    const big = "steam ".repeat(20_000);
    here.server.publish("t", "steam ".repeat(50));
    here.server.publish("t", "x");
    here.server.publish("t", "steam ".repeat(50), false);
    here.server.publish("t", Buffer.alloc(200));
    here.server.publish("t", big);
    here.server.publish("t", "end");
    const expected = ["steam ".repeat(50), "x", "steam ".repeat(50), Buffer.alloc(200), big, "end"];
    expect(await peer.take(6)).toEqual(expected);
    const frames = await deflating.client.frames(6);
    expect(frames.map(({ rsv1 }) => rsv1 === true)).toEqual([true, false, false, true, true, false]);
    const unchanged = await plain.client.frames(6);
    expect(unchanged.map(({ rsv1 }) => rsv1)).toEqual(Array(6).fill(undefined));
    expect(unchanged.map(({ payload }) => payload.length)).toEqual(expected.map((each) => each.length));
  });

  it("leave an instance without subscribers alone, and are heard again by the next one", async () => {
    const cluster = new MemoryCluster();
    const { instances, pairs } = await two(cluster);
    const { server } = instances[1]!;
    pairs[1]!.ws.unsubscribe("t");
    expect(server.publish("t", "still goes out")).toBe(0);
    expect(await pairs[0]!.client.texts(1)).toEqual(["still goes out"]);
    instances[0]!.server.publish("t", "missed");
    await settle();
    pairs[1]!.ws.subscribe("t");
    instances[0]!.server.publish("t", "heard");
    expect(await pairs[1]!.client.texts(1)).toEqual(["heard"]);
  });

  it("are counted over all of them", async () => {
    const { instances } = await two();
    const more = await instances[1]!.connect();
    const [here, there] = instances.map(({ server }) => server.topics);
    await until(async () => (await here!.count("t")).instances === 2, "two instances that know each other");
    expect(await here!.count("t")).toEqual({ connections: 3, instances: 2, silent: 0 });
    expect(await there!.count("other")).toEqual({ connections: 0, instances: 2, silent: 0 });
    expect(instances[1]!.server.subscriberCount("t")).toBe(2);
    more.ws.close();
    expect(await here!.count("t")).toEqual({ connections: 2, instances: 2, silent: 0 });
    await expect(here!.count("")).rejects.toThrow(TypeError);
  });

  it("stay when handlers are reloaded", async () => {
    const { instances, pairs } = await two();
    const { server } = instances[0]!;
    const { topics } = server;
    server.reload({ fetch: () => new Response("new") as globalThis.Response });
    expect(server.topics).toBe(topics);
    server.publish("t", "after reload");
    expect(await pairs[1]!.client.texts(1)).toEqual(["after reload"]);
  });
});

describe("what a slow client makes of messages of other instances", () => {
  it("is the same as of local ones: what publish returns holds", async () => {
    const cluster = new MemoryCluster();
    const [here, there] = [
      await cluster.start({ open }),
      await cluster.start({ open, backpressureLimit: 1000 }),
    ];
    const { ws, client } = await there.connect();
    await cluster.hears(there, "t");
    client.client.socket.pause();
    expect(ws.send(Buffer.alloc(24_000_000))).toBe(-1);
    await until(() => ws.getBufferedAmount() > 1000, "a backlog");
    here.server.publish("t", "dropped");
    await until(() => there.server.topics.metrics.messagesIn === 1, "it has come");
    expect(there.server.publish("t", "dropped")).toBe(0);
    await settle();
    client.client.socket.resume();
    expect((await client.frame()).payload.length).toBe(24_000_000);
    await until(() => ws.getBufferedAmount() === 0, "everything written");
    here.server.publish("t", "heard");
    expect(await client.texts(1)).toEqual(["heard"]);
  });
});

describe("while the engine is away", () => {
  it("a server starts, serves its own clients, and reaches the others later", async () => {
    const cluster = new MemoryCluster();
    const other = await cluster.start({ open });
    const far = await other.connect();
    await cluster.hears(other, "t");
    cluster.bus.stop(new Error("not there"));
    const { server, connect } = cluster.startDown({ open });
    const { client } = await connect();
    expect([server.topics.state, server.topics.metrics.state]).toEqual(["down", "down"]);
    expect(server.publish("t", "local")).toBe(5);
    expect(await client.texts(1)).toEqual(["local"]);
    expect(await server.topics.count("t")).toMatchObject({ connections: 1, instances: 1 });
    cluster.bus.start();
    // What was published meanwhile has waited.
    expect(await far.client.texts(1)).toEqual(["local"]);
    expect(server.topics.state).toBe("up");
  });

  it("its listeners are told of each outage and of its end, and that messages may be missing", async () => {
    const cluster = new MemoryCluster();
    const { instances, pairs } = await two(cluster);
    const { server, engine } = instances[0]!;
    const told: unknown[] = [];
    for (const event of ["up", "down", "gap", "dropped"] as const)
      server.topics.on(event, (detail) => void told.push([event, detail]));
    const off = server.topics.on("up", () => void told.push("not any more"));
    off();
    off();
    cluster.bus.disconnect(engine, new Error("broken"));
    await until(() => told.length >= 3, "three events");
    expect(told).toEqual([
      ["down", { error: new Error("broken") }],
      ["gap", { topic: null, count: null }],
      ["up", {}],
    ]);
    expect(server.topics.metrics.reconnects).toBe(1);
    instances[1]!.server.publish("t", "again");
    expect(await pairs[0]!.client.texts(1)).toEqual(["again"]);
  });

  it("messages wait in a queue of so many bytes; the oldest are dropped, which is told", async () => {
    const cluster = new MemoryCluster();
    const far = await cluster.start({ open });
    const { client } = await far.connect();
    await cluster.hears(far, "t");
    const near = await cluster.start({}, { bytes: 2000 });
    const dropped: TopicEvents["dropped"][] = [];
    near.server.topics.on("dropped", (detail) => void dropped.push(detail));
    cluster.bus.stop(new Error("gone"));
    await until(() => near.server.topics.state === "down", "down");
    for (let i = 0; i < 20; i++) {
      near.server.publish("t", `${i} `.padEnd(300));
      await turns(1);
    }
    await until(() => dropped.length > 0, "dropped messages");
    cluster.bus.start();
    await cluster.isUp(near);
    const lost = dropped.reduce((sum, { messages }) => sum + messages, 0);
    expect(lost).toBeGreaterThan(10);
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(["full"]));
    const texts = await client.texts(20 - lost);
    expect(texts.map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: 20 - lost }, (_, i) => lost + i),
    );
    expect(near.server.topics.metrics).toMatchObject({ dropped: lost, queueBytes: 0 });
  });

  it("a message that is too long for the engine stays here, which is told", async () => {
    const cluster = new MemoryCluster(10_000);
    const { instances, pairs } = await two(cluster);
    const told: TopicEvents["dropped"][] = [];
    instances[0]!.server.topics.on("dropped", (detail) => void told.push(detail));
    expect(instances[0]!.server.publish("t", "x".repeat(20_000))).toBe(20_000);
    instances[0]!.server.publish("t", "short");
    expect(await pairs[1]!.client.texts(1)).toEqual(["short"]);
    expect(told).toMatchObject([{ reason: "size", messages: 1 }]);
  });
});

describe("a listener", () => {
  it("that throws, or whose promise rejects, is logged and keeps nothing from the others", async () => {
    const cluster = new MemoryCluster();
    const { server } = cluster.startDown();
    let called = 0;
    server.topics.on("up", () => {
      throw new Error("thrown");
    });
    server.topics.on("up", async () => {
      throw new Error("rejected");
    });
    server.topics.on("up", () => void called++);
    await until(() => called === 1, "up");
    await turns();
    expect(errors.places).toEqual(Array(2).fill('server.topics.on("up")'));
    expect([errors.take(), errors.take()]).toEqual([new Error("thrown"), new Error("rejected")]);
  });

  it("is a function, of an event that there is", () => {
    const { topics } = start({ fetch: () => new Response() as globalThis.Response });
    expect(() => topics.on("message" as "up", () => {})).toThrow(
      /no event "message".*up, down, gap, refused, dropped/,
    );
    expect(() => topics.on("up", undefined as never)).toThrow(TypeError);
  });
});

describe("a server that stops", () => {
  it("sends the last words of its clients, closes its engine, and has only itself from then on", async () => {
    const cluster = new MemoryCluster();
    const farewell = {
      open,
      close: (ws: { publish(topic: string, data: string): number }) => void ws.publish("t", "bye"),
    };
    const [leaving, staying] = [await cluster.start(farewell), await cluster.start({ open })];
    await leaving.connect();
    const { client } = await staying.connect();
    await cluster.hears(staying, "t");
    const { topics } = leaving.server;
    const counting = topics.count("t");
    await leaving.server.stop(true);
    expect(await client.texts(1)).toEqual(["bye"]);
    await until(() => cluster.bus.channelsOf(leaving.engine).length === 0, "no channels");
    expect(topics.state).toBe("down");
    expect(await counting).toMatchObject({ instances: 1 });
    expect(await topics.count("t")).toEqual({ connections: 0, instances: 1, silent: 0 });
    leaving.server.publish("t", "nothing any more");
    await settle();
    expect(client.take()).toEqual([]);
  });

  it("stays connected for the WebSockets that it leaves open, until the last of them has gone", async () => {
    const cluster = new MemoryCluster();
    const { instances, pairs } = await two(cluster);
    const stopped = instances[0]!.server.stop();
    await settle();
    instances[1]!.server.publish("t", "still there?");
    expect(await pairs[0]!.client.texts(1)).toEqual(["still there?"]);
    expect(cluster.bus.channelsOf(instances[0]!.engine)).toContain("t:t");
    pairs[0]!.client.client.destroy();
    await stopped;
    await until(() => cluster.bus.channelsOf(instances[0]!.engine).length === 0, "no channels");
  });

  it("does not wait for an engine that does not end", async () => {
    useFakeNodeTimers("setTimeout", "clearTimeout");
    try {
      const cluster = new MemoryCluster();
      const { server, engine } = cluster.startDown();
      engine.close = () => new Promise(() => {});
      let isStopped = false;
      void server.stop(true).then(() => {
        isStopped = true;
      });
      await settle();
      expect(isStopped).toBe(false);
      await vi.advanceTimersByTimeAsync(2000);
      await settle();
      expect(isStopped).toBe(true);
    } finally {
      useRealNodeTimers();
    }
  });

  it("never opens an engine if it cannot listen", () => {
    const cluster = new MemoryCluster();
    const { port } = start({ fetch: () => new Response() as globalThis.Response });
    const engine = cluster.bus.engine();
    const opened = vi.spyOn(engine, "open");
    const options = {
      fetch: () => new Response() as globalThis.Response,
      backplane: cluster.backplane(engine),
    };
    expect(() => start({ ...options, port: port! })).toThrow(/EADDRINUSE/);
    expect(opened).not.toHaveBeenCalled();
  });
});

describe("the servers of one program", () => {
  it("have topics of their own: by their id, or by their number", () => {
    const cluster = new MemoryCluster();
    const scopes: (string | undefined)[] = [];
    const backplane: Backplane = {
      createRelay(options, scope) {
        scopes.push(scope);
        return cluster.backplane().createRelay(options);
      },
    };
    const options = { fetch: () => new Response() as globalThis.Response, backplane };
    const first = start(options);
    start({ ...options, id: "admin" });
    start(options);
    expect(new Set(scopes).size).toBe(3);
    expect(scopes[1]).toBe("admin");
    expect(scopes[2]).toMatch(/^#\d+$/);
    // One that takes the place of another has its topics: other instances know it by them.
    void first.stop();
    start(options);
    expect(scopes[3]).toBe(scopes[0]);
  });
});

describe("without a backplane", () => {
  it("the topics of a server are those of its one instance", async () => {
    const { server, connect } = startWebSockets({ open });
    await connect();
    expect(server.topics.state).toBe("none");
    expect(server.topics.metrics).toMatchObject({ state: "none", instances: 1, messagesOut: 0, lag: null });
    expect(await server.topics.count("t")).toEqual({ connections: 1, instances: 1, silent: 0 });
    expect(server.topics.on("up", () => {})()).toBeUndefined();
    await expect(server.topics.count("")).rejects.toThrow(TypeError);
    expect(server.publish("t", "x")).toBe(1);
  });
});
