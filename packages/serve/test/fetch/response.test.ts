import { Buffer } from "node:buffer";
import { ask } from "@mantou/testing/raw-client";
import { describe, expect, it } from "vitest";
import { platform } from "../../src/fetch/platform.ts";
import { Response, responseParts } from "../../src/fetch/response.ts";
import { outcome, throws, untyped } from "../support/fetch-apis.ts";
import { start } from "../support/servers.ts";

const { Response: PlatformResponse } = platform;

// What the standard says of it is in conformance/fetch-response.test.ts and conformance/fetch-body*.test.ts.

describe("where ours differs from the platform's", () => {
  it("status 101 is allowed, as in Bun", () => {
    expect(new Response(null, { status: 101 }).status).toBe(101);
    expect(() => new PlatformResponse(null, { status: 101 })).toThrow(RangeError);
    expect(() => new Response("x", { status: 101 })).toThrow(TypeError);
  });

  it("a status may be a BigInt, as in Bun and in the platform's", () => {
    const status = untyped<number>(201n);
    expect(new Response("x", { status }).status).toBe(201);
    expect(Response.json({}, { status }).status).toBe(201);
    expect(new PlatformResponse("x", { status }).status).toBe(201);
    expect(Response.redirect("/", untyped<number>(303n)).status).toBe(303);
    expect(() => new Response("x", { status: untyped<number>(2n) })).toThrow(RangeError);
    expect(() => new Response("x", { status: untyped<number>(Symbol("200")) })).toThrow(TypeError);
  });

  it.each([204, 205, 304])("an empty text with status %i, which has no content, is none", async (status) => {
    const response = new Response("", { status });
    expect([response.status, response.body, response.headers.get("content-type")]).toEqual([
      status,
      null,
      null,
    ]);
    expect(await response.text()).toBe("");
    expect(() => new Response("x", { status })).toThrow(TypeError);
    expect(() => new Response(new Uint8Array(), { status })).toThrow(TypeError);
  });

  it("json takes a status alone, as Bun's", async () => {
    const response = Response.json({ error: "missing" }, 404);
    expect([response.status, await response.json()]).toEqual([404, { error: "missing" }]);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(() => Response.json({}, 600)).toThrow(RangeError);
    expect(() => Response.json({}, 204)).toThrow(TypeError);
    expect(() => new Response("x", untyped<null>(404))).toThrow(TypeError);
  });

  it("redirect takes a relative address, as Bun's", () => {
    expect(Response.redirect("/login?next=%2F").headers.get("location")).toBe("/login?next=%2F");
    expect(Response.redirect("").headers.get("location")).toBe("");
    expect(() => PlatformResponse.redirect("/login", 302)).toThrow(TypeError);
  });

  it("redirect takes an init, as Bun's", () => {
    const response = Response.redirect("/", {
      status: 303,
      statusText: "Go",
      headers: { "Set-Cookie": "a=1" },
    });
    expect([response.status, response.statusText, ...response.headers]).toEqual([
      303,
      "Go",
      ["location", "/"],
      ["set-cookie", "a=1"],
    ]);
    expect(Response.redirect("/", {}).status).toBe(302);
    expect(() => Response.redirect("/", { status: 200 })).toThrow(RangeError);
  });

  it("the headers of a redirect can be changed, as Bun's", () => {
    const response = Response.redirect("/");
    response.headers.append("set-cookie", "a=1");
    expect(response.headers.getSetCookie()).toEqual(["a=1"]);
    expect(() => PlatformResponse.redirect("http://a.example/", 302).headers.append("a", "1")).toThrow(
      TypeError,
    );
  });

  it("redirect refuses a missing address", () => {
    for (const url of [undefined, null]) {
      expect(() => Response.redirect(untyped<string>(url))).toThrow("Response.redirect() needs a URL");
    }
    expect(() => (Response.redirect as () => unknown)()).toThrow(TypeError);
  });

  it("redirect refuses what no header can carry", () => {
    expect(() => Response.redirect("/a\r\nSet-Cookie: b")).toThrow(TypeError);
  });

  it.each([
    ["/größe", "/gr%C3%B6%C3%9Fe"],
    ["/search?q=žluť#日", "/search?q=%C5%BElu%C5%A5#%E6%97%A5"],
    ["../\u{1f600}\ud800%20 x", "../%F0%9F%98%80%EF%BF%BD%20 x"],
    ["/plain?a=%C5%BE&b='c'|", "/plain?a=%C5%BE&b='c'|"],
  ])("redirect writes the relative address %j in ASCII, to the page that an absolute one leads to", (address, location) => {
    expect(Response.redirect(address).headers.get("location")).toBe(location);
    const base = "http://a.example/b/";
    expect(new URL(location, base).href).toBe(new URL(address, base).href);
  });

  it("a body may be an async iterable of text and bytes, as in Bun", async () => {
    async function* pieces(): AsyncGenerator<string | Uint8Array> {
      yield "a";
      yield Buffer.from("b");
    }
    expect(await new Response(pieces()).text()).toBe("ab");
    expect(new Response(pieces()).headers.get("content-type")).toBeNull();
  });

  it("a body may be an async generator function, as in Bun", async () => {
    const response = new Response(async function* () {
      yield "a";
      yield "b";
    });
    expect(await response.text()).toBe("ab");
  });

  it("bytes is there on every Node.js", async () => {
    const bytes = await new Response("abc").bytes();
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect([...bytes]).toEqual([97, 98, 99]);
    expect(bytes.buffer.byteLength).toBe(3);
  });

  it("the type of its Blob is that of its own headers, whatever a subclass shows", async () => {
    class Mine extends Response {}
    Object.defineProperty(Mine.prototype, "headers", { value: new Headers() });
    const blob = await new Mine("x", { headers: { "Content-Type": "a/b" } }).blob();
    expect([blob.type, (await new Mine("x").blob()).type]).toEqual(["a/b", "text/plain;charset=utf-8"]);
  });

  it("its readers are for the platform's, too; the platform's are not for ours", async () => {
    const text = untyped<(this: unknown) => Promise<string>>(Response.prototype.text);
    expect(await text.call(new PlatformResponse("x"))).toBe("x");
    expect(await outcome(() => PlatformResponse.prototype.text.call(new Response("x")))).toEqual(
      throws("TypeError"),
    );
  });
});

