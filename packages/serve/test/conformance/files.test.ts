import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file, Response as LightResponse } from "../../src/plain.ts";
import { openCount } from "../support/descriptors.ts";
import { start, startInternal } from "../support/servers.ts";

const TEXT = "hello world 0123456789";
const TIME = 1_700_000_000;
const LAST_MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT";
const LATER = "Tue, 14 Nov 2023 22:13:21 GMT";
const EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT";

const errors = captureErrors();
const dir = tempDir();
const path = join(dir, "a.txt");
const none = join(dir, "none.txt");
fill(dir, { "a.txt": TEXT, "b.html": "<p>b", "data.json": "{}", empty: "" });
utimesSync(path, TIME, TIME + 0.345);

/** Every way in which a whole file is sent. */
const ways: [string, (init?: ResponseInit) => Parameters<typeof startInternal>[0]][] = [
  ["a route of a Response", (init) => ({ routes: { "/": new Response(file(path), init) } })],
  ["a route's handler", (init) => ({ routes: { "/": () => new Response(file(path), init) } })],
  ["fetch, later", (init) => ({ fetch: () => Promise.resolve().then(() => new Response(file(path), init)) })],
  [
    "a light Response",
    (init) => ({ fetch: () => new LightResponse(file(path), init as object) as globalThis.Response }),
  ],
  ["a response that has been looked at", (init) => ({ fetch: () => seen(new Response(file(path), init)) })],
];

describe.each(ways)("a file in %s", (_way, options) => {
  it("is sent with type, length and time, again and again", async () => {
    const client = connect(startInternal(options()));
    for (let i = 0; i < 3; i++) {
      const response = await client.write(request("GET /")).response();
      expect(response).toMatchObject({ status: 200, text: TEXT, framing: "length" });
      expect(response.headers).toEqual({
        "content-type": "text/plain;charset=utf-8",
        "content-length": "22",
        "last-modified": LAST_MODIFIED,
        "accept-ranges": "bytes",
        date: response.headers["date"],
      });
    }
    expect(openCount(path) ?? 0).toBe(0);
  });

  it("is sent in ranges (RFC 9110 §14)", async () => {
    const server = startInternal(options());
    for (const [range, text, contentRange] of [
      ["bytes=0-4", "hello", "bytes 0-4/22"],
      ["bytes=6-", "world 0123456789", "bytes 6-21/22"],
      ["bytes=-3", "789", "bytes 19-21/22"],
      ["bytes=20-99", "89", "bytes 20-21/22"],
      ["bytes=0-21", TEXT, "bytes 0-21/22"],
    ] as const) {
      const response = await ask(server, "GET /", [`Range: ${range}`]);
      expect(response).toMatchObject({ status: 206, text, headers: { "last-modified": LAST_MODIFIED } });
      expect(response.headers["content-range"]).toBe(contentRange);
      expect(response.headers["content-length"]).toBe(`${text.length}`);
    }
    for (const range of ["bytes=22-", "bytes=-0"]) {
      const response = await ask(server, "GET /", [`Range: ${range}`]);
      expect(response).toMatchObject({ status: 416, text: "", headers: { "content-range": "bytes */22" } });
    }
    for (const range of ["bytes=5-2", "bytes=0-0,5-6", "lines=0-1", "bytes=x"]) {
      expect(await ask(server, "GET /", [`Range: ${range}`])).toMatchObject({ status: 200, text: TEXT });
    }
  });

  it("is sent on conditions (RFC 9110 §13)", async () => {
    const server = startInternal(options({ headers: { ETag: '"mine"' } }));
    const range = "Range: bytes=0-4";
    for (const [fields, status] of [
      [[`If-Modified-Since: ${LAST_MODIFIED}`], 304],
      [[`If-Modified-Since: ${LATER}`], 304],
      [[`If-Modified-Since: ${EARLIER}`], 200],
      [["If-Modified-Since: 2023-11-14"], 200],
      [['If-None-Match: "x", W/"mine"'], 304],
      [['If-None-Match: "x"', `If-Modified-Since: ${LAST_MODIFIED}`], 200],
      [['If-Match: "mine"'], 200],
      [['If-Match: "x"'], 412],
      [[`If-Unmodified-Since: ${EARLIER}`], 412],
      [[range, `If-Range: ${LAST_MODIFIED}`], 206],
      [[range, `If-Range: ${LATER}`], 200],
      [[range, 'If-Range: "mine"'], 206],
      [[range, 'If-Range: W/"mine"'], 200],
      [[range, `If-Modified-Since: ${LAST_MODIFIED}`], 304],
      [["Range: bytes=99-", `If-Modified-Since: ${LAST_MODIFIED}`], 304],
    ] as const) {
      const response = await ask(server, "GET /", fields);
      expect([fields, response.status]).toEqual([fields, status]);
      expect(response.headers["etag"]).toBe('"mine"');
      expect(response.headers["content-type"] === undefined).toBe(status === 304 || status === 412);
      expect(response.text.length).toBe({ 200: 22, 206: 5, 304: 0, 412: 0 }[status]);
    }
  });

  it("has the same head for HEAD, and no part of it (RFC 9110 §14.2)", async () => {
    const server = startInternal(options());
    const { headers } = await ask(server, "GET /");
    for (const fields of [[], ["Range: bytes=0-4"], ["Range: bytes=99-"]]) {
      const head = await ask(server, "HEAD /", fields);
      expect(head).toMatchObject({ status: 200, framing: "none" });
      expect(head.headers).toEqual({ ...headers, date: head.headers["date"] });
    }
    expect((await ask(server, "HEAD /", [`If-Modified-Since: ${LAST_MODIFIED}`])).status).toBe(304);
  });

  it("of another status is whole, whatever is asked", async () => {
    const server = startInternal(options({ status: 404 }));
    const response = await ask(server, "GET /", ["Range: bytes=0-4", "If-None-Match: *"]);
    expect(response).toMatchObject({ status: 404, text: TEXT });
    expect(response.headers["accept-ranges"]).toBeUndefined();
  });

  it("says what the application says, but for its length", async () => {
    const headers = { "Content-Type": "x/y", "Last-Modified": LATER, "X-A": "1", "Content-Length": "3" };
    const server = startInternal(options({ headers }));
    const response = await ask(server, "GET /");
    expect(response.headers).toMatchObject({
      "content-type": "x/y",
      "last-modified": LATER,
      "x-a": "1",
      "content-length": "22",
    });
    expect((await ask(server, "GET /", [`If-Modified-Since: ${LAST_MODIFIED}`])).status).toBe(200);
    expect((await ask(server, "GET /", [`If-Modified-Since: ${LATER}`])).status).toBe(304);
  });
});

