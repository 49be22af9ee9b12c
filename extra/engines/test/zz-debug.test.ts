import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Backplane, fromUrl } from "@mantou/backplane";
import { nats } from "@mantou/backplane/nats";
import { valkey } from "@mantou/backplane/valkey";
import type { HistorySlice } from "@mantou/pubsub/relay";
import { connect } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasEngines } from "./support/engines.ts";
import { expectHistories } from "./support/history-guarantees.ts";
import { HistoryMember, type HistoryMemberOptions } from "./support/history-member.ts";
import { RedisPair } from "./support/redis-pair.ts";
import { RemoteHistory } from "./support/remote-history.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { admin, kill, testEngines } from "./support/test-engines.ts";

process.on("exit",()=>{});
const TOPICS = ["room", "{a}b} ä*.>\r\n"];

const engines = testEngines();
const { cleanups, folder } = engines;
const pending = new Set<string>();
const start: typeof engines.start = async (...a) => { const p = "start " + JSON.stringify(a) + performance.now(); pending.add(p); try { return await engines.start(...a); } finally { pending.delete(p); } };
const until = HistoryMember.prototype.until;
HistoryMember.prototype.until = async function (c) { const p = this.id + " " + c.toString() + performance.now(); pending.add(p); try { return await until.call(this, c); } finally { pending.delete(p); } };
let watchAll: NodeJS.Timeout;
beforeEach(() => { pending.clear(); watchAll = setTimeout(() => console.log("STUCK pending", [...pending].join("\n")), 39000); });
afterEach(() => clearTimeout(watchAll));

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
  const r0 = performance.now();
  (one as any).times = [];
  const push = one.events.push.bind(one.events);
  one.events.push = (...e: any[]) => { (one as any).times.push(Math.round(performance.now() - r0) + " " + e[0].type + " " + (e[0].error?.message ?? "")); return push(...e); };
  const watch = setTimeout(() => console.log("STUCK watch", one.id, one.relay.state, "lives", one.lives, JSON.stringify((one as any).times), JSON.stringify(one.events.map((e: any) => [e.type, e.topic, e.reason, e.error?.message])), JSON.stringify([...one.published]), JSON.stringify([...one.failed].slice(-5)), JSON.stringify([...one.log].map(([t, l]: any) => [t, l.length, l.slice(-3), (one.relay as any).history.position(t)])), new Error().stack!.split("\n").slice(2, 6).join("|")), 40000);
  cleanups.push(() => clearTimeout(watch));
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
    if (round === 5) {
      for (const each of all as any[]) console.log("STUCK", each.id, each.relay.state, JSON.stringify([...each.published]), JSON.stringify([...each.failed].slice(-5)), "kept", each.kept.size, JSON.stringify(each.events.slice(-12).map((e: any) => [e.type, e.topic, e.reason, e.error?.message])), JSON.stringify([...each.log].map(([t, l]: any) => [t, l.length, l.slice(-3)])), JSON.stringify([...each.published.keys()].map((t: string) => each.relay.history.position(t))));
      throw new Error("stuck");
    }
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
      if (log.get(topic)!.filter((entry) => "message" in entry).length !== count) {
        console.log("STUCK live", JSON.stringify((globalThis as any).__live.slice(-60)));
        for (const each of all as any[]) console.log("STUCK", each.id, each.relay.state, "breaks", each.breaksAt, JSON.stringify(each.events.map((e: any) => [e.at, e.type, e.topic, e.reason, e.error?.message])), JSON.stringify([...each.log]), JSON.stringify(each.marks));
      }
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

describe.each(KINDS.filter((k) => k.kind === "nats"))("history topics over $kind", ({ kind, options, kept, make }) => {
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

  test.each(Array.from({length: Number(process.env.N ?? 20)}, (_, i) => i))("%i the engine is killed and comes back empty: a new epoch, and each topic is told a gap", async () => {
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

  test.each(Array.from({length: Number(process.env.N ?? 20)}, (_, i) => i))("%i messages are not given any more when their seconds are over, and that is no gap for those that had them", async () => {
    const { port } = await start(kind, { args: options() });
    const proxy = await TcpProxy.open(port);
    cleanups.push(() => proxy.close());
    const rule = { size: 100, seconds: 1 };
    const all = [member("i0", make(proxy.port), { rule, onEntry: () => mark("entry0"), onEvent: (e) => mark("event0 " + e.type) }), member("i1", make(port), { rule })];
    const marks: string[] = [];
    const t0 = performance.now();
    function mark(text: string) { marks.push(Math.round(performance.now() - t0) + " " + text); }
    (all[0] as any).marks = marks;
    await live(all);
    await settle(all);
    const reader = new HistoryMember("reader", make(port), { rule });
    cleanups.push(() => reader.close());
    await reader.until(() => reader.relay.state === "up");
    const count = ({ frames }: HistorySlice) => frames.reduce((sum, each) => sum + each.count, 0);
    await sleep(1100);
    const old = await read(reader, "room");
    expect([count(old), old.position]).toEqual([0, all[0]!.relay.history!.position("room")]);
    mark("release"); proxy.release();
    // A message that came before its place is read again would be one behind a place that is not kept any more.
    const lives = all[0]!.lives;
    await all[0]!.until(() => breaks(all[0]!) > 0 && all[0]!.lives === lives + TOPICS.length);
    await settle(all);
    expectAll(all);
    // Young ones are given. On a machine that was held up they are old again: others follow.
    while (count(await read(reader, "room")) === 0) await settle(all);
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

