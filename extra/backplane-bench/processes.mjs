/** The processes of a round. Each ends when its standard input does, so none outlives the harness. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pinnedCommand } from "../../bench/dist/cores.js";
import { runToEnd } from "../../bench/dist/processes.js";

/** Packages are found from here. */
const folder = fileURLToPath(new URL(".", import.meta.url));
const engineProcess = fileURLToPath(new URL("../engines/test/support/engine-process.mjs", import.meta.url));
const mantou = fileURLToPath(new URL("../../packages/bun/dist/cli/main.js", import.meta.url));
const programs = { redis: ["valkey-server", "redis-server"], nats: ["nats-server"] };

/** Milliseconds until a process has to listen. */
const START_MS = 15_000;

/**
 * @typedef {object} Cluster
 * @property {readonly number[]} ports of the instances
 * @property {readonly number[]} pids of all processes that count: those of the instances, then what is between them
 * @property {number} instances how many of them are instances
 * @property {() => Promise<void>} stop
 */

/** Two instances of a contestant, and its engine. @returns {Promise<Cluster>} */
export async function startCluster(contestant, runtimes, pinning) {
  const started = [];
  const stop = async () => {
    // The engine last: the others would complain.
    for (const each of [...started].reverse()) await each.stop();
  };
  try {
    const engine = await startEngine(contestant.engine, pinning);
    started.push(engine);
    const [file, ...args] = contestant.program;
    const command = [
      runtimes[contestant.runtime].binary,
      join(folder, "instances", file),
      ...args,
      ...(engine.url === "" ? [] : [engine.url]),
    ];
    const lines = [];
    for (let i = 0; i < (contestant.isOneProcess || contestant.isAlone ? 1 : 2); i++) {
      const instance = start(pinnedCommand(pinning, pinning.server, command));
      started.push(instance);
      lines.push(...(await instance.lines(contestant.isOneProcess ? 3 : 1)));
    }
    const instances = lines.filter(({ port }) => port !== undefined);
    const between = lines.filter(({ port }) => port === undefined);
    return {
      ports: instances.map(({ port }) => port),
      pids: [...instances, ...between, ...engine.pids].map((each) => each.pid ?? each),
      instances: instances.length,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `mantou`, or `mantou --workers N` with its primary process. @returns {Promise<Cluster>} */
export async function startWorkers(workers, runtimes, pinning) {
  const options = workers === 1 ? [] : ["--workers", String(workers)];
  const program = join(folder, "instances", "workers.mjs");
  const command = [runtimes.node.binary, mantou, ...options, program];
  const server = start(pinnedCommand(pinning, pinning.server, command), "SIGTERM");
  try {
    const lines = await server.lines(workers === 1 ? 1 : 2 * workers);
    // The workers, then their primary process.
    const ordered = [...lines].sort((a, b) => (a.port === undefined) - (b.port === undefined));
    const pids = new Set(ordered.map(({ pid }) => pid));
    const { port } = lines.find((line) => line.port !== undefined);
    return { ports: [port], pids: [...pids], instances: workers, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export async function startEngine(kind, pinning) {
  if (kind === "none") return { url: "", pids: [], stop: async () => {} };
  if (kind === "local") {
    const place = mkdtempSync(join(tmpdir(), "mantou-bench-"));
    return {
      url: `unix:${join(place, "bus.sock")}`,
      pids: [],
      stop: async () => rmSync(place, { recursive: true }),
    };
  }
  const command = [process.execPath, engineProcess, kind, find(kind)];
  const engine = start(pinnedCommand(pinning, pinning.server, command));
  try {
    const [{ port, pid }] = await engine.lines(1);
    return { url: `${kind}://127.0.0.1:${port}`, pids: [pid], stop: engine.stop };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Runs a program of `load/` on the load's core. @throws Error with what it complains about */
export async function runLoad(file, args, limitSeconds, pinning) {
  const command = [process.execPath, join(folder, "load", file), ...args];
  return JSON.parse(await runToEnd(pinnedCommand(pinning, pinning.load, command), limitSeconds, { folder }));
}

/** @returns the program of an engine, or undefined */
export function findEngine(kind) {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return programs[kind]
    .flatMap((name) => folders.map((each) => join(each, name)))
    .find((path) => existsSync(path));
}

function find(kind) {
  const path = findEngine(kind);
  if (path !== undefined) return path;
  const name = programs[kind].at(-1);
  throw new Error(`${name} is not here: apt-get install ${name} brings it`);
}

/** @param signal what ends it, beside the end of its input */
function start([program, ...args], signal) {
  const env = { ...process.env, MANTOU_BENCH_PID: String(process.pid) };
  const child = spawn(program, args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"], env });
  const closed = once(child, "close").catch(() => {});
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => {
    if (complaints.length < 4000) complaints += text;
  });
  child.stdin.on("error", () => {});
  /** The first lines that it prints, each a JSON object. */
  const lines = (count) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(complaints || "it does not listen")), START_MS);
      const look = () => {
        const all = output.split("\n").slice(0, -1);
        if (all.length < count) return;
        clearTimeout(late);
        resolve(all.slice(0, count).map((line) => JSON.parse(line)));
      };
      child.stdout.on("data", look);
      closed.then(() => {
        clearTimeout(late);
        reject(new Error(complaints || "it has ended"));
      });
      look();
    });
  const stop = async () => {
    child.stdin.end();
    if (signal !== undefined) child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 3000);
    await closed;
    clearTimeout(late);
  };
  return { lines, stop };
}
