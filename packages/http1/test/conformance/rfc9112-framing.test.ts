import { describe, expect, it } from "vitest";
import { expectAccepted, expectRejected } from "../support/check.ts";
import { chunked, Harness, pending, request, statusOf } from "../support/harness.ts";
import { parseResponse } from "../support/response-parser.ts";

const OK = { status: 200 };
const get = (target = "/", fields = ""): string => request({ target, fields });

describe("§6 Message Body", () => {
  it("§6 a message body is signalled by Content-Length or Transfer-Encoding, whatever the method", () => {
    expect(expectAccepted(`${get("/", "Content-Length: 2\r\n")}hi`)[0]!.content.toString()).toBe("hi");
    expect(expectAccepted(request({ method: "POST" }))[0]!.content).toHaveLength(0);
  });

  it("§6.1 a coding that is not understood SHOULD be refused with 501", () => {
    expect(statusOf(request({ fields: "Transfer-Encoding: gzip, chunked\r\n" }))).toBe(501);
  });

  it("§6.1 a sender MUST NOT apply chunked more than once", () => {
    expect(statusOf(request({ fields: "Transfer-Encoding: chunked, chunked\r\n" }))).toBe(400);
  });

  it("§6.1 Transfer-Encoding in an HTTP/1.0 message MUST be treated as faulty framing", () => {
    expectRejected(
      request({ minor: 0, fields: "Transfer-Encoding: chunked\r\n" }),
      "TRANSFER_ENCODING_HTTP_1_0",
    );
  });

  it("§6.1 a server MUST NOT send Transfer-Encoding in 1xx and 204, nor to an HTTP/1.0 client", () => {
    const interim = pending();
    interim.connection.inform({ status: 103 });
    const empty = pending();
    empty.connection.start({ status: 204 });
    const old = pending({ minor: 0 });
    old.connection.start(OK);
    for (const server of [interim, empty, old]) expect(server.written()).not.toMatch(/transfer-encoding/i);
  });

  it("§6.2 a sender MUST NOT send Content-Length in a message with Transfer-Encoding", () => {
    const server = pending();
    server.connection.start(OK);
    server.connection.end();
    expect(server.written()).not.toMatch(/content-length/i);
  });

  it("§6.3 (1) responses to HEAD, 1xx, 204 and 304 end with their head", () => {
    for (const [method, status] of [
      ["HEAD", 200],
      ["GET", 204],
      ["GET", 304],
    ] as const) {
      const server = pending({ method });
      server.connection.start({ status });
      if (method === "HEAD") server.connection.write("x");
      else expect(() => server.connection.write("x")).toThrow(`A ${status} response has no content`);
      server.connection.end();
      expect(server.written()).toMatch(/\r\n\r\n$/);
    }
  });

  it("§6.3 (3) Transfer-Encoding with Content-Length ought to be handled as an error: 400", () => {
    expect(statusOf(request({ fields: "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" }))).toBe(400);
  });

  it("§6.3 (4) a request in which chunked is not the final coding MUST be refused with 400", () => {
    for (const coding of ["gzip", "identity", "chunked, gzip", "chunked;x", ""]) {
      expect(statusOf(request({ fields: `Transfer-Encoding: ${coding}\r\n` }))).toBe(400);
    }
  });

  it("§6.3 (5) an invalid Content-Length MUST be refused with 400", () => {
    for (const length of ["", "a", "-1", "+1", "1.5", "1 2", "1,2"]) {
      expect(statusOf(request({ fields: `Content-Length: ${length}\r\n` }))).toBe(400);
    }
    expect(statusOf(request({ fields: "Content-Length: 1\r\nContent-Length: 2\r\n" }))).toBe(400);
  });

  it("§6.3 (6) a connection that closes before the content is complete: the message MUST be considered incomplete", () => {
    expectRejected(`${request({ fields: "Content-Length: 3\r\n" })}ab`, "PREMATURE_END", { end: true });
    expectRejected(chunked("3\r\nab"), "PREMATURE_END", { end: true });
  });

  it("§6.3 (7) a request with neither has no content", () => {
    expect(new Harness().receive(request({ method: "POST" }))).toEqual([["request", "/"], ["end"]]);
  });

  it("§6.3 a server SHOULD delimit its responses by length or chunked whenever possible", () => {
    const framings = [
      (server: Harness) => server.connection.respond(OK, "abc"),
      (server: Harness) => server.connection.start(OK, 3),
      (server: Harness) => server.connection.start(OK),
    ].map((respond) => {
      const server = pending();
      respond(server);
      return /(?:Content-Length: 3|Transfer-Encoding: chunked)\r\n/.exec(server.written())?.[0].trim();
    });
    expect(framings).toEqual(["Content-Length: 3", "Content-Length: 3", "Transfer-Encoding: chunked"]);
  });

  it("§6.3 (8) a response with neither is delimited by the end of the connection", () => {
    const server = pending({ minor: 0 });
    server.connection.start(OK);
    server.connection.write("abc");
    server.connection.end();
    const response = parseResponse(server.written(), "GET");
    expect(response).toMatchObject({ framing: "until-close", content: "abc", keepAlive: false });
    expect(server.connection.waitingFor).toBe("nothing");
  });
});

