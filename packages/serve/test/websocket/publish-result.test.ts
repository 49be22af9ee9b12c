import { captureErrors } from "@mantou/testing/errors";
import { turns } from "@mantou/testing/wait";
import { prepareMessage } from "@mantou/websocket";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../support/runs.ts";
import { type Pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const CLIENTS = 3;
const TOPICS = ["a", "b"];
/** A message waits for its client behind so many bytes of a Blob that is being read. */
const HELD_UP = 64 * 1024;
/** Published messages that wait for the end of the turn do not count yet. */
const TURN_BYTES = 64 * 1024;
const HEADS = [2, 4, 10] as const;

type Step =
  | { readonly do: "join"; readonly by: number; readonly topic: string }
  | { readonly do: "leave"; readonly by: number; readonly topic: string }
  | { readonly do: "publish"; readonly by: number | null; readonly topic: string; readonly size: number }
  | { readonly do: "send"; readonly by: number; readonly size: number }
  | { readonly do: "blob"; readonly by: number; readonly size: number }
  | { readonly do: "close"; readonly by: number };

const by = fc.nat({ max: CLIENTS - 1 });
const topic = fc.constantFrom(...TOPICS);
const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 6, max: 150 }) },
  fc.constantFrom(1000, 20_000, 66_000),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("join" as const), by, topic }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), by, topic }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant("publish" as const), by: fc.option(by), topic, size }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("send" as const), by, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("blob" as const), by, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), by }) },
);

interface Settings {
  /** 0 for no limit. */
  readonly limit: number;
  readonly closes: boolean;
  /** The size of the Blob that each client gets first, which is read in another turn: until then everything waits behind it. */
  readonly blobs: readonly (number | null)[];
}

const anySettings: fc.Arbitrary<Settings> = fc.record({
  limit: fc.constantFrom(0, 1, 500, 3000, 100_000),
  closes: fc.boolean(),
  blobs: fc.array(fc.option(fc.constantFrom(5, 400, 2000, 70_000)), {
    minLength: CLIENTS,
    maxLength: CLIENTS,
  }),
});

function frameSize(size: number): number {
  return size + (size < 126 ? HEADS[0] : size < 65_536 ? HEADS[1] : HEADS[2]);
}

/** One client, to which each message is sent at once. */
class Client {
  readonly topics: Set<string> = new Set(TOPICS);
  readonly inbox: string[] = [];
  readonly limit: number;
  readonly closes: boolean;
  isOpen = true;
  /** Bytes behind a Blob that is being read, with it. Nothing waits without one: the clients read. */
  queued = 0;
  isWaiting = false;

  constructor({ limit, closes }: Settings) {
    this.limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    this.closes = closes;
  }

  /** @returns whether it takes the message */
  take(message: string, bytes: number): boolean {
    if (!this.isOpen) return false;
    if (this.queued > this.limit) {
      // Without its end frame: the messages in front are lost with the connection.
      if (this.closes) this.close();
      return false;
    }
    this.inbox.push(message);
    if (this.isWaiting) this.queued += bytes;
    return true;
  }

  close(): void {
    this.isOpen = false;
    this.topics.clear();
  }
}

/**
 * With `closeOnBackpressureLimit` one client alone is slow: of several that a message is too much for, one is closed at once, and the
 * others at the end of the turn.
 */
function withOneSlow(given: Settings, steps: readonly Step[]): [Settings, readonly Step[]] {
  if (!given.closes) return [given, steps];
  const blobs = given.blobs.map((bytes, i) => (i === 0 ? bytes : null));
  return [{ ...given, blobs }, steps.map((each) => (each.do === "blob" ? { ...each, by: 0 } : each))];
}

function run(steps: readonly Step[], clients: readonly Client[], pairs: readonly Pair[], server: Publishes) {
  steps.forEach((each, number) => {
    const client = each.by === null ? null : clients[each.by]!;
    const ws = each.by === null ? null : pairs[each.by]!.ws;
    if (each.do === "join") {
      if (client!.isOpen) client!.topics.add(each.topic);
      ws!.subscribe(each.topic);
    } else if (each.do === "leave") {
      client!.topics.delete(each.topic);
      ws!.unsubscribe(each.topic);
    } else if (each.do === "close") {
      client!.close();
      ws!.close(4000);
    } else {
      const message = `${number} `.padEnd(each.size, "x");
      if (each.do === "publish") {
        const result = (ws ?? server).publish(each.topic, message);
        check(result, message, each.topic, clients, client);
      } else if (each.do === "send") {
        expect(ws!.send(message) === 0).toBe(!client!.take(message, each.size));
      } else {
        const isTaken = client!.take(message, each.size);
        if (isTaken && !client!.isWaiting) {
          client!.isWaiting = true;
          client!.queued += each.size;
        }
        expect(ws!.send(new Blob([message])) === 0).toBe(!isTaken);
      }
    }
    expect(ws?.readyState === 1).toBe(client?.isOpen ?? false);
  });
}

