import { describe, expect, it } from "vitest";
import { expectAccepted, expectRejected } from "../support/check.ts";
import { Harness, pending, request } from "../support/harness.ts";

const OK = { status: 200 };
const EXPECT = "Expect: 100-continue\r\nContent-Length: 2\r\n";

/** The head that a connection reports for the bytes of one. */
function pendingHead(text: string): Harness["head"] {
  const server = new Harness();
  server.receive(text);
  return server.head;
}

describe("§7.8 Upgrade", () => {
  const offer = "Connection: upgrade\r\nUpgrade: h2c, x/1\r\n";

  it("a server MAY ignore it", () => {
    const server = pending({ fields: offer });
    server.connection.respond(OK, null);
    expect(server.connection.responseState).toBe("done");
  });

  it("a server MUST ignore it in an HTTP/1.0 request", () => {
    expect(pending({ minor: 0, fields: offer }).head!.upgrade).toBe(null);
  });

  it("a server MUST NOT switch to a protocol that was not offered", () => {
    const fields = ["Connection", "upgrade", "Upgrade", "x/2"];
    expect(() => pending().connection.upgrade(fields)).toThrow();
    expect(() => pending({ fields: offer }).connection.upgrade(fields)).toThrow();
  });

  it("§7.8 a server that sends 101 MUST send Upgrade with the protocol", () => {
    const server = pending({ fields: offer });
    for (const fields of [[], ["Connection", "upgrade"], ["Upgrade", "x/1"]]) {
      expect(() => server.connection.upgrade(fields)).toThrow();
    }
    expect(server.written()).toBe("");
  });

  it("§7.8 a server that sends Upgrade MUST send it as a connection option too", () => {
    const server = pending();
    server.connection.respond({ status: 426, fields: ["Upgrade", "x/1"] }, null);
    expect(server.written()).toContain("\r\nConnection: upgrade\r\n");
  });

  it("§7.8 protocol names SHOULD be compared without case", () => {
    const server = pending({ fields: "Connection: upgrade\r\nUpgrade: WebSocket\r\n" });
    server.connection.upgrade(["Connection", "upgrade", "Upgrade", "websocket"]);
    expect(server.connection.responseState).toBe("upgraded");
  });

  it("a 101 response ends with its head, and the other protocol follows", () => {
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

  it("in a response to HEAD it MUST be that of the response to GET", () => {
    const written = ["HEAD", "GET"].map((method) => {
      const server = pending({ method });
      server.connection.respond(OK, "content");
      return server.written().split("\r\n\r\n")[0];
    });
    expect(written[0]).toBe(written[1]);
  });
});

describe("§8.6 Content-Length, in particular", () => {
  it("in a 304 it MUST be that of the 200, which only the application knows", () => {
    for (const [fields, expected] of [
      [[], 0],
      [["Content-Length", "7"], 1],
    ] as const) {
      const server = pending();
      server.connection.respond({ status: 304, fields }, null);
      expect(server.written().split("Content-Length: 7\r\n").length - 1).toBe(expected);
    }
    expect(() => pending().connection.respond({ status: 304 }, "content")).toThrow();
  });

  it("a recipient MUST anticipate large numerals and prevent overflow and loss of precision", () => {
    const length = (value: string): string => request({ fields: `Content-Length: ${value}\r\n` });
    expect(pendingHead(length("9007199254740991"))).toMatchObject({ framing: "length", length: 2 ** 53 - 1 });
    for (const value of ["9007199254740992", "9007199254740993", "18446744073709551617", "9".repeat(1_000)]) {
      expectRejected(length(value), "BODY_TOO_LARGE");
    }
    expect(pendingHead(length("0".repeat(1_000).concat("1")))).toMatchObject({ length: 1 });
  });

  it("a list of equal values MAY be rejected: we do", () => {
    expectRejected(request({ fields: "Content-Length: 0, 0\r\n" }), "CONTENT_LENGTH_INVALID");
    expectRejected(request({ fields: "Content-Length: 0\r\n".repeat(2) }), "CONTENT_LENGTH_DUPLICATE");
  });

  it("content that is not as long as declared cannot be sent", () => {
    expect(() =>
      pending().connection.respond({ status: 200, fields: ["Content-Length", "1"] }, "ab"),
    ).toThrow();
    const server = pending();
    server.connection.start(OK, 2);
    expect(() => server.connection.write("abc")).toThrow();
    server.connection.write("a");
    expect(() => server.connection.end()).toThrow();
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
  it("another expectation than 100-continue MAY be refused with 417", () => {
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

  it("a server MAY omit 100 if it has received some of the content, or if the request has none", () => {
    const server = pending({ fields: EXPECT });
    server.receive("h");
    server.connection.sendContinue();
    expect(server.written()).toBe("");
    expect(pending({ fields: "Expect: 100-continue\r\n" }).head!.expectsContinue).toBe(false);
  });

  it("a server that sends 100 MUST send a final response too", () => {
    const server = pending({ fields: EXPECT });
    server.connection.sendContinue();
    expect(server.connection.responseState).toBe("pending");
    server.connection.respond(OK, null);
    expect(server.written()).toContain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  it("a server MUST respond at once or send 100, and MUST NOT wait for the content", () => {
    const server = pending({ fields: EXPECT });
    expect(server.connection.waitingFor).toBe("response");
    server.connection.sendContinue();
    expect([server.written(), server.connection.waitingFor]).toEqual([
      "HTTP/1.1 100 Continue\r\n\r\n",
      "content",
    ]);
  });

  it("a server that responds without reading SHOULD tell whether it closes the connection", () => {
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

  it("§15.3.6 nor declare any to HEAD, whose response would have the length that GET's has (§8.6)", () => {
    for (const method of ["GET", "HEAD"]) {
      const respond = (length: string) => {
        const server = pending({ method });
        server.connection.respond({ status: 205, fields: ["Content-Length", length] }, null);
        return server.written();
      };
      expect(() => respond("7"), method).toThrow("no content");
      expect(respond("0"), method).toContain("Content-Length: 0\r\n");
    }
  });
});