describe("§7 Transfer Codings", () => {
  it("§7 coding names are case-insensitive", () => {
    expectAccepted(request({ fields: "Transfer-Encoding: ChUnKeD\r\n" }).concat("0\r\n\r\n"));
  });

  it("§7.1 a recipient MUST be able to parse and decode the chunked transfer coding", () => {
    expect(
      expectAccepted(
        chunked("4\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n"),
      )[0]!.content.toString(),
    ).toBe("Wikipedia in \r\n\r\nchunks.");
  });

  it("§7.1 parameters of chunked SHOULD be treated as an error", () => {
    expectRejected(request({ fields: "Transfer-Encoding: chunked;q=1\r\n" }), "TRANSFER_ENCODING_INVALID");
    expectRejected(request({ fields: "Transfer-Encoding: chunked ;\r\n" }), "TRANSFER_ENCODING_INVALID");
  });

  it("§7.1 a recipient MUST anticipate large hexadecimal numerals and prevent overflow", () => {
    for (const size of ["fffffffffffffffff", "8000000000000000", "10000000000000001", "0".repeat(50)]) {
      expectRejected(chunked(`${size}\r\n`), "CHUNK_SIZE_TOO_LARGE");
    }
  });

  it("§7.1.1 a recipient MUST ignore unrecognized chunk extensions", () => {
    expect(expectAccepted(chunked('1;foo="bar";baz\r\nx\r\n0;last\r\n\r\n'))[0]!.content.toString()).toBe(
      "x",
    );
  });

  it("§7.1.1 an invalid or incomplete chunk extension makes the size line invalid: 400; bad whitespace does not", () => {
    for (const extensions of [";", ";=a", ';a="x', ";a;;b", ";a=", " "]) {
      expect(statusOf(chunked(`1${extensions}\r\nx\r\n0\r\n\r\n`))).toBe(400);
    }
    expectAccepted(chunked('1 ; a = "b" ; c\r\nx\r\n0\r\n\r\n'));
  });

  it("§7.1.1 a server ought to limit the total length of chunk extensions, and respond with 4xx", () => {
    const status = statusOf(chunked(`1;${"x".repeat(16 * 1024)}\r\n`));
    expect(Math.floor(status / 100)).toBe(4);
  });

  it("§7.1.2 trailer fields are kept apart from the header section", () => {
    const [message] = expectAccepted(chunked("0\r\nX: y\r\n\r\n"));
    expect(message!.trailers).toEqual(["X", "y"]);
    expect(message!.head.fields).not.toContain("X");
  });
});