interface Publishes {
  publish(topic: string, data: string): number;
}

/** Compares the result of a publish with what each subscriber gets. */
function check(
  result: number,
  message: string,
  topic: string,
  clients: readonly Client[],
  publisher: Client | null,
): void {
  const due = clients.filter((each) => each !== publisher && each.topics.has(topic));
  const ahead = Math.max(0, ...due.map(({ queued }) => queued));
  const taken = due.map((each) => each.take(message, frameSize(message.length)));
  if (due.length === 0 || taken.includes(false)) expect(result).toBe(0);
  else if (ahead <= HELD_UP) expect(result).toBe(message.length);
  else if (ahead > HELD_UP + TURN_BYTES) expect(result).toBe(-1);
  else expect([-1, message.length]).toContain(result);
}

describe("what publish returns", () => {
  it("is true for each message: all subscribers get it, or one does not", async () => {
    await fc.assert(
      fc.asyncProperty(anySettings, fc.array(step, { maxLength: 40 }), async (settings, script) => {
        const [given, steps] = withOneSlow(settings, script);
        const { server, connect } = startWebSockets({
          backpressureLimit: given.limit,
          closeOnBackpressureLimit: given.closes,
        });
        const pairs: Pair[] = [];
        for (let i = 0; i < CLIENTS; i++) pairs.push(await connect());
        const clients = pairs.map(() => new Client(given));
        pairs.forEach(({ ws }, i) => {
          for (const each of TOPICS) ws.subscribe(each);
          const bytes = given.blobs[i]!;
          if (bytes === null) return;
          const first = "blob ".padEnd(bytes, "b");
          ws.send(new Blob([first]));
          const client = clients[i]!;
          client.inbox.push(first);
          client.isWaiting = true;
          client.queued = bytes;
        });
        run(steps, clients, pairs, server);
        for (const [i, client] of clients.entries()) {
          // What a closed client had in front of it is lost, or read, or dropped behind its Blob.
          if (!client.isOpen) continue;
          const frames = await pairs[i]!.client.frames(client.inbox.length);
          expect(frames.map(({ payload }) => payload.toString())).toEqual(client.inbox);
        }
        await server.stop(true);
      }),
      runs(300),
    );
  });

  it.each([
    { others: 1, returned: 5, text: "is true for the others" },
    { others: 0, returned: 0, text: "is 0" },
  ])("$text if the delivery of earlier messages, within the call, closes a subscriber", async (given) => {
    const { server, connect } = startWebSockets({ backpressureLimit: 1000, closeOnBackpressureLimit: true });
    const slow = await connect();
    const others = given.others === 1 ? [await connect()] : [];
    for (const { ws } of [slow, ...others]) ws.subscribe("news");
    expect(slow.ws.send(new Blob(["b".repeat(500)]))).toBe(500);
    // Messages that no result has been told for, as those of Blobs that have been read in this turn.
    const { publisher } = server;
    for (let i = 0; i < 3; i++) {
      publisher.broker.publish("news", prepareMessage("m".repeat(400)));
      publisher.waitingBytes += 410;
    }
    expect(server.publish("news", "last!")).toBe(given.returned);
    expect(slow.ws.readyState).toBe(3);
    for (const { client } of others) expect((await client.texts(4)).at(-1)).toBe("last!");
  });

  it("counts messages, and not only their bytes, of which empty ones have few", async () => {
    const { server, connect } = startWebSockets();
    const { ws, client } = await connect();
    ws.subscribe("news");
    ws.send(new Blob(["blob"]));
    const results: number[] = [];
    for (let i = 0; i < 40_000; i++) results.push(server.publish("news", "x"));
    const taken = results.indexOf(0);
    // 512 of the default backpressureLimit for each.
    expect(taken).toBe(32_769);
    expect((await client.frames(1 + taken)).length).toBe(1 + taken);
    await turns();
    expect(client.take()).toEqual([]);
  });
});
