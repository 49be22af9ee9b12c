import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { NATS_STRIDE } from "../../src/limits.ts";
import { NatsHistory, type NatsHistoryOptions } from "../../src/nats/history.ts";
import { HistoryStream } from "../../src/nats/history-stream.ts";
import type { MessageHeaders, NatsMessage } from "../../src/nats/package.ts";

const RULE = { size: 10, seconds: 60 };
const CHANNEL = "p:ht:a";

function headersOf(fields: Readonly<Record<string, number>>): MessageHeaders {
  return { code: 0, get: (name) => String(fields[name] ?? ""), set: () => {} };
}

test("the first message of a topic is not behind the second, though it comes after that", async () => {
  const stream = new HistoryStream("p");
  const info = { config: stream.configure(RULE, null), state: { last_seq: 1 } };
  const callbacks: ((error: null, message: NatsMessage) => void)[] = [];
  const places: [number, number][] = [];
  let live = (_sequence: number, _last: number): void => {};
  let end = (): void => {};
  await new Promise<void>((appended) => {
    const client = {
      subscribe: (_subject: string, { callback }: { callback(error: null, message: NatsMessage): void }) => {
        callbacks.push(callback);
      },
      publish: (subject: string, _payload: unknown, { reply = "" }: { readonly reply?: string }) => {
        if (subject !== stream.api("STREAM.INFO")) appended();
        else
          setImmediate(() =>
            callbacks[0]!(null, { subject: reply, data: Buffer.from(JSON.stringify(info)) }),
          );
      },
    };
    const message = (
      _channel: string,
      _data: Uint8Array,
      place: { offset: number; previous: number },
    ): void => void places.push([place.previous / NATS_STRIDE, place.offset / NATS_STRIDE]);
    const options = {
      client,
      package: { headers: () => headersOf({}) },
      prefix: "p",
      channelPrefix: "p:",
      where: "",
      events: { history: { message } },
      isAsked: () => false,
    };
    const history = new NatsHistory(options as unknown as NatsHistoryOptions);
    history.subscribed([CHANNEL]);
    history.append(1, CHANNEL, new Uint8Array(1), 1, RULE, false);
    live = (sequence, last) => {
      const headers = headersOf({ "Nats-Sequence": sequence, "Nats-Last-Sequence": last });
      history.live(CHANNEL, { subject: "", data: new Uint8Array(1), headers });
    };
    end = () => history.end();
  });
  live(2, 1);
  live(1, 0);
  live(3, 2);
  // All before it are too old.
  live(5, 0);
  end();
  expect(places).toEqual([
    [1, 2],
    [0, 1],
    [2, 3],
    [3, 5],
  ]);
});