describe("§8 Handling Incomplete Messages", () => {
  it("§8 a server that receives an incomplete request MAY send an error response before it closes", () => {
    const server = new Harness();
    server.receive("GET / HT");
    expect(() => server.end()).toThrow();
    server.connection.respond({ status: 400 }, null);
    expect(server.written()).toContain("400 Bad Request\r\nConnection: close");
  });
});

describe("§9 Connection Management", () => {
  it("§9.3 HTTP/1.1 persists by default, HTTP/1.0 only with keep-alive, and neither with close", () => {
    const persists = (minor: number, options: string): boolean => {
      const server = pending({ minor, fields: options === "" ? "" : `Connection: ${options}\r\n` });
      server.connection.respond(OK, null);
      return server.connection.persistent;
    };
    expect([persists(1, ""), persists(1, "close"), persists(1, "keep-alive, close")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([persists(0, ""), persists(0, "keep-alive"), persists(0, "close, keep-alive")]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("§9.3 a server that does not support persistent connections MUST send close in every final response", () => {
    for (const status of [200, 204, 304, 404]) {
      const server = pending();
      server.connection.doNotPersist();
      server.connection.inform({ status: 103 });
      expect(server.written()).not.toMatch(/connection/i);
      server.connection.respond({ status }, null);
      expect(server.written()).toContain("\r\nConnection: close\r\n");
    }
  });

  it("§9.3 a server MUST read the entire request body or close the connection after its response", () => {
    const server = new Harness();
    server.receive(`${request({ method: "POST", fields: "Content-Length: 36\r\n" })}`);
    server.connection.respond({ status: 403 }, null);
    expect(server.receive(get("/content-not-a-request").slice(0, 36)).map(([type]) => type)).toEqual([
      "data",
      "end",
    ]);
  });

  it("§9.3.2 a server MUST send the responses to pipelined requests in the order of the requests", () => {
    const server = new Harness();
    server.receive(get("/1") + get("/2"));
    expect(server.head!.target).toBe("/1");
    expect(server.next()).toEqual([]);
    server.connection.respond(OK, "1");
    server.next();
    expect(server.head!.target).toBe("/2");
    server.connection.respond(OK, "2");
    const first = parseResponse(server.written(), "GET");
    expect([first.content, parseResponse(first.rest, "GET").content]).toEqual(["1", "2"]);
  });

  it("§9.6 a server that receives close MUST close after its final response, and SHOULD send close in it", () => {
    const server = pending({ fields: "Connection: close\r\n" });
    server.connection.respond(OK, null);
    expect(server.written()).toContain("Connection: close\r\n");
    expect(server.connection.responseState).toBe("closed");
  });

  it("§9.6 a server MUST NOT process any further requests behind a close that it sent", () => {
    const server = new Harness();
    server.receive(get("/1") + get("/2"));
    server.connection.doNotPersist();
    server.connection.respond(OK, null);
    expect(server.written()).toContain("Connection: close\r\n");
    expect([...server.next(), ...server.receive(get("/3"))]).toEqual([]);
  });
});

describe("§11 Security Considerations", () => {
  it("§11.1 response splitting: no sent value can contain CR or LF where they would end a line", () => {
    const server = pending();
    expect(() =>
      server.connection.respond({ status: 302, fields: ["Location", "/\r\nSet-Cookie: a"] }, null),
    ).toThrow();
    expect(server.written()).toBe("");
  });

  it("§11.2 request smuggling: nothing behind a request of doubtful length is interpreted", () => {
    for (const fields of [
      "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding : chunked\r\n",
      "Transfer-Encoding:\x0bchunked\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
      "Content-Length: 0\r\nContent-Length: 44\r\n",
      "X: y\nTransfer-Encoding: chunked\r\n",
      "Content-Length: 0\r\n\tTransfer-Encoding: chunked\r\n",
    ]) {
      const server = new Harness();
      expect(() =>
        server.receive(`${request({ method: "POST", fields })}0\r\n\r\n${get("/smuggled")}`),
      ).toThrow();
      expect(server.head).toBe(null);
    }
  });
});
