import { Buffer } from "node:buffer";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  Headers,
  Response,
  type RouteRequest,
  type ServeOptions,
  type Server,
  type SocketAddress,
  type serve,
} from "../../src/index.ts";

// What is tested here is what compiles: `pnpm types` is the test run. Nothing of it listens.

/** Takes what `serve` takes, and does nothing. */
const check: typeof serve = (() => ({})) as unknown as typeof serve;

describe("routes", () => {
  it("have their parameters inferred", () => {
    check({
      routes: {
        "/users/:id": (req) => {
          expectTypeOf(req.params).toEqualTypeOf<{ id: string }>();
          expectTypeOf(req).toEqualTypeOf<RouteRequest<"/users/:id">>();
          expectTypeOf(req).toExtend<Request>();
          return new Response(req.params.id);
        },
        "/orgs/:org/repos/:repo/*": (req) => {
          expectTypeOf(req.params).toEqualTypeOf<{ org: string; repo: string; "*": string }>();
          return new Response();
        },
        "/": (req) => {
          expectTypeOf(req.params).toEqualTypeOf<Record<never, string>>();
          // @ts-expect-error: there is no such parameter
          req.params.id;
          return new Response();
        },
        "/by-method/:name": {
          GET: (req) => {
            expectTypeOf(req.params).toEqualTypeOf<{ name: string }>();
            return new Response();
          },
          POST: async (req) => Response.json(await req.json()),
          DELETE: new Response("gone"),
        },
        "/async/:a": async (req) => new Response(req.params.a),
        "/static": new Response("x"),
        "/platform": new globalThis.Response("x"),
        "/not": false,
      },
    });
  });

  it("may be written beforehand", () => {
    const show = (req: RouteRequest<"/:id">): Response => new Response(req.params.id);
    check({ routes: { "/:id": show } });
    // @ts-expect-error: this route has another parameter
    check({ routes: { "/:name": show } });
  });

  it("get the server, as this and as an argument", () => {
    check({
      routes: {
        "/": function (_req, server) {
          expectTypeOf(server).toEqualTypeOf<Server<undefined>>();
          expectTypeOf(this).toEqualTypeOf<Server<undefined>>();
          return new Response();
        },
      },
    });
  });

  it("refuse what is no route", () => {
    // @ts-expect-error: text is no response
    check({ routes: { "/": "text" } });
    // @ts-expect-error: neither is what a handler returns
    check({ routes: { "/": () => "text" } });
    // @ts-expect-error: there is no such method
    check({ routes: { "/": { get: () => new Response() } } });
    // @ts-expect-error: a handler without websocket must respond
    check({ routes: { "/": () => {} } });
    check({ routes: { "/": { GET: (req, server) => void server.upgrade(req), websocket: {} } } });
    check({ routes: { "/": { POST: new Response(), websocket: {} } } });
    // @ts-expect-error: a handshake is a GET, which a Response does not accept
    check({ routes: { "/": { GET: new Response(), websocket: {} } } });
  });
});

describe("fetch", () => {
  it("responds with ours, the platform's, or a promise of one", () => {
    check({ fetch: () => new Response() });
    check({ fetch: () => new globalThis.Response() });
    check({ fetch: async () => Response.json({}) });
    check({ fetch: (req) => fetch(new Request("http://a.example/", req)) });
    check({ fetch: (req) => (req.method === "GET" ? new Response() : fetch(req)) });
  });

  it("must respond without websocket", () => {
    // @ts-expect-error: nothing is returned
    check({ fetch() {} });
    // @ts-expect-error: undefined may be returned
    check({ fetch: (req) => (req.method === "GET" ? undefined : new Response()) });
    // @ts-expect-error: nothing is promised
    check({ async fetch() {} });
    // @ts-expect-error: there has to be a handler
    check({ port: 0 });
  });

  it("may end without a response with websocket", () => {
    check({
      fetch(req, server) {
        if (server.upgrade(req)) return;
        return new Response("no", { status: 400 });
      },
      websocket: {},
    });
    check({
      fetch(req, server) {
        if (!server.upgrade(req)) return new Response("no");
        return undefined;
      },
      websocket: {},
    });
    check({ async fetch() {}, websocket: {} });
    check({
      routes: {
        "/ws": (req, server) => {
          server.upgrade(req);
        },
      },
      websocket: {},
    });
    check({ routes: { "/ws": { GET: (req, server) => void server.upgrade(req) } }, websocket: {} });
    // @ts-expect-error: but it may not end with something else
    check({ fetch: () => "text", websocket: {} });
  });
});

