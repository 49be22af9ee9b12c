import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { RequestEvent, ServeOptions } from "../../src/plain.ts";
import { runChild } from "../support/child.ts";
import { start } from "../support/servers.ts";
import { subscribe } from "../support/traced.ts";

const errors = captureErrors();

/** What is published of all requests, one text a message. */
function published(): string[] {
  const seen: string[] = [];
  subscribe<RequestEvent>("mantou.request", (name, { method, route, status, bytes, aborted, error }) => {
    const end = name === "asyncEnd" ? ` ${status} ${bytes}${aborted ? " aborted" : ""}` : "";
    seen.push(`${name} ${method} ${route}${end}${name === "error" ? ` ${error}` : ""}`);
  });
  return seen;
}

const fail = (): never => {
  throw "text";
};

const CASES: readonly [
  what: string,
  options: object,
  line: string,
  route: string | null,
  error: string | null,
  end: string,
][] = [
  ["fetch", { fetch: () => new Response("four") }, "GET /x", null, null, "200 4"],
  [
    "an async handler",
    { routes: { "/u/:id": async () => new Response("é") } },
    "GET /u/1?q",
    "/u/:id",
    null,
    "200 2",
  ],
  ["HEAD", { routes: { "/u/:id": () => new Response("four") } }, "HEAD /u/1", "/u/:id", null, "200 0"],
  ["a static route", { routes: { "/s": new Response("static") } }, "GET /s", "/s", null, "200 6"],
  ["a static route again", { routes: { "/s": new Response("static") } }, "GET /s", "/s", null, "200 6"],
  ["no route", { routes: { "/s": new Response("static") } }, "GET /t", null, null, "404 0"],
  ["a method that no request can have", { fetch: fail }, "TRACE /", null, null, "501 0"],
  ["a handler that throws", { routes: { "/*": fail } }, "GET /t", "/*", "text", "500 21"],
  ["a handler that rejects", { fetch: async () => fail() }, "POST /t", null, "text", "500 21"],
  ["an error handler", { fetch: fail, error: () => new Response("sorry") }, "GET /t", null, "text", "200 5"],
  [
    "a stream",
    { fetch: () => new Response(new Blob(["a".repeat(300_000)]).stream()) },
    "GET /t",
    null,
    null,
    "200 300000",
  ],
  ["a handshake without WebSockets", { routes: { "/w": { websocket: {} } } }, "GET /w", "/w", null, "426 0"],
];

