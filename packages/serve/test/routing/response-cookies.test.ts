import { once } from "node:events";
import http from "node:http";
import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { handshake } from "@mantou/testing/raw-websocket";
import { gate } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { RouteRequest } from "../../src/api/fetch.ts";
import type { Server } from "../../src/api/server.ts";
import { Cookie } from "../../src/cookies/cookie.ts";
import { CookieMap } from "../../src/cookies/cookie-map.ts";
import { file } from "../../src/fetch/file.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import { start } from "../support/servers.ts";
import { upstream } from "../support/upstream.ts";

const SET = "s=1; Path=/; SameSite=Lax";
const UTF8_BYTES = "\u00c3\u00a9";

interface Received {
  readonly status: number | undefined;
  readonly setCookie: readonly string[];
  readonly text: string;
}

/** Asks with Node.js's own client, which keeps the Set-Cookie fields apart. */
async function ask(server: Server, options: http.RequestOptions = {}): Promise<Received> {
  const sent = http.request({ port: server.port, host: "127.0.0.1", agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [http.IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode, setCookie: response.headers["set-cookie"] ?? [], text };
}

type Handler = (request: RouteRequest) => Response | Promise<Response>;

const stream = (): ReadableStream<Uint8Array> => new Blob(["x"]).stream();

/** Every kind of response that a handler can make. */
const responses: Record<string, Handler> = {
  text: () => new Response("x"),
  JSON: () => Response.json({}),
  "no content": () => new Response(null, { status: 204 }),
  "not modified": () => new Response(null, { status: 304 }),
  bytes: () => new Response(new Uint8Array(5)),
  "a Blob": () => new Response(new Blob(["x"])),
  "a stream that ends at once": () => new Response(stream()),
  "a stream that goes on": () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new Uint8Array(100_000));
          await new Promise((resolve) => setImmediate(resolve));
          controller.close();
        },
      }),
    ),
  "a redirect, whose headers are fixed": () => Response.redirect("http://a/", 302),
  "headers of its own": () => new Response("x", { headers: { "X-A": "1", "Content-Length": "1" } }),
  "our Response, in either mode": () => new LightResponse("x") as unknown as Response,
  "a file": () =>
    new LightResponse(file(new URL("../../package.json", import.meta.url))) as unknown as Response,
  "a large file": () => new LightResponse(file(process.execPath).slice(0, 200_000)) as unknown as Response,
  "a promise": async () => new Response("x"),
};

const errors = captureErrors();

