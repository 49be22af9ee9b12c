import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { describeRequest } from "../../src/errors/text.ts";
import type { ServeOptions, WebSocketHandler } from "../../src/plain.ts";
import { start } from "../support/servers.ts";
import { pair } from "../support/websocket-pair.ts";

const errors = captureErrors();

const fail = (): never => {
  throw "text";
};
const failLater = async (): Promise<never> => fail();

/** A body that fails behind its first chunk. */
function failingBody(): Response {
  let pulls = 0;
  const pull = (controller: ReadableStreamDefaultController): void => {
    if (pulls++ === 0) controller.enqueue(new Uint8Array(70_000));
    else controller.error("text");
  };
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
}

/** What handles the request, and the text of what it throws. */
const FAULTS: readonly [what: string, options: object, thrown: RegExp][] = [
  ["a fetch handler", { fetch: fail }, /^text$/],
  ["an async fetch handler", { fetch: failLater }, /^text$/],
  ["a route handler", { routes: { "/a/:id": fail } }, /^text$/],
  ["an async route handler of a method", { routes: { "/a/:id": { POST: failLater } } }, /^text$/],
  ["an error handler", { fetch: fail, error: fail }, /^text$/],
  ["an async error handler", { fetch: fail, error: failLater }, /^text$/],
  ["an error handler that leaves it to the server", { fetch: fail, error: () => undefined }, /^text$/],
  ["a handler that returns no response", { fetch: () => 1 }, /must return a Response/],
  ["a response's stream", { fetch: failingBody }, /^text$/],
];

/** How the log names the route of the request. */
const routeOf = (options: object): string => ("routes" in options ? " (route /a/:id)" : "");

describe("the log names method, path and route", () => {
  it.each(FAULTS)("for %s", async (_what, options, thrown) => {
    const server = start(options as ServeOptions);
    await ask(server, "POST /a/b%0Ac?secret=1").catch(() => {});
    await until(() => errors.reports.length > 0, "a report");
    expect(errors.places).toEqual([`POST /a/b%0Ac${routeOf(options)}`]);
    expect(String(errors.take())).toMatch(thrown);
  });

  it.each(FAULTS.slice(0, 7))("for %s that server.fetch calls", async (_what, options, thrown) => {
    const server = start(options as ServeOptions);
    await server.fetch(new Request(new URL("/a/b?secret=1", server.url), { method: "POST" }));
    expect(errors.places).toEqual([`POST /a/b${routeOf(options)}`]);
    expect(String(errors.take())).toMatch(thrown);
  });

  it("in text of a bounded length, which acts on no terminal", () => {
    expect(describeRequest({ method: "GET", target: "/\u009b31m\u00e9" })).toBe("GET /%C2%9B31m%C3%A9");
    expect(describeRequest({ method: "GET", target: `/${"a".repeat(9000)}` }).length).toBeLessThan(300);
    expect(describeRequest({ method: "GET", target: "http://host/a?b" })).toBe("GET /a");
    expect(describeRequest({ method: "GET", target: "/a" }, "/a")).toBe("GET /a");
    expect(describeRequest({ method: "GET", target: "/a" }, "/:\ud83d\ude00\n\ud83d")).toBe(
      "GET /a (route /:%F0%9F%98%80%0A%EF%BF%BD)",
    );
  });
});

describe("the log names the handler and the path of a WebSocket", () => {
  it.each([fail, failLater] as const)("for %o", async (handler) => {
    const handlers: WebSocketHandler = {
      message: () => handler(),
      ping: () => handler(),
      close: () => handler(),
    };
    const { client } = await pair(handlers);
    client.text("x");
    await until(() => errors.reports.length > 0, "a report");
    client.send(OPCODE.ping);
    await until(() => errors.reports.length > 1, "a report");
    client.client.socket.destroy();
    await until(() => errors.reports.length > 2, "a report");
    const names = ["websocket.message", "websocket.ping", "websocket.close"];
    expect(errors.places).toEqual(names.map((name) => `${name} of GET /`));
    expect([errors.take(), errors.take(), errors.take()]).toEqual(["text", "text", "text"]);
  });
});
