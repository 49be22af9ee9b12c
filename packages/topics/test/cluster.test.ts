import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.ts";
import { echoesOf, faultOf, type Page, TopicCluster } from "./support/topic-cluster.ts";

let cluster: TopicCluster | null = null;

afterEach(async () => {
  await cluster?.stop();
  cluster = null;
});

async function startCluster(instances: number, pages: number, size: number): Promise<TopicCluster> {
  const started = new TopicCluster(size);
  cluster = started;
  for (let i = 0; i < instances; i++) started.instances.push(await started.start());
  for (let i = 0; i < pages; i++) await started.open();
  return started;
}

const index = fc.nat({ max: 11 });
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("publish" as const),
      i: index,
      n: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("say" as const), i: index, n: fc.constant(1) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("break" as const), i: index, n: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      i: index,
      n: fc.integer({ min: 0, max: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("disconnect" as const), i: index, n: index }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("outage" as const),
      i: index,
      n: fc.integer({ min: 1, max: 10 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("restart" as const), i: index, n: index }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("kill" as const), i: index, n: index }) },
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

async function perform(world: TopicCluster, { type, i, n }: Action): Promise<void> {
  const { instances, pages, bus } = world;
  const at = i % instances.length;
  switch (type) {
    case "publish":
      world.publish(at, n);
      break;
    case "say":
      pages[i % pages.length]!.say(world.text());
      break;
    case "break":
      [...instances[at]!.sockets][n % Math.max(1, instances[at]!.sockets.size)]?.terminate();
      break;
    case "wait":
      await sleep(n);
      break;
    case "disconnect":
      bus.disconnect(instances[at]!.engine, new Error("broken"));
      break;
    case "outage":
      bus.stop(new Error("outage"));
      await sleep(n);
      bus.start();
      break;
    case "restart":
      await world.restart(at, 0.01);
      break;
    case "kill":
      await world.kill(at);
  }
  await nextTurn();
}

const faults = (world: TopicCluster): (string | null)[] =>
  world.pages.map((page) => faultOf(page, world)).filter((fault) => fault !== null);

describe("pages of several servers on one engine", () => {
  it("show every message once, in the engine's order and without their own, whatever breaks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 40 }), async (actions) => {
        const world = await startCluster(3, 5, 2000);
        for (const each of actions) await perform(world, each);
        await world.settle();
        expect(faults(world)).toEqual([]);
        // The history has all of it: nothing may be told as lost.
        expect(world.pages.filter(({ shown }) => shown.includes("|"))).toEqual([]);
        expect(world.twice.size).toBe(0);
        await world.stop();
      }),
      { ...runs(60), endOnFailure: true },
    );
  });

  it("are told what a short history, or another epoch, has not got any more, and miss nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 40 }), async (actions) => {
        const world = await startCluster(2, 4, 5);
        for (const [i, each] of actions.entries()) {
          await perform(world, each);
          if (i % 13 === 12) world.rotate();
        }
        await world.settle();
        expect(faults(world)).toEqual([]);
        await world.stop();
      }),
      { ...runs(40), endOnFailure: true },
    );
  });

  it("miss nothing over a rolling restart of all servers", async () => {
    const isFull = process.env["MANTOU_FULL"] === "1";
    const world = await startCluster(3, isFull ? 200 : 40, 10_000);
    let isOver = false;
    const publishing = (async () => {
      for (let n = 0; !isOver; n++) {
        if (n % 3 === 0) world.publish((n / 3) % 3, 1);
        else world.pages[(n * 7) % world.pages.length]!.say(world.text());
        await sleep(2);
      }
    })();
    for (const i of [0, 1, 2]) await world.restart(i, 0.2);
    isOver = true;
    await publishing;
    await world.settle();
    expect(world.order.length).toBeGreaterThan(20);
    expect(faults(world)).toEqual([]);
    expect(world.pages.filter(({ shown }) => shown.includes("|"))).toEqual([]);
    expect(world.pages.flatMap(echoesOf)).toEqual([]);
  });
});

describe("the check of a page's log", () => {
  const check = (shown: string[], own: string[] = []): string | null =>
    faultOf({ shown, own: new Set(own) } as unknown as Page, {
      order: ["a", "b", "c", "d"],
      twice: new Set(),
    });

  it("finds what is missing, double, or out of order", () => {
    expect(check(["a", "b", "c", "d"])).toBe(null);
    expect(check(["a", "d"], ["b", "c"])).toBe(null);
    expect(check(["a", "|", "c", "d"])).toBe(null);
    expect(check(["a", "b", "c", "|"])).toBe(null);
    expect(check(["a", "c", "d"])).toBe("1 messages before c are missing");
    expect(check(["a", "b", "b", "c", "d"])).toBe("b comes twice, or behind later ones");
    expect(check(["a", "c", "b", "d"])).toBe("1 messages before c are missing");
    expect(check(["a", "|", "a"])).toBe("a comes twice, or behind later ones");
    expect(check(["a", "b", "c"])).toBe("1 messages are missing at the end");
    expect(check(["a", "b", "c", "d"], ["b"])).toBe(null);
    expect(check(["x"])).toBe("x is not in the order");
  });
});
