import { utimesSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import { start, startInternal } from "../support/servers.ts";
import { openWs } from "../support/ws-client.ts";

const errors = captureErrors();

const boom = new Error("boom");

/** Every way in which a handler fails. */
const failures: [how: string, fail: () => Response | Promise<Response>][] = [
  [
    "throws",
    () => {
      throw boom;
    },
  ],
  ["rejects", () => Promise.reject(boom)],
  [
    "rejects later",
    async () => {
      await turns();
      throw boom;
    },
  ],
];

describe("a handler's error", () => {
  it.each(failures)("is reported and gets 500 when it %s", async (_, fail) => {
    for (const options of [{ fetch: fail }, { routes: { "/": fail } }, { routes: { "/": { GET: fail } } }]) {
      const client = connect(startInternal(options)).write(request("GET /"));
      const response = await client.response();
      expect(response.status).toBe(500);
      expect(response.text).not.toContain("boom");
      expect(errors.take()).toBe(boom);
      // It concerns this request alone.
      expect((await client.write(request("GET /nowhere")).response()).status).not.toBe(400);
      errors.reports.length = 0;
    }
  });

  it.each(failures)("is shown to a developer when it %s, as text and not as markup", async (_, fail) => {
    const server = startInternal({ development: true, fetch: fail });
    const response = await ask(server, "GET /", ["Accept: text/html"]);
    expect(response.status).toBe(500);
    expect(response.headers["content-type"]).toMatch(/^text\/html/);
    expect(response.text).toContain("Error: boom");
    expect(errors.take()).toBe(boom);
  });

  it.each(failures)("goes to the error handler when it %s", async (_, fail) => {
    const seen: unknown[] = [];
    const server = start({
      fetch: fail,
      error(error) {
        seen.push(this, error);
        return new Response(`sorry: ${error.message}`, { status: 418 });
      },
    });
    const response = await ask(server, "GET /");
    expect(response.status).toBe(418);
    expect(response.text).toBe("sorry: boom");
    expect(seen).toEqual([server, boom]);
  });

  it("may be anything that can be thrown", async () => {
    for (const thrown of [undefined, null, "text", 5, { status: 400 }]) {
      const server = startInternal({
        fetch() {
          throw thrown;
        },
      });
      expect((await ask(server, "GET /")).status).toBe(500);
      expect(errors.take()).toBe(thrown);
    }
  });
});

describe("the error handler", () => {
  const fails = () => {
    throw boom;
  };

  it("may be async", async () => {
    const server = startInternal({
      fetch: fails,
      async error() {
        await turns();
        return new Response("later", { status: 503 });
      },
    });
    expect((await ask(server, "GET /")).text).toBe("later");
  });

  it.each([
    () => undefined,
    async () => undefined,
  ])("may leave the response to the server: %s", async (error) => {
    const response = await ask(startInternal({ fetch: fails, error }), "GET /");
    expect(response.status).toBe(500);
    expect(errors.take()).toBe(boom);
  });

  it.each([
    () => "sorry",
    async () => ({ sorry: true }),
    () => new Error("sorry"),
  ])("that returns something else leaves the response to the server: %s", async (error) => {
    const server = startInternal({ fetch: fails, error: error as () => never });
    for (const status of [(await ask(server, "GET /")).status, (await server.fetch("/")).status]) {
      expect(status).toBe(500);
      const report = errors.reports.shift() as Error;
      expect(String(report)).toMatch(/^TypeError: A handler must return a Response, and not /);
      expect(report.cause instanceof Error).toBe(String(error).includes("new Error"));
      expect(errors.reports.shift()).toBe(boom);
    }
  });

  it("may fail itself: both errors are logged", async () => {
    const second = new Error("second");
    const handlers = [
      () => {
        throw second;
      },
      () => Promise.reject(second),
    ];
    for (const error of handlers) {
      const response = await ask(startInternal({ fetch: fails, error }), "GET /");
      expect(response.status).toBe(500);
      expect(errors.take()).toBe(boom);
      expect(errors.take()).toBe(second);
      expect(errors.places.splice(0)).toEqual(["GET /", "GET /"]);
    }
  });

  it("may throw its error again, which is logged once", async () => {
    const again = (error: unknown): never => {
      throw error;
    };
    for (const error of [again, async (each: unknown) => again(each)]) {
      expect((await ask(startInternal({ fetch: fails, error }), "GET /")).status).toBe(500);
      expect(errors.take()).toBe(boom);
    }
  });

  it("may return an object that nothing can be asked of", async () => {
    const trap = (): never => {
      throw boom;
    };
    const values: (() => Response)[] = [
      () => new Proxy({}, { has: trap, get: trap }) as Response,
      () => Object.defineProperty(Promise.resolve(), "constructor", { get: trap }) as unknown as Response,
    ];
    for (const error of values) {
      for (const fetch of [fails, async () => fails()]) {
        const server = startInternal({ fetch, error });
        expect((await ask(server, "GET /")).status).toBe(500);
        expect((await server.fetch("/")).status).toBe(500);
        expect(errors.take()).toBe(boom);
        errors.reports.length = 0;
      }
    }
  });

  /** What an error handler returns in place of a response or a promise of one. */
  const thenables: [what: string, thenable: object, text: string][] = [
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    ["resolves", { then: (resolve: (value: Response) => void) => resolve(new Response("mended")) }, "mended"],
    [
      "rejects",
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      { then: (_: unknown, reject: (error: Error) => void) => reject(boom) },
      "Internal Server Error",
    ],
    [
      "cannot be asked",
      {
        // biome-ignore lint/suspicious/noThenProperty: that is what is tested
        get then() {
          throw boom;
        },
      },
      "Internal Server Error",
    ],
  ];

  it.each(thenables)("may return a thenable that %s", async (_, thenable, text) => {
    for (const [, fail] of failures) {
      const server = startInternal({ fetch: fail, error: () => thenable as Response });
      expect((await ask(server, "GET /")).text).toBe(text);
      expect(server.pendingRequests).toBe(0);
      errors.reports.length = 0;
    }
  });

  it("that gives a response which cannot be sent is not called for ever", async () => {
    let calls = 0;
    const used = new Response("used");
    await used.text();
    const server = startInternal({
      fetch: fails,
      error() {
        calls++;
        return used;
      },
    });
    const response = await ask(server, "GET /");
    expect(response.status).toBe(500);
    expect(calls).toBe(1);
    expect(errors.take()).toBe(boom);
    expect(errors.take()).toBeInstanceOf(TypeError);
  });

  it("that responds with a missing file leaves both errors in the log", async () => {
    const server = startInternal({ fetch: fails, error: () => new Response(file("/no/such/500.html")) });
    for (const status of [(await ask(server, "GET /")).status, (await server.fetch("/")).status]) {
      expect(status).toBe(500);
      expect(errors.take()).toBe(boom);
      expect(errors.take()).toMatchObject({ code: "ENOENT" });
    }
  });

  it("is not called when the client has gone", async () => {
    let calls = 0;
    const server = startInternal({
      fetch: (req) =>
        new Promise<Response>((_, reject) => req.signal.addEventListener("abort", () => reject(boom))),
      error() {
        calls++;
        return new Response();
      },
    });
    const client = connect(server).write(request("GET /"));
    while (server.pendingRequests === 0) await turns(1);
    client.abort();
    while (server.connections.size > 0) await turns(1);
    await turns(5);
    expect(calls).toBe(0);
  });
});

describe("what a handler returns", () => {
  it.each([undefined, null, "text", 5, {}, [], new Date(0)])("is no response: %s", async (value) => {
    for (const given of [value, Promise.resolve(value)]) {
      const server = startInternal({ fetch: () => given as unknown as Response });
      expect((await ask(server, "GET /")).status).toBe(204);
      expect(String(errors.take())).toMatch(/must return a Response/);
    }
  });

  it.each([
    new Error("returned"),
    new RangeError("returned"),
  ])("may be an error, as if it were thrown: %s", async (returned) => {
    for (const given of [returned, Promise.resolve(returned)]) {
      const seen: unknown[] = [];
      const server = startInternal({
        fetch: () => given as unknown as Response,
        error(error) {
          seen.push(error);
          return new Response("from error", { status: 503 });
        },
      });
      const response = await ask(server, "GET /");
      expect([response.status, response.text]).toEqual([503, "from error"]);
      expect((await server.fetch("/")).status).toBe(503);
      expect(seen).toEqual([returned, returned]);
    }
    const server = startInternal({ fetch: () => returned as unknown as Response });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toBe(returned);
  });

  it("may be any thenable", async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then(resolve: (response: Response) => void) {
        resolve(new Response("then"));
      },
    };
    const server = startInternal({ fetch: () => thenable as unknown as Promise<Response> });
    expect((await ask(server, "GET /")).text).toBe("then");
  });

  it("may be an object that nothing can be asked of", async () => {
    const trap = (): never => {
      throw boom;
    };
    const closed = new Proxy({}, { getPrototypeOf: trap }) as Response;
    for (const fetch of [() => closed, async () => closed, () => Promise.reject(boom)]) {
      const server = startInternal({ fetch, error: () => closed });
      expect((await ask(server, "GET /")).status).toBe(500);
      expect(errors.take()).toBe(boom);
      errors.reports.length = 0;
    }
  });

  it("may be what fetch got from another server", async () => {
    const origin = startInternal({
      fetch: () => new Response("from afar", { status: 203, headers: { "x-origin": "yes" } }),
    });
    const proxy = startInternal({ fetch: () => fetch(origin.url) });
    const response = await ask(proxy, "GET /");
    expect(response.status).toBe(203);
    expect(response.headers["x-origin"]).toBe("yes");
    expect(response.text).toBe("from afar");
  });
});

