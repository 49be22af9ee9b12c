import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { describe, expect, it } from "vitest";
import { decode, ENCODINGS } from "../support/decode.ts";
import { start } from "../support/servers.ts";

captureErrors();

const TEXT = "The dough rises. ".repeat(500);
const GZIP = "Accept-Encoding: gzip";
/** Longer than what is kept compressed. */
const LARGE = "x".repeat(9 * 1024 * 1024);

/** A body that is not at its end when its head leaves. */
function waitingStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from(TEXT)) });
}

describe("the entity tag of a handler's response", () => {
  it("is another one if it is strong, and is recognised", async () => {
    const headers = { ETag: '"v1"', "Cache-Control": "no-cache", Vary: "Origin" };
    const server = start({
      compress: true,
      fetch: (request) =>
        request.headers.get("if-none-match") === '"v1"'
          ? new Response(null, { status: 304, headers })
          : new Response(TEXT, { headers }),
    });
    expect((await ask(server, "GET /")).headers["etag"]).toBe('"v1"');
    expect((await ask(server, "GET /", [GZIP])).headers["etag"]).toBe('"v1-gzip"');
    expect((await ask(server, "GET /", ["Accept-Encoding: br"])).headers["etag"]).toBe('"v1-br"');
    for (const method of ["GET", "HEAD"]) {
      const same = await ask(server, `${method} /`, [GZIP, 'If-None-Match: "x", "v1-gzip"']);
      expect(same).toMatchObject({
        status: 304,
        text: "",
        headers: { etag: '"v1-gzip"', vary: "Origin, Accept-Encoding", "cache-control": "no-cache" },
      });
      expect(same.headers["content-encoding"]).toBe(undefined);
    }
    // Of another coding, and of none by the handler itself.
    expect((await ask(server, "GET /", [GZIP, 'If-None-Match: "v1-br"'])).status).toBe(200);
    const own = await ask(server, "GET /", [GZIP, 'If-None-Match: "v1"']);
    expect(own).toMatchObject({ status: 304, headers: { etag: '"v1"', vary: "Origin, Accept-Encoding" } });
  });

  it("stays if it is weak", async () => {
    const server = start({
      compress: true,
      fetch: () => new Response(TEXT, { headers: { ETag: 'W/"v1"' } }),
    });
    expect((await ask(server, "GET /", [GZIP])).headers["etag"]).toBe('W/"v1"');
  });

  it("is that of the client in the 304 of a handler that recognises its own tag in it", async () => {
    const server = start({
      compress: true,
      fetch: () => new Response(null, { status: 304, headers: { ETag: '"v1"' } }),
    });
    const response = await ask(server, "GET /", [GZIP, 'If-None-Match: "v1-gzip"']);
    expect(response).toMatchObject({ status: 304, headers: { etag: '"v1-gzip"', vary: "Accept-Encoding" } });
  });
});

describe("the conditions of a request for a handler's response", () => {
  it.each([203, 302, 404, 412, 500])("do not replace a %i", async (status) => {
    const headers = { ETag: '"v1"', "Content-Type": "text/plain" };
    const server = start({
      compress: true,
      routes: {
        "/whole": () => new Response(TEXT, { status, headers }),
        "/stream": () => new Response(waitingStream(), { status, headers }),
        "/static": new Response(TEXT, { status, headers }),
        "/large": new Response(LARGE, { status, headers }),
      },
    });
    for (const line of ["GET /whole", "GET /static", "HEAD /whole", "HEAD /large", "HEAD /stream"]) {
      for (const conditions of [
        ['If-None-Match: "v1-gzip"'],
        ['If-None-Match: "v1-gzip"', 'If-Match: "zz"'],
      ]) {
        const response = await ask(server, line, [GZIP, ...conditions]);
        expect(response).toMatchObject({
          status,
          headers: { etag: '"v1-gzip"', "content-encoding": "gzip" },
        });
        if (line.startsWith("GET")) expect(decode(response).toString()).toBe(TEXT);
      }
    }
  });

  it("are evaluated in their order once one names the tag of its coding", async () => {
    const headers = {
      ETag: '"v1"',
      "Content-Type": "text/plain",
      "Last-Modified": "Tue, 10 Nov 2026 10:00:00 GMT",
    };
    const server = start({
      compress: true,
      routes: {
        "/whole": () => new Response(TEXT, { headers }),
        "/stream": () => new Response(waitingStream(), { headers }),
      },
    });
    const same = 'If-None-Match: "v1-gzip"';
    for (const path of ["/whole", "/stream"]) {
      for (const [condition, status] of [
        ['If-Match: "zz"', 412],
        ['If-Match: "v1-gzip"', 304],
        ["If-Match: *", 304],
        ["If-Unmodified-Since: Mon, 09 Nov 2026 10:00:00 GMT", 412],
        ["If-Unmodified-Since: Wed, 11 Nov 2026 10:00:00 GMT", 304],
        ["If-Modified-Since: Mon, 09 Nov 2026 10:00:00 GMT", 304],
      ] as const) {
        const response = await ask(server, `GET ${path}`, [GZIP, condition, same]);
        expect([condition, response.status, response.text]).toEqual([condition, status, ""]);
        expect(response.headers).toMatchObject({ etag: '"v1-gzip"', vary: "Accept-Encoding" });
      }
    }
    // The handler has compared what names none of this server's tags.
    expect((await ask(server, "GET /whole", [GZIP, 'If-Match: "zz"'])).status).toBe(200);
  });
});

