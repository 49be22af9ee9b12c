import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Backplane, fromUrl } from "@mantou/backplane";
import { nats } from "@mantou/backplane/nats";
import { valkey } from "@mantou/backplane/valkey";
import type { HistorySlice } from "@mantou/pubsub/relay";
import { connect } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { hasEngines } from "./support/engines.ts";
import { expectHistories } from "./support/history-guarantees.ts";
import { HistoryMember, type HistoryMemberOptions } from "./support/history-member.ts";
import { RedisPair } from "./support/redis-pair.ts";
import { RemoteHistory } from "./support/remote-history.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { admin, kill, testEngines } from "./support/test-engines.ts";

const TOPICS = ["room", "{a}b} ä*.>\r\n"];

const engines = testEngines();
const { cleanups, folder, start } = engines;

/** Instances that are members of all topics, and have read them. */
async function members(
  backplane: Backplane,
  count = 2,
  options?: HistoryMemberOptions,
): Promise<HistoryMember[]> {
  const all = Array.from({ length: count }, (_, i) => member(`i${i}`, backplane, options));
  await live(all);
  return all;
}

function member(id: string, backplane: Backplane, options?: HistoryMemberOptions): HistoryMember {
  const one = new HistoryMember(id, backplane, options);
  cleanups.push(() => one.close());
  for (const topic of TOPICS) one.subscribe(topic);
  return one;
}

async function live(all: readonly HistoryMember[]): Promise<void> {
  for (const each of all) await each.until(() => TOPICS.every((topic) => each.isLive(topic)));
}

interface Member {
  readonly id: string;
  readonly published: ReadonlyMap<string, number>;
  publish(topic: string, count?: number): void;
  until(condition: () => boolean): Promise<void>;
  has(topic: string, message: string): boolean;
}

function publishing(all: readonly Member[]): () => void {
  const timer = setInterval(() => {
    for (const each of all) for (const topic of TOPICS) each.publish(topic, 3);
  }, 3);
  return () => clearInterval(timer);
}

/** Publishes a last message to each topic from each instance, and waits until all have it. One that reveals a gap is behind it: others follow. */
async function settle(all: readonly Member[]): Promise<void> {
  for (let round = 0; ; round++) {
    for (const each of all) for (const topic of TOPICS) each.publish(topic);
    const last = all.flatMap(({ id, published }) =>
      TOPICS.map((topic) => [topic, `${id} ${published.get(topic)}`]),
    );
    const arrived = all.flatMap((each) =>
      last.map(([topic, message]) => each.until(() => each.has(topic!, message!))),
    );
    const isOver = Promise.all(arrived).then(() => true);
    if (await Promise.race([isOver, sleep(round < 3 ? 1000 : 5000, false)])) return;
  }
}

/** What an instance has is all that was published, where no gap is told. @param refused the messages of a topic that were */
function expectAll(
  all: readonly (Member & { readonly log: HistoryMember["log"] })[],
  refused: (topic: string) => number = () => 0,
): void {
  for (const { log } of all) {
    for (const topic of TOPICS) {
      const published = all.reduce((sum, each) => sum + (each.published.get(topic) ?? 0), 0);
      const count = published - refused(topic);
      expect(log.get(topic)!.filter((entry) => "message" in entry)).toHaveLength(count);
      expect(log.get(topic)!.filter((entry) => "gap" in entry)).toEqual([]);
    }
  }
}

const gapsOf = (all: readonly HistoryMember[]) =>
  all.flatMap((each) => TOPICS.map((topic) => each.gaps(topic)));
const typesOf = ({ events }: HistoryMember) => events.map(({ type }) => type);
const breaks = ({ events }: HistoryMember) => events.filter(({ type }) => type === "down").length;

/** All that the engine keeps of a topic. */
function read(one: HistoryMember, topic: string): Promise<HistorySlice> {
  return new Promise((resolve, reject) => {
    one.relay.history!.read(topic, one.rule, null, (error, slice) =>
      slice === null ? reject(error) : resolve(slice),
    );
  });
}

const KINDS = [
  {
    kind: "redis",
    options: () => [] as string[],
    kept: () => ["--appendonly", "yes", "--appendfsync", "always", "--dir", folder()],
    make: (port: number) => valkey(`redis://127.0.0.1:${port}`),
  },
  {
    kind: "nats",
    options: () => ["-js", "-sd", folder()],
    kept: () => ["-js", "-sd", folder()],
    make: (port: number) => nats(`nats://127.0.0.1:${port}`),
  },
] as const;

