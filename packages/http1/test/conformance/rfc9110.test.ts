import { describe, expect, it } from "vitest";
import { expectAccepted, expectRejected } from "../support/check.ts";
import { Harness, pending, request } from "../support/harness.ts";

const OK = { status: 200 };
const EXPECT = "Expect: 100-continue\r\nContent-Length: 2\r\n";

describe("§2.5 Protocol Version", () => {
  it("a higher minor version is processed as the highest that is known", () => {
    expect(expectAccepted(request({ minor: 9 }))[0]!.head.minor).toBe(1);
  });

  it("a server answers in its own version, whatever the client's (§6.2)", () => {
    const server = pending({ minor: 0 });
    server.connection.respond(OK, null);
    expect(server.written()).toMatch(/^HTTP\/1\.1 200/);
  });

  it("a major version that is not supported is answered with 505 (§15.6.6)", () => {
    const server = new Harness();
    expect(() => server.receive("GET / HTTP/2.0\r\n\r\n")).toThrow(expect.objectContaining({ status: 505 }));
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

  it("§5.3 lines of the same name are combined in their order", () => {
    const server = pending({ fields: "A: 1\r\nB: x\r\na: 2\r\n" });
    expect(server.head!.fields.get("a")).toBe("1, 2");
  });

  it("§5.4 a header section that is larger than wanted MUST be answered with 4xx", () => {
    for (const text of ["X: y\r\n".repeat(200), `X: ${"y".repeat(33_000)}\r\n`]) {
      expect(() => new Harness().receive(request({ fields: text }))).toThrow(
        expect.objectContaining({ status: 431 }),
      );
    }
  });

  it("§5.5 CR, LF and NUL in field values MUST be rejected or replaced: we reject", () => {
    for (const byte of ["\0", "\r"])
      expectRejected(request({ fields: `X: a${byte}b\r\n` }), "FIELD_VALUE_INVALID");
    expectRejected(request({ fields: "X: a\nb\r\n" }), "BARE_LF");
  });

  it("§5.6.1.2 a recipient MUST parse and ignore empty list elements", () => {
    expect(expectAccepted(request({ fields: "Connection: ,, close ,\r\n" }))[0]!.head.keepAlive).toBe(false);
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
});

describe("§7.8 Upgrade", () => {
  const offer = "Connection: upgrade\r\nUpgrade: h2c, x/1\r\n";

  it("a server MAY ignore it", () => {
    const server = pending({ fields: offer });
    server.connection.respond(OK, null);
    expect(server.connection.serverState).toBe("done");
  });

  it("a server MUST ignore it in an HTTP/1.0 request", () => {
    expect(pending({ minor: 0, fields: offer }).head!.upgrade).toBe(null);
  });

  it("a server MUST NOT switch to a protocol that was not offered", () => {
    const fields = ["Connection", "upgrade", "Upgrade", "x/2"];
    expect(() => pending().connection.upgrade(fields)).toThrow();
    expect(() => pending({ fields: offer }).connection.upgrade(fields)).toThrow();
  });

  it("a 101 response ends with its head, and what follows is the other protocol", () => {
    const server = pending({ fields: offer });
    server.connection.upgrade(["Connection", "upgrade", "Upgrade", "x/1"]);
    expect(server.written()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n.*Upgrade: x\/1\r\n\r\n$/s);
    expect(server.receive("GET")).toEqual([]);
  });

  it("with Expect, 100 comes before 101", () => {
    const server = pending({ fields: offer + EXPECT });
    const accept = ["Connection", "upgrade", "Upgrade", "h2c"];
    expect(() => server.connection.upgrade(accept)).toThrow();
    server.connection.sendContinue();
    server.receive("hi");
    server.connection.upgrade(accept);
    expect(server.written()).toMatch(/^HTTP\/1\.1 100 .*HTTP\/1\.1 101 /s);
  });
});

describe("§8.6 Content-Length", () => {
  it("a server MUST NOT send it in 1xx and 204", () => {
    const server = pending();
    server.connection.inform({ status: 103, fields: ["Content-Length", "0"] });
    server.connection.respond({ status: 204, fields: ["Content-Length", "0"] }, null);
    expect(server.written()).not.toMatch(/content-length/i);
  });

  it("in an answer to HEAD it MUST be that of the answer to GET", () => {
    const written = ["HEAD", "GET"].map((method) => {
      const server = pending({ method });
      server.connection.respond(OK, "content");
      return server.written().split("\r\n\r\n")[0];
    });
    expect(written[0]).toBe(written[1]);
  });
});

describe("§9 Methods", () => {
  it("§9.1 any token is a method", () => {
    expect(expectAccepted(request({ method: "!#$%&'*+-.^_`|~aZ9" }))).toHaveLength(1);
  });

  it("§9.3.2 a server MUST NOT send content in a response to HEAD", () => {
    const server = pending({ method: "HEAD" });
    server.connection.start(OK, 3);
    server.connection.write("abc");
    server.connection.end();
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
  });

  it("§9.3.6 a server MUST reject a CONNECT that targets an empty or invalid port number", () => {
    for (const target of ["a", "a:", "a:0", "a:65536", "a:http"]) {
      expectRejected(request({ method: "CONNECT", target }), "TARGET_INVALID");
    }
  });

  it("§9.3.6 a server MUST NOT send Transfer-Encoding or Content-Length in a 2xx to CONNECT", () => {
    const server = pending({ method: "CONNECT", target: "a:1" });
    expect(() => server.connection.respond(OK, null)).toThrow();
    expect(server.written()).toBe("");
  });
});

describe("§10.1.1 Expect", () => {
  it("another expectation than 100-continue MAY be answered with 417", () => {
    const text = request({ fields: "Expect: 200-ok\r\nContent-Length: 1\r\n" });
    expect(() => new Harness().receive(text)).toThrow(expect.objectContaining({ status: 417 }));
  });

  it("is case-insensitive", () => {
    expect(pending({ fields: "Expect: 100-CONTINUE\r\nContent-Length: 1\r\n" }).head!.expectsContinue).toBe(
      true,
    );
  });

  it("in an HTTP/1.0 request MUST be ignored", () => {
    const server = pending({ minor: 0, fields: EXPECT });
    server.connection.sendContinue();
    expect([server.head!.expectsContinue, server.written()]).toEqual([false, ""]);
  });

  it("a server MAY omit 100 if it has received some of the content, or if there is none", () => {
    const server = pending({ fields: EXPECT });
    server.receive("h");
    server.connection.sendContinue();
    expect(server.written()).toBe("");
    expect(pending({ fields: "Expect: 100-continue\r\n" }).head!.expectsContinue).toBe(false);
  });

  it("a server that sends 100 MUST send a final response too", () => {
    const server = pending({ fields: EXPECT });
    server.connection.sendContinue();
    expect(server.connection.serverState).toBe("pending");
    server.connection.respond(OK, null);
    expect(server.written()).toContain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  it("a server that answers without reading SHOULD say whether it closes the connection", () => {
    const server = pending({ fields: EXPECT });
    server.connection.respond({ status: 413 }, null);
    expect(server.written()).toContain("Connection: close\r\n");
  });
});

describe("§15 Status Codes", () => {
  it("§15 a status code is from 100 to 599", () => {
    expect(() => pending().connection.respond({ status: 600 }, null)).toThrow();
  });

  it("§15.2 a server MUST NOT send 1xx to an HTTP/1.0 client", () => {
    const server = pending({ minor: 0, fields: EXPECT });
    server.connection.inform({ status: 100 });
    server.connection.inform({ status: 103 });
    expect(server.written()).toBe("");
  });

  it("§15.3.6 a server MUST NOT generate content in a 205", () => {
    expect(() => pending().connection.respond({ status: 205 }, "x")).toThrow();
    const server = pending();
    server.connection.start({ status: 205 });
    expect(() => server.connection.write("x")).toThrow();
  });
});
