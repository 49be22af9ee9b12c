import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runChild } from "../support/child.ts";
import { upstream } from "../support/upstream.ts";

const kept = { Request, Response, Headers, fetch };
const made = {
  request: new Request("http://a/"),
  response: new Response("made before"),
  headers: new Headers({ a: "1" }),
};
class EarlyResponse extends Response {}
class EarlyRequest extends Request {}

/** Wraps the global `fetch` as Next.js and other tools do, with a copy of what it gets and of what it gives. */
function wrapFetch(seen: string[]): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (input instanceof Request) {
      const { url, method, headers, body, signal } = input;
      seen.push(`${method} ${new URL(url).pathname}`);
      input = new Request(url, { method, headers, body, signal, duplex: "half" } as RequestInit);
    } else seen.push(String(input));
    const { status, headers, url } = await original(input, init);
    const wrapped = new Response("wrapped", { status, headers });
    return Object.defineProperty(wrapped, "url", { value: url });
  };
}

const wrappedBefore: string[] = [];
wrapFetch(wrappedBefore);

const { uninstall } = await import("../../src/index.ts");
const { start } = await import("../support/servers.ts");
const errors = captureErrors();

beforeAll(() => expect(Response).not.toBe(kept.Response));
afterAll(() => {
  uninstall();
  globalThis.fetch = kept.fetch;
});

describe("what was made or kept before", () => {
  it("is an instance of the globals, and they make instances of what was kept", () => {
    class LateResponse extends Response {}
    class LateRequest extends Request {}
    expect(made.request).toBeInstanceOf(Request);
    expect(made.response).toBeInstanceOf(Response);
    expect(made.headers).toBeInstanceOf(Headers);
    expect(new EarlyResponse()).toBeInstanceOf(Response);
    expect(new EarlyRequest("http://a/")).toBeInstanceOf(Request);
    expect(new LateResponse()).toBeInstanceOf(kept.Response);
    expect(new LateRequest("http://a/")).toBeInstanceOf(kept.Request);
    expect(new Headers()).toBeInstanceOf(kept.Headers);
    expect(new LateResponse()).not.toBeInstanceOf(EarlyResponse);
  });

  it("is sent, by itself and as a subclass", async () => {
    const responses: Record<string, () => Response> = {
      "made before": () => made.response,
      "made by what was kept": () => new kept.Response("made by what was kept"),
      "an early subclass": () => new EarlyResponse("an early subclass"),
      "with our headers": () => new kept.Response("with our headers", { headers: new Headers({ x: "1" }) }),
      "as ours": () => new kept.Response("as ours", new Response(null, { status: 202 })),
    };
    for (const [text, make] of Object.entries(responses))
      expect(await ask(start({ fetch: make }), "GET /")).toMatchObject({ text });
  });

  it("takes what a received request has", async () => {
    let received = "";
    const to = await upstream(async (message, response) => {
      for await (const chunk of message) received += String(chunk);
      response.end(message.headers["x-a"]);
    });
    const server = start({
      async fetch(request) {
        expect(new kept.Request("http://a/", request).method).toBe("POST");
        expect(new kept.Headers(request.headers).get("x-a")).toBe("1");
        const { method, headers, body } = request;
        return kept.fetch(to, { method, headers, body, duplex: "half" } as RequestInit);
      },
    });
    const { text } = await ask(server, "POST /", ["Content-Length: 1", "X-A: 1"], "x");
    expect([text, received]).toEqual(["1", "x"]);
  });

  it("cannot take the received request itself: it is a TypeError, and the log says what to do", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const use of [kept.fetch, (request: Request) => new EarlyRequest(request)]) {
      const server = start({ fetch: async (request) => (await use(request)) as Response });
      expect((await ask(server, "GET /")).status).toBe(500);
      expect(errors.take()).toBeInstanceOf(TypeError);
      expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/kept.*node --import @mantou\/serve/)]);
      warn.mockClear();
    }
    warn.mockRestore();
  });
});

describe("a fetch that a tool wraps", () => {
  it("sees received requests as requests, wrapped before the import or after", async () => {
    const to = await upstream((_message, response) => void response.end("hi"));
    const server = start({ fetch: (request) => fetch(new Request(`${to}/path`, request)) });
    const bare = globalThis.fetch;
    const wrappedAfter: string[] = [];
    wrapFetch(wrappedAfter);
    wrappedBefore.length = 0;
    expect((await ask(server, "POST /", ["Content-Length: 1"], "x")).text).toBe("wrapped");
    expect([wrappedBefore, wrappedAfter]).toEqual([["POST /path"], ["POST /path"]]);
    globalThis.fetch = bare;
  });
});

describe("mocks in the place of the globals", () => {
  it("are read as the platform's responses", async () => {
    const Ours = Response;
    class Sub extends Ours {}
    class Mock {
      readonly status = 201;
      readonly headers = new Map([["x-mock", "1"]]);
      readonly body = null;
      get [Symbol.toStringTag](): string {
        return "Response";
      }
    }
    for (const [status, mock] of [
      [200, Sub],
      [200, kept.Response],
      [201, Mock],
    ] as const) {
      vi.stubGlobal("Response", mock);
      const server = start({ fetch: () => new Response(null) });
      expect((await ask(server, "GET /")).status).toBe(status);
      expect((await server.fetch("/")).status).toBe(status);
      vi.unstubAllGlobals();
    }
  });

  it("take nothing away from the server", async () => {
    const Ours = Response;
    const none = vi.fn();
    for (const name of ["Request", "Response", "Headers", "fetch"]) vi.stubGlobal(name, none);
    const server = start({ fetch: () => Ours.json({ a: 1 }) });
    const { text } = await ask(server, "GET /");
    const again = await server.fetch("/");
    vi.unstubAllGlobals();
    expect([text, await again.text()]).toEqual(['{"a":1}', '{"a":1}']);
    expect(none).not.toHaveBeenCalled();
  });
});

