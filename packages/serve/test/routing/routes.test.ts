import { fileURLToPath } from "node:url";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect } from "@mantou/testing/raw-client";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { start, startInternal } from "../support/servers.ts";

captureErrors();

const text = (body: string) => () => new Response(body);

describe("routes", () => {
  it("lead to functions, with the server as this and as second argument", async () => {
    const seen: unknown[] = [];
    const server = start({
      routes: {
        "/": function (this: unknown, _req, second) {
          seen.push(this, second);
          return new Response("ok");
        },
      },
      fetch(_req, second) {
        seen.push(this, second);
        return new Response("fetch");
      },
    });
    expect((await ask(server, "GET /")).text).toBe("ok");
    expect((await ask(server, "GET /else")).text).toBe("fetch");
    expect(seen.every((value) => value === server)).toBe(true);
    expect(seen.length).toBe(4);
  });

  it("give their parameters, percent-decoded", async () => {
    const server = start({
      routes: { "/users/:id/posts/:post": (req) => Response.json(req.params) },
    });
    expect((await ask(server, "GET /users/7/posts/a%2Fb?x=1")).text).toBe('{"id":"7","post":"a/b"}');
    expect((await ask(server, "GET /users/%E5%8C%85/posts/%20")).text).toBe('{"id":"包","post":" "}');
    expect((await ask(server, "GET /users/7/posts")).status).toBe(404);
  });

  it("of an empty path lead nowhere, and are none that is wrong", async () => {
    const server = start({
      routes: { "": text("nowhere"), "/a": text("a") },
      fetch: text("fetch"),
    });
    expect((await ask(server, "GET /")).text).toBe("fetch");
    expect((await ask(server, "GET /a")).text).toBe("a");
    expect(() => start({ routes: { "": 5 as unknown as Response } })).toThrow(TypeError);
  });

  it("take the most specific: exact, parameter, wildcard", async () => {
    const server = startInternal({
      routes: {
        "/*": text("all"),
        "/api/*": text("api"),
        "/api/:id": text("id"),
        "/api/me": text("me"),
      },
    });
    for (const [path, response] of [
      ["/api/me", "me"],
      ["/api/7", "id"],
      ["/api/7/8", "api"],
      ["/other", "all"],
      ["/", "all"],
    ]) {
      expect((await ask(server, `GET ${path}`)).text).toBe(response);
    }
  });

  it("by method leave other methods to less specific routes, then to fetch", async () => {
    const server = startInternal({
      routes: {
        "/x": { GET: text("get"), POST: text("post"), DELETE: new Response("deleted") },
        "/y/*": text("any y"),
        "/y/z": { PUT: text("put z") },
      },
      fetch: text("fetch"),
    });
    for (const [line, response] of [
      ["GET /x", "get"],
      ["POST /x", "post"],
      ["DELETE /x", "deleted"],
      ["PUT /x", "fetch"],
      ["PROPFIND /x", "fetch"],
      ["PUT /y/z", "put z"],
      ["GET /y/z", "any y"],
    ]) {
      expect((await ask(server, line!)).text).toBe(response);
    }
  });

  it("serve HEAD by GET, unless they have HEAD", async () => {
    const server = startInternal({
      routes: {
        "/get": { GET: text("12345") },
        "/head": { GET: text("12345"), HEAD: () => new Response(null, { headers: { "x-head": "own" } }) },
        "/static": { GET: new Response("123") },
        "/post": { POST: text("") },
      },
    });
    expect((await ask(server, "HEAD /get")).headers["content-length"]).toBe("5");
    expect((await ask(server, "HEAD /head")).headers["x-head"]).toBe("own");
    expect((await ask(server, "HEAD /static")).headers["content-length"]).toBe("3");
    expect((await ask(server, "HEAD /post")).status).toBe(404);
  });

  it("that are false are left to fetch", async () => {
    const server = startInternal({
      routes: { "/*": text("all"), "/not": false, "/not/*": false },
      fetch: text("fetch"),
    });
    expect((await ask(server, "GET /not")).text).toBe("fetch");
    expect((await ask(server, "GET /not/this")).text).toBe("fetch");
    expect((await ask(server, "GET /this")).text).toBe("all");
  });

  it("are 404 where nothing matches and there is no fetch", async () => {
    const server = startInternal({ routes: { "/": text("root") } });
    expect((await ask(server, "GET /x")).status).toBe(404);
    expect((await ask(server, "OPTIONS *")).status).toBe(404);
    // HEAD says what GET does (RFC 9110 §9.3.2).
    expect((await ask(server, "HEAD /x")).headers["content-length"]).toBe("0");
  });

  it("match the path of an absolute-form target", async () => {
    const server = startInternal({ routes: { "/x/:id": (req) => new Response(req.url) } });
    const response = await ask(server, "GET http://example.com/x/1?q");
    expect(response.text).toBe("http://example.com/x/1?q");
    expect((await ask(startInternal({ routes: { "/": text("root") } }), "GET http://a")).text).toBe("root");
  });
});