describe("methods", () => {
  it.each([
    "GET",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "PROPFIND",
    "M-SEARCH",
  ])("%s reaches the handler", async (method) => {
    const server = startInternal({ fetch: (req) => new Response(req.method) });
    expect((await ask(server, `${method} /`)).text).toBe(method);
  });

  // The platform's Request cannot have them.
  it.each([
    "TRACE /",
    "TRACK /",
    "trace /",
    "CONNECT example.com:443",
  ])("%s is not implemented", async (line) => {
    let handled = 0;
    const server = startInternal({
      fetch() {
        handled++;
        return new Response();
      },
    });
    expect((await ask(server, line)).status).toBe(501);
    expect(handled).toBe(0);
  });

  it("OPTIONS may ask about the server as a whole", async () => {
    const server = startInternal({ fetch: (req) => new Response(new URL(req.url).pathname) });
    expect((await ask(server, "OPTIONS *")).status).toBe(200);
  });
});

describe("server.fetch", () => {
  it("calls the handlers without a connection", async () => {
    const server = start({
      routes: {
        "/static": new LightResponse("static") as unknown as Response,
        "/p/:x": (req) => new Response(req.params.x),
      },
      fetch: (req) => new Response(req.url),
    });
    expect(await (await server.fetch("/static")).text()).toBe("static");
    expect(await (await server.fetch("/p/a%20b")).text()).toBe("a b");
    expect(await (await server.fetch(new Request("http://other/x?y"))).text()).toBe("http://other/x?y");
    expect(await (await server.fetch("rest")).text()).toBe(`${server.url}rest`);
  });

  it("makes responses of errors", async () => {
    const server = start({
      fetch(req) {
        if (req.url.endsWith("/undefined")) return undefined as unknown as Response;
        throw boom;
      },
    });
    expect((await server.fetch("/")).status).toBe(500);
    expect(errors.take()).toBe(boom);
    expect((await server.fetch("/undefined")).status).toBe(204);
    expect(String(errors.take())).toMatch(/must return a Response/);
  });
});

