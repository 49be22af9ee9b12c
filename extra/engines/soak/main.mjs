// `pnpm soak:backplane [--minutes N] [--engine redis|nats|local] [--keep]`: three instances with 300 clients, whose engine and instances are killed, stopped
// and cut off at random. Then a checker reads all logs. It prints what it has found, and fails for a message that came twice, came out of
// order, or was lost without a word, and for memory that grows.
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { check, isFlat } from "./check.mjs";
import { Clients } from "./clients.mjs";
import { EngineServer } from "./engine-server.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    engine: { type: "string", default: "redis" },
    keep: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) throw new RangeError("--minutes is a number above 0, at most 1440");
const kind = values.engine;
if (!["redis", "nats", "local"].includes(kind)) throw new TypeError("--engine is redis, nats or local");

const INSTANCES = 3;
const CLIENTS = 300;
const TOPICS = 30;
const INSTANCE = fileURLToPath(new URL("instance.mjs", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "mantou-soak-"));
const clientLog = createWriteStream(join(folder, "clients.log"));
const faults = [];
const told = [];
const memory = [];
const engine = kind === "local" ? null : await EngineServer.start(kind);
const url = engine === null ? `unix:${join(folder, "bus.sock")}` : engine.url;

/** By place. The last one is never killed: its memory is watched. */
const instances = Array.from({ length: INSTANCES }, (_, place) => ({
  place,
  life: 0,
  child: null,
  isUp: false,
  url: null,
}));
for (const instance of instances) {
  startInstance(instance);
  await until(() => instance.isUp);
}
const clients = new Clients({
  count: CLIENTS,
  topics: TOPICS,
  pick: () => {
    const alive = instances.filter((instance) => instance.url !== null);
    return alive[Math.floor(Math.random() * alive.length)] ?? null;
  },
  log: (line) => void (clientLog.writableEnded || clientLog.write(`${line}\n`)),
});
await until(() => clients.open === CLIENTS);

const end = Date.now() + minutes * 60_000;
console.log(
  `soak: ${INSTANCES} instances, ${CLIENTS} clients, ${kind}, ${minutes} minutes; logs in ${folder}`,
);
while (Date.now() < end) {
  await sleep(2000 + Math.random() * 6000);
  if (Date.now() < end) await breakSomething();
}
clients.end();
// What waits for an instance that has died leaves within five seconds.
await sleep(8000);
for (const { child } of instances) child.kill("SIGKILL");
await engine?.stop();
await new Promise((resolve) => clientLog.end(resolve));
process.exitCode = (await report()) ? 0 : 1;
if (!values.keep && process.exitCode === 0) rmSync(folder, { recursive: true });
process.exit();

function startInstance(instance) {
  instance.life++;
  instance.name = `i${instance.place}#${instance.life}`;
  const { name } = instance;
  const child = spawn(process.execPath, ["--expose-gc", INSTANCE, url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  instance.child = child;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const report = { instance: name, ...JSON.parse(line) };
    if (report.event === "listening") instance.url = report.url;
    else if (report.event === "up" || report.event === "down") instance.isUp = report.event === "up";
    else if (report.event === "memory") {
      if (instance.place === INSTANCES - 1) memory.push(report);
    } else told.push(report);
  });
  child.on("exit", () => {
    if (instance.child !== child) return;
    instance.url = null;
    instance.isUp = false;
  });
}

/** One fault, until everything is up again. */
async function breakSomething() {
  const victim = instances[Math.floor(Math.random() * (INSTANCES - 1))];
  const kinds = {
    "an instance is killed": async () => {
      victim.child.kill("SIGKILL");
      await until(() => victim.url === null);
      await sleep(Math.random() * 2000);
      startInstance(victim);
    },
    "an instance is stopped": async () => {
      victim.child.kill("SIGSTOP");
      await sleep(500 + Math.random() * 3000);
      victim.child.kill("SIGCONT");
      await sleep(500);
    },
    ...(engine === null
      ? {}
      : {
          "the engine is killed": async () => {
            await engine.kill();
            await sleep(Math.random() * 4000);
            await engine.restart();
          },
          "the engine is stopped": async () => {
            engine.signal("SIGSTOP");
            await sleep(500 + Math.random() * 3000);
            engine.signal("SIGCONT");
            await sleep(500);
          },
        }),
    ...(kind === "redis" ? { "the connections are killed": () => engine.killConnections() } : {}),
  };
  const names = Object.keys(kinds);
  const what = names[Math.floor(Math.random() * names.length)];
  const isDeadly = what === "an instance is killed";
  const fault = { what, from: Date.now(), ...(isDeadly ? { instance: victim.name } : {}) };
  await kinds[what]();
  // Events of the break may be on their way.
  await sleep(500);
  await until(() => instances.every(({ isUp }) => isUp));
  fault.to = Date.now();
  faults.push(fault);
}

async function until(condition) {
  const late = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > late) {
      console.error("soak: not everything came up again within a minute");
      process.exit(1);
    }
    await sleep(20);
  }
}

async function report() {
  const lines = [];
  for await (const line of createInterface({ input: createReadStream(join(folder, "clients.log")) }))
    lines.push(line);
  writeFileSync(join(folder, "told.json"), JSON.stringify({ faults, told, memory }, null, 1));
  const { problems, counts } = check(lines, faults, told);
  const byKind = new Map();
  for (const { what } of faults) byKind.set(what, (byKind.get(what) ?? 0) + 1);
  for (const [what, count] of byKind) console.log(`  ${count} × ${what}`);
  console.log(
    `  ${counts.connections} connections sent ${counts.sent} messages, and received ${counts.received}`,
  );
  for (const [what, lost] of counts.lostIn) console.log(`  ${lost} were lost when ${what}`);
  console.log(
    `  ${counts.lost} of ${counts.expected} were lost, in faults; gaps were told ${told.filter(({ event }) => event === "gap").length} times`,
  );
  const flat = isFlat(memory.map(({ heapUsed }) => heapUsed));
  const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  if (flat !== null)
    console.log(`  heap of ${instances.at(-1).name}: ${mb(flat.before)}, later ${mb(flat.after)}`);
  for (const problem of problems.slice(0, 20)) console.error(`  ${problem}`);
  const isGood = problems.length === 0 && counts.received > 0 && flat?.isFlat !== false;
  console.log(
    `soak: ${isGood ? "passed" : `FAILED: ${problems.length} problems${flat?.isFlat === false ? ", memory grows" : ""}`}`,
  );
  return isGood;
}
