import { captureErrors } from "@mantou/testing/errors";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { TopicMember } from "../../src/api/topics.ts";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { type Instance, MemoryCluster } from "../support/cluster.ts";
import { startWebSockets, type WebSocketServer } from "../support/websocket-pair.ts";

captureErrors();

const topics = {
  "room/*": { presence: true },
  both: { presence: true, history: { size: 10, seconds: 60 } },
  plain: { presence: false },
};

const presences = (members: readonly TopicMember[]): unknown[] => members.map(({ presence }) => presence);

/** Joins and leaves, as `+room/1 "Ada"`. */
function listen({ server }: WebSocketServer): string[] {
  const told: string[] = [];
  for (const [event, sign] of [
    ["join", "+"],
    ["leave", "-"],
  ] as const) {
    server.topics.on(event, ({ topic, members }) => {
      for (const { presence } of members) told.push(`${sign}${topic} ${JSON.stringify(presence)}`);
    });
  }
  return told;
}

describe("members of a topic in one process, without a backplane", () => {
  it("come with subscribe, change, and leave", async () => {
    const started = startWebSockets({}, systemClock, { topics });
    const { server, connect } = started;
    const told = listen(started);
    const [ada, bob] = [await connect(), await connect()];
    const ofAda = { name: "Ada", tags: [1, null] };
    expect(ada.ws.subscribe("room/1", { presence: ofAda })).toBe(true);
    ofAda.name = "changed later";
    bob.ws.subscribe("room/1", { presence: "Bob" });
    bob.ws.subscribe("room/2", { presence: 0 });
    // In the same turn.
    const members = await server.topics.members("room/1");
    expect(members).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{16}\.\d+$/), presence: { name: "Ada", tags: [1, null] } },
      { id: expect.any(String), presence: "Bob" },
    ]);
    expect(members[0]!.id).not.toBe(members[1]!.id);
    expect((await server.topics.members("room/2"))[0]!.id).toBe(members[1]!.id);
    expect(told.splice(0)).toEqual(['+room/1 {"name":"Ada","tags":[1,null]}', '+room/1 "Bob"', "+room/2 0"]);
    // A subscriber without a presence is no member, and a call without one changes nothing.
    (await connect()).ws.subscribe("room/1");
    bob.ws.subscribe("room/1");
    bob.ws.subscribe("room/2", { presence: "Eve" });
    expect(presences(await server.topics.members("room/2"))).toEqual(["Eve"]);
    expect(told.splice(0)).toEqual(["-room/2 0", '+room/2 "Eve"']);
    expect(await server.topics.count("room/1")).toEqual({ connections: 3, instances: 1, silent: 0 });
    ada.ws.unsubscribe("room/1");
    expect(presences(await server.topics.members("room/1"))).toEqual(["Bob"]);
    bob.ws.terminate();
    expect(await server.topics.members("room/1")).toEqual([]);
    expect(told.splice(0).sort()).toEqual([
      '-room/1 "Bob"',
      '-room/1 {"name":"Ada","tags":[1,null]}',
      '-room/2 "Eve"',
    ]);
    expect(server.topics.metrics.presence).toMatchObject({ members: 0, expired: 0 });
  });

  it("of a topic with a history, too; and a topic that is published to alone is as ever", async () => {
    const { server, connect } = startWebSockets({}, systemClock, { topics });
    const { ws, client } = await connect();
    ws.subscribe("both", { presence: "Ada" });
    ws.subscribe("room/1", { presence: "Ada" });
    server.publish("both", "1");
    expect(server.publish("room/1", "2")).toBe(1);
    expect(server.publish("room/2", "2")).toBe(0);
    expect((await client.texts(2)).sort()).toEqual(["1", "2"]);
    expect(presences(await server.topics.members("both"))).toEqual(["Ada"]);
  });

  it("are refused where they are wrong, and null is none", async () => {
    const { server, connect } = startWebSockets({}, systemClock, { topics });
    const { ws } = await connect();
    for (const topic of ["plain", "other"]) {
      const needs = `presence needs a topic with presence: the option topics has none for "${topic}"`;
      expect(() => ws.subscribe(topic, { presence: 1 })).toThrow(new TypeError(needs));
      await expect(server.topics.members(topic)).rejects.toThrow(TypeError);
    }
    await expect(server.topics.members("")).rejects.toThrow(TypeError);
    expect(ws.subscriptions).toEqual([]);
    const subscribe = (presence: unknown) => () => ws.subscribe("room/1", { presence });
    expect(subscribe(() => {})).toThrow(new TypeError("presence must be JSON, not a function"));
    expect(subscribe("x".repeat(2047))).toThrow(
      new RangeError("presence must be at most 2048 bytes of JSON, not 2049"),
    );
    expect(subscribe(1n)).toThrow(TypeError);
    expect(ws.subscriptions).toEqual([]);
    expect(subscribe("x".repeat(2046))()).toBe(true);
    for (const none of [undefined, {}, { presence: null }]) {
      expect(ws.subscribe("room/2", none)).toBe(true);
    }
    expect(await server.topics.members("room/2")).toEqual([]);
    ws.terminate();
    expect(ws.subscribe("room/2", { presence: 1 })).toBe(false);
    expect(await server.topics.members("room/2")).toEqual([]);
  });
});