describe("options", () => {
  it("are of a network address or of a Unix socket", () => {
    const handlers = { fetch: () => new Response() };
    check({ ...handlers, port: 0, hostname: "localhost" });
    check({ ...handlers, port: "3000" });
    check({ ...handlers, unix: "/run/a.sock" });
    // @ts-expect-error: not both
    check({ ...handlers, unix: "/run/a.sock", port: 0 });
    // @ts-expect-error: not both
    check({ ...handlers, unix: "/run/a.sock", hostname: "localhost" });
    check({ ...handlers, development: { hmr: true, console: true } });
    // @ts-expect-error: no such option
    check({ ...handlers, prot: 3000 });
  });

  it("error may respond or leave it", () => {
    const handlers = { fetch: () => new Response() };
    check({ ...handlers, error: (error) => new Response(error.message, { status: 500 }) });
    check({
      ...handlers,
      error(error) {
        expectTypeOf(this).toEqualTypeOf<Server<undefined>>();
        expectTypeOf(error).toExtend<Error>();
        expectTypeOf(error.code).toEqualTypeOf<string | undefined>();
      },
    });
    check({ ...handlers, async error() {} });
    check({ ...handlers, error: async () => new Response() });
    // @ts-expect-error: text is no response
    check({ ...handlers, error: () => "text" });
  });

  it("may be written beforehand", () => {
    const options = {
      fetch: (req) => Response.json(req.url),
      websocket: { message: (ws) => void expectTypeOf(ws.data.name).toBeString() },
    } satisfies ServeOptions<{ name: string }>;
    expectTypeOf(check(options)).toExtend<Server<{ name: string }>>();
  });
});

describe("the server", () => {
  it("is typed as documented", () => {
    const use = (server: Server): void => {
      expectTypeOf(server.url).toEqualTypeOf<URL>();
      expectTypeOf(server.port).toEqualTypeOf<number | undefined>();
      expectTypeOf(server.stop(true)).toEqualTypeOf<Promise<void>>();
      expectTypeOf(server.requestIP(new Request("http://a/"))).toEqualTypeOf<SocketAddress | null>();
      expectTypeOf(server.publish("a", "b")).toBeNumber();
      expectTypeOf(server.fetch("/")).resolves.toEqualTypeOf<globalThis.Response>();
      expectTypeOf(server).toExtend<Disposable>();
      server.reload({ routes: { "/:a": (req) => new Response(req.params.a) } });
      server.reload({ fetch: () => new Response() });
      // @ts-expect-error: an address cannot be changed
      server.reload({ fetch: () => new Response(), port: 1 });
      // @ts-expect-error: it is read-only
      server.port = 1;
    };
    expect(use).toBeTypeOf("function");
  });
});

describe("our Response and Headers", () => {
  it("are good for the platform's", () => {
    expectTypeOf<Response>().toExtend<globalThis.Response>();
    expectTypeOf<Headers>().toExtend<globalThis.Headers>();
    const response: globalThis.Response = new Response("x", { headers: new Headers({ a: "1" }) });
    const headers: globalThis.Headers = new Response().headers;
    expect([response.headers.get("a"), [...headers]]).toEqual(["1", []]);
  });

  it("take what Bun's take", () => {
    new Response(async function* () {
      yield "a";
      yield Buffer.from("b");
    });
    new Response(new globalThis.Response().body, new globalThis.Response());
    Response.redirect("/login");
    Response.redirect("/login", { status: 303, headers: { a: "b" } });
    // @ts-expect-error: a status is a number
    Response.redirect("/login", "303");
    // @ts-expect-error: headers are text
    new Headers({ a: 1 });
  });
});
