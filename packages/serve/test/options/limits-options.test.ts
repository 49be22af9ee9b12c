import { describe, expect, it } from "vitest";
import type { LimitOptions } from "../../src/api/limits.ts";
import { type ResolvedLimits, resolveLimits as resolve } from "../../src/options/limits-options.ts";
import { resolveWebSocketOptions } from "../../src/options/websocket-options.ts";

const resolveLimits = (given: LimitOptions): ResolvedLimits => resolve(given, 128 * 1024 * 1024);

describe("the limits of connections and requests", () => {
  it("are off, but for the least rate of a body and the time of a request", () => {
    expect(resolveLimits({})).toEqual({
      maxConnections: 0,
      maxConnectionsPerIP: 0,
      maxRequestsPerConnection: 0,
      headersTimeout: 0,
      requestTimeout: 300 + 16_384,
      isRequestTimeoutDefault: true,
      bodyRate: { bytes: 240, seconds: null },
    });
    expect(resolveLimits({ minBodyRate: 0 }).bodyRate).toBeNull();
    expect(resolveLimits({ minBodyRate: { bytes: 0, seconds: 5 } }).bodyRate).toBeNull();
  });

  it("are what is given", () => {
    expect(resolveLimits({ requestTimeout: 0 })).toMatchObject({
      requestTimeout: 0,
      isRequestTimeoutDefault: false,
    });
    expect(resolveLimits({ minBodyRate: 500 }).bodyRate).toEqual({ bytes: 500, seconds: 60 });
    expect(resolveLimits({ minBodyRate: { bytes: 240, seconds: 5 } }).bodyRate).toEqual({
      bytes: 240,
      seconds: 5,
    });
    expect(resolveLimits({ maxConnections: 10, headersTimeout: 5 })).toMatchObject({
      maxConnections: 10,
      headersTimeout: 5,
    });
  });

  const names = [
    "maxConnections",
    "maxConnectionsPerIP",
    "maxRequestsPerConnection",
    "headersTimeout",
    "requestTimeout",
    "minBodyRate",
  ] as const;
  it.each(names)("are refused if ill-typed, by name: %s", (name) => {
    for (const value of ["1", true, [], () => {}, 1n]) {
      expect(() => resolveLimits({ [name]: value } as LimitOptions)).toThrow(TypeError);
      expect(() => resolveLimits({ [name]: value } as LimitOptions)).toThrow(new RegExp(`^${name} `));
    }
    for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resolveLimits({ [name]: value })).toThrow(RangeError);
      expect(() => resolveLimits({ [name]: value })).toThrow(new RegExp(`^${name} `));
    }
  });

  it("are refused in parts, too", () => {
    for (const [value, error, text] of [
      [{ bytes: "1" }, TypeError, /^minBodyRate.bytes /],
      [{ bytes: 1, seconds: 0 }, RangeError, /^minBodyRate.seconds /],
      [{ bytes: 1, seconds: 4000 }, RangeError, /^minBodyRate.seconds /],
      [{ bytes: 1, grace: 5 }, TypeError, /^minBodyRate has no option "grace"/],
      [["a"], TypeError, /^minBodyRate /],
    ] as const) {
      expect(() => resolveLimits({ minBodyRate: value } as never)).toThrow(error);
      expect(() => resolveLimits({ minBodyRate: value } as never)).toThrow(text);
    }
    expect(() => resolveLimits({ headersTimeout: 3601 })).toThrow(RangeError);
    expect(() => resolveLimits({ requestTimeout: 86_401 })).toThrow(RangeError);
  });
});

describe("the limits of WebSockets", () => {
  it("are off by default", () => {
    expect(resolveWebSocketOptions({})).toMatchObject({ maxMessagesPerSecond: 0, origins: null });
  });

  it("have origins as browsers send them", () => {
    const origins = [
      "https://Example.com",
      "http://a:80",
      "http://b:8080/",
      "null",
      "chrome-extension://abc",
      "https://žluť.example",
    ];
    const given = origins.filter((each) => !each.endsWith("/"));
    expect([...resolveWebSocketOptions({ origins: given }).origins!]).toEqual([
      "https://example.com",
      "http://a",
      "null",
      "chrome-extension://abc",
      "https://xn--lu-dma76c.example".replace(
        "xn--lu-dma76c",
        new URL("https://žluť.example").hostname.split(".")[0]!,
      ),
    ]);
    expect(resolveWebSocketOptions({ origins: [] }).origins?.size).toBe(0);
  });

  it.each<[unknown]>([
    ["https://a"],
    [[1]],
    [["a.example"]],
    [["https://a/path"]],
    [["https://a/"]],
    [["https://a?b"]],
    [["https://u@a"]],
    [["*"]],
    [["https://*.example.com"]],
    [["https://a:*"]],
    [["chrome-extension://*"]],
    [["https://a, https://b"]],
    [[""]],
    [["https://a:99999"]],
    [new Set(["https://a"])],
  ])("are refused if they are none: %j", (origins) => {
    expect(() => resolveWebSocketOptions({ origins })).toThrow(TypeError);
    expect(() => resolveWebSocketOptions({ origins })).toThrow(/^websocket.origins /);
  });

  it("are refused by name if a number is none", () => {
    for (const [value, error] of [
      ["1", TypeError],
      [-1, RangeError],
      [0.5, RangeError],
    ] as const) {
      expect(() => resolveWebSocketOptions({ maxMessagesPerSecond: value })).toThrow(error);
      expect(() => resolveWebSocketOptions({ maxMessagesPerSecond: value })).toThrow(
        /^websocket.maxMessagesPerSecond /,
      );
    }
  });
});