describe("members over several instances", () => {
  const open = (ws: ServerWebSocket<unknown>): void => void ws.subscribe("room/1", { presence: "x" });

  async function known(instances: readonly Instance[], count: number): Promise<void> {
    await until(async () => {
      const all = await Promise.all(instances.map(({ server }) => server.topics.members("room/1")));
      return all.every(({ length }) => length === count);
    }, `${count} members at each instance`);
  }

  it("are the same at each, which tells who comes and goes", async () => {
    const cluster = new MemoryCluster(1024 * 1024, topics);
    const instances = [await cluster.start(), await cluster.start(), await cluster.start()];
    const told = instances.map(listen);
    const [one, two] = [await instances[0]!.connect(), await instances[1]!.connect()];
    one.ws.subscribe("room/1", { presence: "Ada" });
    two.ws.subscribe("room/1", { presence: "Bob" });
    await known(instances, 2);
    const [first, second] = await Promise.all(instances.map(({ server }) => server.topics.members("room/1")));
    const sorted = (all: readonly TopicMember[]) => all.map(({ id, presence }) => `${id} ${presence}`).sort();
    expect(sorted(first!)).toEqual(sorted(second!));
    for (const events of told) events.length = 0;
    two.ws.subscribe("room/1", { presence: "Eve" });
    one.ws.terminate();
    await known(instances, 1);
    for (const events of told.slice(0, 2)) {
      expect(events.sort()).toEqual(['+room/1 "Eve"', '-room/1 "Ada"', '-room/1 "Bob"']);
    }
    expect(await instances[2]!.server.topics.count("room/1")).toMatchObject({ connections: 1, silent: 0 });
  });

  it("leave with their instance, and stay while the engine is down", async () => {
    const cluster = new MemoryCluster(1024 * 1024, topics);
    const instances = [await cluster.start({ open }), await cluster.start({ open })];
    for (const { connect } of instances) await connect();
    await known(instances, 2);
    const told = listen(instances[0]!);
    cluster.bus.stop(new Error("killed"));
    await until(() => instances[0]!.server.topics.state === "down", "the engine is down");
    expect(await instances[0]!.server.topics.members("room/1")).toHaveLength(2);
    expect(told).toEqual([]);
    cluster.bus.start();
    for (const instance of instances) await cluster.isUp(instance);
    await known(instances, 2);
    expect(told).toEqual([]);
    await instances[1]!.server.stop(true);
    await known(instances.slice(0, 1), 1);
    expect(told).toEqual(['-room/1 "x"']);
  });
});
