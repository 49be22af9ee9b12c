import { describe, expect, it } from "vitest";
import { absoluteFormAuthority } from "../../src/grammar.ts";
import { expectAccepted, expectRejected } from "../support/check.ts";
import { chunked, Harness, pending, request, statusOf } from "../support/harness.ts";

const get = (target = "/", fields = ""): string => request({ target, fields });

describe("§2 Message", () => {
  it("§2.2 a recipient MUST parse a message as a sequence of octets in a superset of US-ASCII", () => {
    const [message] = expectAccepted(get("/", "X: \xe4\xb8\xad\xff\r\n"));
    expect(message!.head.fields).toContain("\xe4\xb8\xad\xff");
  });

  it("§2.2 a recipient MAY recognize a single LF as a line terminator: we do not", () => {
    expectRejected("GET / HTTP/1.1\nHost: a\r\n\r\n", "BARE_LF");
  });

  it("§2.2 a bare CR MUST be considered invalid within protocol elements other than content", () => {
    expectRejected("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "FIELD_VALUE_INVALID");
    expectRejected("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", "TARGET_INVALID");
    expectRejected(chunked("1\r1\r\n"), "CHUNK_SIZE_INVALID");
    expectAccepted(request({ method: "POST", fields: "Content-Length: 3\r\n" }).concat("\r\r\n"));
  });

  it("§2.2 a server SHOULD ignore at least one empty line received prior to the request line", () => {
    expectAccepted(`\r\n${get()}`);
    expectAccepted(`${get()}\r\n${get()}`);
  });

  it("§2.2 whitespace between the start line and the first field: the message MUST be rejected or the line ignored", () => {
    expectRejected("GET / HTTP/1.1\r\n Host: a\r\n\r\n", "FIELD_FOLDED");
    expectRejected("GET / HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n", "FIELD_FOLDED");
  });

  it("§2.2 bytes that are not an HTTP message SHOULD be refused with 400 and the connection closed", () => {
    const server = new Harness();
    expect(() => server.receive("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")).toThrow();
    server.connection.respond({ status: 400 }, null);
    expect(server.written()).toContain("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n");
    expect(server.connection.waitingFor).toBe("nothing");
  });

  it("§2.3 HTTP-version is case-sensitive", () => {
    expectRejected("GET / http/1.1\r\nHost: a\r\n\r\n", "VERSION_INVALID");
    expectRejected("GET / Http/1.1\r\nHost: a\r\n\r\n", "VERSION_INVALID");
  });
});

describe("§3 Request Line", () => {
  it("§3 method, target and version are separated by single spaces", () => {
    expectRejected("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "REQUEST_LINE_INVALID");
    expectRejected("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "METHOD_INVALID");
    expectRejected("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "REQUEST_LINE_INVALID");
  });

  it("§3 a request line longer than the server can parse MUST be refused with 414", () => {
    expect(statusOf(`GET /${"a".repeat(20_000)}`)).toBe(414);
  });

  it("§3 it is RECOMMENDED to support request lines of at least 8000 octets", () => {
    const server = new Harness();
    expect(server.receive(get(`/${"a".repeat(8_000)}`))).toHaveLength(2);
  });

  it("§3.1 the method is case-sensitive", () => {
    expect(expectAccepted(request({ method: "get" }))[0]!.head.method).toBe("get");
  });

  it("§3.2 no whitespace is allowed in the request target; an invalid request line SHOULD be refused with 400", () => {
    expect(statusOf("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")).toBe(400);
  });

  it("§3.2 a 1.1 request without Host MUST be refused with 400", () => {
    expectRejected("GET / HTTP/1.1\r\n\r\n", "HOST_MISSING");
    expect(statusOf("GET / HTTP/1.1\r\n\r\n")).toBe(400);
  });

  it("§3.2 any request with more than one Host field line MUST be refused with 400", () => {
    expect(statusOf("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")).toBe(400);
    expect(statusOf("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n")).toBe(400);
  });

  it("§3.2 any request with an invalid Host value MUST be refused with 400", () => {
    expect(statusOf("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n")).toBe(400);
    expect(statusOf("GET / HTTP/1.0\r\nHost: http://a\r\n\r\n")).toBe(400);
  });

  it("§3.2 a client sends an empty Host if the target has no authority", () => {
    expect(expectAccepted("GET / HTTP/1.1\r\nHost:\r\n\r\n")[0]!.head.host).toBe("");
  });

  it("§3.2.1 origin-form begins with a slash", () => {
    expectAccepted(get("/where?q=now"));
    expectRejected(get("where?q=now"), "TARGET_INVALID");
    expectRejected(get("?q=now"), "TARGET_INVALID");
  });

  it("§3.2.2 a server MUST accept the absolute-form in requests", () => {
    const [message] = expectAccepted(get("http://www.example.org/pub/WWW/TheProject.html"));
    expect(message!.head.target).toBe("http://www.example.org/pub/WWW/TheProject.html");
  });

  it("§3.2.2 an origin server MUST ignore Host if the target is in absolute-form, whatever the field's value", () => {
    const { head } = expectAccepted("GET http://a.example:80/ HTTP/1.1\r\nHost: b.example\r\n\r\n")[0]!;
    expect([absoluteFormAuthority(head.target), head.host]).toEqual(["a.example:80", "b.example"]);
  });

  it("§3.2.3 authority-form is only used for CONNECT", () => {
    expectAccepted(request({ method: "CONNECT", target: "www.example.com:80" }));
    expectRejected(get("www.example.com:80"), "TARGET_INVALID");
    expectRejected(request({ method: "CONNECT", target: "/" }), "TARGET_INVALID");
  });

  it("§3.2.4 asterisk-form is only used for a server-wide OPTIONS", () => {
    expectAccepted(request({ method: "OPTIONS", target: "*" }));
    expectRejected(get("*"), "TARGET_INVALID");
  });
});

describe("§4 Status Line", () => {
  it("§4 a server MUST send the space that separates the status code from the reason phrase even if that is absent", () => {
    const server = pending();
    server.connection.respond({ status: 299 }, null);
    expect(server.written()).toMatch(/^HTTP\/1\.1 299 \r\n/);
  });
});

describe("§5 Field Syntax", () => {
  it("§5 whitespace around a field value is not part of it", () => {
    expect(expectAccepted(get("/", "X:\t a \tb \t\r\n"))[0]!.head.fields).toContain("a \tb");
  });

  it("§5.1 whitespace between field name and colon MUST be refused with 400", () => {
    expectRejected(get("/", "X : y\r\n"), "FIELD_NAME_SPACE");
    expect(statusOf(get("/", "Content-Length : 5\r\n"))).toBe(400);
  });

  it("§5.2 obs-fold MUST be rejected or replaced: we reject it, with 400", () => {
    expectRejected(get("/", "X: a\r\n b\r\n"), "FIELD_FOLDED");
    expect(statusOf(get("/", "X: a\r\n\tb\r\n"))).toBe(400);
  });
});