/** Node.js's types leave it to the browser's. */
interface WASM {
  compileStreaming(response: unknown): Promise<unknown>;
  Module: new () => unknown;
}

describe("the platform takes ours", () => {
  it("as an init", () => {
    const response = new PlatformResponse(
      "x",
      untyped<globalThis.ResponseInit>(new Response("y", { status: 201, headers: { a: "1" } })),
    );
    expect([response.status, response.headers.get("a")]).toEqual([201, "1"]);
  });

  it("its body as a body", async () => {
    expect(await new PlatformResponse(new Response("x").body as ReadableStream).text()).toBe("x");
  });

  it("for WebAssembly's streaming functions", async () => {
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const response = new Response(empty, { headers: { "content-type": "application/wasm" } });
    const wasm = untyped<{ WebAssembly: WASM }>(globalThis).WebAssembly;
    expect(await wasm.compileStreaming(response)).toBeInstanceOf(wasm.Module);
  });
});

describe("parts", () => {
  it("are of ours only", () => {
    expect(responseParts(new PlatformResponse("x"))).toBeNull();
    expect(responseParts(null)).toBeNull();
    expect(responseParts({})).toBeNull();
  });

  it("make no headers where none were asked for", () => {
    const response = new Response("x", { status: 404, statusText: "No" });
    expect(responseParts(response)).toMatchObject({
      status: 404,
      statusText: "No",
      headers: null,
      impliedType: "text/plain;charset=UTF-8",
    });
    expect(responseParts(Response.json(1))).toMatchObject({
      headers: null,
      impliedType: "application/json",
    });
    response.headers.set("a", "1");
    expect([...responseParts(response)!.headers!]).toEqual([
      ["a", "1"],
      ["content-type", "text/plain;charset=UTF-8"],
    ]);
  });

  it("are a subclass's too", () => {
    class Mine extends Response {}
    expect(responseParts(new Mine("x"))).not.toBeNull();
  });
});

describe("a stream of text", () => {
  it("is sent as Bun sends it, from static routes too", async () => {
    const stream = (): ReadableStream =>
      new ReadableStream({
        start(controller) {
          controller.enqueue("te");
          controller.enqueue("xt");
          controller.close();
        },
      });
    const server = start({
      routes: { "/ours": new Response(stream()), "/platform": new PlatformResponse(stream()) },
      fetch: () => new Response(stream()),
    });
    for (const path of ["/ours", "/platform", "/ours", "/other"])
      expect((await ask(server, `GET ${path}`)).text).toBe("text");
  });
});
