import type { IncomingRequest } from "@mantou/http1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestURL, targetPath } from "../../src/fetch/request-url.ts";
import { runs } from "../support/runs.ts";

const AUTHORITY = "localhost:3000";

/** What of a head an URL is made of. */
function head(method: string, target: string, host: string | null): IncomingRequest {
  return { method, target, host } as IncomingRequest;
}

const url = (target: string, host: string | null = "a.example", secure = false): string =>
  requestURL(head("GET", target, host), secure, AUTHORITY);

describe("requestURL", () => {
  it.each([
    ["/", "a.example", "http://a.example/"],
    ["/a/b?c=d&e", "a.example:8080", "http://a.example:8080/a/b?c=d&e"],
    ["/", "a.example:80", "http://a.example/"],
    ["/", "a.example:443", "http://a.example:443/"],
    ["/", "A.Example", "http://a.example/"],
    ["/", "127.0.0.1:1", "http://127.0.0.1:1/"],
    ["/", "0x7f.1", "http://127.0.0.1/"],
    ["/", "[::1]:1", "http://[::1]:1/"],
    ["/a/../b/./c", "a", "http://a/b/c"],
    ["/a/%2e%2e/b", "a", "http://a/b"],
    ["/..", "a", "http://a/"],
    ["/.well-known/x", "a", "http://a/.well-known/x"],
    ["//b.example/c", "a.example", "http://a.example//b.example/c"],
    ["/\u00e9", "a", "http://a/%C3%A9"],
    ['/"<>`{}?"<>\'', "a", "http://a/%22%3C%3E%60%7B%7D?%22%3C%3E%27"],
    ["/a?b?c#d", "a", "http://a/a?b?c#d"],
    ["/?", "a", "http://a/?"],
  ])("%s at %s", (target, host, expected) => {
    expect(url(target, host)).toBe(expected);
  });

  it("leaves the default port of its own scheme out", () => {
    expect(url("/", "a:443", true)).toBe("https://a/");
    expect(url("/", "a:80", true)).toBe("https://a:80/");
  });

  it.each([null, "", "a:99999", "%"])("a Host of %j is stood in for by the listener's", (host) => {
    expect(url("/a?b", host)).toBe("http://localhost:3000/a?b");
  });

  it("an absolute target goes before Host (RFC 9112 §3.2.2)", () => {
    expect(url("http://B.example:80/a/../b?c", "a.example")).toBe("http://b.example/b?c");
    expect(url("https://b.example", "a.example")).toBe("https://b.example/");
  });

  it("an absolute target that is no URL is the listener's", () => {
    expect(url("http://b.example:99999/a", "a.example")).toBe("http://localhost:3000/a");
  });

  it("OPTIONS * is of the whole server", () => {
    expect(requestURL(head("OPTIONS", "*", "A.example:80"), false, AUTHORITY)).toBe("http://a.example/*");
    expect(requestURL(head("OPTIONS", "*", ""), false, AUTHORITY)).toBe("http://localhost:3000/*");
  });

  it("CONNECT names a host", () => {
    expect(requestURL(head("CONNECT", "B.example:443", "x"), false, AUTHORITY)).toBe("http://b.example:443/");
  });

  const characters = [..."/.%2eE5aZ09-_~!$&'()*+,;=:@?\"<>^`{|}[]\\#", "\u00e9", "/../", "%2E", "//"];
  const target = fc
    .array(fc.constantFrom(...characters), { maxLength: 12 })
    .map((list) => `/${list.join("")}`);
  const label = fc
    .array(fc.constantFrom(..."aZ09-x_", "xn--", "0x"), { maxLength: 4 })
    .map((list) => list.join(""));
  const port = fc.constantFrom("", ":", ":0", ":1", ":80", ":443", ":080", ":8080", ":65535", ":65536");
  const host = fc.oneof(
    fc
      .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), port)
      .map(([labels, end]) => labels.join(".") + end),
    fc.tuple(fc.ipV4(), port).map(([address, end]) => address + end),
    fc.tuple(fc.ipV6(), port).map(([address, end]) => `[${address}]${end}`),
  );

  it("is what the URL parser makes of scheme, Host and target, and the platform's Request agrees", () => {
    fc.assert(
      fc.property(host, target, fc.boolean(), (name, path, secure) => {
        const scheme = secure ? "https:" : "http:";
        const plain = name !== "" && URL.canParse(`${scheme}//${name}${path}`) ? name : AUTHORITY;
        const made = url(path, name, secure);
        expect(made).toBe(new URL(`${scheme}//${plain}${path}`).href);
        expect(new Request(made).url).toBe(made);
      }),
      runs(3000),
    );
  });
});

describe("targetPath", () => {
  it.each([
    ["/a/b", "/a/b"],
    ["/a/b?c/d?e", "/a/b"],
    ["/?", "/"],
    ["http://a.example/b?c", "/b"],
    ["http://a.example", "/"],
    ["http://a.example?c", "/"],
    ["*", "*"],
  ])("of %s is %s", (target, path) => {
    expect(targetPath(target)).toBe(path);
  });
});