describe("the entity tag of a response to HEAD", () => {
  it("is left out if it is strong and nothing tells whether GET has a coding", async () => {
    const server = start({
      compress: true,
      fetch: ({ method, url, headers: received }) => {
        const query = new URL(url).searchParams;
        const headers = new Headers({ "Content-Type": "text/plain", ETag: query.get("tag")! });
        const length = query.get("length");
        if (method === "HEAD" && length !== null) headers.set("Content-Length", length);
        if (received.has("x-empty")) return new Response("", { headers });
        return new Response(method === "HEAD" ? null : TEXT, { headers });
      },
    });
    const tag = async (line: string, fields: readonly string[] = [GZIP]): Promise<string | undefined> => {
      const { headers } = await ask(server, line, fields);
      expect(headers["vary"]).toBe("Accept-Encoding");
      expect(headers["content-encoding"]).toBe(headers["etag"] === '"v1-gzip"' ? "gzip" : undefined);
      return headers["etag"];
    };
    expect(await tag('GET /?tag="v1"')).toBe('"v1-gzip"');
    expect(await tag('HEAD /?tag="v1"')).toBe(undefined);
    // These tell it.
    expect(await tag('HEAD /?tag="v1"', [])).toBe('"v1"');
    expect(await tag('HEAD /?tag="v1"', [GZIP, "X-Empty: 1"])).toBe('"v1"');
    expect(await tag('HEAD /?tag="v1"&length=10')).toBe('"v1"');
    expect(await tag(`HEAD /?tag="v1"&length=${TEXT.length}`)).toBe('"v1-gzip"');
    expect(await tag('HEAD /?tag=W/"v1"')).toBe('W/"v1"');
    const same = await ask(server, 'HEAD /?tag="v1"', [GZIP, 'If-None-Match: "v1-gzip"']);
    expect(same).toMatchObject({ status: 304, headers: { etag: '"v1-gzip"' } });
  });
});

describe("a static response", () => {
  it("has a form for each coding, with its own tag", async () => {
    const server = start({ compress: true, routes: { "/": new Response(TEXT), "/none": new Response("x") } });
    const plain = await ask(server, "GET /");
    const tag = plain.headers["etag"]!;
    expect(plain).toMatchObject({ text: TEXT, headers: { vary: "Accept-Encoding" } });
    for (const encoding of ENCODINGS) {
      const fields = [`Accept-Encoding: ${encoding}`];
      const first = await ask(server, "GET /", fields);
      expect(decode(first).toString()).toBe(TEXT);
      const etag = `${tag.slice(0, -1)}-${encoding}"`;
      expect(first.headers).toMatchObject({ "content-encoding": encoding, etag, vary: "Accept-Encoding" });
      const head = await ask(server, "HEAD /", fields);
      expect(head.headers).toEqual({ ...first.headers, date: head.headers["date"] });
      const same = await ask(server, "GET /", [...fields, `If-None-Match: W/${etag}`]);
      expect(same).toMatchObject({ status: 304, headers: { etag, vary: "Accept-Encoding" } });
      expect((await ask(server, "GET /", [...fields, `If-None-Match: ${tag}`])).status).toBe(200);
      expect((await ask(server, "GET /", [...fields, `If-Match: ${tag}`])).status).toBe(412);
    }
    expect(await ask(server, "GET /", [`If-None-Match: ${tag}`])).toMatchObject({
      status: 304,
      headers: { vary: "Accept-Encoding" },
    });
  });

  it("is compressed once, also for requests that come together", async () => {
    const server = start({ compress: { encodings: ["gzip"] }, routes: { "/": new Response(TEXT) } });
    const client = connect(server).write(request("GET /", [GZIP]).repeat(5));
    const bodies: Buffer[] = [];
    for (let i = 0; i < 5; i++) bodies.push((await client.response()).body);
    expect(new Set(bodies.map((body) => body.toString("latin1"))).size).toBe(1);
  });

  it("is open to the same conditions if it is too long to be kept compressed", async () => {
    const headers = { "Last-Modified": "Tue, 10 Nov 2026 10:00:00 GMT" };
    const server = start({ compress: true, routes: { "/": new Response(LARGE, { headers }) } });
    const tag = (await ask(server, "HEAD /")).headers["etag"]!;
    for (const encoding of ENCODINGS) {
      const etag = `${tag.slice(0, -1)}-${encoding}"`;
      for (const [condition, status] of [
        ["If-None-Match: *", 304],
        [`If-None-Match: ${etag}`, 304],
        [`If-None-Match: ${tag}`, 200],
        ['If-Match: "zz"', 412],
        [`If-Match: ${tag}`, 412],
        [`If-Match: ${etag}`, 200],
        ["If-Modified-Since: Tue, 10 Nov 2026 10:00:00 GMT", 304],
        ["If-Modified-Since: Mon, 09 Nov 2026 10:00:00 GMT", 200],
        ["If-Unmodified-Since: Mon, 09 Nov 2026 10:00:00 GMT", 412],
      ] as const) {
        const fields = [`Accept-Encoding: ${encoding}`, condition];
        const head = await ask(server, "HEAD /", fields);
        expect([condition, head.status, head.headers["etag"]]).toEqual([condition, status, etag]);
        expect(head.headers["content-encoding"]).toBe(status === 200 ? encoding : undefined);
        if (status !== 200) expect((await ask(server, "GET /", fields)).status).toBe(status);
      }
    }
    const whole = await ask(server, "GET /", [GZIP, 'If-None-Match: "zz"']);
    expect(decode(whole).equals(Buffer.from(LARGE))).toBe(true);
  });

  it("of another status is compressed, too", async () => {
    const server = start({ compress: true, routes: { "/*": new Response(TEXT, { status: 404 }) } });
    for (let i = 0; i < 2; i++) {
      const response = await ask(server, "GET /x", [GZIP]);
      expect(response).toMatchObject({ status: 404, headers: { "content-encoding": "gzip" } });
      expect(decode(response).toString()).toBe(TEXT);
    }
  });
});
