import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import type { ConnectionEvents } from "../../src/connection.ts";
import { NatsConnection } from "../../src/nats/connection.ts";
import { HistoryStream } from "../../src/nats/history-stream.ts";
import type { NatsMessage, NatsPackage } from "../../src/nats/package.ts";

const RULE = { size: 10, seconds: 60 };

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A connection to a server that has the stream, writes down what it is told, and answers pings when a test says so. */
async function open() {
  const stream = new HistoryStream("p");
  const info = { config: stream.configure(RULE, null), state: { last_seq: 1 } };
  const told: string[] = [];
  const callbacks = new Map<string, (error: null, message: NatsMessage) => void>();
  const pings: (() => void)[] = [];
  const client = {
    subscribe: (subject: string, { callback }: { callback(error: null, message: NatsMessage): void }) => {
      told.push(`SUB ${subject}`);
      callbacks.set(subject, callback);
      return { unsubscribe: () => void told.push(`UNSUB ${subject}`) };
    },
    publish: (
      subject: string,
      payload: Uint8Array | string,
      { reply = "" }: { readonly reply?: string } = {},
    ) => {
      if (subject === stream.api("STREAM.INFO")) {
        const inbox = callbacks.get(`${reply.slice(0, reply.lastIndexOf("."))}.*`)!;
        setImmediate(() => inbox(null, { subject: reply, data: Buffer.from(JSON.stringify(info)) }));
      } else told.push(`PUB ${subject} ${Buffer.from(payload).toString()}`);
    },
    flush: () => new Promise<void>((resolve) => pings.push(resolve)),
    closed: () => new Promise<never>(() => {}),
    status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    close: () => Promise.resolve(),
    isClosed: () => false,
  };
  const nats = {
    connect: () => Promise.resolve(client),
    headers: () => ({ code: 0, get: () => "", set: () => {} }),
  };
  const nothing = (): void => {};
  const events: ConnectionEvents = {
    subscribed: nothing,
    denied: nothing,
    message: nothing,
    published: nothing,
    refused: nothing,
    lost: nothing,
    history: { message: nothing, appended: nothing, slice: nothing, failed: nothing },
  };
  const settings = { prefix: "p", queue: { bytes: 1, seconds: 1 }, where: "", login: {} };
  const connection = await NatsConnection.open(nats as unknown as NatsPackage, settings, "p:", events);
  let request = 0;
  const append = (topic: string, text: string): void =>
    connection.history.append(++request, `p:ht:${topic}`, Buffer.from(text), 1, RULE, false);
  // The stream is known from here on.
  append("old", "first");
  while (!told.includes("PUB p.h.ht:old first")) await turn();
  told.length = 0;
  return {
    connection,
    append,
    take: () => told.splice(0),
    pong: async () => {
      pings.shift()!();
      for (let i = 0; i < 3; i++) await turn();
    },
  };
}

test("what is appended to a topic is behind its subscription, which waits for the answer to a ping", async () => {
  const { connection, append, take, pong } = await open();
  connection.publish("p:t:a", Buffer.from("plain"), false);
  connection.flush();
  expect(take()).toEqual(["PUB p.t:a plain"]);
  connection.subscribe(["p:ht:new"], false);
  append("new", "1");
  append("old", "not held up");
  connection.flush();
  expect(take()).toEqual(["PUB p.h.ht:old not held up"]);
  append("new", "2");
  connection.flush();
  expect(take()).toEqual([]);
  await pong();
  expect(take()).toEqual(["SUB p.l.ht:new", "PUB p.h.ht:new 1", "PUB p.h.ht:new 2"]);
  append("new", "3");
  expect(take()).toEqual(["PUB p.h.ht:new 3"]);
});

test("what is appended to a topic that is subscribed in the same turn is behind the subscription", async () => {
  const { connection, append, take } = await open();
  connection.subscribe(["p:ht:new"], false);
  append("new", "1");
  connection.flush();
  expect(take()).toEqual(["SUB p.l.ht:new", "PUB p.h.ht:new 1"]);
});

test("what is appended to a topic leaves also if that is not to be subscribed any more, or the connection is left", async () => {
  for (const isLeft of [false, true]) {
    const { connection, append, take, pong } = await open();
    connection.publish("p:t:a", Buffer.from("plain"), false);
    connection.flush();
    connection.subscribe(["p:ht:new"], false);
    append("new", "1");
    connection.flush();
    take();
    if (isLeft) void connection.leave();
    else connection.unsubscribe(["p:ht:new"]);
    expect(take()).toEqual(["PUB p.h.ht:new 1"]);
    await pong();
  }
});