describe("request.cookies", () => {
  it.each<[string, string[], [string, string][]]>([
    ["nothing", [], []],
    [
      "one field",
      ["Cookie: a=1; b=%C3%A9"],
      [
        ["a", "1"],
        ["b", "\u00e9"],
      ],
    ],
    [
      "several fields, in any case",
      ["Cookie: a=1", "X: y", "cookie: b=2"],
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["bytes, which are latin1 as in all fields", [`Cookie: a=${UTF8_BYTES}`], [["a", UTF8_BYTES]]],
  ])("has %s", async (_, fields, pairs) => {
    const handler: Handler = ({ cookies }) => Response.json([cookies instanceof CookieMap, [...cookies]]);
    const server = start({ routes: { "/r": handler } });
    expect(JSON.parse((await connect(server).write(request("GET /r", fields)).response()).text)).toEqual([
      true,
      pairs,
    ]);
  });

  it("is there in fetch too, and is one and the same", async () => {
    const server = start({
      fetch(req) {
        const { cookies } = req;
        return Response.json([cookies === req.cookies, "cookies" in req, cookies.get("a")]);
      },
    });
    const { text } = await ask(server, { headers: { cookie: "a=1" } });
    expect(JSON.parse(text)).toEqual([true, true, "1"]);
  });

  it("can be replaced by what others read of the field, and what was changed before is sent", async () => {
    const server = start({
      routes: {
        "/": (req) => {
          req.cookies.set("s", "1");
          const copy = req.clone();
          const own = { own: 1 };
          Object.assign(req, { cookies: own });
          expect(req.cookies).toBe(own);
          expect((copy as RouteRequest).cookies).not.toBe(own);
          Object.assign(copy, { cookies: own });
          return Response.json((copy as RouteRequest).cookies);
        },
      },
    });
    expect(await ask(server)).toMatchObject({ setCookie: [SET], text: '{"own":1}' });
  });

  it("is shared with clones, and is not part of requests that are made of it", async () => {
    const server = start({
      routes: {
        "/": (req) => {
          const copy = req.clone() as RouteRequest;
          copy.cookies.set("s", "1");
          return Response.json([copy.cookies === req.cookies, "cookies" in new Request(req)]);
        },
      },
    });
    expect(await ask(server)).toMatchObject({ setCookie: [SET], text: "[true,false]" });
  });

  it("of one request are not those of the next on its connection", async () => {
    const server = start({
      fetch(req) {
        if (req.url.endsWith("/set")) req.cookies.set("s", "1");
        return new Response(req.cookies.get("s"));
      },
    });
    const client = connect(server).write(
      request("GET /set", ["Cookie: s=0"]),
      request("GET /", ["Cookie: s=2"]),
    );
    const first = await client.response();
    expect([first.headers["set-cookie"], first.text]).toEqual([SET, "1"]);
    const second = await client.response();
    expect([second.headers["set-cookie"], second.text]).toEqual([undefined, "2"]);
  });
});

describe("changes go with", () => {
  it.each(Object.entries(responses))("%s", async (_, respond) => {
    const server = start({
      routes: {
        "/": (req) => {
          req.cookies.set("s", "1");
          return respond(req);
        },
        "/plain": respond,
      },
    });
    const plain = await ask(server, { path: "/plain" });
    expect(plain.setCookie).toEqual([]);
    expect(await ask(server)).toEqual({ ...plain, setCookie: [SET] });
    expect(await ask(server, { method: "HEAD" })).toMatchObject({ status: plain.status, setCookie: [SET] });
  });

  it("a response that was fetched elsewhere, behind its own", async () => {
    const address = await upstream((_, response) => {
      response.writeHead(200, { "Set-Cookie": ["a=1", "b=2"] }).end("x");
    });
    const server = start({
      fetch: (req) => {
        req.cookies.set("s", "1");
        return fetch(address);
      },
    });
    expect(await ask(server)).toEqual({ status: 200, setCookie: ["a=1", "b=2", SET], text: "x" });
  });

  it("the error handler's response", async () => {
    const server = start({
      fetch(req) {
        req.cookies.set("s", "1");
        throw new Error("thrown");
      },
      error: ({ message }) => new Response(message, { status: 500 }),
    });
    expect(await ask(server)).toEqual({ status: 500, setCookie: [SET], text: "thrown" });
  });

  it.each([true, false])("the error page (development: %s)", async (development) => {
    const server = start({
      development,
      fetch(req) {
        req.cookies.set("s", "1");
        throw new Error("thrown");
      },
    });
    expect(await ask(server)).toMatchObject({ status: 500, setCookie: [SET] });
    expect(errors.take()).toMatchObject({ message: "thrown" });
  });

  it("an error in place of a response that cannot be sent", async () => {
    const server = start({
      fetch(req) {
        req.cookies.set("s", "1");
        return Response.error();
      },
    });
    expect(await ask(server)).toMatchObject({ status: 500, setCookie: [SET] });
    expect(errors.take()).toBeInstanceOf(TypeError);
  });

  it("the response to a WebSocket's handshake, behind the headers that it was given", async () => {
    const server = start({
      fetch(req, server) {
        req.cookies.set("s", "1");
        req.cookies.delete("t");
        return server.upgrade(req, { headers: { "Set-Cookie": "own=1" } }) ? undefined : new Response("no");
      },
      websocket: { message() {} },
    });
    const { status, headers } = await connect(server).write(handshake()).response();
    expect(status).toBe(101);
    expect(headers["set-cookie"]).toBe(
      `own=1, ${SET}, t=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax`,
    );
    expect(await ask(server)).toMatchObject({
      setCookie: [SET, expect.stringContaining("t=;")],
      text: "no",
    });
  });

  it("server.fetch()'s response, which was made without a connection", async () => {
    const server = start({
      routes: {
        "/redirect": (req) => {
          req.cookies.set("s", req.cookies.get("a")!);
          return Response.redirect("http://a/", 302);
        },
        "/throw": (req) => {
          req.cookies.set("s", "1");
          throw new Error("thrown");
        },
        "/none": (req) => new Response(req.cookies.get("a")),
      },
      error: () => new Response("error"),
    });
    const get = (path: string) =>
      server.fetch(new Request(new URL(path, server.url), { headers: { cookie: "a=1" } }));
    const redirect = await get("/redirect");
    expect([redirect.status, redirect.headers.get("location")]).toEqual([302, "http://a/"]);
    expect(redirect.headers.getSetCookie()).toEqual([SET]);
    expect((await get("/throw")).headers.getSetCookie()).toEqual([SET]);
    const none = await get("/none");
    expect([none.headers.getSetCookie(), await none.text()]).toEqual([[], "1"]);
  });
});

it("each change is a field of its own, behind those that the handler wrote", async () => {
  const server = start({
    fetch(req) {
      req.cookies.set("a", "1", { httpOnly: true });
      req.cookies.set(new Cookie("b", "2"));
      req.cookies.delete("c");
      return new Response("x", {
        headers: [
          ["Set-Cookie", "own=1"],
          ["Set-Cookie", "own=2"],
        ],
      });
    },
  });
  expect((await ask(server)).setCookie).toEqual([
    "own=1",
    "own=2",
    "a=1; Path=/; HttpOnly; SameSite=Lax",
    "b=2; Path=/; SameSite=Lax",
    "c=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
  ]);
});

it("what is only read leaves no trace", async () => {
  const server = start({ fetch: (req) => new Response(req.cookies.get("a")) });
  expect(await ask(server, { headers: { cookie: "a=1" } })).toEqual({
    status: 200,
    setCookie: [],
    text: "1",
  });
});

it("a change that comes too late has no effect, and does no harm", async () => {
  const late = gate();
  const responded = gate();
  const server = start({
    fetch(req) {
      void responded.promise.then(() => {
        req.cookies.set("s", "1");
        late.open();
      });
      return new Response("x");
    },
  });
  const client = connect(server).write(request("GET /"));
  expect((await client.response()).headers["set-cookie"]).toBeUndefined();
  responded.open();
  await late.promise;
  client.write(request("GET /"));
  expect((await client.response()).headers["set-cookie"]).toBeUndefined();
});

it("no cookie can add a field or a line, whatever it is made of", async () => {
  const server = start({
    fetch(req) {
      req.cookies.set("a", "1\r\nX-Injected: 1");
      expect(() => req.cookies.set("a", "1", { path: "/\r\nX-Injected: 1" })).toThrow(TypeError);
      return new Response("x");
    },
  });
  const { headers } = await connect(server).write(request("GET /")).response();
  expect(headers["set-cookie"]).toBe("a=1%0D%0AX-Injected%3A%201; Path=/; SameSite=Lax");
  expect(headers["x-injected"]).toBeUndefined();
});

it("a cookie of a class of the application's that writes no field ends in an error, not in a hang", async () => {
  class Broken extends Cookie {
    override serialize(): string {
      return "a\r\nb";
    }
  }
  const server = start({
    fetch(req) {
      req.cookies.set(new Broken("a", "b"));
      return new Response(stream());
    },
  });
  const client = connect(server).write(request("GET /"));
  expect((await client.response()).status).toBe(500);
  await client.closedByServer();
  errors.reports.length = 0;
});
