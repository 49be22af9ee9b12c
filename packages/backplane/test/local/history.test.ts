import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "@mantou/pubsub/relay";
import { afterEach, describe, expect, test } from "vitest";
import { HistoryClient } from "../../../pubsub/test/support/history-client.ts";
import { encodeRead, SLICE } from "../../src/local/history-wire.ts";
import { local } from "../../src/local/index.ts";
import { encodeHello, WireReader } from "../../src/local/wire.ts";
import { socketFolder } from "../support/socket-folder.ts";

const RULE = { size: 1000, seconds: 60 };
const CHANNEL = "ht:room";

const engines: Engine[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A client that has subscribed. The first one of a path is the hub. */
async function client(path: string): Promise<HistoryClient> {
  const one = new HistoryClient(local(path).createEngine(), [CHANNEL]);
  engines.push(one.engine);
  await one.until(() => one.log.includes(`subscribed ${CHANNEL}`));
  return one;
}

async function hubProcess(path: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../support/hub-process.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout!, "data");
  return child;
}

function frame(id: number, bytes = 40): Buffer {
  const whole = Buffer.alloc(bytes, "x");
  whole.writeUInt32BE(id, 2);
  return whole;
}

async function append(one: HistoryClient, ...frames: readonly Buffer[]): Promise<number[]> {
  const answers = frames.map((each) => one.append(CHANNEL, each, 1, RULE, false));
  one.engine.flush();
  return (await Promise.all(answers)).map(({ offset }) => offset);
}

describe("histories of the processes of one machine", () => {
  test("are numbered by the hub, and the hub hears itself and the others in one order", async () => {
    const path = join(socketFolder(), "s");
    const [hub, a, b] = [await client(path), await client(path), await client(path)];
    await Promise.all([append(hub, frame(1), frame(2)), append(a, frame(3)), append(b, frame(4))]);
    for (const each of [hub, a, b]) await each.until(() => each.live.length === 4);
    expect(a.live).toEqual(hub.live);
    expect(b.live).toEqual(hub.live);
    expect(hub.live.map(({ place }) => [place.offset, place.previous])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
    ]);
  });

  test("end with the hub that is killed: the next one begins another epoch", async () => {
    const path = join(socketFolder(), "s");
    const child = await hubProcess(path);
    const all = [await client(path), await client(path)];
    await append(all[0]!, frame(1));
    const { epoch, top } = await all[1]!.read(CHANNEL, 0, 9, RULE);
    expect(top).toBe(1);
    const before = all.map(({ log }) => log.length);
    child.kill("SIGKILL");
    for (const [i, each] of all.entries()) {
      await each.until(() => each.log.includes(`subscribed ${CHANNEL}`, before[i]));
      const slice = await each.read(CHANNEL, 1, 9, RULE);
      expect(slice).toMatchObject({ top: 0, topHead: null, frames: [] });
      expect(slice.epoch).not.toBe(epoch);
    }
    await append(all[0]!, frame(2));
    await all[1]!.until(() => all[1]!.live.length === 2);
  });

  test("are read in pages of half a megabyte, and each has a frame behind the one that is known", async () => {
    const path = join(socketFolder(), "s");
    const [, a] = [await client(path), await client(path)];
    await append(a, ...[1, 2, 3].map((id) => frame(id, 300_000)), frame(4, 3_000_000), frame(5));
    const offsets = async (from: number) =>
      (await a.read(CHANNEL, from, 100, RULE)).frames.map(({ offset }) => offset);
    expect(await offsets(0)).toEqual([1, 2, 3]);
    expect(await offsets(3)).toEqual([3, 4]);
    expect(await offsets(4)).toEqual([4, 5]);
    expect(await offsets(5)).toEqual([5]);
  });

  test("are answered as a process reads: many answers together are more than the hub holds for it", async () => {
    const path = join(socketFolder(), "s");
    const [, a] = [await client(path), await client(path)];
    await append(a, frame(1, 400_000));
    // 80 MB: five times the backlog.
    const slices = await Promise.all(Array.from({ length: 200 }, () => a.read(CHANNEL, 0, 9, RULE)));
    expect(slices.every(({ frames }) => frames.length === 1)).toBe(true);
    expect(a.log.filter((line) => line.startsWith("down"))).toEqual([]);
  });

  test("that a process does not read wait for it, and hold up no other", async () => {
    const path = join(socketFolder(), "s");
    const [hub] = [await client(path)];
    await append(hub!, frame(1, 400_000));
    const socket = connect({ path });
    await once(socket, "connect");
    socket.write(encodeHello());
    await once(socket, "readable");
    for (let i = 0; i < 200; i++)
      socket.write(encodeRead({ request: i, channel: `mantou:${CHANNEL}`, from: 0, limit: 1 }));
    await append(hub!, frame(2));
    const reader = new WireReader(1 << 26);
    let slices = 0;
    socket.on("data", (chunk: Buffer) => {
      reader.receive(chunk);
      for (let each = reader.next(); each !== null; each = reader.next()) {
        if ((each as Buffer)[4] === SLICE) slices++;
        if (slices === 200) socket.destroy();
      }
    });
    await once(socket, "close");
    expect(slices).toBe(200);
  });

  test("what was appended is answered while the engine closes, by the hub and by others", async () => {
    const path = join(socketFolder(), "s");
    const [hub, a] = [await client(path), await client(path)];
    for (const one of [a, hub]) {
      const answer = one.append(CHANNEL, frame(7), 1, RULE, false);
      one.engine.flush();
      await one.engine.close();
      expect(await Promise.race([answer, Promise.resolve("no answer")])).toMatchObject({ duplicate: false });
    }
  });
});
