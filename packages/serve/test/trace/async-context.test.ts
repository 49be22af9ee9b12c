import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { clientFrame, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { instrument, type RequestEvent, type ServeOptions, type WebSocketEvent } from "../../src/plain.ts";
import { start } from "../support/servers.ts";
import { afterThisTest } from "../support/traced.ts";

const errors = captureErrors();

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pathOf = (url: string): string => new URL(url).pathname;

/** The two ways in which a tracer sets the context of handlers. */
const WAYS: readonly [way: string, bind: (store: AsyncLocalStorage<string>) => void][] = [
  [
    "bindStore",
    (store) => {
      const { start: requests } = tracingChannel("mantou.request");
      const { start: calls } = tracingChannel("mantou.websocket");
      requests.bindStore(store, (event) => pathOf((event as RequestEvent).url));
      calls.bindStore(
        store,
        (event) => `${(event as WebSocketEvent).type} ${(event as WebSocketEvent).data}`,
      );
      afterThisTest(() => void [requests.unbindStore(store), calls.unbindStore(store)]);
    },
  ],
  [
    "instrument",
    (store) => {
      afterThisTest(
        instrument({
          request: (event, run) => store.run(pathOf(event.url), run),
          websocket: (event, run) => store.run(`${event.type} ${event.data}`, run),
        }),
      );
    },
  ],
];

describe.each(WAYS)("with %s", (_way, bind) => {
  it("handlers, streams and their ends have the context of their request, also pipelined and at once", async () => {
    const store = new AsyncLocalStorage<string>();
    bind(store);
    const wrong: string[] = [];
    const seen = new Set<string>();
    const look = (what: string, path: string): void => {
      seen.add(what);
      if (store.getStore() !== path) wrong.push(`${what} of ${path}: ${store.getStore()}`);
    };
    const server = start({
      async fetch({ url, signal }) {
        const path = pathOf(url);
        look("handler", path);
        signal.addEventListener("abort", () => look("abort", path));
        if (path.endsWith("3")) return new Response("at once");
        await later();
        look("await", path);
        let pulls = 0;
        const body = new ReadableStream({
          async pull(controller) {
            look("pull", path);
            await later();
            look("pulled", path);
            if (pulls++ < 3) controller.enqueue(new Uint8Array(20_000));
            else if (!path.startsWith("/endless")) controller.close();
          },
          cancel: () => look("cancel", path),
        });
        return new Response(body);
      },
    });
    const clients = ["a", "b", "c"].map((client) => {
      const paths = Array.from({ length: 8 }, (_, i) => `/${client}${i}`);
      const endless = request(`GET /endless${client}`);
      return connect(server).write([...paths.map((path) => request(`GET ${path}`)), endless].join(""));
    });
    for (const client of clients) {
      for (let i = 0; i < 8; i++) expect((await client.response()).status).toBe(200);
      await client.bytes(60_000);
    }
    for (const client of clients) client.abort();
    await until(() => seen.has("cancel") && server.pendingRequests === 0, "the ends");
    expect(wrong).toEqual([]);
    expect([...seen].sort()).toEqual(["abort", "await", "cancel", "handler", "pull", "pulled"]);
  });

  it("what a handler enters is seen by no other one, though both are in one packet", async () => {
    bind(new AsyncLocalStorage<string>());
    const own = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const server = start({
      fetch({ url }) {
        seen.push(own.getStore());
        own.enterWith(url);
        return new Response();
      },
    });
    const client = connect(server).write(request("GET /1"), request("GET /2"));
    await client.response();
    await client.response();
    await client.write(request("GET /3")).response();
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  it("each handler of a WebSocket has that of its call", async () => {
    const store = new AsyncLocalStorage<string>();
    bind(store);
    const seen: unknown[] = [];
    const note = async (): Promise<void> => {
      const first = store.getStore();
      await later();
      seen.push([first, store.getStore()]);
    };
    const server = start({
      routes: {
        "/w": {
          websocket: {
            open: note,
            async message(_, message) {
              await note();
              if (message === "bad") throw new Error("bad");
            },
            ping: note,
            close: note,
          },
        },
      },
    });
    const client = await RawWebSocket.open(server, { path: "/w" });
    client.text("1").text("2").send(OPCODE.ping, "3");
    await until(() => seen.length === 4, "the calls");
    client.client.abort();
    await until(() => seen.length === 5, "the close");
    const expected = ["open undefined", "message 1", "message 2", "ping 3", "close undefined"];
    expect(seen).toEqual(expected.map((each) => [each, each]));
  });
});

describe("without a tracer", () => {
  const TRANSPORTS: readonly [string, Partial<ServeOptions>][] = [
    ["TCP", {}],
    ["TLS", { tls: { cert, key } }],
  ];

  it.each(
    TRANSPORTS,
  )("a request does not see the context of the one before it: %s", async (_name, options) => {
    const app = new AsyncLocalStorage<string>();
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const server = app.run("app", () =>
      start({
        ...options,
        async fetch(request) {
          seen.push([store.getStore(), app.getStore()]);
          return store.run(pathOf(request.url), async () => {
            await request.text();
            await later();
            return new Response("x".repeat(40_000));
          });
        },
      } as ServeOptions),
    );
    const { connectSecurely } = await import("@mantou/testing/raw-client");
    const client = "tls" in options ? connectSecurely(server) : connect(server);
    const one = request("POST /a", ["Content-Length: 100000"], "x".repeat(100_000));
    client.write(one.repeat(6));
    for (let i = 0; i < 6; i++) await client.response();
    expect(seen).toEqual(Array(6).fill([undefined, "app"]));
  });

  it("a request behind another one does not see what that has entered", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const server = start({
      async fetch({ url }) {
        seen.push(store.getStore());
        store.enterWith(url);
        await later();
        return new Response();
      },
    });
    const client = connect(server).write(...["/1", "/2", "/3"].map((path) => request(`GET ${path}`)));
    for (let i = 0; i < 3; i++) await client.response();
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  it("the cancel of a stream has the context of serve(), or the one to which it is bound", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const look = (): void => void seen.push(store.getStore());
    const server = store.run("app", () =>
      start({
        fetch: ({ url }) =>
          store.run("request", () => {
            const cancel = pathOf(url) === "/bound" ? AsyncLocalStorage.bind(look) : look;
            const pull = (controller: ReadableStreamDefaultController): Promise<void> =>
              later().then(() => controller.enqueue(new Uint8Array(10)));
            return new Response(new ReadableStream({ pull, cancel }));
          }),
      }),
    );
    for (const [path, expected] of [
      ["/", "app"],
      ["/bound", "request"],
    ]) {
      const client = connect(server).write(request(`GET ${path}`));
      await client.bytes(200);
      client.abort();
      await until(() => seen.length === 1, "the cancel");
      expect(seen.splice(0)).toEqual([expected]);
    }
  });

  it("open and close have the context of serve(), as in Bun, and not that of their cause", async () => {
    const app = new AsyncLocalStorage<string>();
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const look = (): void => void seen.push([app.getStore(), store.getStore()]);
    const server = app.run("app", () =>
      start({
        fetch: (request, own) => {
          store.run("request", () => own.upgrade(request));
          return undefined;
        },
        websocket: {
          open: look,
          message: (ws) => {
            look();
            store.run("message", () => ws.close());
          },
          close: look,
        },
      }),
    );
    const client = await RawWebSocket.open(server);
    client.text("x");
    await until(() => seen.length === 3, "three calls");
    expect(seen).toEqual(Array(3).fill(["app", undefined]));
  });

  it("a message does not see that of the request or the message before it", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const server = start({
      fetch: (request, own) => {
        store.run("request", () => own.upgrade(request));
        return undefined;
      },
      websocket: {
        message: (ws, message) =>
          store.run(String(message), async () => {
            await later();
            ws.send("ok");
          }),
        ping: () => void seen.push(store.getStore()),
      },
    });
    const client = await RawWebSocket.open(server);
    const pair = [clientFrame(OPCODE.text, "1"), clientFrame(OPCODE.ping)];
    client.client.write(...pair, ...pair, ...pair);
    await until(() => seen.length === 3, "the pings");
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(errors.reports).toEqual([]);
  });
});
