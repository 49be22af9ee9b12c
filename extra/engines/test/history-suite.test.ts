import { fromUrl } from "@mantou/backplane";
import { nats } from "@mantou/backplane/nats";
import { valkey } from "@mantou/backplane/valkey";
import { createClient } from "@redis/client";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HistoryClient } from "../../../packages/pubsub/test/support/history-client.ts";
import { CHANNELS, historyCommands } from "../../../packages/pubsub/test/support/history-commands.ts";
import { HistorySuite } from "../../../packages/pubsub/test/support/history-suite.ts";
import { runs } from "../../../vitest.runs.ts";
import { type Engine, type EngineKind, hasEngines, startEngine } from "./support/engines.ts";
import { kill, testEngines } from "./support/test-engines.ts";

const { cleanups, folder } = testEngines();

/** An engine that can be killed and started again at the same port, with the same data. */
class Killable {
  readonly #kind: EngineKind;
  readonly #args: readonly string[];
  #engine: Engine | null = null;
  port = 0;

  constructor(kind: EngineKind, args: readonly string[]) {
    this.#kind = kind;
    this.#args = args;
    cleanups.push(async () => this.#engine?.stop());
  }

  async start(): Promise<void> {
    const again = this.port === 0 ? {} : { port: this.port };
    this.#engine = await startEngine(this.#kind, { args: this.#args, ...again });
    this.port = this.#engine.port;
  }

  async kill(): Promise<void> {
    await kill(this.#engine!);
  }
}

const FULL = 12;

describe.skipIf(!hasEngines())("an engine is as the model of a history, whatever it is asked for:", () => {
  test.each([
    ["without persistence", [], "lost"],
    ["with a file to which all is appended", ["--appendonly", "yes", "--appendfsync", "always"], "kept"],
  ] as const)("Redis %s", async (_name, options, outcome) => {
    const engine = new Killable("redis", ["--dir", folder(), ...options]);
    await engine.start();
    const backplane = valkey(`redis://127.0.0.1:${engine.port}`);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(historyCommands, async (commands) => {
        const scope = String(number++);
        const suite = new HistorySuite({
          engine: () => backplane.createEngine(scope),
          evict: async (channel) => {
            const client = createClient({ url: `redis://127.0.0.1:${engine.port}` });
            await client.connect();
            await client.sendCommand(["DEL", `mantou:@${scope}:{${channel}}:e`]);
            client.destroy();
          },
          restart: async () => {
            await engine.kill();
            await engine.start();
            return outcome;
          },
          countsMessages: true,
        });
        await suite.run(commands);
      }),
      { ...runs(FULL), endOnFailure: true },
    );
  });

  test("NATS", async () => {
    const engine = new Killable("nats", ["-js", "-sd", folder()]);
    await engine.start();
    const address = `nats://127.0.0.1:${engine.port}`;
    const backplane = nats(address);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(historyCommands, async (commands) => {
        const scope = String(number++);
        const suite = new HistorySuite({
          engine: () => backplane.createEngine(scope),
          restart: async () => {
            await engine.kill();
            await engine.start();
            return "kept";
          },
          countsMessages: false,
          rotatesAll: true,
          hearsAfterRead: true,
        });
        await suite.run(commands);
      }),
      { ...runs(FULL), endOnFailure: true },
    );
  });
});

describe.skipIf(!hasEngines())("the frames of a history", () => {
  const RULE = { size: 100, seconds: 60 };
  test.each([
    "redis",
    "nats",
  ] as const)("are given in pages, also the longest that the engine takes: %s", async (kind) => {
    const engine = new Killable(kind, kind === "nats" ? ["-js", "-sd", folder()] : []);
    await engine.start();
    const url = `${kind}://127.0.0.1:${engine.port}`;
    const client = new HistoryClient(fromUrl(url).createEngine(), CHANNELS);
    cleanups.push(() => client.engine.close());
    const channel = CHANNELS.at(-1)!;
    await client.until(() => client.log.includes(`subscribed ${channel}`));
    const long = client.engine.features.maxFrameBytes;
    const sizes = [1, 400_000, 400_000, 400_000, long, 31, ...new Array<number>(8).fill(400_000)];
    const frames = sizes.map((size, i) => Buffer.alloc(size, i + 1));
    await client.read(channel, 0, 0, RULE);
    const places: number[] = [];
    for (const frame of frames) {
      const answer = client.append(channel, frame, 1, RULE, false);
      client.engine.flush();
      places.push((await answer).offset);
    }
    await client.until(() => client.live.length === frames.length);
    expect(client.live.every(({ frame }, i) => frame.equals(frames[i]!))).toBe(true);
    const got: Buffer[] = [];
    let pages = 0;
    for (let from = places[0]!; got.length < frames.length; pages++) {
      const slice = await client.read(channel, from, 100, RULE);
      expect(slice.top).toBe(places.at(-1));
      const known = got.length === 0 ? 0 : 1;
      got.push(...slice.frames.slice(known).map(({ frame }) => Buffer.from(frame)));
      expect(slice.frames.length).toBeGreaterThan(known);
      from = slice.frames.at(-1)!.offset;
    }
    expect(got.map((frame, i) => frame.equals(frames[i]!))).toEqual(frames.map(() => true));
    expect(pages).toBeGreaterThan(1);
    expect(client.log.filter((line) => /^(?:down|failed)/.test(line))).toEqual([]);
  });

  test("are the last ones, also of a topic of which the stream keeps more than its size, and more than an answer may have: NATS", async () => {
    const engine = new Killable("nats", ["-js", "-sd", folder()]);
    await engine.start();
    const client = new HistoryClient(fromUrl(`nats://127.0.0.1:${engine.port}`).createEngine(), CHANNELS);
    cleanups.push(() => client.engine.close());
    const channel = CHANNELS.at(-1)!;
    await client.until(() => client.log.includes(`subscribed ${channel}`));
    await client.read(channel, 0, 0, { size: 400, seconds: 60 });
    const places: number[] = [];
    for (let i = 0; i < 300; i++) {
      const frame = Buffer.alloc(40_000, i % 256);
      // Of one message.
      frame.writeUInt32BE(1, 27);
      frame.writeUInt32BE(i, 10);
      const answer = client.append(channel, frame, 1, RULE, false);
      client.engine.flush();
      places.push((await answer).offset);
    }
    const got: number[] = [];
    for (let from = 0; got.at(-1) !== places.at(-1); from = got.at(-1)!) {
      const { frames } = await client.read(channel, from, 101, RULE);
      got.push(...frames.slice(from === 0 ? 0 : 1).map(({ offset }) => offset));
    }
    expect(got).toEqual(places.slice(-RULE.size));
  });
});
