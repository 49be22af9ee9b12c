import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { UsageError } from "../src/errors.ts";
import type { OutgoingResponse } from "../src/outgoing-response.ts";
import type { ServerConnection } from "../src/server-connection.ts";
import { Harness, pending, request } from "./support/harness.ts";
import { parseResponse } from "./support/response-parser.ts";

/** The call is refused, nothing is written, and a valid response can still be sent. */
function expectRefused(
  harness: Harness,
  call: (connection: ServerConnection) => void,
  error: ErrorConstructor | typeof UsageError = UsageError,
): void {
  const { responseState } = harness.connection;
  harness.written();
  expect(() => call(harness.connection)).toThrow(error);
  expect(harness.written()).toBe("");
  expect(harness.connection.responseState).toBe(responseState);
}

const EMPTY: OutgoingResponse = { status: 200 };

describe("respond", () => {
  it("sends the head, its framing and the content", () => {
    const server = pending();
    server.connection.respond({ status: 200, fields: ["X-A", "1"] }, "hello");
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello");
    expect(server.connection.responseState).toBe("done");
  });

  it("counts a string in bytes, not in characters, and sends it as UTF-8", () => {
    const server = pending();
    server.connection.respond(EMPTY, "gr\u00fc\u00dfe \u{1f600}");
    const { content } = parseResponse(server.written(), "GET");
    expect(Buffer.from(content, "latin1").toString()).toBe("gr\u00fc\u00dfe \u{1f600}");
  });

  it("sends bytes as they are", () => {
    const server = pending();
    server.connection.respond(EMPTY, Uint8Array.of(0, 13, 10, 255));
    expect(parseResponse(server.written(), "GET").content).toBe("\x00\r\n\xff");
  });

  it.each([[""], [new Uint8Array(0)], [null]])("has Content-Length: 0 without content, %j", (content) => {
    const server = pending();
    server.connection.respond(EMPTY, content);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  it("sends the Date, unless the application wrote one", () => {
    const server = pending({}, { date: () => "now" });
    server.connection.respond(EMPTY, null);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\n\r\n");
    server.next();
    server.receive(request());
    server.connection.respond({ status: 200, fields: ["date", "mine"] }, null);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\ndate: mine\r\nContent-Length: 0\r\n\r\n");
  });

  it("is refused before a request, and twice", () => {
    const server = new Harness();
    expectRefused(server, (connection) => connection.respond(EMPTY, null));
    server.receive(request());
    server.connection.respond(EMPTY, null);
    expectRefused(server, (connection) => connection.respond(EMPTY, null));
    expectRefused(server, (connection) => connection.start(EMPTY));
    server.next();
    expectRefused(server, (connection) => connection.respond(EMPTY, null));
  });

  it.each([0, 99, 100, 101, 199, 600, 1000, 200.5, -200, Number.NaN])("refuses the status %s", (status) => {
    expectRefused(pending(), (connection) => connection.respond({ status }, "x"));
    expectRefused(pending(), (connection) => connection.start({ status }));
  });

  it.each([
    ["content on a 204", { status: 204 }],
    ["content on a 205", { status: 205 }],
    ["content on a 304", { status: 304 }],
    ["content on a 304 that declares it", { status: 304, fields: ["Content-Length", "1"] }],
    ["another length than declared", { status: 200, fields: ["Content-Length", "2"] }],
    ["two lengths", { status: 200, fields: ["Content-Length", "1", "content-length", "1"] }],
    ["an invalid length", { status: 200, fields: ["Content-Length", "+1"] }],
    ["a length past 2^53", { status: 200, fields: ["Content-Length", "9007199254740993"] }],
    ["Transfer-Encoding", { status: 200, fields: ["Transfer-Encoding", "chunked"] }],
    ["Transfer-Encoding in any case", { status: 200, fields: ["tRANSFER-eNCODING", "gzip"] }],
    ["a field without a value", { status: 200, fields: ["X"] }],
  ] satisfies [string, OutgoingResponse][])("refuses %s", (_name, head) => {
    const server = pending();
    expectRefused(server, (connection) => connection.respond(head, "x"));
    server.connection.respond(EMPTY, "x");
    expect(server.written()).toContain("200 OK");
  });
});

describe("Upgrade in a response that does not switch", () => {
  it("gets the connection option that it must have", () => {
    const cases = [
      [["Upgrade", "x"], "Upgrade: x\r\nConnection: upgrade\r\n"],
      [["Upgrade", "x", "Connection", "upgrade"], "Upgrade: x\r\nConnection: upgrade\r\n"],
      [["Connection", "a, Upgrade", "upgrade", "x"], "Connection: a, Upgrade\r\nupgrade: x\r\n"],
      [["Upgrade", "x", "Connection", "close"], "Upgrade: x\r\nConnection: upgrade\r\nConnection: close\r\n"],
    ] as const;
    for (const [fields, lines] of cases) {
      const server = pending();
      server.connection.respond({ status: 426, fields }, null);
      expect(server.written()).toBe(`HTTP/1.1 426 Upgrade Required\r\n${lines}Content-Length: 0\r\n\r\n`);
    }
  });
});

describe("attempts to inject a field or a response", () => {
  const bad = ["\r", "\n", "\r\n", "\0", "\x7f", "\u0100", "\u010a", "\u{1f600}", "\ud800", "\x1b"];
  it.each(bad.flatMap((piece) => [piece, `a${piece}`, `${piece}a`, `a${piece}b`]))("refuses %j", (text) => {
    for (const fields of [
      [text, "v"],
      ["n", text],
      ["ok", "1", "n", text],
    ]) {
      expectRefused(pending(), (connection) => connection.respond({ status: 200, fields }, "x"));
      expectRefused(pending(), (connection) => connection.start({ status: 200, fields }));
      expectRefused(pending(), (connection) => connection.inform({ status: 103, fields }));
      const upgrading = pending({ fields: "Connection: upgrade\r\nUpgrade: x\r\n" });
      expectRefused(upgrading, (connection) =>
        connection.upgrade(["Connection", "upgrade", "Upgrade", "x", ...fields]),
      );
      const chunked = pending();
      chunked.connection.start(EMPTY);
      expectRefused(chunked, (connection) => connection.end(fields));
    }
    expectRefused(pending(), (connection) => connection.respond({ status: 200, reason: text }, "x"));
    expectRefused(pending(), (connection) => connection.inform({ status: 103, reason: text }));
  });

  it.each(["", " ", "a b", "a:", "(", "\xe9", "a\t"])("refuses the field name %j", (name) => {
    expectRefused(pending(), (connection) => connection.respond({ status: 200, fields: [name, "v"] }, "x"));
  });

  it("leaves obs-text and HTAB alone", () => {
    const server = pending();
    server.connection.respond({ status: 200, reason: "\xe9\t!", fields: ["n", "\xff\t\x80"] }, null);
    expect(server.written()).toBe("HTTP/1.1 200 \xe9\t!\r\nn: \xff\t\x80\r\nContent-Length: 0\r\n\r\n");
  });
});

describe("start, write and end", () => {
  it("send content of unknown length in chunks, and no empty one before the last", () => {
    const server = pending();
    server.connection.start(EMPTY);
    expect(server.connection.responseState).toBe("body");
    for (const chunk of ["hello", "", new Uint8Array(0), "\u00fc", Uint8Array.of(1)])
      server.connection.write(chunk);
    server.connection.end();
    expect(server.written()).toBe(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n\xc3\xbc\r\n1\r\n\x01\r\n0\r\n\r\n",
    );
  });

  it("tell the framing of the content, as long as it is sent", () => {
    const framings = [
      [{}, undefined, "chunked"],
      [{}, 1, "length"],
      [{ minor: 0 }, undefined, "until-close"],
      [{ method: "HEAD" }, 1, "none"],
    ] as const;
    for (const [options, length, framing] of framings) {
      const { connection } = pending(options);
      expect(connection.responseFraming).toBe("none");
      connection.start(EMPTY, length);
      expect(connection.responseFraming).toBe(framing);
      connection.write("1");
      connection.end();
      expect(connection.responseFraming).toBe("none");
    }
  });

  it("send trailers behind chunks, and nowhere else", () => {
    const server = pending();
    server.connection.start(EMPTY);
    server.connection.end(["X-Sum", "1"]);
    expect(server.written()).toBe(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    server.next();
    server.receive(request());
    server.connection.start(EMPTY, 0);
    server.connection.end(["X-Sum", "1"]);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  it.each([
    "Content-Length",
    "transfer-encoding",
    "Host",
    "Trailer",
    "Connection",
    "Set-Cookie",
  ])("refuse the trailer %s", (name) => {
    const server = pending();
    server.connection.start(EMPTY);
    expectRefused(server, (connection) => connection.end([name, "1"]));
  });

  it("hold the content to its length", () => {
    const server = pending();
    server.connection.start(EMPTY, 5);
    server.connection.write("abc");
    expectRefused(server, (connection) => connection.write("def"));
    expectRefused(server, (connection) => connection.end());
    server.connection.write("de");
    expectRefused(server, (connection) => connection.write("f"));
    server.connection.end();
    expect(server.connection.responseState).toBe("done");
  });

  it("take the length from the Content-Length field", () => {
    const server = pending();
    server.connection.start({ status: 200, fields: ["content-length", "2"] });
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    expectRefused(server, (connection) => connection.write("abc"));
  });

  it("refuse a length beside another one", () => {
    expectRefused(pending(), (connection) =>
      connection.start({ status: 200, fields: ["Content-Length", "2"] }, 3),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuse the length %s", (length) => {
    expectRefused(pending(), (connection) => connection.start(EMPTY, length), RangeError);
  });

  it("refuse a length that is no number", () => {
    expectRefused(pending(), (connection) => connection.start(EMPTY, "5" as unknown as number), TypeError);
  });

  it("are refused where they do not belong", () => {
    const server = pending();
    expectRefused(server, (connection) => connection.write("x"));
    expectRefused(server, (connection) => connection.end());
    server.connection.start(EMPTY);
    expectRefused(server, (connection) => connection.start(EMPTY));
    expectRefused(server, (connection) => connection.respond(EMPTY, null));
    expectRefused(server, (connection) => connection.inform({ status: 103 }));
    server.connection.end();
    expectRefused(server, (connection) => connection.write("x"));
    expectRefused(server, (connection) => connection.end());
  });

  it("have Content-Length: 0 in a 205, and keep it empty", () => {
    const server = pending();
    server.connection.start({ status: 205 });
    expect(server.written()).toBe("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n");
    expectRefused(server, (connection) => connection.write("x"));
    expectRefused(pending(), (connection) => connection.start({ status: 205 }, 1));
  });
});

describe("responses without content", () => {
  it("to HEAD have the length of the content that is left out", () => {
    const server = pending({ method: "HEAD" });
    server.connection.respond(EMPTY, "hello");
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  });

  it("to HEAD may declare a length without having the content", () => {
    const server = pending({ method: "HEAD" });
    server.connection.respond({ status: 200, fields: ["Content-Length", "7"] }, null);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
  });

  it("to HEAD must not declare another length than the content has", () => {
    expectRefused(pending({ method: "HEAD" }), (connection) =>
      connection.respond({ status: 200, fields: ["Content-Length", "7"] }, "hello"),
    );
  });

  it("to HEAD have no length that is unknown", () => {
    const server = pending({ method: "HEAD" });
    server.connection.respond(EMPTY, null);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\n\r\n");
  });

  it("to HEAD drop the written content", () => {
    const server = pending({ method: "HEAD" });
    server.connection.start(EMPTY);
    server.connection.write("hello");
    server.connection.end(["X-Sum", "1"]);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\n\r\n");
    expect(server.connection.responseState).toBe("done");
  });

  it.each([
    [{ status: 204 }, "HTTP/1.1 204 No Content\r\n\r\n"],
    [{ status: 204, fields: ["Content-Length", "0"] }, "HTTP/1.1 204 No Content\r\n\r\n"],
    [{ status: 304 }, "HTTP/1.1 304 Not Modified\r\n\r\n"],
    [
      { status: 304, fields: ["Content-Length", "9"] },
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ],
    [{ status: 205 }, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"],
  ] satisfies [OutgoingResponse, string][])("are %j", (head, text) => {
    for (const minor of [0, 1]) {
      const server = pending({ minor, fields: minor === 0 ? "Connection: keep-alive\r\n" : "" });
      server.connection.respond(head, null);
      expect(server.written().replace("Connection: keep-alive\r\n", "")).toBe(text);
      expect(server.connection.responseState).toBe("done");
    }
  });

  it.each([204, 304])("with status %i have none to write", (status) => {
    const server = pending();
    server.connection.start({ status });
    for (const content of ["x", Uint8Array.of(1)])
      expectRefused(server, (connection) => connection.write(content));
    for (const nothing of ["", new Uint8Array(0)]) server.connection.write(nothing);
    server.connection.end();
    expect([server.written(), server.connection.responseState, server.connection.contentSent]).toEqual([
      "",
      "done",
      0,
    ]);
  });

  it("to CONNECT cannot be 2xx, which would open a tunnel", () => {
    const server = pending({ method: "CONNECT", target: "a:1" });
    expectRefused(server, (connection) => connection.respond(EMPTY, null));
    server.connection.respond({ status: 501 }, null);
    expect(server.written()).toContain("501 Not Implemented");
  });
});

describe("persistence", () => {
  const cases: [string, Parameters<typeof request>[0], readonly string[], string, string][] = [
    ["HTTP/1.1", {}, [], "", "done"],
    ["HTTP/1.1 with close", { fields: "Connection: x, Close\r\n" }, [], "Connection: close\r\n", "closed"],
    ["HTTP/1.0", { minor: 0 }, [], "Connection: close\r\n", "closed"],
    [
      "HTTP/1.0 with keep-alive",
      { minor: 0, fields: "Connection: keep-alive\r\n" },
      [],
      "Connection: keep-alive\r\n",
      "done",
    ],
    ["an application that closes", {}, ["Connection", "close"], "Connection: close\r\n", "closed"],
    ["an application that keeps alive", {}, ["Connection", "keep-alive"], "", "done"],
    ["other options", {}, ["Connection", "Upgrade"], "Connection: Upgrade\r\n", "done"],
    [
      "close among others",
      {},
      ["Connection", "Foo, close, keep-alive"],
      "Connection: foo\r\nConnection: close\r\n",
      "closed",
    ],
  ];
  it.each(cases)("with %s", (_name, options, fields, text, state) => {
    const server = pending(options);
    server.connection.respond({ status: 200, fields }, null);
    expect(server.written()).toBe(`HTTP/1.1 200 OK\r\n${text}Content-Length: 0\r\n\r\n`);
    expect(server.connection.responseState).toBe(state);
    expect(server.connection.persistent).toBe(state === "done");
  });

  it("ends with doNotPersist, for the current or the next response", () => {
    const server = pending();
    server.connection.respond(EMPTY, null);
    server.connection.doNotPersist();
    server.written();
    expect(server.receive(request())).toEqual([["request", "/"], ["end"]]);
    server.connection.respond(EMPTY, null);
    expect(server.written()).toContain("Connection: close\r\n");
    expect(server.receive(request())).toEqual([]);
  });

  it("ends behind content of unknown length for HTTP/1.0, which is never chunked", () => {
    const server = pending({ minor: 0, fields: "Connection: keep-alive\r\n" });
    server.connection.start(EMPTY);
    server.connection.write("a\r\n");
    server.connection.write("b");
    server.connection.end(["X-Sum", "1"]);
    expect(server.written()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na\r\nb");
    expect(server.connection.responseState).toBe("closed");
  });
});

describe("interim responses", () => {
  const expecting = { method: "POST", fields: "Expect: 100-continue\r\nContent-Length: 2\r\n" };

  it("are sent before the final one, without framing and persistence", () => {
    const server = pending();
    server.connection.inform({
      status: 103,
      fields: ["Link", "</a>", "Content-Length", "3", "Connection", "close"],
    });
    server.connection.inform({ status: 102 });
    expect(server.written()).toBe(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
    );
    server.connection.respond(EMPTY, null);
    expect(server.connection.responseState).toBe("done");
  });

  it("are not sent to HTTP/1.0", () => {
    const server = pending({ minor: 0 });
    server.connection.inform({ status: 103 });
    expect(server.written()).toBe("");
  });

  it.each([99, 101, 200, 150.5, Number.NaN])("cannot have the status %s", (status) => {
    expectRefused(pending(), (connection) => connection.inform({ status }));
  });

  it("are refused before a request", () => {
    expectRefused(new Harness(), (connection) => connection.inform({ status: 103 }));
  });

  it("send 100 once, and only to a client that waits for it", () => {
    const server = pending(expecting);
    expect(server.written()).toBe("");
    server.connection.sendContinue();
    server.connection.sendContinue();
    expect(server.written()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    server.receive("hi");
    server.connection.respond(EMPTY, null);
    expect(server.connection.responseState).toBe("done");

    const other = pending();
    other.connection.sendContinue();
    expect(other.written()).toBe("");
  });

  it("may send 100 by hand", () => {
    const server = pending(expecting);
    server.connection.inform({ status: 100 });
    server.connection.sendContinue();
    expect(server.written()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  });

  it.each(["respond", "start"] as const)("left out, %s closes the connection", (method) => {
    const server = pending(expecting);
    if (method === "respond") server.connection.respond({ status: 413 }, "no");
    else server.connection.start({ status: 413 });
    expect(server.written()).toContain("Connection: close\r\n");
    expect(server.connection.persistent).toBe(false);
  });

  it("are not owed any more once content has come", () => {
    const server = pending(expecting);
    server.receive("h");
    server.connection.sendContinue();
    expect(server.written()).toBe("");
    server.connection.respond(EMPTY, null);
    expect(server.written()).not.toContain("Connection");
    expect(server.receive("i")).toEqual([["data", "i"], ["end"]]);
    expect(server.receive(request({ target: "/2" }))).toEqual([["request", "/2"], ["end"]]);
  });

  it.each(["2", "2;a", "2\r", "2\r\n"])("are not owed any more once %j of a chunk has come", (part) => {
    const server = pending({
      method: "POST",
      fields: "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
    });
    expect(server.receive(part)).toEqual([]);
    server.connection.sendContinue();
    expect(server.written()).toBe("");
    server.connection.respond(EMPTY, null);
    expect(server.written()).not.toContain("Connection");
  });

  it("are not sent to a client that has broken the protocol", () => {
    const server = pending(expecting);
    expect(() => server.end()).toThrow("middle of a message");
    server.connection.sendContinue();
    expect(server.written()).toBe("");
  });
});
