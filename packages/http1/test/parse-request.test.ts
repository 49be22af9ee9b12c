import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { parseRequest } from "../src/parse-request.ts";
import { expectAccepted, expectRejected } from "./support/check.ts";

const parse = (text: string) => parseRequest(text, 0, text.length - 4, DEFAULT_LIMITS);

describe("parseRequest", () => {
  it("reads a head within a longer text", () => {
    const head = "PUT /a HTTP/1.0\r\nHost: h\r\nX:\r\n\r\n";
    const text = `GET / HTTP/1.1\r\n\r\n${head}more`;
    const start = text.indexOf("PUT");
    const parsed = parseRequest(text, start, start + head.length - 4, DEFAULT_LIMITS);
    expect(parsed).toMatchObject({
      type: "request",
      method: "PUT",
      target: "/a",
      minor: 0,
      host: "h",
      framing: "none",
      length: 0,
    });
    expect(parsed.fields.list).toEqual(["Host", "h", "X", ""]);
  });

  it("reads a head without fields", () => {
    const parsed = parse("GET / HTTP/1.0\r\n\r\n");
    expect(parsed.fields.list).toEqual([]);
    expect(parsed.host).toBe(null);
  });

  it.each(["0", "1", "2", "9"])("treats HTTP/1.%s as the version it knows", (digit) => {
    expect(parse(`GET / HTTP/1.${digit}\r\nHost: a\r\n\r\n`).minor).toBe(digit === "0" ? 0 : 1);
  });

  it("limits the number of fields", () => {
    const text = `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(2)}\r\n`;
    expectAccepted(text, { limits: { headFields: 3 } });
    expectRejected(text, "HEAD_TOO_MANY_FIELDS", { limits: { headFields: 2 } });
    expectRejected(text, "HEAD_TOO_MANY_FIELDS", { limits: { headFields: 0 } });
    expectAccepted("GET / HTTP/1.0\r\n\r\n", { limits: { headFields: 1 } });
  });
});

describe("request lines", () => {
  const cases: [string, ErrorCode][] = [
    [" / HTTP/1.1", "METHOD_INVALID"],
    [" GET / HTTP/1.1", "METHOD_INVALID"],
    ["GET\t/ HTTP/1.1", "METHOD_INVALID"],
    ["G(T / HTTP/1.1", "METHOD_INVALID"],
    ["GET:/ HTTP/1.1", "METHOD_INVALID"],
    ["G\rT / HTTP/1.1", "METHOD_INVALID"],
    ["GET", "REQUEST_LINE_INVALID"],
    ["GET ", "REQUEST_LINE_INVALID"],
    ["GET /", "REQUEST_LINE_INVALID"],
    ["GET  / HTTP/1.1", "REQUEST_LINE_INVALID"],
    ["GET  HTTP/1.1", "REQUEST_LINE_INVALID"],
    ["GET HTTP/1.1", "REQUEST_LINE_INVALID"],
    ["GET / HTTP/1.1 ", "REQUEST_LINE_INVALID"],
    ["GET / / HTTP/1.1", "REQUEST_LINE_INVALID"],
    ["GET /\t HTTP/1.1", "TARGET_INVALID"],
    ["GET /# HTTP/1.1", "TARGET_INVALID"],
    ["GET # HTTP/1.1", "TARGET_INVALID"],
    ["GET /\xe9 HTTP/1.1", "TARGET_INVALID"],
    ["GET \xe9", "TARGET_INVALID"],
    ["GET /\0 HTTP/1.1", "TARGET_INVALID"],
    ["GET /\r HTTP/1.1", "TARGET_INVALID"],
    ["GET / ", "VERSION_INVALID"],
    ["GET / HTTP", "VERSION_INVALID"],
    ["GET / HTTP/1", "VERSION_INVALID"],
    ["GET / HTTP/1.12", "VERSION_INVALID"],
    ["GET / http/1.1", "VERSION_INVALID"],
    ["GET / HTTP/1.x", "VERSION_INVALID"],
    ["GET / HTTP/1,1", "VERSION_INVALID"],
    ["GET / HTTP/1.1\r", "VERSION_INVALID"],
    ["GET / HTTP/1.1\0", "VERSION_INVALID"],
    ["GET / HTTP/2.0", "VERSION_UNSUPPORTED"],
    ["PRI * HTTP/2.0", "VERSION_UNSUPPORTED"],
    ["GET / HTTP/0.9", "VERSION_UNSUPPORTED"],
  ];
  it.each(cases)("%j: %s", (line, code) => {
    expectRejected(`${line}\r\nHost: a\r\n\r\n`, code);
  });
});

