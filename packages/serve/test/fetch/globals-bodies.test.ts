import { describe, expect, it, vi } from "vitest";
import "../../src/index.ts";
import { start } from "../support/servers.ts";

const URL_OF_NONE = "http://a.example/";

type Init = RequestInit & { duplex?: string };

function post(init: object): Request {
  return new Request(URL_OF_NONE, { method: "POST", ...init } as Init);
}

describe("a stream as the body of a request", () => {
  it("is cancelled while a chunk of it is awaited", async () => {
    const cancel = vi.fn();
    const reader = post({ body: new ReadableStream({ cancel }) }).body!.getReader();
    const read = reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    await reader.cancel("why");
    expect(cancel).toHaveBeenCalledExactlyOnceWith("why");
    expect(await read).toEqual({ value: undefined, done: true });
  });

  it("is not locked before it is read, nor by a request that is refused", () => {
    const body = new ReadableStream({ start: (stream) => stream.enqueue("x") });
    expect(() => new Request(URL_OF_NONE, { body })).toThrow(TypeError);
    expect(() => post({ body, method: "a b" })).toThrow(TypeError);
    expect(() => post({ body, duplex: "full" })).toThrow(TypeError);
    expect(body.locked).toBe(false);
    const request = post({ body });
    expect([body.locked, request.bodyUsed]).toEqual([false, false]);
    void request.text().catch(() => {});
    expect(request.bodyUsed).toBe(true);
  });

  it("stays the body itself if its chunks can be bytes alone", async () => {
    const body = new ReadableStream({
      type: "bytes",
      start(stream) {
        stream.enqueue(new Uint8Array([1, 2, 3]));
        stream.close();
      },
    });
    const request = post({ body });
    expect(request.body).toBe(body);
    const reader = request.body!.getReader({ mode: "byob" });
    expect((await reader.read(new Uint8Array(2))).value).toEqual(new Uint8Array([1, 2]));
  });

  it("stands in an object of a class that has private state", async () => {
    class Call {
      #method = "POST";
      readonly body: ReadableStream = ReadableStream.from(["x"]);
      get method(): string {
        return this.#method;
      }
    }
    const request = new Request(URL_OF_NONE, new Call());
    expect([request.method, await request.text()]).toEqual(["POST", "x"]);
  });
});

describe("the body of a received request", () => {
  it("stays with it if a request that should be made of it is refused", async () => {
    const server = start({
      async fetch(request) {
        const inits = [{ method: "GET" }, { method: "a b" }, { headers: { "a b": "1" } }, { signal: 1 }];
        for (const init of inits) expect(() => new Request(request, init as RequestInit)).toThrow(TypeError);
        const used = request.bodyUsed;
        return Response.json([used, await new Request(request).text(), request.bodyUsed]);
      },
    });
    const response = await fetch(server.url, { method: "POST", body: "x" });
    expect(await response.json()).toEqual([false, "x", true]);
  });

  it("stays with it if a call of fetch is refused, and is used up by one that is not", async () => {
    const kitchen = start({ fetch: async (request) => new Response(await request.text()) });
    const server = start({
      async fetch(request) {
        const refusals = [{ method: "GET" }, { method: "a b" }, { headers: { "a b": "1" } }, { signal: 1 }];
        for (const init of refusals)
          await expect(fetch(request, init as RequestInit)).rejects.toThrow(TypeError);
        const used = request.bodyUsed;
        const fetched = fetch(new Request(kitchen.url, request));
        return Response.json([used, await (await fetched).text(), request.bodyUsed]);
      },
    });
    const response = await fetch(server.url, { method: "POST", body: "x" });
    expect(await response.json()).toEqual([false, "x", true]);
  });

  it("is used up by a request that is made of it, before that is read", async () => {
    const server = start({
      async fetch(request) {
        const made = new Request(request);
        const again = await request.text().catch((error: Error) => error.name);
        expect(() => new Request(request)).toThrow(TypeError);
        return Response.json([request.bodyUsed, made.bodyUsed, again, await made.text()]);
      },
    });
    const response = await fetch(server.url, { method: "POST", body: "x" });
    expect(await response.json()).toEqual([true, false, "TypeError", "x"]);
  });
});
