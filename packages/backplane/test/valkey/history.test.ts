import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import { AppendPipeline } from "../../src/valkey/append-pipeline.ts";
import { EpochKeeper, epochLife } from "../../src/valkey/epoch-keeper.ts";
import type { Client } from "../../src/valkey/package.ts";
import { parsePlaced } from "../../src/valkey/placed-message.ts";

describe("a message of a history's channel", () => {
  test("has its place before the frame", () => {
    const message = Buffer.from("Ab-_9 12 10\n\0\nframe");
    expect(parsePlaced(message)).toEqual({
      place: { epoch: "Ab-_9", offset: 12, previous: 10 },
      frame: Buffer.from("\0\nframe"),
    });
  });

  test.each([
    "",
    "\n",
    "e 1 0",
    "e 1\nx",
    "e 1 0 \nx",
    " e 1 0\nx",
    "e 1 1\nx",
    "e -1 0\nx",
    "é 1 0\nx",
    "e 1e3 0\nx",
    `${"e".repeat(33)} 1 0\nx`,
    "e 9999999999999999 0\nx",
  ])("is none of ours: %j", (text) => {
    expect(parsePlaced(Buffer.from(text))).toBeNull();
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => void parsePlaced(Buffer.from(bytes))),
      runs(200),
    );
  });
});

describe("the epoch of a subscribed topic", () => {
  test("is kept 24 times longer than messages, and ten minutes at least", () => {
    expect(epochLife({ size: 1, seconds: 300 })).toBe("7200000");
    expect(epochLife({ size: 1, seconds: 0.5 })).toBe("600000");
  });

  test("is refreshed in the middle of its life, as long as the topic is subscribed and nothing else does it", () => {
    let now = 0;
    const calls: string[] = [];
    const keeper = new EpochKeeper(
      (channel, life) => void calls.push(`${channel} ${life}`),
      () => now,
    );
    const rule = { size: 1, seconds: 300 };
    keeper.keep(["a", "b", "unread"]);
    keeper.touch("a", rule);
    keeper.touch("b", rule);
    keeper.touch("other", rule);
    now = 3_000_000;
    keeper.touch("b", rule);
    now = 3_600_000;
    keeper.tick();
    keeper.tick();
    expect(calls).toEqual(["a 7200000"]);
    now = 7_200_000;
    keeper.forget(["a"]);
    keeper.tick();
    expect(calls.slice(1)).toEqual(["b 7200000"]);
    keeper.stop();
    now = 99_000_000;
    keeper.tick();
    expect(calls).toHaveLength(2);
  });
});

test("the epochs of subscribed topics live on, however many there are", () => {
  let now = 0;
  const refreshedAt = new Map<string, number>();
  let lapsed = 0;
  const keeper = new EpochKeeper(
    (channel, life) => {
      if (now - refreshedAt.get(channel)! >= Number(life)) lapsed++;
      refreshedAt.set(channel, now);
    },
    () => now,
  );
  const channels = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
  keeper.keep(channels);
  for (const channel of channels) {
    keeper.touch(channel, { size: 1, seconds: 25 });
    refreshedAt.set(channel, 0);
  }
  for (; now < 2_400_000; now += 20_000) keeper.tick();
  keeper.stop();
  expect(lapsed).toBe(0);
  expect([...refreshedAt.values()].every((at) => at > now - 600_000)).toBe(true);
});

/** A server that answers when a test says so. */
class Server extends EventEmitter {
  readonly asked: {
    readonly text: string;
    readonly script: string;
    resolve(reply: unknown): void;
    reject(error: Error): void;
  }[] = [];
  sendCommand(args: readonly (string | Buffer)[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const [command, script, , argument] = args.map(String) as [string, string, string, string];
      this.asked.push({ text: `${command} ${argument}`, script, resolve, reject });
    });
  }
}

describe("appends whose script the server has forgotten", () => {
  const unknown = new Error("NOSCRIPT No matching script.");
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  function pipeline(variant = 1) {
    const server = new Server();
    const log: string[] = [];
    const appends = new AppendPipeline(
      server as unknown as Client,
      {
        answered: ({ request }) => void log.push(`answered ${request}`),
        failed: ({ request }, { message }) => void log.push(`failed ${request} ${message}`),
      },
      variant,
    );
    const push = (request: number, channel = "c") =>
      appends.push({ request, channel, args: [String(request)] });
    const sent = () => server.asked.map(({ text }) => text);
    return { server, log, push, sent };
  }

  test("are sent again with its text, in their order, and before those that came later", async () => {
    const { server, log, push, sent } = pipeline();
    for (const request of [1, 2]) push(request);
    server.asked[0]!.reject(unknown);
    await turn();
    push(3);
    expect(sent()).toEqual(["EVALSHA 1", "EVALSHA 2"]);
    server.asked[1]!.reject(unknown);
    await turn();
    expect(sent().slice(2)).toEqual(["EVAL 1", "EVALSHA 2", "EVALSHA 3"]);
    for (const { resolve } of server.asked.slice(2)) resolve(null);
    await turn();
    expect(log).toEqual(["answered 1", "answered 2", "answered 3"]);
  });

  test("have a script that the appends of other instances do not bring back", async () => {
    const scripts = await Promise.all(
      [1, 1, 2].map(async (variant) => {
        const { server, push } = pipeline(variant);
        push(1);
        server.asked[0]!.reject(unknown);
        await turn();
        const [digest, text] = server.asked.map(({ script }) => script) as [string, string];
        expect(createHash("sha1").update(text).digest("hex")).toBe(digest);
        return digest;
      }),
    );
    expect(scripts[1]).toBe(scripts[0]);
    expect(scripts[2]).not.toBe(scripts[0]);
  });

  test("are given up where a later one of their topic came first, and only there", async () => {
    const { server, log, push, sent } = pipeline();
    push(1, "a");
    push(2, "b");
    push(3, "a");
    server.asked[0]!.reject(unknown);
    server.asked[1]!.reject(unknown);
    server.asked[2]!.resolve(null);
    await turn();
    expect(log).toEqual([
      "failed 1 ERR the scripts of the server were flushed, and a later message came first",
      "answered 3",
    ]);
    expect(sent().slice(3)).toEqual(["EVAL 2"]);
  });

  test("do not pass those that wait since an earlier one was refused, also when that is given up", async () => {
    const { server, log, push, sent } = pipeline();
    for (const request of [1, 2, 3]) push(request);
    server.asked[0]!.reject(unknown);
    await turn();
    push(4);
    server.asked[1]!.resolve(null);
    await turn();
    push(5);
    expect(sent()).toHaveLength(3);
    server.asked[2]!.resolve(null);
    await turn();
    expect(sent().slice(3)).toEqual(["EVAL 4", "EVALSHA 5"]);
    for (const { resolve } of server.asked.slice(3)) resolve(null);
    await turn();
    expect(log.slice(1)).toEqual(["answered 2", "answered 3", "answered 4", "answered 5"]);
  });
});
