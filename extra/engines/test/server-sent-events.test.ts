import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { EventStream } from "@mantou/testing/event-stream";
import { afterEach, describe, expect, it } from "vitest";
import { type Engine, hasEngines, startEngine } from "./support/engines.ts";

const document = readFileSync(new URL("../../../docs/scaling.md", import.meta.url), "utf8");
const [, section = ""] = document.split("\n### Server-sent events that miss nothing\n");
const [, program = ""] = /```js\n(.*?)```/s.exec(section)!;
const code = `${program}
server.topics.on("down", () => {});
server.topics.on("up", () => console.log(String(server.url)));`;

interface Instance {
  readonly child: ChildProcess;
  /** Of a room. */
  readonly room: string;
}

const children: ChildProcess[] = [];
let engine: Engine | null = null;

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await engine?.stop();
});

/** Runs the example, and waits until it reaches the engine. */
async function start(port: number, source = code): Promise<Instance> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, PORT: "0", MANTOU_BACKPLANE: `redis://127.0.0.1:${port}`, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [url] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, room: `${String(url).trim()}rooms/1` };
}

async function say({ room }: Instance, body: string): Promise<string> {
  const response = await fetch(room, { method: "POST", body });
  return ((await response.json()) as { position: string }).position;
}

describe.skipIf(!hasEngines())("the server-sent events of docs/scaling.md, over Redis", () => {
  it("miss nothing when their instance is killed, and are told when the engine has lost everything", async () => {
    engine = await startEngine("redis", { args: ["--save", "", "--appendonly", "no"] });
    const [one, other] = await Promise.all([start(engine.port), start(engine.port)]);
    const positions = [];
    for (const text of ["1", "2", "3"]) positions.push(await say(one, text));
    const first = await EventStream.open(one.room);
    for (const [i, id] of positions.entries()) expect(await first.next()).toEqual({ id, data: `"${i + 1}"` });
    one.child.kill("SIGKILL");
    await expect(first.next()).rejects.toThrow();
    for (const text of ["4", "5"]) positions.push(await say(other, text));
    const second = await EventStream.open(other.room, positions[1]);
    for (const i of [2, 3, 4]) expect(await second.next()).toEqual({ id: positions[i], data: `"${i + 1}"` });
    const { pid, port } = engine;
    process.kill(pid, "SIGKILL");
    await engine.stop();
    const waits = say(other, "6");
    // A client that connects now is not turned away: an EventSource would not try again.
    const third = await EventStream.open(other.room, positions[4]);
    engine = await startEngine("redis", { port });
    const position = await waits;
    for (const stream of [second, third]) {
      expect(await stream.next()).toMatchObject({ event: "gap", data: "reload" });
      expect(await stream.next()).toEqual({ id: position, data: '"6"' });
      stream.close();
    }
  });

  it("outlast `idleTimeout` in a silent room", async () => {
    engine = await startEngine("redis", { args: ["--save", "", "--appendonly", "no"] });
    const impatient = code.replace("serve({", "serve({\n  idleTimeout: 1,");
    expect(impatient).not.toBe(code);
    const instance = await start(engine.port, impatient);
    const stream = await EventStream.open(instance.room);
    // A later connection that is silent, too, is closed at its time.
    const silent = connect(Number(new URL(instance.room).port), "127.0.0.1");
    await once(silent.resume(), "close");
    const id = await say(instance, "1");
    expect(await stream.next()).toEqual({ id, data: '"1"' });
    stream.close();
  });
});