it("server.fetch may upgrade the connection of a request that another server has received", async () => {
  const inner = start({
    fetch: (req, server) => (server.upgrade(req) ? undefined : new Response("no WebSocket")),
    websocket: { message: (ws, message) => void ws.send(message) },
  });
  const outer = start({ fetch: (req) => inner.fetch(req), websocket: { message() {} } });
  const client = await openWs(outer);
  client.socket.send("hello");
  expect(await client.take(1)).toEqual(["hello"]);
  expect((await ask(outer, "GET /")).text).toBe("no WebSocket");
  // The last connection of one server is the WebSocket of the other.
  await Promise.all([outer.stop(true), inner.stop(true)]);
});

describe.each(["GET", "HEAD"])("server.fetch responds to %s as a connection does:", (method) => {
  const dir = tempDir();
  fill(dir, { "a.txt": "0123456789" });
  const path = join(dir, "a.txt");
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  const serveAll = () =>
    start({
      routes: {
        "/static": new Response("static", { headers: { "X-A": "b" } }),
        "/tagged": new Response("static", { headers: { ETag: '"mine"' } }),
        "/created": new Response("created", { status: 201 }),
        "/empty": new Response(null, { status: 204 }),
        "/file": new Response(file(path)),
        "/missing": new Response(file(join(dir, "none"))),
        "/dir/*": { dir },
        "/handled": () => new Response(file(path)),
        "/handled/missing": () => new Response(file(join(dir, "none"))),
        "/slice": () => new Response(file(path).slice(2, 5)),
        "/text": (req) => {
          req.cookies.set("c", "1");
          return new Response("text", { headers: { "X-A": "b" } });
        },
        "/stream": () => new Response(new Blob(["s"]).stream()),
        "/socket": { websocket: { message() {} } },
        "/error": () => Response.error(),
        "/nothing": () => undefined as unknown as Response,
        "/params/:a": (req) => Response.json(req.params),
        "/post": { POST: () => new Response("post") },
      },
      websocket: { message() {} },
      fetch: (req) => Response.json((req as { params?: unknown }).params, { status: 404 }),
    });

  it.each<[string, Record<string, string>?]>([
    ["/static"],
    ["/static", { "If-None-Match": "*" }],
    ["/static", { "If-Match": '"x"' }],
    ["/static", { "If-None-Match": '"x"' }],
    ["/tagged", { "If-None-Match": 'W/"mine"' }],
    ["/created", { "If-None-Match": "*" }],
    ["/empty"],
    ["/file"],
    ["/file", { Range: "bytes=2-4" }],
    ["/file", { Range: "bytes=20-" }],
    ["/file", { "If-Modified-Since": "Tue, 14 Nov 2023 22:13:20 GMT" }],
    ["/file", { "If-Unmodified-Since": "Tue, 14 Nov 2023 22:13:19 GMT" }],
    ["/missing"],
    ["/dir/a.txt"],
    ["/dir/a.txt", { "If-None-Match": "*" }],
    ["/dir/none"],
    ["/handled"],
    ["/handled", { Range: "bytes=-3" }],
    ["/handled/missing"],
    ["/slice"],
    ["/text"],
    ["/stream"],
    ["/socket"],
    ["/error"],
    ["/nothing"],
    ["/params/x"],
    ["/post"],
    ["/else"],
  ])("%s %o", async (target, headers = {}) => {
    const server = serveAll();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const wire = await ask(server, `${method} ${target}`, lines);
    const own = await server.fetch(new Request(new URL(target, server.url), { method, headers }));
    expect(own.status).toBe(wire.status);
    expect(await own.text()).toBe(wire.text);
    // What belongs to a connection, and the length of what a handler says.
    const isHop = (name: string) => ["date", "transfer-encoding"].includes(name);
    const wanted = Object.entries(wire.headers).filter(([name]) => !isHop(name) && name !== "content-length");
    const given = [...own.headers].filter(([name]) => name !== "content-length");
    if (wire.status !== 500) expect(Object.fromEntries(given)).toEqual(Object.fromEntries(wanted));
    const length = own.headers.get("content-length");
    if (length !== null) expect(length).toBe(wire.headers["content-length"]);
    if (/static|file|dir\/a|slice/.test(target)) expect(length).toBe(wire.headers["content-length"] ?? null);
    errors.reports.length = 0;
  });
});

