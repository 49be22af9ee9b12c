import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, connectSecurely, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { describe, expect, it } from "vitest";
import type { CompressOptions } from "../../src/api/compress.ts";
import { decode, ENCODINGS } from "../support/decode.ts";
import { start } from "../support/servers.ts";

captureErrors();

const TEXT = "The dough rises. ".repeat(500);
const GZIP = "Accept-Encoding: gzip";

function serveText(
  init: ResponseInit = {},
  compress: boolean | CompressOptions = true,
  text: string | null = TEXT,
): ReturnType<typeof start> {
  return start({ compress, fetch: () => new Response(text, init) });
}

describe("a response of a handler", () => {
  it.each(ENCODINGS)("is compressed: %s", async (encoding) => {
    const server = serveText();
    const response = await ask(server, "GET /", [`Accept-Encoding: ${encoding}`]);
    expect(response).toMatchObject({ status: 200, framing: "length" });
    expect(response.headers).toMatchObject({ "content-encoding": encoding, vary: "Accept-Encoding" });
    expect(response.body.length).toBeLessThan(TEXT.length / 5);
    expect(decode(response).toString()).toBe(TEXT);
    const head = await ask(server, "HEAD /", [`Accept-Encoding: ${encoding}`]);
    expect(head.headers).toEqual({ ...response.headers, date: head.headers["date"] });
    expect(head.body.length).toBe(0);
  });

  it("is sent as it is to others, and caches are told", async () => {
    const server = serveText();
    for (const fields of [[], ["Accept-Encoding:"], ["Accept-Encoding: deflate, gzip;q=0"]]) {
      const response = await ask(server, "GET /", fields);
      expect(response.text).toBe(TEXT);
      expect(response.headers["content-encoding"]).toBe(undefined);
      expect(response.headers["vary"]).toBe("Accept-Encoding");
      expect(response.headers["content-length"]).toBe(String(TEXT.length));
    }
  });

  it("has the coding that the client likes best, then the server's favourite", async () => {
    const server = serveText({}, { encodings: ["gzip", "br"] });
    const codingFor = async (field: string) =>
      (await ask(server, "GET /", [`Accept-Encoding: ${field}`])).headers["content-encoding"];
    expect(await codingFor("br, gzip")).toBe("gzip");
    expect(await codingFor("br, gzip;q=0.9")).toBe("br");
    expect(await codingFor("*")).toBe("gzip");
    expect(await codingFor("zstd")).toBe(undefined);
    expect(await codingFor("gzip;q=0.1, identity")).toBe(undefined);
  });

  it.each<[string, ResponseInit, (string | null)?]>([
    ["of a type that is compressed already", { headers: { "Content-Type": "image/png" } }],
    ["with Content-Encoding", { headers: { "Content-Encoding": "x-own" } }],
    ["with Content-Encoding: identity", { headers: { "Content-Encoding": "identity" } }],
    ["with no-transform", { headers: { "Cache-Control": "public,No-Transform , max-age=5" } }],
    ["of a part", { status: 206, headers: { "Content-Range": "bytes 0-8499/9000" } }],
    ["of a part with another status", { headers: { "Content-Range": "bytes 0-8499/9000" } }],
    ["with a digest of its bytes", { headers: { "Repr-Digest": "sha-256=:AAAA:" } }],
    ["without a body", { status: 204 }, null],
  ])("%s stays as it is", async (_, init, text = TEXT) => {
    const fields = ["Accept-Encoding: gzip, br, identity;q=0"];
    const isFixed = !("Content-Type" in (init.headers ?? {}));
    const server = start({ compress: true, fetch: () => new Response(text, init) });
    const plain = start({ fetch: () => new Response(text, init) });
    const one = await ask(server, "GET /", isFixed ? fields : [GZIP]);
    const other = await ask(plain, "GET /", isFixed ? fields : [GZIP]);
    expect(one).toEqual({ ...other, headers: { ...other.headers, date: one.headers["date"] } });
  });

  it("that is short, or would be longer, stays as it is", async () => {
    const short = serveText({}, { threshold: 100 }, "x".repeat(99));
    expect((await ask(short, "GET /", [GZIP])).headers["content-encoding"]).toBe(undefined);
    const enough = serveText({}, { threshold: 100 }, "x".repeat(100));
    expect((await ask(enough, "GET /", [GZIP])).headers["content-encoding"]).toBe("gzip");
    const tiny = serveText({ headers: { ETag: '"a"' } }, { threshold: 0 }, "x");
    const response = await ask(tiny, "GET /", [GZIP]);
    expect(response).toMatchObject({ text: "x", headers: { etag: '"a"', "content-length": "1" } });
    expect(response.headers["content-encoding"]).toBe(undefined);
    // Bytes count, not characters.
    const wide = serveText({}, { threshold: 100 }, "蒸".repeat(40));
    expect((await ask(wide, "GET /", [GZIP])).headers["content-encoding"]).toBe("gzip");
  });

  it("joins Vary", async () => {
    const varyOf = async (vary: string) =>
      (await ask(serveText({ headers: { Vary: vary } }), "GET /", [GZIP])).headers["vary"];
    expect(await varyOf("Origin")).toBe("Origin, Accept-Encoding");
    expect(await varyOf("Origin, accept-encoding")).toBe("Origin, accept-encoding");
    expect(await varyOf("*")).toBe("*");
    expect(await varyOf("X-Accept-Encoding")).toBe("X-Accept-Encoding, Accept-Encoding");
  });

  it("keeps its status, fields and cookies", async () => {
    const server = start({
      compress: true,
      routes: {
        "/": (request) => {
          request.cookies.set("a", "1");
          return new Response(TEXT, { status: 404, statusText: "Gone Away", headers: { "X-Own": "1" } });
        },
      },
    });
    const response = await ask(server, "GET /", [GZIP]);
    expect(response).toMatchObject({ status: 404, reason: "Gone Away" });
    expect(response.headers).toMatchObject({ "content-encoding": "gzip", "x-own": "1" });
    expect(response.headers["set-cookie"]).toContain("a=1");
  });

  it("is the response to a client that accepts no body without a coding", async () => {
    const server = start({
      compress: true,
      routes: {
        "/short": new Response("short"),
        "/png": () => new Response("png", { headers: { "Content-Type": "image/png" } }),
        "/post": { POST: () => new Response("done") },
        "/error": () => new Response("broken", { status: 500 }),
      },
    });
    for (const path of ["/short", "/png"]) {
      const response = await ask(server, `GET ${path}`, ["Accept-Encoding: identity;q=0, gzip;q=0.1"]);
      expect(response).toMatchObject({ status: 200, headers: { "content-encoding": "gzip" } });
      expect(decode(response).toString()).toBe(path.slice(1));
      for (const field of ["identity;q=0", "*;q=0", "*;q=0, deflate"]) {
        const refused = await ask(server, `GET ${path}`, [`Accept-Encoding: ${field}`]);
        expect(refused).toMatchObject({ status: 406, headers: { vary: "Accept-Encoding" } });
        expect(refused.text).toContain("gzip");
      }
    }
    // It would hide what has been done.
    expect(await ask(server, "POST /post", ["Accept-Encoding: *;q=0", "Content-Length: 0"])).toMatchObject({
      status: 200,
      text: "done",
    });
    expect(await ask(server, "GET /error", ["Accept-Encoding: *;q=0"])).toMatchObject({
      status: 500,
      text: "broken",
    });
  });
});

