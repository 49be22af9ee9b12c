import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { HistorySetup } from "../../src/nats/history-setup.ts";
import { HistoryStream } from "../../src/nats/history-stream.ts";
import type { MessageHeaders, NatsClient, NatsMessage, NatsPackage } from "../../src/nats/package.ts";
import { Requests } from "../../src/nats/requests.ts";

const RULE = { size: 10, seconds: 60 };
/** More than calls of one function within the other. */
const MANY = 50_000;

interface Answer {
  /** Of a message without a body. */
  readonly code?: number;
  readonly body?: object;
}

/** What waits for a stream. `answerOf` says what comes for a request; nothing but the code of a status has headers. */
function setupOf(
  stream: HistoryStream,
  answerOf: (subject: string, headers: MessageHeaders | undefined) => Answer,
): HistorySetup {
  let receive = (_message: NatsMessage): void => {};
  const client = {
    subscribe: (_subject: string, { callback }: { callback(error: null, message: NatsMessage): void }) => {
      receive = (message) => callback(null, message);
      return { unsubscribe: () => {} };
    },
    publish: (
      subject: string,
      _payload: unknown,
      { reply = "", headers }: { readonly reply?: string; readonly headers?: MessageHeaders },
    ) => {
      const { code, body } = answerOf(subject, headers);
      const data = Buffer.from(body === undefined ? "" : JSON.stringify(body));
      const status = code === undefined ? {} : { headers: headersOf(code) };
      setImmediate(() => receive({ subject: reply, data, ...status }));
    },
  } as unknown as NatsClient;
  const nats = { headers: () => headersOf(0) } as unknown as NatsPackage;
  return new HistorySetup(new Requests(client, "inbox"), stream, nats);
}

function headersOf(code: number): MessageHeaders {
  const fields = new Map<string, string>();
  return { code, get: (name) => fields.get(name) ?? "", set: (name, value) => void fields.set(name, value) };
}

/** What JetStream says of a stream whose last message has this number. */
function infoOf(stream: HistoryStream, last: number): Answer {
  return { body: { config: stream.configure(RULE, null), state: { last_seq: last } } };
}

test("any number of jobs wait for the stream, and run in their order", async () => {
  const stream = new HistoryStream("p");
  const setup = setupOf(stream, () => infoOf(stream, 1));
  const ran: number[] = [];
  await new Promise<void>((resolve, fail) => {
    for (let i = 0; i < MANY; i++) setup.do({ rule: RULE, run: () => void ran.push(i), fail });
    setup.do({ rule: RULE, run: resolve, fail });
  });
  expect(ran).toEqual(Array.from({ length: MANY }, (_, i) => i));
});

test("all jobs that wait for a stream that cannot be had fail, once", async () => {
  const setup = setupOf(new HistoryStream("p"), () => ({
    body: { error: { code: 400, err_code: 10_039, description: "off" } },
  }));
  let failed = 0;
  const run = (): void => expect.unreachable();
  await new Promise<void>((resolve) => {
    for (let i = 0; i < MANY; i++) setup.do({ rule: RULE, run, fail: () => void failed++ });
    setup.do({ rule: RULE, run, fail: () => resolve() });
  });
  expect(failed).toBe(MANY);
});

test("a stream that another instance makes is not read before it is served", async () => {
  const stream = new HistoryStream("p");
  const asked: string[] = [];
  let probes = 0;
  const setup = setupOf(stream, (subject, headers) => {
    asked.push(subject);
    if (subject === stream.api("STREAM.INFO")) return infoOf(stream, 0);
    // What is not for another stream would be stored.
    expect([subject, headers?.get("Nats-Expected-Stream")]).toEqual([stream.append("-"), "-"]);
    if (++probes < 3) return { code: 503 };
    return {
      body: { error: { code: 400, err_code: 10_060, description: "expected stream does not match" } },
    };
  });
  await new Promise<void>((run, fail) => setup.do({ rule: RULE, run, fail }));
  expect(asked).toEqual([stream.api("STREAM.INFO"), ...Array(3).fill(stream.append("-"))]);
});
