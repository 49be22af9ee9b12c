import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { UsageError } from "../src/errors.ts";
import { FieldBlock } from "../src/fields.ts";
import { ClientHarness, response } from "./support/client-harness.ts";

const HOST = ["Host", "a"];

/** Refused, nothing written, and the connection as good as before. */
function expectRefused(
  client: ClientHarness,
  act: () => void,
  error: ErrorConstructor | typeof UsageError = UsageError,
): void {
  expect(act).toThrow(error);
  expect(client.written()).toBe("");
  expect(client.connection.persistent).toBe(true);
  client.send();
  expect(client.written()).toBe("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

describe("a request is written", () => {
  it.each([
    ["GET", null, ""],
    ["POST", null, "Content-Length: 0\r\n"],
    ["DELETE", "", "Content-Length: 0\r\n"],
    ["PUT", "\u00e9", "Content-Length: 2\r\n"],
    ["PUT", Uint8Array.of(0x78), "Content-Length: 1\r\n"],
  ] as const)("%s with content %j", (method, content, framing) => {
    const client = new ClientHarness();
    client.connection.request({ method, target: "/", fields: HOST }, content);
    const body = typeof content === "string" ? Buffer.from(content).toString("latin1") : content ? "x" : "";
    expect(client.written()).toBe(`${method} / HTTP/1.1\r\nHost: a\r\n${framing}\r\n${body}`);
  });

  it("with prepared fields and a length that agrees", () => {
    const client = new ClientHarness();
    const fields = new FieldBlock([...HOST, "Content-Length", "2"]);
    client.connection.request({ method: "GET", target: "/?", fields }, "ab");
    expect(client.written()).toBe("GET /? HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  });

  it("in pieces, with a length or chunked with trailers", () => {
    const client = new ClientHarness().start(3);
    client.connection.write("a");
    client.connection.write("bc");
    client.connection.end(["T", "1"]);
    expect(client.written()).toBe("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    client.start(undefined, ["content-length", "1"]);
    client.connection.write("x");
    client.connection.end();
    expect(client.written()).toBe("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    client.start();
    client.connection.write("abc");
    client.connection.end(["T", "1"]);
    expect(client.written()).toBe(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
    );
  });
});

describe("a request is refused", () => {
  it.each([
    ["a method that is no token", "G T", "/", HOST],
    ["no method", "", "/", HOST],
    ["a line break in the method", "GET\r\n", "/", HOST],
    ["no target", "GET", "", HOST],
    ["a space in the target", "GET", "/ HTTP/1.1", HOST],
    ["a line break in the target", "GET", "/\r\nX: y", HOST],
    ["a fragment", "GET", "/#a", HOST],
    ["a character that is no byte", "GET", "/\u0100", HOST],
    ["a form of target that the method has not", "GET", "a:1", HOST],
    ["an origin-form for CONNECT", "CONNECT", "/", HOST],
    ["an asterisk for GET", "GET", "*", HOST],
    ["no Host", "GET", "/", []],
    ["two Hosts", "GET", "/", [...HOST, "host", "a"]],
    ["an invalid Host", "GET", "/", ["Host", "a b"]],
    ["a Host that is not the target's", "GET", "http://b/", HOST],
    ["a line break in a value", "GET", "/", [...HOST, "A", "b\r\nC: d"]],
    ["a lone LF in a value", "GET", "/", [...HOST, "A", "b\nC: d"]],
    ["NUL in a value", "GET", "/", [...HOST, "A", "\0"]],
    ["a name that is no token", "GET", "/", [...HOST, "A:", "b"]],
    ["a name without a value", "GET", "/", [...HOST, "A"]],
    ["Transfer-Encoding", "GET", "/", [...HOST, "Transfer-Encoding", "chunked"]],
    ["a doubtful Content-Length", "GET", "/", [...HOST, "Content-Length", "+0"]],
    ["a Content-Length that is wrong", "GET", "/", [...HOST, "Content-Length", "1"]],
    ["Upgrade alone", "GET", "/", [...HOST, "Upgrade", "x"]],
    ["TE alone", "GET", "/", [...HOST, "TE", "trailers"]],
    ["chunked in TE", "GET", "/", [...HOST, "Connection", "TE", "TE", "chunked"]],
    ["an expectation without content", "GET", "/", [...HOST, "Expect", "100-continue"]],
  ])("%s", (_name, method, target, fields) => {
    const client = new ClientHarness();
    expectRefused(client, () => client.connection.request({ method, target, fields }, null));
  });

  it.each(["TRACE", "CONNECT"])("content of %s", (method) => {
    const client = new ClientHarness();
    const request = { method, target: method === "CONNECT" ? "a:1" : "/", fields: HOST };
    expectRefused(client, () => client.connection.request(request, "x"));
    client.receive(response());
    expectRefused(client, () => client.connection.start(request));
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("a length of %d", (length) => {
    const client = new ClientHarness();
    expectRefused(client, () => client.start(length), RangeError);
  });

  it("a length that the fields deny", () => {
    const client = new ClientHarness();
    expectRefused(client, () => client.start(2, ["Content-Length", "3"]));
  });

  it("chunked for a server that spoke HTTP/1.0, though not a length", () => {
    const client = new ClientHarness().send();
    client.receive(response({ minor: 0, fields: "Connection: keep-alive\r\n" }));
    client.written();
    expectRefused(client, () => client.start());
    client.start(0);
  });

  it("within another one, with content that it must not have, or without a request", () => {
    const client = new ClientHarness();
    expect(() => client.connection.write("x")).toThrow(UsageError);
    expect(() => client.connection.end()).toThrow(UsageError);
    expect(() => client.connection.abandon()).toThrow(UsageError);
    client.start(1);
    client.written();
    expect(() => client.send()).toThrow(UsageError);
    expect(() => client.connection.write("xy")).toThrow(UsageError);
    expect(() => client.connection.end()).toThrow(UsageError);
    expect(client.written()).toBe("");
    client.connection.write("x");
    client.connection.end();
    expect(client.written()).toBe("x");
  });

  it("trailers that must not be", () => {
    const client = new ClientHarness().start();
    expect(() => client.connection.end(["Host", "a"])).toThrow(UsageError);
    client.connection.end();
    expect(client.written()).toMatch(/\r\n\r\n0\r\n\r\n$/);
  });
});
