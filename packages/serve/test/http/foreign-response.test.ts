import { Readable } from "node:stream";
import zlib from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import * as undici from "undici";
import { describe, expect, it } from "vitest";
import { fromForeign } from "../../src/http/foreign-response.ts";
import { start } from "../support/servers.ts";
import { upstream } from "../support/upstream.ts";

const errors = captureErrors();

/**
 * As `node-fetch` 2 and 3 have it: content is a stream of Node.js, whatever the status; iterating over the headers joins the cookies, which
 * are apart in `raw()` alone.
 */
class NodeFetchResponse {
  readonly status: number = 201;
  readonly statusText = "Made";
  readonly url = "";
  readonly bodyUsed: boolean = false;
  readonly body = Readable.from([Buffer.from("no"), Buffer.from("de")]);
  readonly headers = {
    *[Symbol.iterator](): Generator<[string, string]> {
      yield ["Set-Cookie", "a=1, b=2"];
      yield ["X-A", "1"];
    },
    raw: () => ({ "Set-Cookie": ["a=1", "b=2"], "X-A": ["1"] }),
  };
  readonly [Symbol.toStringTag] = "Response";
}

const respond = (make: () => unknown) => start({ fetch: () => make() as Response });

describe("a response of another implementation", () => {
  it("of the undici package is sent", async () => {
    const headers = [
      ["x-a", "1"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ] as [string, string][];
    const server = respond(() => new undici.Response("text", { status: 202, headers }));
    const response = await ask(server, "GET /");
    expect(response).toMatchObject({ status: 202, text: "text" });
    expect(response.headers).toMatchObject({ "x-a": "1", "set-cookie": "a=1, b=2" });
    const empty = respond(() => new undici.Response(null, { status: 204 }));
    expect((await ask(empty, "GET /")).status).toBe(204);
  });

  it("of undici's fetch is sent as what it is, decoded", async () => {
    const to = await upstream((_, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip", "X-A": "1" }).end(zlib.gzipSync("zipped"));
    });
    const server = start({ fetch: () => undici.fetch(to) as unknown as Promise<Response> });
    const response = await ask(server, "GET /");
    expect(response.text).toBe("zipped");
    expect(response.headers).toMatchObject({ "x-a": "1" });
    expect(response.headers).not.toHaveProperty("content-encoding");
  });

  it("with any async iterable as its body is sent, with every cookie", async () => {
    const response = await ask(
      respond(() => new NodeFetchResponse()),
      "GET /",
    );
    expect(response).toMatchObject({ status: 201, text: "node" });
    expect(response.headers).toMatchObject({ "x-a": "1", "set-cookie": "a=1, b=2" });
    expect(fromForeign(new NodeFetchResponse())?.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it.each([
    204, 205, 304,
  ])("of node-fetch with status %i has no content, though it has a stream", async (code) => {
    class Empty extends NodeFetchResponse {
      override readonly status = code;
      override readonly body = Readable.from([]);
    }
    const response = await ask(
      respond(() => new Empty()),
      "GET /",
    );
    expect(response).toMatchObject({ status: code, text: "" });
    expect(response.headers).toMatchObject({ "x-a": "1", "set-cookie": "a=1, b=2" });
  });

  it("is what Server.fetch gives, too", async () => {
    const server = respond(() => new undici.Response("text", { status: 202 }));
    const response = await server.fetch("/");
    expect(response).toBeInstanceOf(Response);
    expect([response.status, await response.text()]).toEqual([202, "text"]);
  });

  it("that has been read, or cannot be sent, is an error", async () => {
    const used = new undici.Response("text");
    await used.text();
    const server = respond(() => used);
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toMatchObject({
      message: expect.stringContaining("already been used"),
      code: "ERR_BODY_ALREADY_USED",
    });
    class Unsendable extends NodeFetchResponse {
      override readonly status = 700;
    }
    expect(
      (
        await ask(
          respond(() => new Unsendable()),
          "GET /",
        )
      ).status,
    ).toBe(500);
    expect(String(errors.take())).toContain("700");
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a text", "Response"],
    ["an object", { status: 200, headers: new Headers(), body: null }],
    ["something of that name", { [Symbol.toStringTag]: "Response" }],
    ["one without headers", { status: 200, [Symbol.toStringTag]: "Response" }],
  ])("is not %s", (_, value) => {
    expect(fromForeign(value)).toBeNull();
  });
});