describe("a file", () => {
  it("stands in routes itself, for all methods or some", async () => {
    const server = start({
      routes: {
        "/a": file(path),
        "/b": { GET: file(join(dir, "b.html")), POST: () => new Response("post") },
      },
      fetch: () => new Response("fetch"),
    });
    expect(await ask(server, "GET /a")).toMatchObject({ text: TEXT });
    expect(await ask(server, "PUT /a")).toMatchObject({ text: TEXT });
    const page = await ask(server, "GET /b");
    expect([page.text, page.headers["content-type"]]).toEqual(["<p>b", "text/html;charset=utf-8"]);
    expect((await ask(server, "HEAD /b")).headers["content-length"]).toBe("4");
    expect((await ask(server, "POST /b")).text).toBe("post");
    expect((await ask(server, "PUT /b")).text).toBe("fetch");
  });

  it("is looked at anew for each request", async () => {
    const changing = join(dir, "changing.txt");
    const server = start({ routes: { "/": file(changing) } });
    expect((await ask(server, "GET /")).status).toBe(404);
    for (const text of ["first", "second one"]) {
      writeFileSync(changing, text);
      expect(await ask(server, "GET /")).toMatchObject({ status: 200, text });
    }
    rmSync(changing);
    expect((await ask(server, "GET /")).status).toBe(404);
  });

  it("may be empty", async () => {
    const server = start({ routes: { "/*": () => new Response(file(join(dir, "empty"))) } });
    expect(await ask(server, "GET /")).toMatchObject({
      status: 200,
      text: "",
      headers: { "content-length": "0" },
    });
    expect((await ask(server, "GET /", ["Range: bytes=0-"])).status).toBe(416);
    expect((await ask(server, "GET /", ["Range: bytes=-1"])).status).toBe(200);
  });

  it("of the future is not later than its response (RFC 9110 §8.8.2.1)", async () => {
    const future = join(dir, "future");
    writeFileSync(future, "x");
    utimesSync(future, Date.now() / 1000 + 86_400, Date.now() / 1000 + 86_400);
    const { headers } = await ask(start({ routes: { "/": file(future) } }), "GET /");
    expect(Date.parse(headers["last-modified"]!)).toBeLessThanOrEqual(Date.parse(headers["date"]!) + 1000);
  });

  it("may be a descriptor, which stays open", async () => {
    const fd = openSync(path, "r");
    const server = start({ fetch: () => new Response(file(fd)) });
    for (let i = 0; i < 2; i++) expect((await ask(server, "GET /")).text).toBe(TEXT);
    closeSync(fd);
  });

  it("is read by who looks into the response", async () => {
    expect(await new Response(file(path)).text()).toBe(TEXT);
    expect(await new Response(file(path)).clone().text()).toBe(TEXT);
    expect(new Response(file(path)).headers.get("content-type")).toBe("text/plain;charset=utf-8");
    const sent = new Request("http://a", { method: "POST", body: file(path) as unknown as Blob });
    expect(await sent.text()).toBe(TEXT);
  });

  it("is sent through clones, streams and forms, too", async () => {
    const server = startInternal({
      routes: {
        "/clone": () => new Response(file(path)).clone(),
        "/stream": () => new Response(file(path).stream()),
        "/tee": () => {
          const [one] = file(path).stream().tee();
          return new Response(one);
        },
      },
    });
    for (const way of ["clone", "stream", "tee"]) expect((await ask(server, `GET /${way}`)).text).toBe(TEXT);
  });

  it("whose response was used is an error", async () => {
    const response = new Response(file(path));
    await response.text();
    const server = start({ fetch: () => response });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toBeInstanceOf(TypeError);
    expect(() => start({ routes: { "/": response } })).toThrow(TypeError);
  });

  it("is served by server.fetch(), too", async () => {
    const server = start({
      routes: { "/a": file(path), "/none": file(none), "/h": () => new Response(file(path)) },
    });
    for (const way of ["/a", "/h"]) {
      const response = await server.fetch(way);
      expect(response.headers.get("content-type")).toBe("text/plain;charset=utf-8");
      expect(await response.text()).toBe(TEXT);
    }
    expect((await server.fetch("/none")).status).toBe(404);
    expect(openCount(path) ?? 0).toBe(0);
  });
});