describe("a static response", () => {
  it("may stand in several routes and is sent for any method, whole each time", async () => {
    const response = Response.json({ a: 1 }, { status: 201, headers: { "x-y": "z" } });
    const server = startInternal({ routes: { "/a": response, "/b": { POST: response } } });
    for (const line of ["GET /a", "POST /b", "PUT /a", "GET /a"]) {
      const response = await ask(server, line);
      expect(response.status).toBe(201);
      expect(response.headers["x-y"]).toBe("z");
      expect(response.text).toBe('{"a":1}');
    }
  });

  it("may have a body that takes its time", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (const piece of ["slow", " ", "body"]) {
        await turns();
        yield Buffer.from(piece);
      }
    }
    const stream = ReadableStream.from(slow()) as ReadableStream<Uint8Array>;
    const server = startInternal({ routes: { "/": new Response(stream) } });
    const responses = await Promise.all([ask(server, "GET /"), ask(server, "GET /"), ask(server, "GET /")]);
    for (const response of responses) expect(response.text).toBe("slow body");
  });

  it("is sent to each of several pipelined requests", async () => {
    const server = startInternal({ routes: { "/": new Response("x".repeat(100)) } });
    const client = connect(server).write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500));
    for (let i = 0; i < 500; i++) expect((await client.response()).body.length).toBe(100);
  });
});

describe("routes that are none", () => {
  const cases: [pattern: string, value: unknown][] = [
    ["/bad", "text"],
    ["/bad", 5],
    ["/bad", null],
    ["/bad", undefined],
    ["/bad", true],
    ["/bad", {}],
    ["/bad", []],
    ["/bad", { websocket: undefined }],
    ["/bad", { get: () => new Response() }],
    ["/bad", { GET: "text" }],
    ["/bad", { GET: () => new Response(), BREW: () => new Response() }],
    ["bad", () => new Response()],
    ["/bad/:", () => new Response()],
    ["/bad/*/x", () => new Response()],
  ];

  it.each(cases)("%s: %j is a TypeError that names the route", (pattern, value) => {
    const routes = { "/good": new Response(), [pattern]: value };
    expect(() => start({ routes } as unknown as Parameters<typeof start>[0])).toThrow(TypeError);
    expect(() => start({ routes } as unknown as Parameters<typeof start>[0])).toThrow(
      new RegExp(pattern.replace(/[*/]/g, "\\$&")),
    );
  });

  it.each([
    [{ get: () => new Response() }, 'has "get", which is not a method; write GET'],
    [{ websocket: {}, post: () => new Response() }, 'has "post", which is not a method; write POST'],
    [
      { GET: () => new Response(), BREW: () => new Response() },
      "its methods are GET, POST, PUT, DELETE, PATCH",
    ],
    [{ BREW: () => new Response() }, 'has "BREW", which is not a method; its methods are GET'],
    [{ dri: "public" }, "must be a Response, a file, a page, a function, false, { dir }"],
  ])("tell the method: %j", (value, message) => {
    expect(() => start({ routes: { "/bad": value as unknown as Response } })).toThrow(message);
  });

  it.each([
    new Response("x"),
    new Response(file(fileURLToPath(import.meta.url))),
    file(fileURLToPath(import.meta.url)),
    { index: "page.html" },
    undefined,
  ])("include websocket beside a GET that no handshake can pass: %s", (GET) => {
    const routes = { "/live": { GET, websocket: { message() {} } } } as unknown as Record<string, Response>;
    const server = start({ fetch: () => new Response() });
    for (const begin of [() => start({ routes }), () => server.reload({ routes })])
      expect(begin).toThrow(
        expect.objectContaining({
          name: "TypeError",
          message: expect.stringContaining(
            'The route "/live" has websocket, and a GET that opens no WebSocket',
          ),
        }),
      );
  });

  it("include responses that were used", async () => {
    const used = new Response("x");
    await used.text();
    const reason = 'The route "/used" has a Response that cannot be sent: ';
    const read = new Response(file(fileURLToPath(import.meta.url)));
    await read.text();
    const locked = new Response(new Blob(["x"]).stream());
    locked.body!.getReader();
    for (const response of [used, read, locked])
      for (const route of [response, { GET: response }])
        expect(() => start({ routes: { "/used": route } })).toThrow(
          expect.objectContaining({ name: "TypeError", message: expect.stringContaining(reason) }),
        );
    expect(() => start({ routes: { "/used": Response.error() } })).toThrow(`${reason}An error response`);
  });
});
