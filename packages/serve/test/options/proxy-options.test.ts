import { describe, expect, it } from "vitest";
import type { ProxyOptions } from "../../src/api/proxy.ts";
import { resolveProxyProtocol, resolveTrustProxy } from "../../src/options/proxy-options.ts";

const trust = (value: unknown) => resolveTrustProxy(value as ProxyOptions["trustProxy"]);
const protocol = (value: unknown) => resolveProxyProtocol(value as ProxyOptions["proxyProtocol"]);

describe("trustProxy", () => {
  it.each([undefined, null, false, 0])("is off: %s", (value) => {
    expect(trust(value)).toBeNull();
  });

  it("is a number of proxies, addresses, or an object", () => {
    expect(trust(2)).toEqual({ from: 2, fields: null });
    expect(trust("10.0.0.1")?.fields).toBeNull();
    expect(trust(["10.0.0.0/8", "::1", "private"])?.fields).toBeNull();
    expect(trust({ from: 1, fields: "forwarded" })).toEqual({ from: 1, fields: "forwarded" });
    expect(trust({ from: ["loopback"], fields: "x-forwarded" })?.fields).toBe("x-forwarded");
    expect(trust([])).not.toBeNull();
  });

  it.each<[value: unknown, error: ErrorConstructor, text: RegExp]>([
    [true, TypeError, /^trustProxy must be the number of proxies/],
    ["", TypeError, /^trustProxy takes IP addresses.*not ""$/],
    ["example.com", TypeError, /^trustProxy .*"example.com"$/],
    ["10.0.0.1, 10.0.0.2", TypeError, /^trustProxy /],
    ["10.0.0.0/x", TypeError, /^trustProxy /],
    ["10.0.0.0/", TypeError, /^trustProxy /],
    ["10.0.0.0/08", TypeError, /^trustProxy /],
    ["fe80::1%eth0", TypeError, /^trustProxy /],
    ["10.0.0.0/33", RangeError, /^trustProxy: 10.0.0.0\/33 has more than 32 bits$/],
    ["::/129", RangeError, /^trustProxy: /],
    ["constructor", TypeError, /^trustProxy /],
    [[1], TypeError, /^trustProxy /],
    [[["10.0.0.1"]], TypeError, /^trustProxy /],
    [-1, RangeError, /^trustProxy /],
    [1.5, RangeError, /^trustProxy /],
    [256, RangeError, /^trustProxy /],
    [Number.NaN, RangeError, /^trustProxy /],
    [{}, TypeError, /^trustProxy.from /],
    [{ from: true }, TypeError, /^trustProxy.from /],
    [{ from: 1, fields: "x" }, TypeError, /^trustProxy.fields must be one of forwarded, x-forwarded$/],
    [{ from: 1, hops: 1 }, TypeError, /^trustProxy has no option "hops"/],
    [() => true, TypeError, /^trustProxy /],
  ])("is refused: %j", (value, error, text) => {
    expect(() => trust(value)).toThrow(error);
    expect(() => trust(value)).toThrow(text);
  });
});

describe("proxyProtocol", () => {
  it("is a boolean, or the peers that may connect", () => {
    for (const value of [undefined, null, false]) expect(protocol(value)).toBeNull();
    expect(protocol(true)).toEqual({ from: null });
    for (const value of ["10.0.0.0/8", ["unix", "::1"]]) expect(protocol(value)?.from).not.toBeNull();
  });

  it.each<[value: unknown, error: ErrorConstructor]>([
    [1, TypeError],
    ["x", TypeError],
    [["10.0.0.0/40"], RangeError],
    [{ from: "::1" }, TypeError],
    [[true], TypeError],
    [[], RangeError],
  ])("is refused: %j", (value, error) => {
    expect(() => protocol(value)).toThrow(error);
    expect(() => protocol(value)).toThrow(/^proxyProtocol/);
  });
});
