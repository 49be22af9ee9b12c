import fc from "fast-check";
import { expect, it } from "vitest";
import { Congestion } from "../../src/websocket/congestion.ts";
import { runs } from "../support/runs.ts";

const TOPICS = ["a", "b"];
const SENDERS = 70;
const LIMITS = [0, 30, 200];

/** A client with a limit, on which messages are queued, and messages of the turn wait. */
class Queue {
  readonly topics: Set<string> = new Set();
  readonly limit: number;
  queued = 0;
  pending: number[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get subscriber(): { isSubscribed(topic: string): boolean } {
    return { isSubscribed: (topic) => this.topics.has(topic) };
  }

  get room(): number {
    return this.limit - this.queued;
  }

  meetPublished(): 0 | -1 {
    return this.queued > this.limit ? 0 : -1;
  }

  take(size: number): void {
    if (this.queued <= this.limit) this.queued += size;
  }

  flush(): void {
    for (const size of this.pending.splice(0)) this.take(size);
  }
}

type Step =
  | { readonly do: "join" | "leave"; readonly by: number; readonly topic: string }
  | { readonly do: "publish"; readonly by: number | null; readonly topic: string; readonly size: number }
  | { readonly do: "send"; readonly by: number; readonly size: number }
  | { readonly do: "read"; readonly by: number }
  | { readonly do: "deliver" };

const by = fc.nat({ max: SENDERS - 1 });
/** Mostly one that is not slow itself: only its results are kept. */
const publisher = fc.option(by, { freq: 1 });
const topic = fc.constantFrom(...TOPICS);
const size = fc.integer({ min: 1, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("join" as const, "leave" as const), by, topic }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant("publish" as const), by: publisher, topic, size }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("send" as const), by, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const), by }) },
  { weight: 1, arbitrary: fc.constant({ do: "deliver" as const }) },
);

/** Each message is queued at once, and every subscriber is asked. */
function expected(all: readonly Queue[], topic: string, except: Queue | undefined): 0 | -1 | undefined {
  const asked = all.filter((each) => each !== except && each.topics.has(topic));
  if (asked.some((each) => each.queued > each.limit)) return 0;
  return asked.length > 0 ? -1 : undefined;
}

it("what a publisher is told is what each message meets, though it is not delivered yet, and many results are kept", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(3, SENDERS),
      // One for all: of very many clients with several limits one would always be full.
      fc.constantFrom(...LIMITS),
      fc.array(fc.subarray(TOPICS), { minLength: SENDERS, maxLength: SENDERS }),
      fc.array(step, { maxLength: 60 }),
      (count, limit, plans, steps) => {
        const make = (): Queue[] =>
          plans.slice(0, count).map((topics) => {
            const queue = new Queue(limit);
            for (const each of topics) queue.topics.add(each);
            return queue;
          });
        const [model, real] = [make(), make()];
        let waiting = 0;
        const deliver = (): void => {
          waiting = 0;
          for (const each of real) each.flush();
          congestion.forget();
        };
        const congestion = new Congestion<Queue>(deliver);
        for (const each of real) congestion.add(each);
        for (const each of steps) {
          if (each.do === "deliver") {
            deliver();
            continue;
          }
          const index = each.by === null ? -1 : each.by % count;
          const pair = [model[index]!, real[index]!] as const;
          if (each.do === "publish") {
            const [modelled, except] = each.by === null ? [undefined, undefined] : pair;
            const met = expected(model, each.topic, modelled);
            expect(congestion.status(each.topic, except, waiting)).toBe(met);
            expect(congestion.full === null).toBe(met !== 0);
            for (const queue of model)
              if (queue !== modelled && queue.topics.has(each.topic)) queue.take(each.size);
            for (const queue of real)
              if (queue !== except && queue.topics.has(each.topic)) queue.pending.push(each.size);
            waiting += each.size;
            if (met === 0) congestion.full!.flush();
            continue;
          }
          // As a sender does: what has been published leaves before what is sent, and the kept results are forgotten.
          congestion.forget();
          if (each.do === "join") for (const queue of pair) queue.topics.add(each.topic);
          else if (each.do === "leave") for (const queue of pair) queue.topics.delete(each.topic);
          else {
            pair[1].flush();
            for (const queue of pair) {
              if (each.do === "send") queue.take(each.size);
              else queue.queued = 0;
            }
          }
        }
        deliver();
        expect(real.map(({ queued }) => queued)).toEqual(model.map(({ queued }) => queued));
      },
    ),
    runs(1000),
  );
});
