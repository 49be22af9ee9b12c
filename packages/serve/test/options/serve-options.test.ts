import { tmpdir } from "node:os";
import { join } from "node:path";
import { cert, key } from "@mantou/testing/tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { resolveOptions } from "../../src/options/serve-options.ts";
import { serve } from "../../src/server/serve.ts";

const fetch = () => new Response();
type Given = ServeOptions<never, string>;
const resolve = (options: object) => resolveOptions({ fetch, ...options } as unknown as Given);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("options of the wrong type", () => {
  const cases: [name: string, ...values: unknown[]][] = [
    ["port", "x", "", "80x", "0x10", " 80", true, {}, [], 80n],
    ["hostname", "", 5, {}, true],
    ["unix", "", 5, {}],
    ["idleTimeout", "10", "", true, {}],
    ["maxRequestBodySize", "10", true, {}],
    ["development", "yes", 1, ""],
    ["id", 5, {}, true],
    ["tls", 5, "pem", true, { key }, { cert }, { key: [], cert: [] }, { key, cert: [] }],
    ["tls.key", { key: 5, cert }, { key: [5], cert }, { key: {}, cert }],
    ["tls.cert", { key, cert: 5 }, { key, cert: [null] }],
    ["tls.ca", { key, cert, ca: 5 }],
    ["tls.passphrase", { key, cert, passphrase: 5 }],
    ["fetch", 5, "x", {}],
    ["reusePort", 5, "yes"],
    ["ipv6Only", 5, "yes"],
    ["tls.crl", { key, cert, crl: 5 }],
    [
      "tls.serverName",
      { key, cert, serverName: 5 },
      { key, cert, serverName: "a b" },
      { key, cert, serverName: "." },
    ],
    ["tls.requestCert", { key, cert, requestCert: "yes" }],
    ["tls.rejectUnauthorized", { key, cert, rejectUnauthorized: 0 }],
    ["tls.lowMemoryMode", { key, cert, lowMemoryMode: 1 }],
    ["tls.secureOptions", { key, cert, secureOptions: 1.5 }],
    ["tls.dhParamsFile", { key, cert, dhParamsFile: 5 }],
    ["tls.ciphers", { key, cert, ciphers: 5 }],
    ["error", 5, "x", {}],
    ["routes", 5, "x"],
    ["websocket", 5, "x"],
    ["static", 5, "x"],
    ["http1", false],
    ["http2", true],
    ["http3", true],
    ["maxRequestBodysize", 5],
    ["constructor", 5],
  ];

  it.each(cases)("are a TypeError that names the option: %s", (name, ...values) => {
    for (const value of values) {
      const options = { port: 0, fetch, [name.split(".")[0]!]: value };
      expect(() => serve(options as unknown as ServeOptions)).toThrow(TypeError);
      expect(() => serve(options as unknown as ServeOptions)).toThrow(name);
    }
  });

  it.each<[string, ...unknown[]]>([
    ["port", 70_000, -1, 3.5, 65_536, Number.NaN, Number.POSITIVE_INFINITY, "70000", "-1", "3.5"],
    ["idleTimeout", -1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY],
    ["maxRequestBodySize", -1, 1.5, 2 ** 60, Number.NaN],
  ])("are a RangeError if they are numbers out of range: %s", (name, ...values) => {
    for (const value of values) {
      const serving = () => serve({ port: 0, fetch, [name]: value } as unknown as ServeOptions);
      expect(serving).toThrow(RangeError);
      expect(serving).toThrow(name);
    }
  });

  it("a port in the environment that is out of range, too", () => {
    vi.stubEnv("BUN_PORT", "70000");
    expect(() => resolve({})).toThrow(RangeError);
  });

  it("unix and hostname together are a TypeError, as in Bun", () => {
    const both = { unix: join(tmpdir(), "mantou-none"), hostname: "127.0.0.1", fetch };
    expect(() => serve(both as unknown as ServeOptions)).toThrow(TypeError);
    expect(() => serve(both as unknown as ServeOptions)).toThrow(/unix.*hostname/);
    expect(resolve({ unix: "/x", hostname: undefined }).bind.unix).toBe("/x");
    expect(resolve({ unix: null, hostname: "127.0.0.1" }).bind.unix).toBe(undefined);
  });

  it.each([{}, { "/": false }])("routes that lead nowhere, %o, need a fetch, as in Bun", async (routes) => {
    expect(() => serve({ port: 0, routes } as unknown as ServeOptions)).toThrow(TypeError);
    const server = serve({ port: 0, routes, fetch } as unknown as ServeOptions);
    await server.stop();
  });

  it("are a TypeError only where they are options: a class's instance may have other properties", async () => {
    class Application {
      port = 0;
      hostname = "127.0.0.1";
      router = {};
      fetch(): Response {
        return new Response("application");
      }
    }
    const server = serve(new Application());
    expect(await (await globalThis.fetch(server.url)).text()).toBe("application");
    await server.stop();
  });

  it("an array of routes is none: a framework's application may have one", async () => {
    const routes = [{ path: "/", method: "GET" }];
    const server = serve({ port: 0, routes, fetch } as unknown as ServeOptions);
    expect((await globalThis.fetch(new URL("/0", server.url))).status).toBe(200);
    await server.stop();
    expect(() => serve({ port: 0, routes } as unknown as ServeOptions)).toThrow(/fetch/);
  });

  it.each([undefined, null, 5, "x"])("%s instead of options is a TypeError", (options) => {
    expect(() => serve(options as unknown as ServeOptions)).toThrow(TypeError);
  });

  it("no handler at all is a TypeError", () => {
    expect(() => serve({} as unknown as ServeOptions)).toThrow(/fetch/);
  });

  it.each([
    ["key", { key: "key.pem", cert }, "tls.key"],
    ["cert", { key, cert: [cert, Buffer.from("cert.pem")] }, "tls.cert"],
    ["ca", { key, cert, ca: "" }, "tls.ca"],
    ["crl", { key, cert, crl: "crl.pem" }, "tls.crl"],
  ])("a path in place of PEM in tls.%s is a TypeError that says how a file is given", (_, tls, name) => {
    const message = `${name} must be PEM, whose first line is like "-----BEGIN CERTIFICATE-----"; a path is given as file("cert.pem")`;
    expect(() => serve({ port: 0, fetch, tls })).toThrow(new TypeError(message));
  });

  it("keep the server from listening", async () => {
    const taken = serve({ port: 0, fetch });
    const port = taken.port!;
    await taken.stop();
    expect(() => serve({ port, routes: { "/": 5 as unknown as Response } })).toThrow(TypeError);
    expect(() => serve({ port, fetch, tls: { key: "no PEM", cert } })).toThrow(Error);
    // It is free.
    const free = serve({ port, fetch });
    await free.stop();
  });
});

