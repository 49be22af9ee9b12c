import { Buffer } from "node:buffer";
import { constants, inflateRawSync } from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import type { ServerFrame } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Instance, MemoryCluster } from "../support/cluster.ts";
import { runs } from "../support/runs.ts";
import type { Pair } from "../support/websocket-pair.ts";

captureErrors();

const INSTANCES = 3;
const CLIENTS = 2;
const TOPICS = ["a", "b", "c"];

/** A client's place: its instance, and its number there. */
type Place = readonly [instance: number, client: number];

interface Publish {
  readonly instance: number;
  /** Null: the server publishes. */
  readonly client: number | null;
  readonly topic: string;
  readonly size: number;
  readonly compress: boolean;
  readonly isText: boolean;
  /** Turns of the event loop before the next one. */
  readonly wait: number;
}

const publish: fc.Arbitrary<Publish> = fc.record({
  instance: fc.nat({ max: INSTANCES - 1 }),
  client: fc.option(fc.nat({ max: CLIENTS - 1 })),
  topic: fc.constantFrom(...TOPICS),
  /** Around the sizes at which frames are put together differently. */
  size: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 60 }) },
    fc.constantFrom(125, 126, 1024, 1025, 4096, 5000, 65_535, 65_536),
  ),
  compress: fc.boolean(),
  isText: fc.boolean(),
  wait: fc.constantFrom(0, 0, 0, 1, 3),
});

const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover";

/** RFC 7692 §7.2.2. */
function inflate({ rsv1, payload }: ServerFrame): Buffer {
  if (rsv1 === undefined) return payload;
  return inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), {
    finishFlush: constants.Z_SYNC_FLUSH,
  });
}

/** The topics that a client subscribes to: clients of one instance differ, and no instance has all. */
function topicsOf([instance, client]: Place): string[] {
  return [TOPICS[instance]!, TOPICS[(instance + client) % TOPICS.length]!];
}

it("brings each client what was published to its topics on all instances, once, and in the order of each publisher and topic", async () => {
  const cluster = new MemoryCluster();
  const instances: Instance[] = [];
  const clients: { readonly place: Place; readonly pair: Pair }[] = [];
  for (let i = 0; i < INSTANCES; i++) {
    const instance = await cluster.start({ perMessageDeflate: true });
    instances.push(instance);
    for (let c = 0; c < CLIENTS; c++) {
      // The second client of each instance gets compressed messages.
      const pair = await instance.connect(c === 1 ? [DEFLATE] : []);
      for (const topic of topicsOf([i, c])) pair.ws.subscribe(topic);
      clients.push({ place: [i, c], pair });
    }
    await cluster.hears(instance, ...topicsOf([i, 0]), ...topicsOf([i, 1]));
  }
  const at = ([i, c]: Place): Pair => clients[i * CLIENTS + c]!.pair;
  await fc.assert(
    fc.asyncProperty(fc.array(publish, { minLength: 1, maxLength: 40 }), async (script) => {
      const sent = script.map((each, number) => `${number} ${each.topic} ${each.instance}`.padEnd(each.size));
      for (const [number, each] of script.entries()) {
        const { instance, client, topic, compress } = each;
        const data = each.isText ? sent[number]! : Buffer.from(sent[number]!);
        if (client === null) instances[instance]!.server.publish(topic, data, compress);
        else at([instance, client]).ws.publish(topic, data, compress);
        await turns(each.wait);
      }
      for (const { place, pair } of clients) {
        const due = script.flatMap(({ topic, instance, client }, number) =>
          topicsOf(place).includes(topic) && !(instance === place[0] && client === place[1])
            ? [sent[number]!]
            : [],
        );
        const frames = await pair.client.frames(due.length);
        const texts = frames.map((frame) => inflate(frame).toString());
        // By instance and topic: between those the order is not kept.
        const group = (message: string): string => message.split(" ").slice(1, 3).join(" ");
        const grouped = (all: readonly string[]): string[] =>
          all.toSorted((one, other) => group(one).localeCompare(group(other)));
        expect(grouped(texts)).toEqual(grouped(due));
      }
      await until(() => instances.every(({ server }) => server.topics.metrics.queueBytes === 0), "answers");
      for (const { pair } of clients) expect(pair.client.take()).toEqual([]);
    }),
    runs(200),
  );
  for (const { server } of instances)
    expect(server.topics.metrics).toMatchObject({ holes: 0, dropped: 0, duplicates: 0 });
});