describe("a slice of a file", () => {
  it("is a part of its file if a handler chooses it", async () => {
    const server = startInternal({ fetch: () => new Response(file(path).slice(6, 11)) });
    for (const fields of [[], ["Range: bytes=6-10"], ["Range: bytes=0-0"]]) {
      const response = await ask(server, "GET /", fields);
      expect(response).toMatchObject({ status: 206, text: "world" });
      expect(response.headers).toMatchObject({ "content-range": "bytes 6-10/22", "content-length": "5" });
    }
    expect((await ask(server, "HEAD /")).headers["content-range"]).toBe("bytes 6-10/22");
  });

  it("that leaves out nothing is the file, and one of nothing is empty", async () => {
    const whole = startInternal({ fetch: () => new Response(file(path).slice(0, Infinity)) });
    expect(await ask(whole, "GET /")).toMatchObject({ status: 200, text: TEXT });
    const nothing = startInternal({ fetch: () => new Response(file(path).slice(100, 200)) });
    const response = await ask(nothing, "GET /");
    expect(response).toMatchObject({ status: 200, text: "", headers: { "content-length": "0" } });
    expect(response.headers["content-range"]).toBeUndefined();
  });

  it("of nothing is empty also for a request with Range, which its handler has read", async () => {
    // A browser begins a film with bytes=0-, of which the example in Bun's documentation makes slice(0, 0).
    for (const slice of [file(path).slice(0, 0), file(path).slice(22)]) {
      const server = startInternal({ fetch: () => new Response(slice) });
      for (const range of ["bytes=0-", "bytes=0-0", "bytes=-5"]) {
        const response = await ask(server, "GET /", [`Range: ${range}`]);
        expect(response).toMatchObject({ status: 200, text: "", headers: { "content-length": "0" } });
        expect(response.headers["content-range"]).toBeUndefined();
      }
    }
    const own = start({ routes: { "/": file(path).slice(0, 0) } });
    expect(await ask(own, "GET /", ["Range: bytes=0-"])).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */0" },
    });
  });

  it("is left to a handler that says itself what it is", async () => {
    const headers = { "Content-Range": "bytes 6-10/*" };
    for (const init of [{}, { status: 200 }, { status: 206 }, { status: 201 }]) {
      const server = startInternal({
        fetch: () => new Response(file(path).slice(6, 11), { ...init, headers }),
      });
      // As in Bun, where it is 206 also in place of another status, which we leave to the handler.
      const status = init.status === 201 ? 201 : 206;
      for (const line of ["GET /", "HEAD /"]) {
        const response = await ask(server, line, ["Range: bytes=0-0"]);
        expect(response).toMatchObject({
          status,
          headers: { "content-range": "bytes 6-10/*", "content-length": "5" },
        });
        if (line === "GET /") expect(response.text).toBe("world");
      }
    }
  });

  it("that is all of its file, or nothing, is no part, whatever its handler says", async () => {
    for (const [slice, text] of [
      [file(path), TEXT],
      [file(path).slice(0, 22), TEXT],
      [file(path).slice(5, 5), ""],
    ] as const) {
      const server = startInternal({
        fetch: () => new Response(slice, { headers: { "Content-Range": "bytes 0-21/22" } }),
      });
      expect(await ask(server, "GET /")).toMatchObject({ status: 200, text });
    }
  });

  it("is a file of its own as a route, as in Bun", async () => {
    const server = start({ routes: { "/": file(path).slice(6, 11) } });
    expect(await ask(server, "GET /")).toMatchObject({ status: 200, text: "world" });
    const part = await ask(server, "GET /", ["Range: bytes=1-2"]);
    expect(part).toMatchObject({ status: 206, text: "or", headers: { "content-range": "bytes 1-2/5" } });
  });
});

