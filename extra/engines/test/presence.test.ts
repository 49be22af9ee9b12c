import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fromUrl } from "@mantou/backplane";
import { describe, expect, test } from "vitest";
import { hasEngines } from "./support/engines.ts";
import { PresenceInstance } from "./support/presence-instance.ts";
import { kill, testEngines } from "./support/test-engines.ts";

const MANTOU = fileURLToPath(new URL("../../../packages/bun/dist/cli/main.js", import.meta.url));
const PROGRAM = fileURLToPath(new URL("support/presence-process.ts", import.meta.url));

const { cleanups, folder, start } = testEngines();

/** An instance in a process of its own, with members. */
class Remote {
  readonly child: ChildProcess;
  readonly names: readonly string[];
  readonly #lines: Interface;

  constructor(url: string, name: string, count: number) {
    this.names = Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
    const args = [MANTOU, PROGRAM, url, name, String(count)];
    this.child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.child.stdout! });
    cleanups.push(() => this.child.kill("SIGKILL"));
  }

  async members(): Promise<string[]> {
    this.child.stdin!.write("members\n");
    const [line] = (await once(this.#lines, "line")) as [string];
    return JSON.parse(line) as string[];
  }
}

/** Waits until all have these members, and no others. */
async function known(
  all: readonly { members(): Promise<string[]> }[],
  names: readonly string[],
): Promise<void> {
  const expected = JSON.stringify([...names].sort());
  for (;;) {
    const lists = await Promise.all(all.map((each) => each.members()));
    if (lists.every((list) => JSON.stringify(list) === expected)) return;
    await wait(50);
  }
}

function here(url: string): PresenceInstance {
  const instance = new PresenceInstance(fromUrl(url), randomBytes(8));
  cleanups.push(() => instance.close());
  return instance;
}

/**
 * Kills one instance and stops another one.
 * @returns for how many milliseconds a member of theirs was still there, at most
 */
async function ghosts(url: string): Promise<number> {
  const watcher = here(url);
  watcher.enter(1, "watcher");
  const [killed, stopped] = [new Remote(url, "killed", 3), new Remote(url, "stopped", 2)];
  await known([watcher, killed, stopped], ["watcher", ...killed.names, ...stopped.names]);
  const at = performance.now();
  killed.child.kill("SIGKILL");
  stopped.child.kill("SIGSTOP");
  await known([watcher], ["watcher"]);
  expect([...watcher.told]).toEqual(["watcher"]);
  const longest = Math.max(
    ...[...killed.names, ...stopped.names].map((name) => watcher.thereAt.get(name)! - at),
  );
  // A process that was stopped has all its members when it goes on, and knows who has gone.
  watcher.enter(2, "new");
  stopped.child.kill("SIGCONT");
  await known([watcher, stopped], ["watcher", "new", ...stopped.names]);
  return longest;
}

describe.skipIf(!hasEngines())("presence over real engines", () => {
  test("members of an instance that is killed or stopped leave within 15 seconds, and come again with it", async () => {
    const [redis, nats] = [await start("redis"), await start("nats")];
    const urls = [`redis://127.0.0.1:${redis.port}`, `nats://127.0.0.1:${nats.port}`, `unix:${folder()}/bus`];
    const times = await Promise.all(urls.map(ghosts));
    console.log(`the last ghosts went after ${times.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", ")}`);
    for (const ms of times) expect(ms).toBeLessThanOrEqual(15_000);
  });

  test.each([
    "redis",
    "nats",
  ] as const)("nothing is told of an engine that is killed (%s); what came and went meanwhile is known then", async (kind) => {
    const engine = await start(kind);
    const url = `${kind}://127.0.0.1:${engine.port}`;
    const [one, two] = [here(url), here(url)];
    one.enter(1, "one");
    one.enter(2, "leaves");
    two.enter(1, "two");
    await known([one, two], ["one", "leaves", "two"]);
    await kill(engine);
    while (one.relay.state === "up" || two.relay.state === "up") await wait(10);
    one.leave(2);
    two.enter(2, "comes");
    await wait(100);
    expect([[...one.told].sort(), [...two.told].sort()]).toEqual([
      ["one", "two"],
      ["comes", "leaves", "one", "two"],
    ]);
    await start(kind, { port: engine.port });
    await known([one, two], ["one", "two", "comes"]);
    for (const { told, relay } of [one, two]) {
      expect([...told].sort()).toEqual(["comes", "one", "two"]);
      expect(relay.presence!.metrics.expired).toBe(0);
    }
  });
});