it("null is what is not given, as in Bun", async () => {
  const names = [
    "hostname",
    "idleTimeout",
    "maxRequestBodySize",
    "development",
    "id",
    "reusePort",
    "ipv6Only",
  ];
  const nulls = [...names, "routes", "static", "websocket", "error", "tls", "unix"].map((name) => [
    name,
    null,
  ]);
  const server = serve({ ...Object.fromEntries(nulls), port: 0, fetch: () => new Response("null") } as never);
  expect(await (await globalThis.fetch(server.url)).text()).toBe("null");
  await server.stop();
});

it("static is an older name of routes, which have the last word", async () => {
  const server = serve({
    port: 0,
    static: { "/a": new Response("a"), "/b": new Response("b") },
    routes: { "/b": new Response("routes") },
    http1: true,
    http2: false,
  } as ServeOptions);
  const get = async (path: string): Promise<string> =>
    (await globalThis.fetch(new URL(path, server.url))).text();
  expect([await get("/a"), await get("/b")]).toEqual(["a", "routes"]);
  await server.stop();
});

describe("defaults", () => {
  it("are the documented ones", () => {
    vi.stubEnv("NODE_ENV", "test");
    for (const name of ["BUN_PORT", "PORT", "NODE_PORT"]) vi.stubEnv(name, undefined);
    expect(resolve({})).toMatchObject({
      bind: { hostname: undefined, port: 3000, unix: undefined, reusePort: false, ipv6Only: false },
      idleTimeout: 10,
      maxRequestBodySize: 128 * 1024 * 1024,
      development: { hmr: true, console: false, workspace: true },
      id: "",
    });
  });

  it("take the port from BUN_PORT, PORT, NODE_PORT, in this order, unless it is given", () => {
    for (const name of ["BUN_PORT", "PORT", "NODE_PORT"]) vi.stubEnv(name, undefined);
    for (const [name, port] of [
      ["NODE_PORT", "4003"],
      ["PORT", "4002"],
      ["BUN_PORT", "4001"],
    ] as const) {
      vi.stubEnv(name, port);
      expect(resolve({}).bind.port).toBe(Number(port));
    }
    expect(resolve({ port: 5000 }).bind.port).toBe(5000);
    expect(resolve({ port: 0 }).bind.port).toBe(0);
    vi.stubEnv("BUN_PORT", "");
    expect(resolve({}).bind.port).toBe(4002);
    vi.stubEnv("BUN_PORT", "nonsense");
    expect(() => resolve({})).toThrow(/port/);
    expect(resolve({ unix: "/x.sock" }).bind.port).toBe(0);
  });

  it("are for production with NODE_ENV=production", () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(resolve({}).development).toBeNull();
    const byDefault = { hmr: true, console: false, workspace: true };
    expect(resolve({ development: true }).development).toEqual(byDefault);
    expect(resolve({ development: {} }).development).toEqual(byDefault);
    expect(resolve({ development: { hmr: false, console: true } }).development).toEqual({
      ...byDefault,
      hmr: false,
      console: true,
    });
    expect(() => resolve({ development: { hmr: 1 as never } })).toThrow(/development\.hmr/);
  });

  it("stand for undefined and for tls without key and cert", () => {
    expect(
      resolve({ idleTimeout: undefined, maxRequestBodySize: undefined, id: undefined, tls: {} }),
    ).toEqual(resolve({}));
    expect(resolve({ port: "8080" }).bind.port).toBe(8080);
  });
});