describe("a file that is missing", () => {
  it("in a route leaves the request to less specific routes, then to fetch", async () => {
    const missing = file(none);
    const server = startInternal({
      routes: {
        "/a/b/c": missing,
        "/a/b/*": new Response(missing),
        "/a/*": { GET: missing, POST: () => new Response("post") },
        "/a/b/d": missing,
        "/spa/x": missing,
        "/spa/*": file(path),
        "/files/x": missing,
        "/files/*": { dir },
        "/h/x": missing,
        "/h/:id": (req: { params: { id: string } }) => new Response(req.params.id),
      },
      fetch: () => new Response("fetch"),
    } as Parameters<typeof startInternal>[0]);
    for (const [line, text] of [
      ["GET /a/b/c", "fetch"],
      ["POST /a/b/c", "post"],
      ["GET /a/b/d", "fetch"],
      ["PUT /a/b/c", "fetch"],
      ["GET /spa/x", TEXT],
      ["GET /files/x", ""],
      ["GET /h/x", "x"],
    ] as const) {
      for (let i = 0; i < 2; i++) expect([line, (await ask(server, line)).text]).toEqual([line, text]);
    }
    const bare = start({ routes: { "/*": missing } });
    for (const method of ["GET", "HEAD", "POST"]) expect((await ask(bare, `${method} /`)).status).toBe(404);
  });

  it("in a handler's response is told to error(), else it is a 404", async () => {
    const fetch = () => new Response(file(none));
    const seen: unknown[] = [];
    const told = startInternal({
      fetch,
      error(error) {
        seen.push(error);
        return new Response("told", { status: 418 });
      },
    });
    expect(await ask(told, "GET /")).toMatchObject({ status: 418, text: "told" });
    expect(seen).toMatchObject([{ code: "ENOENT", path: none }]);
    const bare = startInternal({ fetch });
    expect(await ask(bare, "GET /")).toMatchObject({ status: 404, text: "" });
    // Another error, even of the same kind, is the handler's own.
    const own = startInternal({
      fetch: async () => {
        throw Object.assign(new Error("own"), { code: "ENOENT" });
      },
    });
    expect((await ask(own, "GET /")).status).toBe(500);
    expect(errors.take()).toMatchObject({ message: "own" });
  });

  it("in error()'s own response ends in a plain 500", async () => {
    const server = startInternal({
      fetch() {
        throw new Error("first");
      },
      error: () => new Response(file(none)),
    });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect([errors.take(), errors.take()]).toMatchObject([{ message: "first" }, { code: "ENOENT" }]);
  });

  it.skipIf(process.platform === "win32")("is also a directory, a FIFO or a device", async () => {
    execFileSync("mkfifo", [join(dir, "fifo")]);
    for (const source of [dir, join(dir, "fifo"), "/dev/zero", `${path}/x`]) {
      expect((await ask(start({ routes: { "/": file(source) } }), "GET /")).status).toBe(404);
      expect((await ask(start({ fetch: () => new Response(file(source)) }), "GET /")).status).toBe(404);
    }
  });
});

it("a file for a client that has gone is not opened", async () => {
  const response = gate();
  const server = startInternal({
    fetch: async () => {
      await response.promise;
      return new Response(file(path));
    },
  });
  const client = connect(server).write(request("GET /"));
  await until(() => server.pendingRequests === 1, "the request");
  client.abort();
  await until(() => server.connections.size === 0, "the end");
  response.open();
  await until(() => server.pendingRequests === 0, "the end of the request");
  expect(openCount(path) ?? 0).toBe(0);
});

it("cookies go with a file", async () => {
  const server = startInternal({
    fetch(req) {
      (req as unknown as { cookies: Map<string, string> }).cookies.set("a", "b");
      return new Response(file(path));
    },
  });
  expect((await ask(server, "GET /", ["Range: bytes=0-1"])).headers["set-cookie"]).toMatch(/^a=b/);
});

/** Someone has looked at the response's body, and not read it. */
function seen(response: Response): Response {
  expect(response.body).not.toBeNull();
  return response;
}
