import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@redis/client";
import { describe, expect, test } from "vitest";
import { hasEngines } from "./support/engines.ts";
import { RawTopicClient } from "./support/raw-topic-client.ts";
import { testEngines } from "./support/test-engines.ts";
import { TopicInstance } from "./support/topic-instance.ts";

const MESSAGES = 20;
/** At each of two instances. */
const CLIENTS = 1000;
/** Connections that are opened at once: a queue of connections holds 511. */
const AT_ONCE = 250;

const { cleanups, start } = testEngines();

/** How often commands were executed since the last reset. A script counts as one of its own, and so does each command that it calls. */
type Calls = Readonly<Record<string, number>>;

describe.skipIf(!hasEngines())(
  "2,000 topic clients that resume at once in one room, at two instances over Redis",
  () => {
    test("cost one read of the engine at an instance without its messages, and none at the other", async () => {
      const { port } = await start("redis");
      const url = `redis://127.0.0.1:${port}`;
      const admin = await createClient({ url }).connect();
      cleanups.push(() => admin.destroy());
      const calls = async (): Promise<Calls> => {
        const stats = String(await admin.sendCommand(["INFO", "commandstats"]));
        return Object.fromEntries(
          [...stats.matchAll(/^cmdstat_(eval|evalsha|xrange|xrevrange):calls=(\d+)/gm)].map(
            ([, name, count]) => [name!, Number(count)],
          ),
        );
      };
      const instance = async (): Promise<TopicInstance> => {
        const started = await TopicInstance.start(url);
        cleanups.push(() => started.kill());
        return started;
      };
      const open = async ({ port }: TopicInstance): Promise<RawTopicClient> => {
        const client = await RawTopicClient.open(port);
        cleanups.push(() => client.close());
        return client;
      };

      const warm = await instance();
      const stays = await open(warm);
      const positions = [stays.live];
      for (let i = 1; i < MESSAGES; i++) positions.push(await warm.publish(`message ${i}`));
      await warm.publish("the last one");
      while (stays.offsets.length < MESSAGES) await sleep(5);

      /** Resumes clients at instances, each from another position, and checks what they get. @returns what it has cost */
      const storm = async (counts: readonly (readonly [TopicInstance, number])[]): Promise<Calls> => {
        await admin.sendCommand(["CONFIG", "RESETSTAT"]);
        const clients: RawTopicClient[] = [];
        for (const [at, count] of counts) {
          for (let left = count; left > 0; left -= AT_ONCE) {
            const opening = Array.from({ length: Math.min(AT_ONCE, left) }, () => open(at));
            clients.push(...(await Promise.all(opening)));
          }
        }
        await Promise.all(clients.map((client, i) => client.resume(positions[i % MESSAGES]!)));
        for (const [i, { offsets, gaps }] of clients.entries()) {
          const first = (i % MESSAGES) + 1;
          if (gaps > 0 || offsets.length !== MESSAGES - first + 1)
            expect.fail(`client ${i} got ${offsets}, gaps: ${gaps}`);
          expect(offsets.every((offset, n) => offset === first + n)).toBe(true);
        }
        const cost = await calls();
        for (const client of clients) client.close();
        return cost;
      };

      const one = await storm([[await instance(), 1]]);
      const both = await storm([
        [warm, CLIENTS],
        [await instance(), CLIENTS],
      ]);
      const again = await storm([[warm, CLIENTS]]);
      console.log(
        "one client:",
        one,
        "2,000 clients:",
        both,
        "1,000 at the instance with its messages:",
        again,
      );
      // One asks where the topic is, as the first member of each topic does, and one for all that it keeps.
      expect(one).toMatchObject({ evalsha: 2 });
      expect(both).toEqual(one);
      expect(again).toEqual({});
    });
  },
);
