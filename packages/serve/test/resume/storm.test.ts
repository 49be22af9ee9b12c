import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { MemoryCluster } from "../support/cluster.ts";
import { positionOf, TopicClient } from "../support/topic-client.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const TOPICS = { "room/*": { history: { size: 100, seconds: 60 } } };
const open = (ws: ServerWebSocket): void => void ws.subscribe("room/1", { last: 5 });
const texts = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith("m ")).map((line) => line.split("⏎")[1]!);

/** An instance, and what it has asked its engine for. */
async function instance(cluster: MemoryCluster, handler: object = {}) {
  const engine = cluster.bus.engine();
  const reads: string[] = [];
  const read = engine.history!.read.bind(engine.history);
  engine.history!.read = (request, channel, from, limit, rule) => {
    // What is asked with a limit of 0 is where a topic is.
    if (limit > 0) reads.push(`${channel} ${from}`);
    read(request, channel, from, limit, rule);
  };
  const started = startWebSockets({ open, ...handler }, systemClock, {
    backplane: cluster.backplane(engine),
    topics: TOPICS,
  });
  for (const event of ["down", "gap"] as const) started.server.topics.on(event, () => {});
  await until(() => started.server.topics.state === "up", "up");
  return { ...started, engine, reads };
}

describe("many topic clients that come back at another instance", () => {
  it("cost one read of the engine, whatever each of them has missed, and those who enter cost none", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const one = await instance(cluster);
    const client = await TopicClient.open(one.server);
    const positions = [positionOf((await client.upTo("+")).at(-1)!)];
    const [epoch] = positions[0]!.split(".");
    for (let i = 1; i <= 20; i++) {
      one.server.publish("room/1", String(i));
      const [line] = await client.take(1);
      positions.push(`${epoch}.${line!.split("⏎")[0]!.split(" ")[2]}`);
    }
    const other = await instance(cluster);
    const back = await Promise.all(positions.map(() => TopicClient.open(other.server)));
    await Promise.all(
      back.map(async (each, i) => {
        const to = positionOf((await each.upTo("+")).at(-1)!);
        await turns((i * 7) % 20);
        each.send(`r ${client.session}⏎room/1 ${positions[i]} ${to}`);
        expect(texts(await each.upTo("="))).toEqual(
          Array.from({ length: 20 - i }, (_, n) => String(i + n + 1)),
        );
      }),
    );
    expect(other.reads).toEqual(["ht:room/1 0"]);
    const entering = await TopicClient.open(other.server);
    const line = (await entering.upTo("+")).at(-1)!;
    expect(line).toMatch(/ 5$/);
    entering.send(`r⏎room/1 *5 ${positionOf(line)}`);
    expect(texts(await entering.upTo("="))).toEqual(["16", "17", "18", "19", "20"]);
    const plain = await other.connect();
    expect(await plain.client.texts(5)).toEqual(["16", "17", "18", "19", "20"]);
    expect(other.reads.length).toBe(1);
  });

  it("wait while it is away from the engine, and go on from there when it is back", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const { server } = await instance(cluster);
    const local = await TopicClient.open(server);
    const began = positionOf((await local.upTo("+")).at(-1)!);
    cluster.bus.stop(new Error("stopped"));
    await until(() => server.topics.state === "down", "down");
    server.publish("room/1", "1");
    const back = await TopicClient.open(server);
    const stale = positionOf((await back.upTo("+")).at(-1)!);
    expect(stale).toBe(began);
    back.send(`r⏎room/1 *5 ${stale}`);
    await turns(20);
    cluster.bus.start();
    const again = positionOf((await back.upTo("+")).at(-1)!);
    back.send(`r⏎room/1 ${began} ${again}`);
    expect(await local.take(1)).toEqual([expect.stringContaining("⏎1")]);
    await back.upTo("=");
    // It comes in the replay, or live, behind the +.
    if (texts(back.all).length === 0) await back.upTo("m");
    expect(new Set(texts(back.all))).toEqual(new Set(["1"]));
  });

  it("do not get what they have published themselves before, though it comes to the engine only now", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const { server } = await instance(cluster, {
      message: (ws: ServerWebSocket, text: string) => void ws.publish("room/1", text),
    });
    const [client, other] = [await TopicClient.open(server), await TopicClient.open(server)];
    await client.upTo("+");
    const began = positionOf((await other.upTo("+")).at(-1)!);
    cluster.bus.stop(new Error("stopped"));
    await until(() => server.topics.state === "down", "down");
    client.send("d⏎mine");
    server.publish("room/1", "theirs");
    await turns(20);
    client.end();
    const back = await TopicClient.open(server);
    const to = positionOf((await back.upTo("+")).at(-1)!);
    expect(to).toBe(began);
    back.send(`r ${client.session}⏎room/1 ${to} ${to}`);
    expect(await back.take(1)).toEqual([`=room/1 ${to}`]);
    cluster.bus.start();
    const got = await other.take(2);
    expect(texts(got)).toContain("mine");
    const own = got.find((line) => line.endsWith("mine"))!;
    expect(await back.take(2)).toEqual(
      got.map((line) => (line === own ? `o${own.split("⏎")[0]!.slice(1)}` : line)),
    );
  });

  it("are told a gap when the engine has lost what it had: everybody, once, where the topic goes on", async () => {
    const cluster = new MemoryCluster(undefined, TOPICS);
    const { server, engine, connect } = await instance(cluster);
    const clients = [await TopicClient.open(server), await TopicClient.open(server)];
    const plain = await connect();
    for (const each of clients) await each.upTo("+");
    await server.topics.publish("room/1", "1");
    for (const each of clients) await each.take(1);
    expect(await plain.client.texts(1)).toEqual(["1"]);
    cluster.bus.history.rotate("ht:room/1", epochOf(clients[0]!));
    cluster.bus.disconnect(engine, new Error("failover"));
    const told = await Promise.all(clients.map(async (each) => (await each.upTo("!")).at(-1)!));
    expect(told[0]).toBe(told[1]);
    expect(told[0]).not.toContain(epochOf(clients[0]!));
    await server.topics.publish("room/1", "2");
    for (const each of clients) {
      expect(texts(await each.take(1))).toEqual(["2"]);
      expect(each.all.filter((line) => line.startsWith("!")).length).toBe(1);
    }
    expect(await plain.client.texts(1)).toEqual(["2"]);
  });
});

function epochOf({ all }: TopicClient): string {
  return positionOf(all.find((line) => line.startsWith("+"))!).split(".")[0]!;
}
