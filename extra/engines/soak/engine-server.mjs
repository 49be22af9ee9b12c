/** An engine of the soak: killed, stopped, and started again on the same port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@redis/client";

const PROCESS = fileURLToPath(new URL("../test/support/engine-process.mjs", import.meta.url));
const PROGRAMS = { redis: ["valkey-server", "redis-server"], nats: ["nats-server"] };

export class EngineServer {
  #kind;
  #watcher = null;
  port = 0;
  pid = 0;

  static async start(kind) {
    const engine = new EngineServer();
    engine.#kind = kind;
    await engine.restart();
    return engine;
  }

  get url() {
    return `${this.#kind}://127.0.0.1:${this.port}`;
  }

  async restart() {
    const env = { ...process.env, ...(this.port === 0 ? {} : { MANTOU_ENGINE_PORT: String(this.port) }) };
    this.#watcher = spawn(process.execPath, [PROCESS, this.#kind, find(this.#kind)], {
      env,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const [line] = await once(this.#watcher.stdout.setEncoding("utf8"), "data");
    const { port, pid } = JSON.parse(line);
    this.port = port;
    this.pid = pid;
  }

  async kill() {
    const closed = once(this.#watcher, "close");
    process.kill(this.pid, "SIGKILL");
    await closed;
  }

  signal(name) {
    process.kill(this.pid, name);
  }

  async killConnections() {
    const client = createClient({ url: this.url });
    await client.connect();
    await client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
    client.destroy();
  }

  async stop() {
    const closed = once(this.#watcher, "close");
    this.#watcher.stdin.end();
    await closed;
  }
}

function find(kind) {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  for (const name of PROGRAMS[kind]) {
    const path = folders.map((folder) => join(folder, name)).find((each) => existsSync(each));
    if (path !== undefined) return path;
  }
  throw new Error(`${PROGRAMS[kind].at(-1)} is not here: apt-get install ${PROGRAMS[kind].at(-1)} brings it`);
}