describe("Requests of other implementations", () => {
  it("are refused with a word of what to do", async () => {
    class Foreign {
      readonly url = "http://127.0.0.1/";
      get [Symbol.toStringTag](): string {
        return "Request";
      }
    }
    const foreign = new Foreign() as unknown as Request;
    await expect(fetch(foreign)).rejects.toThrow(/another implementation/);
    expect(() => new Request(foreign)).toThrow(/another implementation/);
  });
});

describe("a second copy of the package", () => {
  it("serves with the platform's requests, and reads the first one's responses", async () => {
    vi.resetModules();
    const second = await import("../../src/index.ts");
    expect(second.Response).not.toBe(Response);
    const server = second.serve({
      port: 0,
      hostname: "127.0.0.1",
      routes: {
        "/request": async (request) => {
          const copy = new Request(request, { headers: { a: "1" } });
          return new Response(`${request instanceof Request} ${copy.method} ${await copy.text()}`);
        },
        "/json": () => Response.json({ a: 1 }, { status: 201, headers: { "set-cookie": "a=1" } }),
        "/static": new Response("static"),
        "/stream": () => new Response(new Blob(["from a Blob"])),
        "/used": async () => {
          const response = new Response("x");
          await response.text();
          return response;
        },
        "/own": () => new second.Response("own"),
      },
      error: () => new Response("its error", { status: 500 }),
    });
    const got = async (line: string, fields: string[] = [], content = ""): Promise<unknown[]> => {
      const { status, text, headers } = await ask(server, line, fields, content);
      return [status, text, headers["set-cookie"] ?? headers["content-type"]];
    };
    expect([
      await got("POST /request", ["Content-Length: 1"], "x"),
      await got("GET /json"),
      await got("GET /static"),
      await got("GET /stream"),
      await got("GET /used"),
      await got("GET /own"),
    ]).toEqual([
      [200, "true POST x", "text/plain;charset=UTF-8"],
      [201, '{"a":1}', "a=1"],
      [200, "static", "text/plain;charset=UTF-8"],
      [200, "from a Blob", undefined],
      [500, "its error", "text/plain;charset=UTF-8"],
      [200, "own", "text/plain;charset=UTF-8"],
    ]);
    await server.stop(true);
  });
});

describe("a context of node:vm, as each test file of jest's has one", () => {
  it("has its own installation, and leaves the main context alone", async () => {
    const { code, stdout, stderr } = await runChild(
      `import vm from "node:vm";
      import { readFileSync } from "node:fs";
      import { uninstall } from "@mantou/serve/plain";
      uninstall();
      const dist = new URL("dist/", "file://" + process.cwd() + "/").href;
      const outer = { Request, Response, Headers, fetch, constructor: Response.prototype.constructor };

      function jestLike() {
        const context = vm.createContext();
        const inner = vm.runInContext("globalThis", context);
        for (const name of Object.getOwnPropertyNames(globalThis)) {
          if (name in inner || name === "global") continue;
          Object.defineProperty(inner, name, { ...Object.getOwnPropertyDescriptor(globalThis, name), configurable: true });
        }
        Object.assign(inner, { Uint8Array, ArrayBuffer, console });
        const modules = new Map();
        const load = (url) => {
          if (!modules.has(url)) modules.set(url, create(url));
          return modules.get(url);
        };
        async function create(url) {
          if (url.startsWith(dist)) {
            return new vm.SourceTextModule(readFileSync(new URL(url), "utf8"), {
              identifier: url,
              context,
              initializeImportMeta: (meta) => void (meta.url = url),
            });
          }
          const exported = await import(url);
          const names = Object.keys(exported);
          return new vm.SyntheticModule(names, function () {
            for (const name of names) this.setExport(name, exported[name]);
          }, { context });
        }
        return async (source) => {
          const module = new vm.SourceTextModule(source, { context });
          await module.link((specifier, { identifier }) =>
            load(specifier === "mantou" ? dist + "index.js" : specifier.startsWith(".") ? new URL(specifier, identifier).href : specifier));
          await module.evaluate();
        };
      }

      const test = \`
        import { serve, Response as Ours, uninstall } from "mantou";
        const server = serve({ port: 0, hostname: "127.0.0.1", development: false, fetch: async (request) => {
          if (request.url.endsWith("/next")) return fetch(new Request(new URL("/", request.url), request));
          return new Response(\\\`\\\${request.method} \\\${request instanceof Request} \\\${await request.text()}\\\`);
        } });
        const response = await fetch(server.url + "next", { method: "POST", body: "x" });
        console.log(Response === Ours, response instanceof Response, await response.text());
        await server.stop(true);
        if (globalThis.last) uninstall();
        console.log(Response === Ours);
      \`;
      await jestLike()(test);
      await jestLike()("globalThis.last = true;" + test.replaceAll("globalThis.last", "true"));
      console.log(Object.keys(outer).every((name) => name === "constructor" || globalThis[name] === outer[name]), Response.prototype.constructor === outer.constructor);`,
      { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" },
    );
    expect([code, stdout, stderr]).toEqual([
      0,
      "true true POST true x\ntrue\ntrue true POST true x\nfalse\ntrue true\n",
      "",
    ]);
  });
});