describe.skipIf(!hasEngines()).each(KINDS)("history topics over $kind", ({ kind, options, kept, make }) => {
  test("nothing fails: once, in one order for all, and what was published is in the engine", async () => {
    const { port } = await start(kind, { args: options() });
    const all = await members(make(port), 3);
    for (let i = 0; i < 20; i++) {
      for (const each of all) for (const topic of TOPICS) each.publish(topic, 5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settle(all);
    expectHistories(all, TOPICS);
    expectAll(all);
    const orders = all.map(({ log }) => JSON.stringify(log.get("room")));
    expect(new Set(orders).size).toBe(1);
    for (const each of all) {
      expect(each.kept.size).toBe(TOPICS.reduce((sum, topic) => sum + each.published.get(topic)!, 0));
      for (const [key, { epoch, offset }] of each.kept) {
        const [topic, message] = [
          TOPICS.find((one) => key.startsWith(`${one} `))!,
          key.slice(key.indexOf(each.id)),
        ];
        expect(each.log.get(topic)).toContainEqual({ message, epoch, offset });
      }
      expect(each.relay.metrics.refusedFrames).toBe(0);
    }
    const { frames, complete } = await read(all[0]!, "room");
    expect(complete).toBe(true);
    const published = all.reduce((sum, each) => sum + each.published.get("room")!, 0);
    expect(published).toBeGreaterThanOrEqual(303);
    expect(frames.reduce((sum, { count }) => sum + count, 0)).toBe(published);
  });

  test("the first member of a topic gets what is published in the turn in which it comes", async () => {
    const { port } = await start(kind, { args: options() });
    const [one] = await members(make(port), 1);
    await settle([one!]);
    const flushed = (publish: () => void): void => {
      publish();
      one!.relay.flush();
    };
    for (let i = 0; i < 20; i++) {
      const topic = `new ${i}`;
      // What is not answered yet makes no difference.
      if (i % 2 === 1) flushed(() => one!.relay.publish("plain", "\x81\x01x", null, false));
      flushed(() => {
        one!.subscribe(topic);
        one!.publish(topic);
      });
      await one!.until(() => one!.has(topic, "i0 1"));
    }
    expect(breaks(one!)).toBe(0);
  });

  test("the connection breaks, again and again: what was missed comes on return, and nothing twice", async () => {
    const { port } = await start(kind, { args: options() });
    const proxy = await TcpProxy.open(port);
    cleanups.push(() => proxy.close());
    const all = [member("i0", make(proxy.port)), member("i1", make(port))];
    await live(all);
    const stop = publishing(all);
    for (let i = 1; i <= 3; i++) {
      proxy.release();
      await all[0]!.until(() => breaks(all[0]!) >= i);
      const count = all[1]!.published.get("room") ?? 0;
      await all[1]!.until(() => all[1]!.has("room", `i1 ${count + 9}`));
      await all[0]!.until(() => all[0]!.relay.state === "up");
    }
    stop();
    await settle(all);
    expectHistories(all, TOPICS);
    expectAll(all);
    // A message whose answer was lost is there once.
    const messages = (await read(all[1]!, "room")).frames.flatMap((frames) =>
      [...frames].map(({ payload }) => payload.toString()),
    );
    expect(new Set(messages).size).toBe(messages.length);
  });

  test("the engine is killed and comes back with what it had: nothing is missed", async () => {
    const args = kept();
    const engine = await start(kind, { args });
    const all = await members(make(engine.port));
    const stop = publishing(all);
    await all[0]!.until(() => all[0]!.has("room", "i1 60"));
    await kill(engine);
    await all[0]!.until(() => all[0]!.relay.state === "down");
    stop();
    await start(kind, { port: engine.port, args });
    await settle(all);
    expectHistories(all, TOPICS);
    expectAll(all);
  });

  test("the engine is killed and comes back empty: a new epoch, and each topic is told a gap", async () => {
    const engine = await start(kind, { args: options() });
    const all = await members(make(engine.port));
    await settle(all);
    const stop = publishing(all);
    await all[0]!.until(() => all[0]!.has("room", "i1 60"));
    await kill(engine);
    await all[0]!.until(() => all[0]!.relay.state === "down");
    stop();
    await start(kind, { port: engine.port, args: options() });
    await settle(all);
    expectHistories(all, TOPICS);
    expect(gapsOf(all)).toEqual([1, 1, 1, 1]);
    const epochs = all[0]!.log.get("room")!.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(2);
  });

  test("messages are not given any more when their seconds are over, and that is no gap for those that had them", async () => {
    const { port } = await start(kind, { args: options() });
    const proxy = await TcpProxy.open(port);
    cleanups.push(() => proxy.close());
    const rule = { size: 100, seconds: 1 };
    const all = [member("i0", make(proxy.port), { rule }), member("i1", make(port), { rule })];
    await live(all);
    await settle(all);
    const reader = new HistoryMember("reader", make(port), { rule });
    cleanups.push(() => reader.close());
    await reader.until(() => reader.relay.state === "up");
    const count = ({ frames }: HistorySlice) => frames.reduce((sum, each) => sum + each.count, 0);
    await sleep(1100);
    const old = await read(reader, "room");
    expect([count(old), old.position]).toEqual([0, all[0]!.relay.history!.position("room")]);
    proxy.release();
    // A message that came before its place is read again would be one behind a place that is not kept any more.
    const lives = all[0]!.lives;
    await all[0]!.until(() => breaks(all[0]!) > 0 && all[0]!.lives === lives + TOPICS.length);
    let begun = 0;
    let young = 0;
    // On a machine that was held up they may be old again when they are read: then others follow.
    do {
      begun = performance.now();
      await settle(all);
      expectAll(all);
      young = count(await read(reader, "room"));
    } while (young === 0 && performance.now() - begun > 1000);
    expect(young).toBeGreaterThan(0);
  });

  test("an instance is stopped for a while, and one is killed: what the engine had is with all", async () => {
    const { port } = await start(kind, { args: options() });
    const url = `${kind}://127.0.0.1:${port}`;
    const local = await members(fromUrl(url), 1);
    const [stopped, killed] = ["r1", "r2"].map((id) => new RemoteHistory(id, url, TOPICS));
    for (const each of [stopped!, killed!]) {
      cleanups.push(() => each.close());
      await each.until(() => each.isUp);
    }
    await settle([...local, stopped!, killed!]);
    stopped!.signal("SIGSTOP");
    const stop = publishing([...local, killed!]);
    await local[0]!.until(() => local[0]!.has("room", "r2 100"));
    await killed!.close();
    stop();
    stopped!.signal("SIGCONT");
    const rest = [...local, stopped!];
    await settle(rest);
    expectHistories([...rest, killed!], TOPICS);
    for (const topic of TOPICS) {
      expect(stopped!.gaps(topic)).toBe(0);
      const [a, b] = rest.map(({ log }) => log.get(topic)!.slice(-200));
      expect(b).toEqual(a);
    }
  });
});

describe.skipIf(!hasEngines())("history topics over Redis", () => {
  test("a replica without the last messages takes over: a new epoch, also where their numbers are used again", async () => {
    const pair = await RedisPair.start(engines);
    const all = await members(valkey(pair.url));
    await settle(all);
    await pair.untilCopied();
    pair.cut();
    // These reach all instances, and the replica never.
    await settle(all);
    const before = all[0]!.relay.history!.position("room")!;
    await pair.failOver();
    // Another instance uses their numbers again before the others are back.
    const late = member("late", valkey(`redis://127.0.0.1:${pair.replica.port}`));
    await live([late]);
    for (const topic of TOPICS) for (let i = 0; i < 4; i++) late.publish(topic);
    await late.until(() => late.kept.size === 8);
    pair.release();
    await live(all);
    await settle([...all, late]);
    const ended = all[0]!.log.get("room")![0]!.epoch;
    const others = all[0]!.log.get(TOPICS[1]!)![0]!.epoch;
    expectHistories([...all, late], TOPICS, [ended, others]);
    for (const each of all) for (const topic of TOPICS) expect(each.gaps(topic)).toBe(1);
    expect(all[0]!.relay.history!.position("room")!.epoch).not.toBe(before.epoch);
  });

  test("an epoch is kept ten minutes longer by each read, and while the topic is subscribed", async () => {
    const { port } = await start("redis");
    const all = await members(valkey(`redis://127.0.0.1:${port}`), 1, { rule: { size: 10, seconds: 1 } });
    await settle(all);
    const key = "mantou:{ht:room}:e";
    await admin(port, "PEXPIRE", key, "5000");
    const reader = new HistoryMember("reader", valkey(`redis://127.0.0.1:${port}`), { rule: all[0]!.rule });
    cleanups.push(() => reader.close());
    await reader.until(() => reader.relay.state === "up");
    await read(reader, "room");
    expect(Number(await admin(port, "PTTL", key))).toBeGreaterThan(500_000);
  });

  test("the hash with the epoch is evicted: a gap is told, and nothing is missed silently", async () => {
    const { port } = await start("redis");
    const all = await members(valkey(`redis://127.0.0.1:${port}`));
    await settle(all);
    expect(await admin(port, "DEL", "mantou:{ht:room}:e")).toBe(1);
    await settle(all);
    expectHistories(all, TOPICS);
    expect(gapsOf(all)).toEqual([1, 0, 1, 0]);
  });

  test("the scripts are flushed under load, and connections are killed: what is missed is told, and the order stays", async () => {
    const { port } = await start("redis");
    const all = await members(valkey(`redis://127.0.0.1:${port}`), 3);
    const stop = publishing(all);
    for (let i = 1; i <= 20; i++) {
      await admin(port, "SCRIPT", "FLUSH");
      await all[0]!.until(() => all[0]!.has("room", `i1 ${i * 6}`));
    }
    expect(all.map(breaks)).toEqual([0, 0, 0]);
    for (let i = 1; i <= 3; i++) {
      await admin(port, "CLIENT", "KILL", "TYPE", "pubsub");
      for (const each of all) await each.until(() => breaks(each) >= i && each.relay.state === "up");
    }
    stop();
    await settle(all);
    expectHistories(all, TOPICS);
    // Two instances may have the same script, rarely: one may bring it back between two appends of the other.
    const failed = all.flatMap((each) => [...each.failed]);
    expect(failed.filter(([, code]) => code !== "refused")).toEqual([]);
    expectAll(all, (topic) => failed.filter(([message]) => message.startsWith(`${topic} `)).length);
  });

  test("a server that takes no writes is told, and plain topics go on: no connection breaks", async () => {
    const { port } = await start("redis");
    const all = await members(valkey(`redis://127.0.0.1:${port}`), 1);
    await settle(all);
    await admin(port, "CONFIG", "SET", "min-replicas-to-write", "1");
    const one = member("late", valkey(`redis://127.0.0.1:${port}`));
    one.publish("room");
    await one.until(() => typesOf(one).includes("dropped"));
    const errors = one.events.flatMap((event) => (event.type === "dropped" ? [event.error?.message] : []));
    expect(errors[0]).toMatch(/ takes no messages of histories: mend its disk, or its replicas /);
    expect([...one.failed.values()]).toEqual(["refused"]);
    // Its topics were asked for as well, and more than once.
    await sleep(1000);
    expect([one.relay.state, breaks(one)]).toEqual(["up", 0]);
    await admin(port, "CONFIG", "SET", "min-replicas-to-write", "0");
    await one.until(() => TOPICS.every((topic) => one.isLive(topic)));
    one.publish("room");
    await one.until(() => one.has("room", "late 2"));
    expect(gapsOf([...all, one])).toEqual([0, 0, 0, 0]);
    expect(breaks(one)).toBe(0);
  });

  test("bytes of others in a channel and in the keys are refused or healed, and nothing ends", async () => {
    const { port } = await start("redis");
    const all = await members(valkey(`redis://127.0.0.1:${port}`));
    await settle(all);
    for (const text of ["", "junk", "e 1 0\n", "e 5 9\nM"])
      await admin(port, "PUBLISH", "mantou:ht:room", text);
    await settle(all);
    expect(gapsOf(all)).toEqual([0, 0, 0, 0]);
    expect(all[0]!.relay.metrics.refusedFrames).toBeGreaterThanOrEqual(3);
    await admin(port, "HSET", "mantou:{ht:room}:e", "e", "no epoch!", "s", "x");
    await settle(all);
    await admin(port, "XADD", "mantou:{ht:room}:s", "999999-0", "a", "b");
    await settle(all);
    for (const each of all) await read(each, "room");
    expectHistories(all, TOPICS);
    expect(all.map(breaks)).toEqual([0, 0]);
  });

  test("a user without permissions, and a server without memory, are told with words", async () => {
    const { port } = await start("redis", { args: ["--maxmemory-policy", "noeviction"] });
    const plain = ["+hello", "+subscribe", "+unsubscribe", "+publish", "+role", "&mantou:*"];
    await admin(port, "ACL", "SETUSER", "plain", "on", ">p", ...plain);
    const needs = [
      "+@scripting",
      "+@stream",
      "+hmget",
      "+hget",
      "+hset",
      "+del",
      "+pexpire",
      "+time",
      "~mantou:*",
    ];
    await admin(port, "ACL", "SETUSER", "full", "on", ">p", ...plain, ...needs);
    const [full] = await members(valkey(`redis://full:p@127.0.0.1:${port}`), 1);
    await settle([full!]);
    const one = member("p", valkey(`redis://plain:p@127.0.0.1:${port}`));
    one.publish("room");
    await one.until(() => typesOf(one).includes("dropped"));
    const dropped = (each: HistoryMember) =>
      each.events.flatMap((event) =>
        event.type === "dropped" ? [`${event.reason}: ${event.error?.message}`] : [],
      );
    expect(dropped(one)[0]).toMatch(
      /^refused: .* does not allow this user what histories of valkey\(\) need: \+@scripting /,
    );
    expect([...one.failed.values()]).toEqual(["refused"]);
    const refused = () => one.events.flatMap((event) => (event.type === "refused" ? [event] : []));
    await one.until(() => refused().length === TOPICS.length);
    expect(
      refused()
        .map(({ topic }) => topic)
        .sort(),
    ).toEqual([...TOPICS].sort());
    expect(refused()[0]!.error.message).toMatch(/does not allow this user what histories of valkey\(\) need/);
    expect(breaks(one)).toBe(0);
    await admin(port, "CONFIG", "SET", "maxmemory", "1");
    full!.publish("room");
    await full!.until(() => typesOf(full!).includes("dropped"));
    expect(dropped(full!)[0]).toMatch(/^refused: .* has no memory left for histories: raise its maxmemory/);
    await admin(port, "CONFIG", "SET", "maxmemory", "0");
    await settle([full!]);
    expect(full!.gaps("room")).toBe(0);
  });
});

describe.skipIf(!hasEngines())("history topics over local()", () => {
  test("the hub is killed: what it had is lost, and each topic is told a gap", async () => {
    const url = `unix:${folder()}/s`;
    const hub = new RemoteHistory("hub", url, TOPICS);
    cleanups.push(() => hub.close());
    await hub.until(() => hub.isUp);
    const all = await members(fromUrl(url));
    await settle([hub, ...all]);
    const stop = publishing(all);
    await all[0]!.until(() => all[0]!.has("room", "i1 30"));
    await hub.close();
    await all[0]!.until(() => breaks(all[0]!) > 0 && all[0]!.relay.state === "up");
    stop();
    await settle(all);
    expectHistories([hub, ...all], TOPICS);
    for (const each of all) {
      for (const topic of TOPICS) {
        // A second one, if the other process was the hub for a moment.
        expect(each.gaps(topic)).toBeGreaterThanOrEqual(1);
        expect(new Set(each.log.get(topic)!.map(({ epoch }) => epoch)).size).toBeGreaterThanOrEqual(2);
      }
    }
  });
});

describe.skipIf(!hasEngines())("history topics over NATS", () => {
  test("a topic is purged, and the stream is deleted: what is missed is told, and it goes on", async () => {
    const { port } = await start("nats", { args: ["-js", "-sd", folder()] });
    const client = await connect({ servers: `127.0.0.1:${port}` });
    cleanups.push(() => client.close());
    const proxy = await TcpProxy.open(port);
    cleanups.push(() => proxy.close());
    const all = [
      member("i0", nats(`nats://127.0.0.1:${proxy.port}`)),
      member("i1", nats(`nats://127.0.0.1:${port}`)),
    ];
    await live(all);
    await settle(all);
    // All are live: nothing is missed.
    await client.request("$JS.API.STREAM.PURGE.mantou-history");
    await settle(all);
    expect(gapsOf(all)).toEqual([0, 0, 0, 0]);
    // One is away, and its place is purged with what comes behind it.
    proxy.hold();
    const [away, other] = all as [HistoryMember, HistoryMember];
    other.publish("room", 5);
    await other.until(() => other.has("room", `i1 ${other.published.get("room")}`));
    await client.request("$JS.API.STREAM.PURGE.mantou-history");
    proxy.release();
    await away.until(() => breaks(away) > 0 && away.relay.state === "up");
    await settle(all);
    expect([away.gaps("room"), other.gaps("room")]).toEqual([1, 0]);
    const { epoch } = other.relay.history!.position("room")!;
    await client.request("$JS.API.STREAM.DELETE.mantou-history");
    await settle(all);
    expectHistories(all, TOPICS);
    expect(other.gaps("room")).toBe(1);
    expect(other.relay.history!.position("room")!.epoch).not.toBe(epoch);
  });

  test("a rule that needs more changes the stream, and leaves alone what is not its own", async () => {
    const { port } = await start("nats", { args: ["-js", "-sd", folder()] });
    const backplane = nats(`nats://127.0.0.1:${port}`);
    const client = await connect({ servers: `127.0.0.1:${port}` });
    cleanups.push(() => client.close());
    const config = async () => {
      const answer = (await client.request("$JS.API.STREAM.INFO.mantou-history")).string();
      return (JSON.parse(answer) as { config: Record<string, unknown> }).config;
    };
    const [small] = await members(backplane, 1, { rule: { size: 10, seconds: 60 } });
    const before = await config();
    expect(before).toMatchObject({
      max_msgs_per_subject: 10,
      max_age: 1440e9,
      storage: "file",
      num_replicas: 1,
    });
    const edited = { ...before, max_bytes: 1 << 20, description: `mine ${before["description"]}` };
    await client.request("$JS.API.STREAM.UPDATE.mantou-history", JSON.stringify(edited));
    const large = member("large", backplane, { rule: { size: 100, seconds: 30 } });
    await live([large]);
    expect(await config()).toEqual({ ...edited, max_msgs_per_subject: 100 });
    await settle([small!, large]);
    expect(gapsOf([small!, large])).toEqual([0, 0, 0, 0]);
    // The smaller rule gets what it asks for, and not what the larger one keeps.
    for (let i = 0; i < 30; i++) {
      large.publish("room");
      await large.until(() => large.has("room", `large ${large.published.get("room")}`));
    }
    const count = ({ frames }: HistorySlice) => frames.reduce((sum, each) => sum + each.count, 0);
    expect(count(await read(small!, "room"))).toBe(10);
    expect(count(await read(large, "room"))).toBeGreaterThan(30);
  });

  test("without JetStream each topic is refused once, with words, and plain topics go on", async () => {
    const { port } = await start("nats");
    const one = member("i0", nats(`nats://127.0.0.1:${port}`));
    const refused = () => one.events.flatMap((event) => (event.type === "refused" ? [event] : []));
    await one.until(() => refused().length === TOPICS.length);
    expect(refused().map(({ topic }) => topic)).toEqual(TOPICS);
    expect(refused()[0]!.error.message).toMatch(
      /has no JetStream for this user, and histories of nats\(\) need it: start the server with -js$/,
    );
    one.publish("room");
    await one.until(() => one.failed.size === 1);
    expect([...one.failed.values()]).toEqual(["refused"]);
    expect(one.relay.state).toBe("up");
    expect(breaks(one)).toBe(0);
  });

  test("a user who may not ask JetStream is told with words", async () => {
    const file = join(folder(), "nats.conf");
    const permissions = `{ publish: ["p.>"], subscribe: ["p.>"] }`;
    writeFileSync(
      file,
      `jetstream { store_dir: ${JSON.stringify(folder())} }
authorization { users: [{ user: u, password: p, permissions: ${permissions} }] }`,
    );
    const { port } = await start("nats", { args: ["-c", file] });
    const one = member("i0", nats(`nats://u:p@127.0.0.1:${port}`, { prefix: "p" }));
    await one.until(() => typesOf(one).includes("refused"));
    expect(one.events.find(({ type }) => type === "refused")).toMatchObject({
      error: {
        message: expect.stringMatching(
          /does not allow this user what nats\(\) needs, its subjects: .*\$JS\.API/,
        ),
      },
    });
    expect(one.relay.state).toBe("up");
  });
});
