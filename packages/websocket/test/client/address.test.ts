import { describe, expect, it } from "vitest";
import { type Address, parseAddress } from "../../src/client/address.ts";

describe("parseAddress", () => {
  it.each<[string, Partial<Address>]>([
    ["ws://example.org", { href: "ws://example.org/", origin: "ws://example.org", secure: false, port: 80 }],
    ["wss://example.org/", { secure: true, port: 443, host: "example.org", hostField: "example.org" }],
    ["http://example.org/a", { href: "ws://example.org/a", secure: false, port: 80 }],
    ["https://example.org/a", { href: "wss://example.org/a", origin: "wss://example.org", port: 443 }],
    ["HTTPS://EXAMPLE.org:443/", { href: "wss://example.org/", port: 443, hostField: "example.org" }],
    ["ws://example.org:443/", { port: 443, hostField: "example.org:443" }],
    ["http://example.org:443/", { href: "ws://example.org:443/", port: 443 }],
    [
      "ws://example.org:8080/a%20b/ü?q=[é]&x=#".slice(0, -1),
      { target: "/a%20b/%C3%BC?q=[%C3%A9]&x=", port: 8080 },
    ],
    ["ws://[::1]:9/", { host: "::1", hostField: "[::1]:9", port: 9 }],
    ["ws://2130706433/", { host: "127.0.0.1" }],
    [" ws://exa\tmple.org/ ", { host: "example.org" }],
  ])("%s", (text, expected) => {
    expect(parseAddress(text)).toMatchObject({ unixPath: null, authorization: null, ...expected });
  });

  it.each([
    ["ws://user:pass@h/", "user:pass"],
    ["ws://user@h/", "user:"],
    ["ws://:pass@h/", ":pass"],
    ["ws://a%3Ab:%C3%A9%@h/", "a:b:é%"],
  ])("takes the credentials of %s", (text, credentials) => {
    const { authorization, hostField } = parseAddress(text);
    expect(authorization).toBe(`Basic ${Buffer.from(credentials).toString("base64")}`);
    expect(hostField).toBe("h");
  });

  it.each<[string, string, string, boolean]>([
    ["ws+unix:/tmp/a.sock", "/tmp/a.sock", "/", false],
    ["ws+unix:///tmp/a.sock:/path?q=1:2", "/tmp/a.sock", "/path?q=1:2", false],
    ["wss+unix:/tmp/a.sock:/p:q", "/tmp/a.sock", "/p:q", true],
    ["ws+unix:/tmp/a.sock?q", "/tmp/a.sock", "/?q", false],
    ["ws+unix:/tmp/with space/100%/%C3%A9%3A.sock:", "/tmp/with space/100%/é:.sock", "/", false],
    ["ws+unix:relative.sock:/a b", "relative.sock", "/a%20b", false],
    ["ws+unix:/a.sock://x/y", "/a.sock", "//x/y", false],
  ])("%s is the socket %s", (text, unixPath, target, secure) => {
    expect(parseAddress(text)).toMatchObject({
      unixPath,
      target,
      secure,
      origin: "null",
      hostField: "localhost",
      authorization: null,
    });
  });

  it.each([
    "",
    "/relative",
    "example.org",
    "ws:",
    "ws://",
    "ws://a b/",
    "ws://h:99999/",
    "ftp://example.org/",
    "about:blank",
    "ws://h/#",
    "ws://h/#x",
    "ws+unix:/a.sock:/#x",
    "ws+unix:",
    "ws+unix:://x",
    "ws+unix://host/a.sock",
    "unix:/a.sock",
  ])("%j is a SyntaxError", (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect(() => parseAddress(text)).toThrow(DOMException);
  });
});
