import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Instance, MemoryCluster } from "../support/cluster.ts";
import { runs } from "../support/runs.ts";
import type { Pair } from "../support/websocket-pair.ts";

captureErrors();

const INSTANCES = 2;
const CLIENTS = 2;

type Act =
  | {
      readonly kind: "publish";
      readonly instance: number;
      /** Null: the server publishes. */
      readonly client: number | null;
      readonly size: number;
      readonly compress: boolean;
      readonly isText: boolean;
    }
  | { readonly kind: "break"; readonly instance: number }
  | { readonly kind: "wait"; readonly turns: number };

const instance = fc.nat({ max: INSTANCES - 1 });

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      instance,
      client: fc.option(fc.nat({ max: CLIENTS - 1 })),
      /** Around the sizes at which frames are put together differently. */
      size: fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 60 }) }, fc.constantFrom(125, 126, 4096, 65_536)),
      compress: fc.boolean(),
      isText: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("break" as const), instance }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), turns: fc.constantFrom(1, 2, 5) }),
  },
);

it("brings each client all messages of a topic with a history but its own, once and in one order, over broken connections", async () => {
  const cluster = new MemoryCluster(undefined, { h: { history: { size: 1000, seconds: 1000 } } });
  const instances: Instance[] = [];
  const pairs: Pair[][] = [];
  for (let i = 0; i < INSTANCES; i++) {
    const started = await cluster.start();
    instances.push(started);
    const own: Pair[] = [];
    for (let c = 0; c < CLIENTS; c++) own.push(await started.connect());
    for (const { ws } of own) ws.subscribe("h");
    pairs.push(own);
    await cluster.hears(started, "h");
  }
  await turns(20);
  const { topics } = instances[0]!.server;
  let read = await topics.history("h");
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 40 }), async (script) => {
      let published = 0;
      for (const each of script) {
        if (each.kind === "wait") await turns(each.turns);
        else if (each.kind === "break")
          cluster.bus.disconnect(instances[each.instance]!.engine, new Error("broken"));
        else {
          const { client, compress, isText } = each;
          const text = `${each.instance} ${client} ${number++} `.padEnd(each.size);
          const data = isText ? text : Buffer.from(text);
          if (client === null) instances[each.instance]!.server.publish("h", data, compress);
          else pairs[each.instance]![client]!.ws.publish("h", data, compress);
          published++;
        }
      }
      const { position } = read;
      // It fails while the connection is broken.
      await until(async () => {
        read = await topics.history("h", { after: position });
        return read.messages.length >= published;
      }, `${published} messages`);
      const { messages, complete } = read;
      expect(complete).toBe(true);
      const order = messages.map(({ data }) =>
        typeof data === "string" ? data : new TextDecoder().decode(data),
      );
      expect(order).toHaveLength(published);
      for (const [i, own] of pairs.entries()) {
        for (const [c, { client }] of own.entries()) {
          const due = order.filter((text) => !text.startsWith(`${i} ${c} `));
          const frames = await client.frames(due.length);
          expect(frames.map(({ payload }) => payload.toString())).toEqual(due);
        }
      }
      // Each publisher's messages are in the order of its calls.
      for (let i = 0; i < INSTANCES; i++) {
        const numbers = order
          .filter((text) => text.startsWith(`${i} `))
          .map((text) => Number(text.split(" ")[2]));
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      }
    }),
    runs(200),
  );
  await turns(20);
  for (const { client } of pairs.flat()) expect(client.take()).toEqual([]);
  for (const { server } of instances)
    expect(server.topics.metrics.history).toMatchObject({ gaps: 0, dropped: 0 });
});
