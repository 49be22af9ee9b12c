import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { describe, expect, it } from "vitest";
import { platform } from "../../src/fetch/platform.ts";
import * as mantou from "../../src/index.ts";
import { start } from "../support/servers.ts";
import { upstream } from "../support/upstream.ts";

describe("with the globals replaced", () => {
  const errors = captureErrors();

  it("the globals are ours", () => {
    expect([globalThis.Response, globalThis.Headers]).toEqual([mantou.Response, mantou.Headers]);
    expect(Request).not.toBe(platform.Request);
    expect(fetch).not.toBe(platform.fetch);
  });

  it("what the platform makes is an instance of the globals", async () => {
    const to = await upstream((_message, response) => void response.end("hi"));
    const response = await fetch(to);
    expect(response).toBeInstanceOf(Response);
    expect(response.headers).toBeInstanceOf(Headers);
    expect(response.clone()).toBeInstanceOf(Response);
    expect(new Request(to)).toBeInstanceOf(Request);
    expect(new Request(to).headers).toBeInstanceOf(Headers);
    expect(await response.text()).toBe("hi");
  });

  it("the members of a light request tell what they are called on (Web IDL)", async () => {
    const found: unknown[] = [];
    const server = start({
      async fetch(request) {
        const light = Object.getPrototypeOf(request) as object;
        for (const name of ["text", "json", "bytes", "arrayBuffer", "blob", "formData"]) {
          const read = Reflect.get(light, name, request) as (this: unknown) => Promise<unknown>;
          found.push(await read.call({}).catch((error: Error) => error.name));
        }
        for (const name of ["cache", "duplex", "mode", "referrer", "method", "headers"])
          expect(() => Reflect.get(light, name, {})).toThrow(TypeError);
        const { text } = light as { text(this: unknown): Promise<string> };
        found.push(await text.call(new platform.Request(request.url, { method: "POST", body: "x" })));
        found.push(Object.getOwnPropertyDescriptor(light, Symbol.toStringTag));
        return new Response();
      },
    });
    await (await fetch(server.url)).text();
    expect(found).toEqual([
      ...Array.from({ length: 6 }, () => "TypeError"),
      "x",
      { value: "Request", writable: false, enumerable: false, configurable: true },
    ]);
  });

  it("what the platform makes names them as its constructors", async () => {
    const to = await upstream((_message, response) => void response.end("hi"));
    const response = await fetch(to);
    expect(new Request(to).constructor).toBe(Request);
    expect(new Request(to).clone().constructor).toBe(Request);
    expect([response.constructor, response.headers.constructor]).toEqual([Response, Headers]);
    expect([new Response().constructor, new Headers().constructor]).toEqual([Response, Headers]);
    await response.text();
  });

  it("a request's body is produced in time as a response's is, without `duplex`", async () => {
    const to = await upstream((message, response) => void message.pipe(response));
    const send = async (body: unknown): Promise<string> => {
      const response = await fetch(to, { method: "POST", body: body as ReadableStream });
      return response.text();
    };
    const words = (): ReadableStream => ReadableStream.from(["buns", new Uint8Array([33])]);
    async function* generate(): AsyncGenerator<string> {
      yield "one";
      yield "two";
    }
    expect([await send(words()), await send(generate()), await send(generate)]).toEqual([
      "buns!",
      "onetwo",
      "onetwo",
    ]);
    const request = new Request(to, { method: "POST", body: words() });
    expect(await (await fetch(request)).text()).toBe("buns!");
    const locked = words();
    locked.getReader();
    await expect(send(locked)).rejects.toThrow("locked");
    expect(() => new Request(to, { method: "POST", body: locked })).toThrow("locked");
  });

  it("what is made of the globals is an instance of the platform's", () => {
    expect(new Response()).toBeInstanceOf(platform.Response);
    expect(new Headers()).toBeInstanceOf(platform.Headers);
    expect(new Request("http://a/")).toBeInstanceOf(platform.Request);
  });

  it("a library's subclasses work", async () => {
    class JSONResponse extends Response {
      constructor(data: unknown, init?: ResponseInit) {
        super(JSON.stringify(data), init);
        this.headers.set("content-type", "application/json");
      }
    }
    class TracedRequest extends Request {
      readonly trace: string;
      constructor(input: Request, trace: string) {
        super(input);
        this.trace = trace;
      }
    }
    const server = start({
      fetch: async (req) => {
        const traced = new TracedRequest(req, "t");
        return new JSONResponse({
          trace: traced.trace,
          text: await traced.text(),
          same: traced instanceof Request && traced instanceof TracedRequest,
        });
      },
    });
    const { headers, text } = await ask(server, "POST /", ["Content-Length: 1"], "x");
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(text)).toEqual({ trace: "t", text: "x", same: true });
    expect(new JSONResponse(1)).not.toBeInstanceOf(TracedRequest);
    expect(new Response()).not.toBeInstanceOf(JSONResponse);
  });

  it("fetch takes a received request, content and all, and takes it over", async () => {
    let received = "";
    const to = await upstream(async (message, response) => {
      for await (const chunk of message) received += String(chunk);
      response.end(`${message.method} ${message.headers["x-new"]}`);
    });
    let used: unknown;
    const server = start({
      async fetch(req) {
        const { port } = new URL(to);
        expect(new URL(req.url).port).toBe(port);
        req.headers.set("x-new", "1");
        const response = await fetch(req);
        used = [req.bodyUsed, await req.text().catch((error: Error) => error.name)];
        return response;
      },
    });
    // The request is for the other server: its Host is what makes its URL.
    const { port } = new URL(to);
    const response = await ask(server, `POST http://127.0.0.1:${port}/`, ["Content-Length: 5"], "hello");
    expect([response.text, received, used]).toEqual(["POST 1", "hello", [true, "TypeError"]]);
  });

  it("fetch rejects and does not throw", async () => {
    expect(await (fetch as () => Promise<Response>)().catch((error: Error) => error.name)).toBe("TypeError");
    expect(await fetch("nonsense").catch((error: Error) => error.name)).toBe("TypeError");
  });

  it("Request is the platform's in all other ways", () => {
    expect(Request.name).toBe("Request");
    expect(Request.length).toBe(platform.Request.length);
    expect(Request.prototype).toBe(platform.Request.prototype);
    expect(() => (Request as unknown as () => void)()).toThrow(TypeError);
    expect(() => new (Request as unknown as new () => Request)()).toThrow(TypeError);
  });

  it("responses of every make are sent", async () => {
    const made: Record<string, () => Response> = {
      global: () => new Response("x"),
      json: () => Response.json("x"),
      platform: () => new platform.Response("x"),
      index: () => new mantou.Response("x") as Response,
    };
    for (const [name, make] of Object.entries(made)) {
      const { status, text } = await ask(start({ fetch: make }), "GET /");
      expect([status, text.replaceAll('"', "")], name).toEqual([200, "x"]);
    }
  });

  it("an error's response is sent, too", async () => {
    const server = start({
      fetch: () => {
        throw new Error("no");
      },
    });
    expect((await ask(server, "GET /")).status).toBe(500);
    expect(errors.take()).toMatchObject({ message: "no" });
  });
});