describe("server.fetch takes", () => {
  const serveURL = () =>
    start({ routes: { "/a": () => new Response("a") }, fetch: (req) => new Response(req.url) });

  it("a URL", async () => {
    const server = serveURL();
    expect(await (await server.fetch(new URL("/a", server.url))).text()).toBe("a");
    expect(await (await server.fetch(new URL("http://other/x"))).text()).toBe("http://other/x");
  });

  it("a path, also of a server on a Unix socket", async () => {
    const server = start({ unix: join(tempDir(), "s"), fetch: (req) => new Response(req.url) });
    expect(await (await server.fetch("/a?b")).text()).toBe("http://localhost/a?b");
  });

  it.each([undefined, null, 5, {}, { url: "/a" }])("nothing else: %o is a TypeError", async (given) => {
    const server = serveURL();
    await expect(server.fetch(given as unknown as Request)).rejects.toThrow(TypeError);
  });

  it("no text that is no URL", async () => {
    await expect(serveURL().fetch("http://")).rejects.toThrow(TypeError);
  });
});

describe("TRACE (RFC 9110 §9.3.8)", () => {
  it.each([
    "/static",
    "/file",
    "/dir/a.txt",
    "/handler",
    "/socket",
    "/methods",
    "/else",
  ])("of %s is not implemented", async (path) => {
    const dir = tempDir();
    fill(dir, { "a.txt": "a" });
    const server = start({
      routes: {
        "/static": new Response("static"),
        "/file": new Response(file(join(dir, "a.txt"))),
        "/dir/*": { dir },
        "/handler": () => new Response("handler"),
        "/socket": { websocket: { message() {} } },
        "/methods": { GET: new Response("get") },
      },
      websocket: { message() {} },
      fetch: () => new Response("fetch"),
    });
    for (const method of ["TRACE", "TRACK", "trace"]) {
      const response = await ask(server, `${method} ${path}`);
      expect([method, response.status, response.text]).toEqual([method, 501, ""]);
    }
    const routesOnly = start({ routes: { "/static": new Response("static") } });
    expect((await ask(routesOnly, `TRACE ${path}`)).status).toBe(501);
  });
});
