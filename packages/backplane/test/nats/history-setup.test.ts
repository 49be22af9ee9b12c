import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { HistorySetup } from "../../src/nats/history-setup.ts";
import { HistoryStream } from "../../src/nats/history-stream.ts";
import type { NatsClient, NatsMessage } from "../../src/nats/package.ts";
import { Requests } from "../../src/nats/requests.ts";

const RULE = { size: 10, seconds: 60 };
/** More than calls of one function within the other. */
const MANY = 50_000;

/** What waits for a stream, of which JetStream says what `answerOf` returns. */
function setupOf(stream: HistoryStream, answerOf: () => object): HistorySetup {
  let receive = (_message: NatsMessage): void => {};
  const client = {
    subscribe: (_subject: string, { callback }: { callback(error: null, message: NatsMessage): void }) => {
      receive = (message) => callback(null, message);
      return { unsubscribe: () => {} };
    },
    publish: (_subject: string, _payload: unknown, { reply = "" }: { readonly reply?: string }) => {
      const data = Buffer.from(JSON.stringify(answerOf()));
      setImmediate(() => receive({ subject: reply, data }));
    },
  } as unknown as NatsClient;
  return new HistorySetup(new Requests(client, "inbox"), stream);
}

test("any number of jobs wait for the stream, and run in their order", async () => {
  const stream = new HistoryStream("p");
  const setup = setupOf(stream, () => ({ config: stream.configure(RULE, null) }));
  const ran: number[] = [];
  await new Promise<void>((resolve, fail) => {
    for (let i = 0; i < MANY; i++) setup.do({ rule: RULE, run: () => void ran.push(i), fail });
    setup.do({ rule: RULE, run: resolve, fail });
  });
  expect(ran).toEqual(Array.from({ length: MANY }, (_, i) => i));
});

test("all jobs that wait for a stream that cannot be had fail, once", async () => {
  const setup = setupOf(new HistoryStream("p"), () => ({
    error: { code: 400, err_code: 10_039, description: "off" },
  }));
  let failed = 0;
  const run = (): void => expect.unreachable();
  await new Promise<void>((resolve) => {
    for (let i = 0; i < MANY; i++) setup.do({ rule: RULE, run, fail: () => void failed++ });
    setup.do({ rule: RULE, run, fail: () => resolve() });
  });
  expect(failed).toBe(MANY);
});
