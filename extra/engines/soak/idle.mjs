// `node extra/engines/soak/idle.mjs [TOPICS]`: what subscribed topics without messages cost, in bytes each: at an instance (relay and driver,
// without the broker and its members), and at the engine. For local() the engine is the hub, another process.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fromUrl } from "@mantou/backplane";
import { openHub } from "@mantou/backplane/local";
import { Relay } from "@mantou/pubsub/relay";
import { EngineServer } from "./engine-server.mjs";

const [, , task = "100000", ...args] = process.argv;
// Engines keep no process alive. The channel to the parent does, as long as something listens.
if (process.send !== undefined) process.on("message", () => {});
if (task === "hub") await runHub(args[0]);
else if (task === "instance") await runInstance(args[0], Number(args[1]));
else await main(Number(task));

async function main(topics) {
  if (!(Number.isInteger(topics) && topics > 0))
    throw new RangeError("the number of topics is an integer above 0");
  console.log(
    `bytes for each of ${topics.toLocaleString("en")} subscribed topics (names of 9 to 14 characters)`,
  );
  console.log("engine   instance: heap     rss   engine: rss");
  for (const kind of ["local", "redis", "nats"]) {
    const engine = kind === "local" ? await startHub() : await EngineServer.start(kind);
    const before = residentBytes(engine.pid);
    const child = fork(fileURLToPath(import.meta.url), ["instance", engine.url, String(topics)], {
      execArgv: ["--expose-gc"],
    });
    const [{ heap, rss, milliseconds }] = await once(child, "message");
    const after = residentBytes(engine.pid);
    const each = (bytes) => String(Math.round(bytes / topics)).padStart(7);
    console.log(
      `${kind.padEnd(15)}${each(heap)} ${each(rss)}  ${each(after - before)}    (subscribed in ${milliseconds} ms)`,
    );
    child.kill();
    await engine.stop();
  }
}

/** The hub in a process of its own, as `mantou --workers` has it. */
async function startHub() {
  const folder = mkdtempSync(join(tmpdir(), "mantou-idle-"));
  const path = join(folder, "bus.sock");
  const child = fork(fileURLToPath(import.meta.url), ["hub", path]);
  await once(child, "message");
  const stop = async () => {
    child.kill();
    await once(child, "exit");
    rmSync(folder, { recursive: true });
  };
  return { url: `unix:${path}`, pid: child.pid, stop };
}

async function runHub(path) {
  await openHub(path);
  process.send("ready");
}

async function runInstance(url, topics) {
  let done;
  const told = () => new Promise((resolve) => (done = resolve));
  let missing = Number.POSITIVE_INFINITY;
  const relay = new Relay({
    engine: watch(fromUrl(url).createEngine(), (count) => {
      missing -= count;
      if (missing <= 0) done();
    }),
    instance: randomBytes(8),
    now: () => performance.now(),
    host: { deliver() {}, schedule() {}, event: ({ type }) => type === "up" && done(), memberCount: () => 1 },
  });
  const up = told();
  relay.open();
  await up;
  const before = await memory();
  missing = topics;
  const all = told();
  const started = performance.now();
  for (let i = 0; i < topics; i++) relay.subscribe(`room/user${i}`);
  relay.flush();
  await all;
  const milliseconds = Math.round(performance.now() - started);
  const after = await memory();
  process.send({ heap: after.heap - before.heap, rss: after.rss - before.rss, milliseconds });
}

/** The engine, with a count of the channels that it confirms. */
function watch(engine, confirmed) {
  const open = engine.open.bind(engine);
  engine.open = (events) =>
    open({
      ...events,
      subscribed: (channels) => {
        events.subscribed(channels);
        confirmed(channels.length);
      },
    });
  return engine;
}

async function memory() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(300);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}

function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}
