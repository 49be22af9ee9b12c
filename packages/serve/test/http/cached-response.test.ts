import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { describe, expect, it } from "vitest";
import { platform } from "../../src/fetch/platform.ts";
import { Response as LightResponse } from "../../src/plain.ts";
import { start } from "../support/servers.ts";

captureErrors();

const LAST_MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT";
const kinds: [string, typeof globalThis.Response][] = [
  ["the platform's", platform.Response],
  ["a light", LightResponse as unknown as typeof globalThis.Response],
];

describe.each(kinds)("%s response as a route", (_kind, Response) => {
  it("has a strong tag, the same in every server, and another body has another", async () => {
    const tags: string[] = [];
    for (const text of ["static", "static", "other"]) {
      const response = await ask(start({ routes: { "/": new Response(text) } }), "GET /");
      tags.push(response.headers["etag"]!);
      expect(response).toMatchObject({ status: 200, text });
    }
    expect(tags[0]).toMatch(/^"[0-9a-f]{16}"$/);
    expect(tags[1]).toBe(tags[0]);
    expect(tags[2]).not.toBe(tags[0]);
  });

  it("is a 304 for a client that has it", async () => {
    const headers = {
      "X-A": "1",
      "Content-Language": "en",
      "Content-Location": "/x",
      Vary: "a",
      "Cache-Control": "b",
    };
    const server = start({ routes: { "/": new Response("static", { headers }) } });
    const whole = await ask(server, "GET /");
    const { etag } = whole.headers;
    for (const method of ["GET", "HEAD"]) {
      for (const value of [etag, `W/${etag}`, "*", `"x", ${etag}`, `"x",,W/${etag} ,`]) {
        const response = await ask(server, `${method} /`, [`If-None-Match: ${value}`]);
        expect(response).toMatchObject({ status: 304, framing: "none" });
        // RFC 9110 §15.4.5: what a 200 would have said, without what describes a body that is not sent.
        expect(response.headers).toEqual({
          "x-a": "1",
          "content-location": "/x",
          vary: "a",
          "cache-control": "b",
          etag,
          date: response.headers["date"],
        });
      }
    }
    for (const value of ['"x"', `${etag}x`, etag!.slice(1, -1), `"x ${etag}`]) {
      expect((await ask(server, "GET /", [`If-None-Match: ${value}`])).text).toBe("static");
    }
  });

  it("is a 412 for a client that wants another", async () => {
    const server = start({
      routes: { "/": new Response("static", { headers: { "Last-Modified": LAST_MODIFIED } }) },
    });
    const { etag } = (await ask(server, "GET /")).headers;
    const failing = [
      'If-Match: "x"',
      `If-Match: W/${etag}`,
      "If-Unmodified-Since: Sun, 31 Dec 2023 23:59:59 GMT",
    ];
    for (const condition of failing) {
      const response = await ask(server, "GET /", [condition]);
      expect(response).toMatchObject({ status: 412, text: "", headers: { "content-length": "0" } });
    }
    for (const condition of [`If-Match: ${etag}`, "If-Match: *", `If-Unmodified-Since: ${LAST_MODIFIED}`]) {
      expect((await ask(server, "GET /", [condition])).status).toBe(200);
    }
    expect((await ask(server, "GET /", [`If-Modified-Since: ${LAST_MODIFIED}`])).status).toBe(304);
  });

  it("keeps a tag that it was given", async () => {
    const server = start({ routes: { "/": new Response("static", { headers: { ETag: 'W/"mine"' } }) } });
    expect((await ask(server, "GET /")).headers["etag"]).toBe('W/"mine"');
    expect((await ask(server, "GET /", ['If-None-Match: "mine"'])).status).toBe(304);
  });

  it("is sent to other methods as it is, whatever their conditions", async () => {
    const server = start({ routes: { "/": new Response("static") } });
    expect(await ask(server, "POST /", ["If-None-Match: *", "Content-Length: 0"])).toMatchObject({
      status: 200,
    });
    expect(await ask(server, "PUT /", ['If-Match: "x"', "Content-Length: 0"])).toMatchObject({ status: 200 });
  });

  it("of another status has a tag, and no conditions (RFC 9110 §13.2.1)", async () => {
    const server = start({ routes: { "/": new Response("static", { status: 404 }) } });
    const response = await ask(server, "GET /", ["If-None-Match: *"]);
    expect(response).toMatchObject({ status: 404, text: "static" });
    expect(response.headers["etag"]).toMatch(/^"[0-9a-f]{16}"$/);
  });

  it("gives the length of its body to HEAD as to GET, whatever it declares, unless it is for HEAD alone (RFC 9110 §8.6)", async () => {
    const headers = { "Content-Length": "5" };
    const none = () => new Response(null, { headers });
    const routes = {
      "/any": none(),
      "/get": { GET: none() },
      "/text": new Response("abc", { headers }),
      "/stream": new Response(new Blob(["abc"]).stream(), { headers }),
      "/head": { GET: new Response("12345"), HEAD: none() },
    };
    const server = start({ routes });
    for (const [path, length] of [
      ["/any", "0"],
      ["/get", "0"],
      ["/text", "3"],
      ["/stream", "3"],
      ["/head", "5"],
    ])
      for (const method of ["GET", "HEAD"])
        expect((await ask(server, `${method} ${path}`)).headers["content-length"], `${method} ${path}`).toBe(
          length,
        );
  });

  it("without a body has no tag, and gives its length to HEAD as to GET", async () => {
    const routes = {
      "/none": new Response(null),
      "/empty": new Response(""),
      "/moved": new Response(null, { status: 302 }),
    };
    const server = start({ routes });
    for (const path of Object.keys(routes)) {
      for (const method of ["GET", "HEAD"]) {
        const { headers } = await ask(server, `${method} ${path}`);
        expect([headers["etag"], headers["content-length"]]).toEqual([undefined, "0"]);
      }
    }
    const empty = await ask(start({ routes: { "/": new Response(null, { status: 204 }) } }), "GET /");
    expect(empty.headers["content-length"]).toBeUndefined();
  });

  it("keeps what it says of the connection", async () => {
    const server = start({ routes: { "/": new Response("static", { headers: { Connection: "close" } }) } });
    expect((await ask(server, "GET /")).headers["connection"]).toBe("close");
    expect((await ask(server, "GET /", ["If-None-Match: *"])).headers["connection"]).toBe("close");
  });

  it("has a tag, too, if its body has to be read", async () => {
    const server = start({ routes: { "/": new Response(new Blob(["bl", "ob"]).stream()) } });
    const response = await ask(server, "GET /");
    expect(response.text).toBe("blob");
    expect((await ask(server, "GET /", [`If-None-Match: ${response.headers["etag"]}`])).status).toBe(304);
  });
});