describe("a large response", () => {
  it("is the same after decoding, with the same fields for HEAD, and for HTTP/1.0", async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i} of ${(i * 7919) % 104_729}\n`).join("");
    for (const body of [text.slice(0, 100_000), text.repeat(3).slice(0, 1_100_000)]) {
      const server = start({ compress: true, fetch: () => new Response(body) });
      for (const encoding of ENCODINGS) {
        const response = await ask(server, "GET /", [`Accept-Encoding: ${encoding}`]);
        expect(response.headers["content-encoding"]).toBe(encoding);
        expect(decode(response).equals(Buffer.from(body))).toBe(true);
        const head = await ask(server, "HEAD /", [`Accept-Encoding: ${encoding}`]);
        const { "transfer-encoding": _, ...fields } = response.headers;
        expect(head.headers).toEqual({ ...fields, date: head.headers["date"] });
      }
      const old = connect(server).write("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
      const response = await old.response();
      expect(decode(response).equals(Buffer.from(body))).toBe(true);
      expect(response.headers["transfer-encoding"]).toBe(undefined);
    }
  });
});

describe("compression elsewhere", () => {
  it("works over TLS", async () => {
    const server = start({ compress: true, tls: { key, cert }, fetch: () => new Response(TEXT) });
    const response = await connectSecurely(server)
      .write(request("GET /", [GZIP]))
      .response();
    expect(response.headers["content-encoding"]).toBe("gzip");
    expect(decode(response).toString()).toBe(TEXT);
  });

  it("is that of the wire for server.fetch", async () => {
    const server = start({
      compress: true,
      routes: { "/": new Response(TEXT) },
      fetch: () => new Response(TEXT),
    });
    for (const path of ["/", "/handler"]) {
      const ask = (headers: Record<string, string>) =>
        server.fetch(new Request(new URL(path, server.url), { headers }));
      const response = await ask({ "Accept-Encoding": "gzip" });
      expect(response.headers.get("content-encoding")).toBe("gzip");
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("content-length")).toBe(String(body.length));
      expect(decode({ headers: { "content-encoding": "gzip" }, body }).toString()).toBe(TEXT);
      expect(await (await ask({})).text()).toBe(TEXT);
    }
  });

  it("is off by default", async () => {
    for (const compress of [undefined, false] as const) {
      const server = start({
        ...(compress === undefined ? {} : { compress }),
        fetch: () => new Response(TEXT),
      });
      const response = await ask(server, "GET /", [GZIP]);
      expect(response.text).toBe(TEXT);
      expect(response.headers["vary"]).toBe(undefined);
    }
  });
});
