import { runInNewContext } from "node:vm";
import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket, WebSocketHandler } from "../../src/api/websocket.ts";
import { type Pair, pair } from "../support/websocket-pair.ts";

const errors = captureErrors();

/** Something in the way of every handler, and how it comes to run. */
const PROVOKED: [name: "message" | "ping" | "pong" | "drain", provoke: (ends: Pair) => void][] = [
  ["message", ({ client }) => client.text("x")],
  ["ping", ({ client }) => client.send(OPCODE.ping)],
  ["pong", ({ client }) => client.send(OPCODE.pong)],
  [
    "drain",
    ({ client, ws }) => {
      client.client.socket.pause();
      expect(ws.send(Buffer.alloc(24_000_000))).toBe(-1);
      client.client.socket.resume();
    },
  ],
];

const boom = new Error("boom");
const fail = (): never => {
  throw boom;
};

describe("a handler that throws", () => {
  it.each(
    PROVOKED,
  )("%s: the error handler is told, with the socket, which stays open", async (name, provoke) => {
    const told: [unknown, ServerWebSocket][] = [];
    const ends = await pair({ [name]: fail, error: (error, ws) => void told.push([error, ws]) });
    provoke(ends);
    await until(() => told.length > 0, "an error");
    expect(told).toEqual([[boom, ends.ws]]);
    expect([ends.ws.readyState, ends.ws.send("open") !== 0]).toEqual([1, true]);
  });

  it.each(PROVOKED)("%s: without an error handler it is reported", async (name, provoke) => {
    const ends = await pair({ [name]: fail });
    provoke(ends);
    await until(() => errors.reports.length > 0, "an error");
    expect(errors.take()).toBe(boom);
    expect(ends.ws.readyState).toBe(1);
  });

  it("open: the connection is closed with 1011 before the error handler runs", async () => {
    const told: unknown[] = [];
    const { client, server } = await pair({
      open: fail,
      message: () => void told.push("message"),
      close: (_, code) => void told.push(code),
      error: (error, ws) => void told.push(error, ws.readyState),
    });
    client.text("into the void");
    expect(await client.closing()).toEqual({ code: 1011, reason: "" });
    expect(told).toEqual([1011, boom, 3]);
    expect(server.pendingWebSockets).toBe(0);
  });

  it("close: the error handler is told, or it is reported; the connection closes all the same", async () => {
    const told: unknown[] = [];
    for (const error of [(thrown: Error) => void told.push(thrown), undefined]) {
      const { client, server } = await pair({ close: fail, ...(error === undefined ? {} : { error }) });
      client.close(1000);
      expect(await client.closing()).toEqual({ code: 1000, reason: "" });
      client.client.end();
      await until(() => server.webSockets.size === 0, "gone");
    }
    expect(told).toEqual([boom]);
    expect(errors.take()).toBe(boom);
  });

  it("may throw anything", async () => {
    const told: unknown[] = [];
    const { client } = await pair({
      message() {
        throw "a string";
      },
      error: (error) => void told.push(error),
    });
    client.text("x");
    await until(() => told.length > 0, "an error");
    expect(told).toEqual(["a string"]);
  });

  it("does not keep what arrived with it from being handled", async () => {
    const heard: string[] = [];
    const { client } = await pair({
      message(_, message) {
        heard.push(String(message));
        fail();
      },
      error: (_, ws) => void ws.send("sorry"),
    });
    client.text("one").text("two");
    expect(await client.texts(2)).toEqual(["sorry", "sorry"]);
    expect(heard).toEqual(["one", "two"]);
  });
});

describe("an asynchronous handler that rejects", () => {
  const handlers: WebSocketHandler = { error: () => expect.unreachable("error is for handlers that throw") };
  it.each(PROVOKED)("%s: it is reported, and the socket stays open", async (name, provoke) => {
    const ends = await pair({ ...handlers, [name]: () => Promise.reject(boom) });
    provoke(ends);
    await until(() => errors.reports.length > 0, "an error");
    expect(errors.take()).toBe(boom);
    expect(ends.ws.readyState).toBe(1);
  });

  it("may be of another realm", async () => {
    const reject = runInNewContext("(reason) => Promise.reject(reason)") as (reason: unknown) => never;
    const { client } = await pair({
      message: () => reject(boom),
      ping: fail,
      error: () => reject("of the error handler"),
    });
    client.text("x");
    await until(() => errors.reports.length > 0, "an error");
    expect(errors.take()).toBe(boom);
    client.send(OPCODE.ping);
    await until(() => errors.reports.length > 1, "two errors");
    expect(errors.reports.splice(0)).toHaveLength(2);
  });

  it("open and close: likewise", async () => {
    const { client, ws } = await pair({
      ...handlers,
      open: () => Promise.reject(boom),
      close: () => Promise.reject(boom),
    });
    await until(() => errors.reports.length === 1, "an error");
    expect(ws.readyState).toBe(1);
    client.close(1000);
    await until(() => errors.reports.length === 2, "another");
    expect([errors.take(), errors.take()]).toEqual([boom, boom]);
  });
});

describe("the error handler", () => {
  it.each([
    ["throws", fail],
    ["rejects", () => Promise.reject(boom)],
  ])("that itself %s is reported, behind the error that it was told", async (_, error) => {
    const first = new Error("first");
    const { client, ws } = await pair({
      message() {
        throw first;
      },
      error,
    });
    client.text("x");
    await until(() => errors.reports.length > 1, "two errors");
    expect([errors.take(), errors.take()]).toEqual([first, boom]);
    expect(errors.places.map((place) => place.split(" ")[0])).toEqual([
      "websocket.message",
      "websocket.error",
    ]);
    expect(ws.readyState).toBe(1);
  });

  it.each([
    ["throws", fail],
    ["rejects with", () => Promise.reject(boom)],
  ])("that %s its error again is reported once", async (_, error) => {
    const told: unknown[] = [];
    const { client } = await pair({
      message: (_, text) => (text === "x" ? fail() : void told.push(text)),
      error,
    });
    client.text("x").text("y");
    await until(() => told.length === 1 && errors.reports.length > 0, "the error, and the next message");
    expect(errors.take()).toBe(boom);
  });

  it("may close the socket", async () => {
    const { client } = await pair({ message: fail, error: (_, ws) => ws.close(1011, "sorry") });
    client.text("x");
    expect(await client.closing()).toEqual({ code: 1011, reason: "sorry" });
  });
});

it("handlers get the arguments of their event, and no more", async () => {
  const counts: Record<string, number> = {};
  const count =
    (name: string) =>
    (...args: unknown[]): void => {
      counts[name] = args.length;
    };
  const names = ["open", "message", "ping", "pong", "drain", "close"];
  const ends = await pair(Object.fromEntries(names.map((name) => [name, count(name)])));
  for (const [name, provoke] of PROVOKED) {
    provoke(ends);
    await until(() => name in counts, name);
  }
  ends.ws.close();
  expect(counts).toEqual({ open: 1, message: 2, ping: 2, pong: 2, drain: 1, close: 3 });
});

it("a handler that is null is none, and so is an error handler", async () => {
  const none = { ping: null, pong: null, drain: null, close: null, error: null };
  const { client } = await pair({ ...(none as object), message: fail });
  client.send(OPCODE.ping).send(OPCODE.pong).text("x").close(1000);
  expect((await client.frame())?.opcode).toBe(OPCODE.pong);
  expect(await client.closing()).toEqual({ code: 1000, reason: "" });
  expect(errors.take()).toBe(boom);
});