describe("a request is published", () => {
  it.each(CASES)("%s", async (_what, options, line, route, error, end) => {
    const server = start(options as ServeOptions);
    const seen = published();
    await ask(server, line);
    await until(() => seen.some((each) => each.startsWith("asyncEnd")), "the end");
    const name = `${line.split(" ")[0]} ${route}`;
    const sorted = seen.filter((each) => !each.startsWith("error"));
    expect(sorted).toEqual([`start ${name}`, `end ${name}`, `asyncStart ${name}`, `asyncEnd ${name} ${end}`]);
    expect(seen.filter((each) => each.startsWith("error"))).toEqual(
      error === null ? [] : [`error ${name} ${error}`],
    );
    if (error !== null && !("error" in options)) expect(errors.take()).toBe(error);
  });

  it("with the error of a stream that has begun, which ends the connection", async () => {
    const seen = published();
    let pulls = 0;
    const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
      if (pulls++ === 0) controller.enqueue(new Uint8Array(70_000));
      else await until(() => client.receivedBytes > 0, "the head");
      if (pulls > 1) controller.error(new Error("broken"));
    };
    const server = start({
      routes: { "/a/:b": () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 })) },
    });
    const client = connect(server).write(request("GET /a/c"));
    await client.closedByServer();
    await until(() => seen.length === 5, "the end");
    expect(seen.slice(2)).toEqual([
      "error GET /a/:b Error: broken",
      "asyncStart GET /a/:b",
      "asyncEnd GET /a/:b 200 70000 aborted",
    ]);
    expect(errors.places).toEqual(["GET /a/c (route /a/:b)"]);
    errors.take();
  });

  it("of a client that goes away, of a WebSocket, and of server.fetch", async () => {
    const seen = published();
    const open = gate();
    const server = start({
      routes: {
        "/slow": () => open.promise.then(() => new Response()),
        "/w": { websocket: { message() {} } },
        "/own": () => new Response("own"),
        "/same": () => new Response(null, { status: 304, headers: { "content-length": "3" } }),
      },
    });
    const client = connect(server).write(request("GET /slow"));
    await until(() => seen.includes("end GET /slow"), "the handler");
    client.abort();
    await until(() => seen.includes("asyncEnd GET /slow null 0 aborted"), "the end");
    open.open();
    await ask(server, "GET /w", [
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]);
    expect(seen).toContain("asyncEnd GET /w 101 0");
    await server.fetch("/own");
    expect(seen.at(-1)).toBe("asyncEnd GET /own 200 3");
    // The length is that of content that is not there.
    const { headers } = await server.fetch(new Request(new URL("/own", server.url), { method: "HEAD" }));
    expect([headers.get("content-length"), seen.at(-1)]).toEqual(["3", "asyncEnd HEAD /own 200 0"]);
    await server.fetch("/same");
    expect(seen.at(-1)).toBe("asyncEnd GET /same 304 0");
  });

  it("with what a tracer needs, and as one object to which it adds", async () => {
    const events: (RequestEvent & { span?: object })[] = [];
    subscribe<RequestEvent & { span?: object }>("mantou.request", (name, event) => {
      if (name === "start") event.span = {};
      events.push(event);
    });
    const server = start({ fetch: () => new Response() });
    await ask(server, "GET /p?q=1", ["X-A: 1", "x-a: 2", "Host: evil:1"].slice(0, 2));
    await until(() => events.length === 4, "the end");
    const [event] = events;
    expect(events.every((each) => each === event && each.span === event?.span)).toBe(true);
    expect(event?.server).toBe(server);
    expect(event?.url).toBe("http://test/p?q=1");
    expect([event?.headers.get("x-a"), event?.headers.get("host")]).toEqual(["1, 2", "test"]);
    expect([event?.remoteAddress, event?.httpVersion]).toEqual(["127.0.0.1", "1.1"]);
    expect(event?.headers).toBe(event?.headers);
  });
});

describe("a subscriber that throws", () => {
  it("is logged, ends nothing, and is let go by unsubscribe", async () => {
    subscribe("mantou.request", (name) => {
      if (name !== "asyncStart") throw new Error(name);
    });
    const server = start({ fetch: () => new Response("all the same") });
    expect((await ask(server, "GET /")).text).toBe("all the same");
    await until(() => errors.reports.length === 3, "three errors");
    expect(errors.places).toEqual(Array(3).fill("A subscriber of diagnostics_channel"));
    while (errors.reports.length > 0) errors.take();
  });

  it("later is logged, too: its promise ends nothing", async () => {
    subscribe("mantou.request", async (name) => {
      await Promise.resolve();
      if (name === "asyncEnd") throw new Error(name);
    });
    const server = start({ fetch: () => new Response("all the same") });
    expect((await ask(server, "GET /")).text).toBe("all the same");
    await until(() => errors.reports.length === 1, "the error");
    expect(errors.places).toEqual(["A subscriber of diagnostics_channel"]);
    expect(errors.take()).toEqual(new Error("asyncEnd"));
  });

  it("is logged, too, if it has subscribed before the package was loaded", async () => {
    const before = `import { tracingChannel } from "node:diagnostics_channel";
      import { AsyncLocalStorage } from "node:async_hooks";
      const { start, end } = tracingChannel("mantou.request");
      start.bindStore(new AsyncLocalStorage(), () => { throw new Error("transform"); });
      end.subscribe(() => { throw new Error("subscriber"); });`;
    const { code, stdout, stderr } = await runChild(
      `const server = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("all the same") });
      console.log(await (await fetch(server.url)).text());
      await server.stop();`,
      { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(before)}` },
    );
    expect([code, stdout]).toEqual([0, "all the same\n"]);
    expect(stderr.match(/A subscriber of diagnostics_channel: Error: \w+/g)).toEqual([
      "A subscriber of diagnostics_channel: Error: transform",
      "A subscriber of diagnostics_channel: Error: subscriber",
    ]);
  });
});
