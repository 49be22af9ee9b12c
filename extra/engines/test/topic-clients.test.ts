import { describe, expect, test } from "vitest";
import { type EngineOptions, hasEngines } from "./support/engines.ts";
import { RedisPair } from "./support/redis-pair.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { kill, testEngines } from "./support/test-engines.ts";
import { TopicWorld, type TopicWorldOptions } from "./support/topic-world.ts";

const engines = testEngines();
const { cleanups, folder, start } = engines;

type Kind = "redis" | "nats";

/** Options with which an engine keeps nothing when it ends. */
function forgetful(kind: Kind): EngineOptions {
  if (kind === "redis") return {};
  return { args: ["-js", "-sd", folder()] };
}

async function world(pages: number, engine: string, options?: TopicWorldOptions): Promise<TopicWorld> {
  const started = await TopicWorld.start(pages, engine, options);
  cleanups.push(() => started.stop());
  return started;
}

describe.skipIf(!hasEngines())("topic clients of two processes over Redis", () => {
  test("200 of them, in a rolling restart: each has every number, once and in one order, and no gap is told", async () => {
    const { port } = await start("redis");
    const all = await world(200, `redis://127.0.0.1:${port}`);
    const stop = all.publishing();
    await all.untilSaid(200);
    for (const i of [0, 1]) {
      expect(await all.instances[i]!.stop()).toBe(0);
      await all.restart(i);
      await all.untilSaid(20);
      await all.untilAllAre(({ isLive }) => isLive);
    }
    stop();
    const { problems, counts } = await all.check();
    console.log("rolling restart:", JSON.stringify(counts));
    expect(problems).toEqual([]);
    expect(counts).toMatchObject({ clients: 200, gaps: 0 });
    expect(counts.sent).toBeGreaterThan(240);
    // Each has lost its instance, and was asked to come back.
    for (const { ends } of all.pages) expect(ends).toContain(1012);
  });

  test("those of `mantou --workers` miss nothing while SIGHUP replaces the workers", async () => {
    const { port } = await start("redis");
    const all = await world(40, `redis://127.0.0.1:${port}`, { workers: 2 });
    const stop = all.publishing();
    await all.untilSaid(40);
    const [instance] = all.instances;
    instance!.reload();
    await instance!.untilStarted(4);
    await all.untilAllAre(({ isLive, ends }) => isLive && ends.includes(1012));
    await all.untilSaid(20);
    stop();
    const { problems, counts } = await all.check();
    console.log("workers:", JSON.stringify(counts));
    expect(problems).toEqual([]);
    expect(counts).toMatchObject({ clients: 40, gaps: 0 });
  });

  test("a replica without the last messages takes over: a gap is told to each, and no number is taken for an old one", async () => {
    const pair = await RedisPair.start(engines);
    const all = await world(20, pair.url);
    let stop = all.publishing();
    await all.untilSaid(20);
    await pair.untilCopied("mantou:{ht:room/1}:s");
    stop();
    await pair.untilCopied();
    pair.cut();
    stop = all.publishing();
    // These reach all pages, and the replica never.
    await all.untilSaid(20);
    const { epoch } = all.observer.relay.history!.position("room/1")!;
    await pair.failOver();
    pair.release();
    await all.untilAllAre(({ log }) => log.some((line) => line.startsWith("!")));
    await all.untilSaid(20);
    stop();
    const { problems, counts } = await all.check([epoch]);
    console.log("failover:", JSON.stringify(counts));
    expect(problems).toEqual([]);
    for (const { name, log } of all.pages)
      expect(log.filter((line) => line.startsWith("!")).length, name).toBe(1);
    expect(all.observer.relay.history!.position("room/1")!.epoch).not.toBe(epoch);
  });
});

describe.skipIf(!hasEngines()).each(["redis", "nats"] as const)(
  "topic clients of two processes over %s",
  (kind) => {
    test("their instance is killed, connections to the engine break, and the engine loses everything", async () => {
      let engine = await start(kind, forgetful(kind));
      const proxy = await TcpProxy.open(engine.port);
      cleanups.push(() => proxy.close());
      // The observer's connection breaks only with the engine.
      const direct = `${kind}://127.0.0.1:${engine.port}`;
      const all = await world(30, `${kind}://127.0.0.1:${proxy.port}`, { direct });
      let stop = all.publishing();
      cleanups.push(async () => stop());
      await all.untilSaid(30);

      // What `topics.publish` had resolved for is with all, though its instance is killed at once.
      const position = await all.instances[0]!.publish("kept 1");
      expect(position).toMatch(/^[\w-]+\.\d+\.[\w-]*$/);
      await all.instances[0]!.kill();
      // A plain topic has no history: pages that are away miss the message.
      await all.instances[1]!.publishPlain("while some are away");
      await all.untilSaid(20);
      await all.restart(0);
      await all.untilAllAre((page) => page.isLive && page.has("kept 1"));
      await all.instances[1]!.publishPlain("all are back");
      await all.untilAllAre(({ plain }) => plain.includes("all are back"));
      const kinds = new Set(all.pages.map(({ plain }) => plain.join(", ")));
      expect(kinds).toEqual(new Set(["all are back", "while some are away, all are back"]));
      for (let i = 0; i < 3; i++) {
        proxy.release();
        await all.untilSaid(20);
      }
      stop();
      const first = await all.check();
      console.log(`${kind}, instances and connections:`, JSON.stringify(first.counts));
      expect(first.problems).toEqual([]);
      expect(first.counts.gaps).toBe(0);
      stop = all.publishing();

      const { epoch } = all.observer.relay.history!.position("room/1")!;
      await kill(engine);
      const { port } = engine;
      engine = await start(kind, { ...forgetful(kind), port });
      await all.untilAllAre(({ log }) => log.some((line) => line.startsWith("!")));
      await all.untilSaid(20);
      stop();
      const { problems, counts } = await all.check();
      console.log(`${kind}, the engine too:`, JSON.stringify(counts));
      expect(problems).toEqual([]);
      for (const { name, log } of all.pages)
        expect(log.filter((line) => line.startsWith("!")).length, name).toBe(1);
      expect(all.observer.relay.history!.position("room/1")!.epoch).not.toBe(epoch);
    });
  },
);
