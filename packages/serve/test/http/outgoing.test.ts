import { Blob } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import type { RawResponse } from "@mantou/testing/raw-response";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { BodyInit } from "../../src/api/fetch.ts";
import { platform } from "../../src/fetch/platform.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import { startInternal } from "../support/servers.ts";

const errors = captureErrors();

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function slowStream(text: string): ReadableStream<Uint8Array> {
  let pulls = 0;
  return new ReadableStream({
    async pull(controller) {
      await turns();
      if (pulls++ === 0) controller.enqueue(Buffer.from(text));
      else controller.close();
    },
  });
}

/** The response of a handler that returns what `make` makes, and of the same thing as a static route. */
async function responses(make: () => Response, line = "GET /"): Promise<RawResponse[]> {
  const handled = startInternal({ fetch: make });
  const fixed = startInternal({ routes: { "/": make() } });
  return Promise.all([ask(handled, line), ask(fixed, line)]);
}

// The platform's class, and ours, which is the global one.
describe.each([
  ["the platform's Response", platform.Response],
  ["the light Response", LightResponse as unknown as typeof globalThis.Response],
])("%s", (_, Response) => {
  const bodies: [what: string, make: () => BodyInit, type: string | undefined, content: Uint8Array][] = [
    ["ASCII text", () => "hello", "text/plain;charset=UTF-8", Buffer.from("hello")],
    ["text of other characters", () => "包子 é", "text/plain;charset=UTF-8", Buffer.from("包子 é")],
    ["empty text", () => "", "text/plain;charset=UTF-8", Buffer.alloc(0)],
    ["a Uint8Array", () => bytes, undefined, bytes],
    ["a part of a buffer", () => bytes.subarray(10, 20), undefined, bytes.subarray(10, 20)],
    ["an ArrayBuffer", () => bytes.slice().buffer, undefined, bytes],
    ["a DataView", () => new DataView(bytes.buffer, 3, 4), undefined, bytes.subarray(3, 7)],
    ["an empty Uint8Array", () => new Uint8Array(0), undefined, Buffer.alloc(0)],
    ["2 MB", () => Buffer.alloc(2_000_000, "x"), undefined, Buffer.alloc(2_000_000, "x")],
    ["a Blob", () => new Blob(["blob"], { type: "image/png" }), "image/png", Buffer.from("blob")],
    ["a stream", () => streamOf(bytes, bytes), undefined, Buffer.concat([bytes, bytes])],
    [
      "URLSearchParams",
      () => new URLSearchParams({ a: "b c" }),
      "application/x-www-form-urlencoded;charset=UTF-8",
      Buffer.from("a=b+c"),
    ],
  ];

  it.each(bodies)("sends %s", async (_, make, type, content) => {
    for (const response of await responses(() => new Response(make()))) {
      expect(response.status).toBe(200);
      expect(response.headers["content-type"]).toBe(type);
      expect(response.framing).toBe("length");
      expect(Buffer.compare(response.body, Buffer.from(content))).toBe(0);
    }
  });

  it("sends FormData, with the boundary that its type names", async () => {
    const form = new FormData();
    form.set("name", "Mantou");
    for (const response of await responses(() => new Response(form))) {
      const type = response.headers["content-type"] ?? "";
      expect(type).toMatch(/^multipart\/form-data; ?boundary=/);
      const read = await new globalThis.Response(Uint8Array.from(response.body), {
        headers: { "content-type": type },
      }).formData();
      expect(read.get("name")).toBe("Mantou");
    }
  });

  it("sends JSON", async () => {
    for (const response of await responses(() => Response.json({ a: [1] }, { status: 201 }))) {
      expect(response.status).toBe(201);
      expect(response.headers["content-type"]).toBe("application/json");
      expect(response.text).toBe('{"a":[1]}');
    }
  });

  it("sends no body", async () => {
    for (const response of await responses(() => new Response())) {
      expect(response.status).toBe(200);
      expect(response.headers["content-type"]).toBeUndefined();
      expect(response.headers["content-length"]).toBe("0");
    }
  });

  it.each([
    200, 201, 202, 206, 226, 300, 301, 400, 404, 418, 451, 500, 503, 599,
  ])("sends status %i", async (status) => {
    for (const response of await responses(() => new Response("x", { status }))) {
      expect(response.status).toBe(status);
      expect(response.text).toBe("x");
    }
  });

  it.each([204, 304])("sends status %i without a body or its length", async (status) => {
    for (const response of await responses(() => new Response(null, { status }))) {
      expect(response.status).toBe(status);
      expect(response.headers["content-length"]).toBeUndefined();
      expect(response.headers["transfer-encoding"]).toBeUndefined();
    }
  });

  it("sends status 205 as empty, whatever its Content-Length, and to HEAD no other length", async () => {
    for (const headers of [{}, { "content-length": "7" }]) {
      const make = () => new Response(null, { status: 205, headers });
      for (const response of await responses(make)) {
        expect(response.status).toBe(205);
        expect(response.headers["content-length"]).toBe("0");
      }
      for (const response of await responses(make, "HEAD /")) {
        expect(response.status).toBe(205);
        expect([undefined, "0"]).toContain(response.headers["content-length"]);
      }
    }
  });

  it("sends a redirect", async () => {
    for (const response of await responses(() => Response.redirect("https://example.com/x", 308))) {
      expect(response.status).toBe(308);
      expect(response.headers["location"]).toBe("https://example.com/x");
    }
  });

  it("sends the reason phrase, else the registered one", async () => {
    const [own] = await responses(() => new Response("", { status: 404, statusText: "No Bun Here" }));
    expect(own?.reason).toBe("No Bun Here");
    const [registered] = await responses(() => new Response("", { status: 404 }));
    expect(registered?.reason).toBe("Not Found");
  });

  it("sends headers: several cookies apart, the type as it was given, latin1", async () => {
    const headers = new Headers({ "content-type": "text/x", "x-latin": "caf\xe9" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
    for (const response of await responses(() => new Response("x", { headers }))) {
      expect(response.headers["content-type"]).toBe("text/x");
      expect(response.headers["x-latin"]).toBe("caf\xe9");
      expect(response.headers["set-cookie"]).toBe("a=1, b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
    }
  });

  it("has one Date, the application's if it gives one", async () => {
    for (const response of await responses(() => new Response("x"))) {
      expect(Math.abs(Date.parse(response.headers["date"] ?? "") - Date.now())).toBeLessThan(5_000);
    }
    const date = "Thu, 01 Jan 1970 00:00:00 GMT";
    for (const response of await responses(() => new Response("x", { headers: { date } }))) {
      expect(response.headers["date"]).toBe(date);
    }
  });

  it.each([
    "5",
    "3",
    "50",
    "99999999999999999999",
    "nonsense",
    "undefined",
    "NaN",
    "",
    "1.5",
    "-1",
    "+5",
    "5, 5",
    "0x5",
  ])("decides about the length of a body that is known: Content-Length: %s", async (length) => {
    const make = () => new Response(Buffer.from("hello"), { headers: { "content-length": length } });
    for (const response of await responses(make)) {
      expect(response).toMatchObject({ status: 200, text: "hello", headers: { "content-length": "5" } });
    }
    for (const response of await responses(make, "HEAD /")) {
      expect(response).toMatchObject({ status: 200, headers: { "content-length": "5" } });
    }
    const slow = startInternal({
      fetch: () => new Response(slowStream("hello"), { headers: { "content-length": length } }),
    });
    // What the application says counts only if it can be true.
    if (/^\d{1,15}$/.test(length)) return;
    expect(await ask(slow, "GET /")).toMatchObject({ status: 200, framing: "chunked", text: "hello" });
    expect((await ask(slow, "HEAD /")).headers["content-length"]).toBeUndefined();
  });

  it("decides about the transfer coding", async () => {
    const make = () => new Response("hello", { headers: { "transfer-encoding": "gzip, chunked" } });
    for (const response of await responses(make)) {
      expect(response.framing).toBe("length");
      expect(response.text).toBe("hello");
    }
  });

  it.each(["7", "0", "NaN", "", "1.5"])("has no body for a Content-Length of %j alone", async (length) => {
    const headers = { "content-length": length };
    for (const make of [() => new Response(null, { headers }), () => new Response("", { headers })]) {
      for (const response of await responses(make)) {
        expect(response).toMatchObject({ status: 200, text: "", headers: { "content-length": "0" } });
      }
      // RFC 9110 §8.6: HEAD says what GET would have, which is the handler's to know. Bun believes it, too. A route is sent to GET as well.
      const [handled, fixed] = await responses(make, "HEAD /");
      const said = handled!.headers["content-length"];
      if (length === "7") expect(said).toBe("7");
      else expect([undefined, "0"]).toContain(said);
      expect([undefined, "0"]).toContain(fixed!.headers["content-length"]);
    }
    for (const status of [204, 304]) {
      for (const response of await responses(() => new Response(null, { status, headers }))) {
        expect(response.status).toBe(status);
        if (status === 204 || !/^\d+$/.test(length))
          expect(response.headers["content-length"]).toBeUndefined();
      }
    }
  });

  it("gives a length without a body to HEAD, unless it is of a route for GET as well, and with 304", async () => {
    const make = (status: number) => () =>
      new Response(null, { status, headers: { "content-length": "1234" } });
    const heads = await responses(make(200), "HEAD /");
    expect(heads.map(({ headers }) => headers["content-length"])).toEqual(["1234", "0"]);
    for (const response of await responses(make(304)))
      expect(response.headers["content-length"]).toBe("1234");
  });

  it("sends to HEAD what it sends to GET, without the body", async () => {
    for (const make of [() => new Response("hello"), () => new Response(streamOf(bytes))]) {
      const [get, head] = [await responses(make), await responses(make, "HEAD /")];
      for (const [i, response] of head.entries()) {
        const { date: _ignored, ...expected } = get[i]!.headers;
        expect(response.headers).toMatchObject(expected);
        expect(response.body.length).toBe(0);
      }
    }
  });

  it("cannot send a response with a used body", async () => {
    const used = new Response("once");
    await used.text();
    const server = startInternal({
      fetch: () => used,
      error: (error) => new globalThis.Response(error.name),
    });
    expect((await ask(server, "GET /")).text).toBe("TypeError");
  });

  it("cannot send an error response", async () => {
    const server = startInternal({ fetch: () => Response.error() });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toBeInstanceOf(TypeError);
  });

  it("can be sent again from a static route, whole each time", async () => {
    const response = new Response("again");
    const server = startInternal({ routes: { "/a": response, "/b": response } });
    for (const path of ["/a", "/b", "/a"]) expect((await ask(server, `GET ${path}`)).text).toBe("again");
    expect(response.bodyUsed).toBe(false);
  });
});
