import { captureErrors } from "@mantou/testing/errors";
import { OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import {
  instrument,
  type PublishEvent,
  type WebSocketEvent,
  type WebSocketHandler,
} from "../../src/plain.ts";
import { start } from "../support/servers.ts";
import { afterThisTest, subscribe } from "../support/traced.ts";

const errors = captureErrors();

const texts = (values: unknown[]): string[] => values.map(String);

describe("the calls of WebSocket handlers are published", () => {
  it("with what they got, also open and close without a handler", async () => {
    const seen: string[] = [];
    subscribe<WebSocketEvent>("mantou.websocket", (name, { type, route, data, code, reason }) => {
      if (name === "asyncEnd") seen.push(texts([type, route, data, code, reason]).join(" "));
    });
    const server = start({ routes: { "/w/:id": { websocket: { message() {}, ping() {} } } } });
    const client = await RawWebSocket.open(server, { path: "/w/1" });
    client.text("text").send(OPCODE.ping, "p").close(4001, "bye");
    await client.frame();
    await client.closing();
    expect(seen).toEqual([
      "open /w/:id undefined undefined undefined",
      "message /w/:id text undefined undefined",
      "ping /w/:id p undefined undefined",
      "close /w/:id undefined 4001 bye",
    ]);
  });

  it("and not what no handler gets", async () => {
    const seen: string[] = [];
    subscribe<WebSocketEvent>("mantou.websocket", (name, { type }) => {
      if (name === "start") seen.push(type);
    });
    const server = start({ routes: { "/w": { websocket: { pong() {} } } } });
    const client = await RawWebSocket.open(server, { path: "/w" });
    client.text("text").send(OPCODE.binary, "bytes").send(OPCODE.ping, "p").close(4001, "bye");
    await client.frame();
    await client.closing();
    expect(seen).toEqual(["open", "close"]);
  });

  const fail = (): never => {
    throw "text";
  };
  const HANDLERS: readonly [string, WebSocketHandler, string[]][] = [
    ["sync", { message: fail }, ["text"]],
    ["async", { message: async () => fail() }, ["text"]],
    ["with an error handler", { message: fail, error() {} }, ["text"]],
    [
      "with an error handler that throws",
      {
        message: fail,
        error() {
          throw "other";
        },
      },
      ["text", "other"],
    ],
  ];
  it.each(HANDLERS)("with what is thrown, before their end: %s", async (_what, websocket, thrown) => {
    const seen: string[] = [];
    subscribe<WebSocketEvent>("mantou.websocket", (name, { type, error }) => {
      if (type === "message") seen.push(name === "error" ? `error ${error}` : name);
    });
    const server = start({ routes: { "/w/:id": { websocket } } });
    const client = await RawWebSocket.open(server, { path: "/w/1?secret" });
    client.text("x");
    await until(() => seen.includes("asyncEnd"), "the end");
    expect(seen.filter((each) => each !== "end")).toEqual([
      "start",
      ...thrown.map((each) => `error ${each}`),
      "asyncStart",
      "asyncEnd",
    ]);
    const isLogged = thrown.length > 1 || !("error" in websocket);
    const where = (name: string): string => `websocket.${name} of GET /w/1 (route /w/:id)`;
    const places = thrown.map((_, i) => where(i === 0 ? "message" : "error"));
    expect(errors.places).toEqual(isLogged ? places : []);
    if (isLogged) expect(errors.reports.splice(0)).toEqual(thrown);
  });
});

it("what is published is published", async () => {
  const seen: unknown[] = [];
  subscribe<PublishEvent>("mantou.publish", (name, event) => {
    if (name === "end")
      seen.push([event.topic, event.data, event.result, event.socket === null, event.server]);
  });
  const server = start({
    routes: {
      "/w": {
        websocket: {
          open: (ws) => void ws.subscribe("t"),
          message: (ws) => void ws.publish("t", "from socket"),
        },
      },
    },
  });
  const client = await RawWebSocket.open(server, { path: "/w" });
  expect(server.publish("t", "four")).toBe(4);
  expect(server.publish("nobody", "four")).toBe(0);
  client.text("x");
  await until(() => seen.length === 3, "three publications");
  expect(seen).toEqual([
    ["t", "four", 4, true, server],
    ["nobody", "four", 0, true, server],
    ["t", "from socket", 0, false, server],
  ]);
  expect(await client.texts(1)).toEqual(["four"]);
});

describe("instrument", () => {
  it("runs each handler once, whatever its function does", async () => {
    let calls = 0;
    const functions: ((event: unknown, run: () => void) => void)[] = [
      (_, run) => void [run(), run()],
      () => {},
      () => {
        throw new Error("first");
      },
      (_, run) => {
        run();
        throw new Error("last");
      },
      async (_, run) => {
        run();
        await Promise.resolve();
        throw new Error("later");
      },
    ];
    for (const each of functions) afterThisTest(instrument({ request: each, websocket: each }));
    const server = start({
      fetch: (request, own) => (own.upgrade(request) ? undefined : new Response(`${++calls}`)),
      websocket: { message: () => void calls++ },
    });
    const client = await RawWebSocket.open(server);
    client.text("x");
    await until(() => calls === 1, "the message");
    expect(await (await server.fetch("/")).text()).toBe("2");
    const later = () => errors.reports.filter((error) => (error as Error).message === "later").length;
    await until(() => later() === 4, "those of the handshake, open, the message, and the request");
    expect(errors.places.every((place) => place === "A function of instrument()")).toBe(true);
    while (errors.reports.length > 0) errors.take();
  });

  it.each([undefined, null, 1, { request: 1 }, { websocket: {} }])("refuses %j", (given) => {
    expect(() => instrument(given as never)).toThrow(TypeError);
  });
});
