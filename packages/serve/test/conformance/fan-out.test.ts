import { captureErrors } from "@mantou/testing/errors";
import { OPCODE, type RawWebSocket } from "@mantou/testing/raw-websocket";
import { turns } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../support/runs.ts";
import { type Pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

const CLIENTS = 100;
const TOPICS = ["a", "b", "c", "d"];

type Step =
  | { readonly do: "subscribe" | "unsubscribe"; readonly who: number; readonly topic: string }
  | { readonly do: "publish"; readonly who: number | null; readonly topic: string; readonly size: number }
  | { readonly do: "send"; readonly who: number; readonly size: number }
  | { readonly do: "close"; readonly who: number }
  | { readonly do: "wait" };

const who = fc.nat({ max: CLIENTS - 1 });
const topic = fc.constantFrom(...TOPICS);
/** Around the sizes at which frames are put together differently. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 40 }) },
  fc.constantFrom(125, 126, 1024, 1025, 5000),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("subscribe" as const), who, topic }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), who, topic }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant("publish" as const), who: fc.option(who), topic, size }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), who, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), who }) },
  { weight: 1, arbitrary: fc.constant({ do: "wait" as const }) },
);

/** The same as slowly and plainly as can be: each message goes to each subscriber at once. */
class Model {
  readonly inboxes: string[][] = Array.from({ length: CLIENTS }, () => []);
  readonly open: boolean[] = Array.from({ length: CLIENTS }, () => true);
  readonly topics: Map<string, Set<number>> = new Map(TOPICS.map((name) => [name, new Set()]));

  subscribers(name: string): Set<number> {
    return this.topics.get(name)!;
  }

  publish(from: number | null, name: string, message: string): number {
    const recipients = [...this.subscribers(name)].filter((client) => client !== from);
    for (const client of recipients) this.inboxes[client]!.push(message);
    return recipients.length === 0 ? 0 : message.length;
  }

  close(client: number): void {
    this.open[client] = false;
    for (const subscribers of this.topics.values()) subscribers.delete(client);
  }
}

/** A message that is unlike every other. */
function text(index: number, length: number): string {
  return `${index} `.padEnd(length, "x");
}

async function read(client: RawWebSocket, isOpen: boolean): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const { opcode, payload } = await client.frame();
    if (opcode === OPCODE.close) {
      expect(isOpen).toBe(false);
      return texts;
    }
    expect(opcode).toBe(OPCODE.text);
    if (payload.toString() === "end") return texts;
    texts.push(payload.toString());
  }
}

async function play(
  steps: readonly Step[],
  clients: Pair[],
  publish: (name: string, data: string) => number,
) {
  const model = new Model();
  for (const [index, action] of steps.entries()) {
    switch (action.do) {
      case "subscribe":
        expect(clients[action.who]!.ws.subscribe(action.topic)).toBe(model.open[action.who]);
        if (model.open[action.who]) model.subscribers(action.topic).add(action.who);
        break;
      case "unsubscribe": {
        const was = model.subscribers(action.topic).delete(action.who);
        expect(clients[action.who]!.ws.unsubscribe(action.topic)).toBe(was);
        break;
      }
      case "publish": {
        const message = text(index, action.size);
        const expected = model.publish(action.who, action.topic, message);
        const { who: from } = action;
        const sent =
          from === null ? publish(action.topic, message) : clients[from]!.ws.publish(action.topic, message);
        expect(sent).toBe(expected);
        break;
      }
      case "send": {
        const message = text(index, action.size);
        expect(clients[action.who]!.ws.send(message) !== 0).toBe(model.open[action.who]);
        if (model.open[action.who]) model.inboxes[action.who]!.push(message);
        break;
      }
      case "close":
        clients[action.who]!.ws.close(1000);
        model.close(action.who);
        break;
      case "wait":
        await turns(1);
    }
  }
  return model;
}

describe("any sequence of subscribing, publishing, sending and closing", () => {
  it("brings each of 100 clients what a naive model says, in its order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 400, size: "max" }), async (steps) => {
        const { server, connect } = startWebSockets();
        const clients: Pair[] = [];
        for (let i = 0; i < CLIENTS; i++) clients.push(await connect());
        const model = await play(steps, clients, (name, data) => server.publish(name, data));
        for (const name of TOPICS) {
          expect(server.subscriberCount(name)).toBe(model.subscribers(name).size);
        }
        expect(server.pendingWebSockets).toBe(model.open.filter((isOpen) => isOpen).length);
        for (const { ws } of clients) ws.send("end");
        const received = await Promise.all(clients.map(({ client }, i) => read(client, model.open[i]!)));
        expect(received).toEqual(model.inboxes);
        for (const { client } of clients) client.client.destroy();
        await server.stop(true);
      }),
      // A failing run takes seconds, so that shrinking would run into the time limit and hide what failed.
      { ...runs(5), endOnFailure: true },
    );
  });
});
