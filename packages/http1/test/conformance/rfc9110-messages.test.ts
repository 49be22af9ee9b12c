import { describe, expect, it } from "vitest";
import { expectAccepted, expectRejected } from "../support/check.ts";
import { Harness, pending, request } from "../support/harness.ts";

const OK = { status: 200 };

describe("§2.5 Protocol Version", () => {
  it("a higher minor version is processed as the highest that is known", () => {
    expect(expectAccepted(request({ minor: 9 }))[0]!.head.minor).toBe(1);
  });

  it("a server responds in its own version, whatever the client's (§6.2)", () => {
    const server = pending({ minor: 0 });
    server.connection.respond(OK, null);
    expect(server.written()).toMatch(/^HTTP\/1\.1 200/);
  });

  it("a major version that is not supported is refused with 505 (§15.6.6)", () => {
    const server = new Harness();
    expect(() => server.receive("GET / HTTP/2.0\r\n\r\n")).toThrow(expect.objectContaining({ status: 505 }));
  });
});

describe("§3.3 Connections, Clients, and Servers", () => {
  it("§3.3 nothing of a request is carried over to the next one of the connection", () => {
    const same = "X: y\r\nExpect: 100-continue\r\nUpgrade: x\r\nConnection: upgrade\r\n";
    const texts = [
      request({ method: "POST", target: "/1", fields: `${same}Content-Length: 1\r\n` }),
      request({ method: "POST", target: "/2", fields: same }),
      request({ method: "GET", target: "/3", fields: same }),
      request({ method: "OPTIONS", target: "*", fields: "Connection: upgrade\r\n" }),
      request({ method: "GET", target: "/5" }),
      request({ method: "GET", target: "/6", minor: 0, fields: same }),
    ].map((text, i) => (i === 0 ? `${text}x` : text));
    const together = expectAccepted(texts.join(""));
    expect(together).toEqual(texts.flatMap((text) => expectAccepted(text)));
    expect(together.map(({ head }) => [head.expectsContinue, head.upgrade])).toEqual([
      [true, "x"],
      [false, "x"],
      [false, "x"],
      [false, null],
      [false, null],
      [false, null],
    ]);
  });
});

describe("§4.2 HTTP-Related URI Schemes", () => {
  it("§4.2.1 an http URI with an empty host MUST be rejected", () => {
    expectRejected(request({ target: "http:///path" }), "TARGET_INVALID");
    expectRejected(request({ target: "http://:80/path" }), "TARGET_INVALID");
  });

  it("§4.2.4 userinfo SHOULD be treated as an error", () => {
    expectRejected(request({ target: "http://user:password@a/" }), "TARGET_INVALID");
  });
});

describe("§5 Fields", () => {
  it("§5.1 field names are case-insensitive", () => {
    const server = pending({ fields: "X-a: 1\r\n" });
    expect(server.head!.fields.get("x-A")).toBe("1");
  });

  it("§5.3 a server MUST NOT apply a request before the entire header section: nothing is reported till then", () => {
    const text = request({ method: "POST", fields: "X: y\r\nContent-Length: 1\r\n" });
    const server = new Harness();
    for (const byte of text.slice(0, -1)) expect(server.receive(byte)).toEqual([]);
    expect(server.receive(text.slice(-1))).toEqual([["request", "/"]]);
  });

  it("§5.3 lines of the same name are combined in their order", () => {
    const server = pending({ fields: "A: 1\r\nB: x\r\na: 2\r\n" });
    expect(server.head!.fields.get("a")).toBe("1, 2");
  });

  it("§5.4 a header section that is larger than wanted MUST be refused with 4xx", () => {
    for (const text of ["X: y\r\n".repeat(200), `X: ${"y".repeat(33_000)}\r\n`]) {
      expect(() => new Harness().receive(request({ fields: text }))).toThrow(
        expect.objectContaining({ status: 431 }),
      );
    }
  });

  it("§5.5 whitespace around a value MUST be excluded before it is evaluated", () => {
    const text = "POST / HTTP/1.1\r\nHost:\t a\t\r\nContent-Length: \t2 \r\nConnection:\tclose \t\r\n\r\nhi";
    const { head } = expectAccepted(text)[0]!;
    expect(head).toMatchObject({ host: "a", length: 2, keepAlive: false });
  });

  it("§5.5 CR, LF and NUL in field values MUST be rejected or replaced: we reject", () => {
    for (const byte of ["\0", "\r"])
      expectRejected(request({ fields: `X: a${byte}b\r\n` }), "FIELD_VALUE_INVALID");
    expectRejected(request({ fields: "X: a\nb\r\n" }), "BARE_LF");
  });

  it("§5.6.1.2 a recipient MUST parse and ignore empty list elements", () => {
    expect(expectAccepted(request({ fields: "Connection: ,, close ,\r\n" }))[0]!.head.keepAlive).toBe(false);
    const chunked = request({ fields: `Transfer-Encoding: ,\t, chunked${" ,".repeat(10_000)}\r\n` });
    expect(new Harness().receive(`${chunked}0\r\n\r\n`)).toHaveLength(2);
  });

  it("§5.6.3 a recipient MUST parse bad whitespace and remove it", () => {
    const text = request({ method: "POST", fields: "Transfer-Encoding: chunked\r\n" });
    expectAccepted(`${text}1 \t; a\t = \t"b" ;c\r\nx\r\n0\r\n\r\n`);
  });

  it("§5.6.4 a quoted pair MUST be handled as the character behind the backslash", () => {
    const text = request({ method: "POST", fields: "Transfer-Encoding: chunked\r\n" });
    expectAccepted(`${text}1;a="\\";b\\\\"\r\nx\r\n0\r\n\r\n`);
    expectRejected(`${text}1;a="\\"\r\nx\r\n0\r\n\r\n`, "CHUNK_EXTENSION_INVALID");
  });
});

describe("§6 Message Abstraction", () => {
  it("§6.5.1 a sender MUST NOT generate trailer fields that are needed for framing or routing", () => {
    const server = pending();
    server.connection.start(OK);
    for (const name of ["Content-Length", "Transfer-Encoding", "Host"]) {
      expect(() => server.connection.end([name, "1"])).toThrow();
    }
    server.connection.end(["Digest", "1"]);
    expect(server.written()).toMatch(/0\r\nDigest: 1\r\n\r\n$/);
  });

  it("§6.5.1 a field that MUST NOT be sent as a trailer is refused as one", () => {
    const head = request({ method: "POST", fields: "Transfer-Encoding: chunked\r\n" });
    for (const name of [
      "Content-Length",
      "Host",
      "Cache-Control",
      "Authorization",
      "Set-Cookie",
      "Content-Type",
    ]) {
      expectRejected(`${head}0\r\n${name}: 1\r\n\r\n`, "TRAILER_FORBIDDEN");
    }
    expect(expectAccepted(`${head}0\r\nDigest: 1\r\n\r\n`)[0]!.trailers).toEqual(["Digest", "1"]);
  });

  it("§6.6.1 a server with a clock MUST send Date in 2xx, 3xx and 4xx", () => {
    for (const status of [200, 304, 404]) {
      const server = pending({}, { date: () => "Sun, 06 Nov 1994 08:49:37 GMT" });
      server.connection.respond({ status }, null);
      expect(server.written()).toContain("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    }
  });

  it("§6.6.1 a server without a clock MUST NOT send Date", () => {
    const server = pending();
    server.connection.respond(OK, null);
    expect(server.written()).not.toMatch(/date/i);
  });
});
