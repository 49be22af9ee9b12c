import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { afterEach, describe, expect, it } from "vitest";
import { start } from "./support/servers.ts";
import { closeUpstreams, contentOf, upstream } from "./support/upstream.ts";

/** "hello" in Zstandard, which Node.js 20 cannot make. */
const ZSTD_HELLO = Buffer.from("28b52ffd200529000068656c6c6f", "hex");

const errors = captureErrors();

/** Node.js's `Request` follows its signal only until it is collected, also while its response is on the way. */
const held: Request[] = [];
afterEach(() => void held.splice(0));

const ways: [way: string, pass: (req: Request, to: string) => Promise<Response>][] = [
  [
    "new Request(url, req)",
    (req, to) => {
      const passed = new Request(to, req);
      held.push(passed);
      return fetch(passed);
    },
  ],
  ["fetch(url, req)", (req, to) => fetch(to, req)],
  [
    "the members one by one",
    (req, to) =>
      fetch(to, {
        method: req.method,
        headers: req.headers,
        body: req.body,
        signal: req.signal,
        duplex: "half",
      } as RequestInit),
  ],
];

describe.each(ways)("a request is passed on: %s", (_, pass) => {
  async function proxied(
    line: string,
    fields: string[],
    content = "",
  ): Promise<{ response: Awaited<ReturnType<typeof ask>>; seen: Record<string, unknown> }> {
    const to = await upstream(async (message, response) => {
      const seen = {
        method: message.method,
        url: message.url,
        headers: message.headers,
        content: await contentOf(message),
      };
      response.writeHead(201, { "X-Up": "1", "Set-Cookie": ["a=1", "b=2"] }).end(JSON.stringify(seen));
    });
    const server = start({ fetch: (req) => pass(req, to + new URL(req.url).pathname) });
    const response = await ask(server, line, fields, content);
    return { response, seen: JSON.parse(response.text) as Record<string, unknown> };
  }

  it("GET", async () => {
    const { response, seen } = await proxied("GET /a", [
      "X-A: 1",
      "Cookie: a=1; b=2",
      "Accept-Encoding: gzip",
    ]);
    expect(response.status).toBe(201);
    expect(response.headers).toMatchObject({ "x-up": "1", "set-cookie": "a=1, b=2" });
    expect(seen).toMatchObject({
      method: "GET",
      url: "/a",
      content: "",
      headers: { "x-a": "1", cookie: "a=1; b=2", "accept-encoding": "gzip" },
    });
  });

  it("a body with a length", async () => {
    const { seen } = await proxied("POST /", ["Content-Length: 5", "Content-Type: a/b"], "hello");
    expect(seen).toMatchObject({
      method: "POST",
      content: "hello",
      headers: { "content-type": "a/b", "content-length": "5" },
    });
  });

  it("a chunked body", async () => {
    const { seen } = await proxied("PUT /", ["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n");
    expect(seen).toMatchObject({
      method: "PUT",
      content: "hello",
      headers: { "transfer-encoding": "chunked" },
    });
  });

  it("a body that is waited for with 100 Continue", async () => {
    const to = await upstream(async (message, response) => void response.end(await contentOf(message)));
    const server = start({ fetch: (req) => pass(req, to) });
    const client = connect(server).write(request("POST /", ["Expect: 100-continue", "Content-Length: 5"]));
    expect((await client.response()).status).toBe(100);
    expect((await client.write("hello").response()).text).toBe("hello");
  });

  it("no body", async () => {
    expect((await proxied("DELETE /a", [])).seen).toMatchObject({ content: "" });
    expect((await proxied("POST /a", ["Content-Length: 0"])).seen).toMatchObject({
      method: "POST",
      content: "",
    });
  });

  it("what clients say of their connection", async () => {
    const { seen } = await proxied("GET /", [
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: x",
      "TE: trailers",
    ]);
    expect(seen).toMatchObject({ method: "GET" });
    expect((await proxied("GET /", ["Connection: close", "Keep-Alive: 300"])).seen).toMatchObject({
      method: "GET",
    });
  });

  it("a body streams both ways, while it is sent", async () => {
    const to = await upstream((message, response) => void message.pipe(response));
    const server = start({ fetch: (req) => pass(req, to) });
    const client = connect(server).write(request("POST /", ["Transfer-Encoding: chunked"]));
    for (const piece of ["one", "two"]) {
      client.write(`3\r\n${piece}\r\n`);
      await until(() => client.received.includes(piece), piece);
    }
    client.write("0\r\n\r\n");
    expect((await client.response()).text).toBe("onetwo");
  });

  it("a client that goes away before the response ends the request", async () => {
    let gone = false;
    let arrived = false;
    const to = await upstream((_message, response) => {
      arrived = true;
      response.on("close", () => {
        gone = true;
      });
    });
    const server = start({ fetch: (req) => pass(req, to) });
    const client = connect(server).write(request("GET /"));
    await until(() => arrived, "the request");
    client.destroy();
    await until(() => gone, "the end of the request");
  });

  it("a client that goes away during the response ends it", async () => {
    let gone = false;
    const to = await upstream((_message, response) => {
      response.write("begun");
      response.on("close", () => {
        gone = true;
      });
    });
    const server = start({ fetch: (req) => pass(req, to) });
    const client = connect(server).write(request("GET /"));
    await until(() => client.received.includes("begun"), "content");
    client.destroy();
    await until(() => gone, "the end of the response");
  });

  it("a response that is cut short is not ended cleanly", async () => {
    const to = await upstream((_message, response) => {
      response.writeHead(200, { "Content-Length": 10 }).write("12345");
      setImmediate(() => response.destroy());
    });
    const server = start({ fetch: (req) => pass(req, to) });
    const client = connect(server).write(request("GET /"));
    const got = (await client.closedByServer()).toString("latin1");
    expect(got).not.toContain("\r\n0\r\n\r\n");
    expect(got.startsWith("HTTP/1.1 200") ? got : "HTTP/1.1 200 Content-Length: 10").toMatch(
      /Content-Length: 10|chunked/i,
    );
    errors.take();
  });

  it("a server that is not there is the handler's error", async () => {
    const to = await upstream(() => {});
    await closeUpstreams();
    const server = start({ fetch: (req) => pass(req, to) });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toMatchObject({ name: "TypeError", message: "fetch failed" });
  });
});

describe("a response is passed on", () => {
  const encodings: [coding: string, encoded: Buffer][] = [
    ["gzip", zlib.gzipSync("hello")],
    ["x-gzip", zlib.gzipSync("hello")],
    ["GZIP", zlib.gzipSync("hello")],
    ["deflate", zlib.deflateSync("hello")],
    ["br", zlib.brotliCompressSync("hello")],
    ["zstd", ZSTD_HELLO],
    ["gzip, br", zlib.brotliCompressSync(zlib.gzipSync("hello"))],
    ["identity", Buffer.from("hello")],
    ["unknown", Buffer.from("hello")],
    ["gzip, unknown", zlib.gzipSync("hello")],
  ];

  it.each(encodings)("encoded as %s: it says what it is", async (coding, encoded) => {
    const to = await upstream(
      (_message, response) =>
        void response
          .writeHead(200, { "Content-Encoding": coding, "Content-Length": encoded.length, "X-Up": "1" })
          .end(encoded),
    );
    const server = start({ fetch: () => fetch(to) });
    const { headers, body } = await ask(server, "GET /");
    expect(headers["x-up"]).toBe("1");
    if (headers["content-encoding"] === undefined) expect(body.toString()).toBe("hello");
    else expect([headers["content-encoding"], body]).toEqual([coding, encoded]);
  });

  it("as large as it is decoded, in several reads", async () => {
    const large = Buffer.alloc(1_000_000, "a\u00e9");
    const to = await upstream(
      (_message, response) =>
        void response.writeHead(200, { "Content-Encoding": "gzip" }).end(zlib.gzipSync(large)),
    );
    const server = start({ fetch: () => fetch(to) });
    const response = await ask(server, "GET /");
    expect(response.headers["content-encoding"]).toBeUndefined();
    expect(response.body.equals(large)).toBe(true);
  });

  it("to HEAD, and with 304: the fields are those of the decoded body that GET gets", async () => {
    const encoded = zlib.gzipSync("hello");
    const to = await upstream((message, response) => {
      const coding = message.url === "/other" ? "unknown" : "gzip";
      const fields = { "Content-Encoding": coding, "Content-Length": encoded.length, ETag: '"a"' };
      const isFresh = message.headers["if-none-match"] !== undefined;
      response.writeHead(isFresh ? 304 : 200, fields).end(isFresh ? undefined : encoded);
    });
    const server = start({
      fetch: ({ method, headers, url }) => fetch(to + new URL(url).pathname, { method, headers }),
    });
    for (const [line, status, fields] of [
      ["GET", 200, []],
      ["HEAD", 200, []],
      ["GET", 304, ['If-None-Match: "a"']],
      ["HEAD", 304, ['If-None-Match: "a"']],
    ] as const) {
      const decoded = await ask(server, `${line} /`, fields);
      expect([decoded.status, decoded.headers["etag"]]).toEqual([status, '"a"']);
      expect(decoded.headers["content-encoding"]).toBeUndefined();
      expect([undefined, "5"]).toContain(decoded.headers["content-length"]);
      const other = await ask(server, `${line} /other`, fields);
      expect([other.status, other.headers["content-encoding"]]).toEqual([status, "unknown"]);
    }
  });

  it("without what speaks of the other connection", async () => {
    const to = await upstream(
      (_message, response) =>
        void response
          .writeHead(200, {
            Connection: "close, X-Hop",
            "X-Hop": "1",
            "Keep-Alive": "timeout=9",
            "Proxy-Connection": "x",
            Trailer: "y",
            "X-End": "1",
          })
          .end("ok"),
    );
    const server = start({ fetch: () => fetch(to) });
    const client = connect(server).write(request("GET /"), request("GET /"));
    for (let i = 0; i < 2; i++) {
      const { headers, text } = await client.response();
      expect(Object.keys(headers).sort()).toEqual(["content-length", "date", "x-end"]);
      expect(text).toBe("ok");
    }
  });

  it("its clone, too", async () => {
    const to = await upstream(
      (_message, response) =>
        void response.writeHead(200, { "Content-Encoding": "gzip" }).end(zlib.gzipSync("hello")),
    );
    const server = start({
      fetch: async () => {
        const response = await fetch(to);
        return (await response.clone().text()) === "hello" ? response.clone() : response;
      },
    });
    const response = await ask(server, "GET /");
    expect([response.text, response.headers["content-encoding"]]).toEqual(["hello", undefined]);
  });

  it("without a body", async () => {
    const to = await upstream((_message, response) => void response.writeHead(304, { ETag: '"a"' }).end());
    const server = start({ fetch: () => fetch(to) });
    expect(await ask(server, "GET /")).toMatchObject({ status: 304, headers: { etag: '"a"' } });
  });

  it("read and made anew with other fields", async () => {
    const to = await upstream((_message, response) => void response.end("hello"));
    const server = start({
      fetch: async () => {
        const response = await fetch(to);
        return new Response(response.body, { status: 203, headers: { "x-a": "1" } });
      },
    });
    expect(await ask(server, "GET /")).toMatchObject({
      status: 203,
      text: "hello",
      headers: { "x-a": "1" },
    });
  });
});