describe("targets", () => {
  const valid: [string, string][] = [
    ["GET", "/"],
    ["GET", "//"],
    ["GET", "/a?b=c&d#".slice(0, -1)],
    ["GET", '/"<>[]\\^`{|}~'],
    ["GET", "/*"],
    ["GET", "http://a"],
    ["GET", "http://a:80/b?c"],
    ["GET", "HTTPS://[::1]:1?q"],
    ["OPTIONS", "*"],
    ["OPTIONS", "/"],
    ["OPTIONS", "http://a"],
    ["CONNECT", "a:80"],
    ["CONNECT", "[::1]:65535"],
    ["CONNECT", "a:0080"],
    ["connect", "/"],
    ["BREW", "/pot"],
  ];
  it.each(valid)("%s %s", (method, target) => {
    const [message] = expectAccepted(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(message!.head).toMatchObject({ method, target });
  });

  const invalid: [string, string][] = [
    ["GET", "*"],
    ["GET", "a"],
    ["GET", "a:80"],
    ["GET", "?a"],
    ["GET", "urn:a"],
    ["GET", "http:/a"],
    ["GET", "http://"],
    ["GET", "http:///a"],
    ["GET", "http://:80/"],
    ["GET", "http://u@a/"],
    ["GET", "http://a b/".replace(" ", "\\")],
    ["GET", "1http://a/"],
    ["GET", "http://a:b/"],
    ["OPTIONS", "**"],
    ["options", "*"],
    ["CONNECT", "/"],
    ["CONNECT", "a"],
    ["CONNECT", "a:"],
    ["CONNECT", "a:0"],
    ["CONNECT", "a:65536"],
    ["CONNECT", "a:1e1"],
    ["CONNECT", ":80"],
    ["CONNECT", "http://a:80"],
    ["CONNECT", "u@a:80"],
    ["CONNECT", "*"],
  ];
  it.each(invalid)("%s %s is refused", (method, target) => {
    expectRejected(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`, "TARGET_INVALID");
  });
});

describe("field lines", () => {
  // A table of the same form as that of the request lines. The rows have nothing else in common.
  const cases: [string, ErrorCode][] = [
    ["A", "FIELD_COLON_MISSING"],
    ["a b", "FIELD_COLON_MISSING"],
    [":", "FIELD_NAME_INVALID"],
    [": b", "FIELD_NAME_INVALID"],
    ["a b: c", "FIELD_NAME_INVALID"],
    ["(: b", "FIELD_NAME_INVALID"],
    ["\xe9: b", "FIELD_NAME_INVALID"],
    ["a\0: b", "FIELD_NAME_INVALID"],
    ["a\r: b", "FIELD_NAME_INVALID"],
    ["a : b", "FIELD_NAME_SPACE"],
    ["a\t : b", "FIELD_NAME_SPACE"],
    ["a\x0b: b", "FIELD_NAME_INVALID"],
    [" a: b", "FIELD_FOLDED"],
    ["\ta", "FIELD_FOLDED"],
    [" ", "FIELD_FOLDED"],
    ["a: \0", "FIELD_VALUE_INVALID"],
    ["a: b\rc", "FIELD_VALUE_INVALID"],
    ["a: b\r", "FIELD_VALUE_INVALID"],
    ["a: \x7f", "FIELD_VALUE_INVALID"],
    ["a: \x1b[0m", "FIELD_VALUE_INVALID"],
  ];
  it.each(cases)("%j: %s", (line, code) => {
    expectRejected(`GET / HTTP/1.1\r\n${line}\r\nHost: a\r\n\r\n`, code);
    expectRejected(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`, code);
  });

  it("may contain every other byte in their values", () => {
    const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
    const value = `|${all.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, "")}|`;
    const [message] = expectAccepted(`GET / HTTP/1.1\r\nHost: a\r\nX: ${value}\r\n\r\n`);
    expect(message!.head.fields).toEqual(["Host", "a", "X", value]);
  });
});
