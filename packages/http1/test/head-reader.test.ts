import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IncomingRequest, Output } from "../src/events.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { runs } from "./runs.ts";
import { expectAccepted, expectRejected } from "./support/check.ts";
import { Harness } from "./support/harness.ts";

const HEAD = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

describe("the size of a head", () => {
  it("is refused one byte past its limit, and not at it", () => {
    // Longer than the request that is tried behind it.
    const head = HEAD.replace("/", `/${"long".repeat(9)}`);
    expectAccepted(head, { limits: { headBytes: head.length } });
    expectRejected(head, "HEAD_TOO_LARGE", { limits: { headBytes: head.length - 1 } });
  });

  it.each([0, 16, 17, 18, 20])("is refused with a limit of %i bytes", (headBytes) => {
    expectRejected(HEAD, "HEAD_TOO_LARGE", { limits: { headBytes } });
  });

  it("is refused before its end has come", () => {
    const server = new Harness({ limits: { headBytes: 100 } });
    server.receive(`GET / HTTP/1.1\r\nA: ${"a".repeat(80)}`);
    expect(() => server.receive("a")).toThrow(expect.objectContaining({ code: "HEAD_TOO_LARGE" }));
  });

  it("has the limits of its documentation by default", () => {
    const filler = (size: number): string =>
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(size - "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".length)}\r\n\r\n`;
    expect(filler(DEFAULT_LIMITS.headBytes).length).toBe(32 * 1024);
    expect(new Harness().receive(filler(DEFAULT_LIMITS.headBytes))).toEqual([["request", "/"], ["end"]]);
    expect(() => new Harness().receive(filler(DEFAULT_LIMITS.headBytes + 1))).toThrow("too large");
  });

  it("counts neither empty lines before it nor bytes behind it", () => {
    const server = new Harness({ limits: { headBytes: HEAD.length } });
    expect(server.receive(`\r\n\r\n${HEAD}${HEAD}`)).toEqual([["request", "/"], ["end"]]);
  });
});

describe("the size of a request line", () => {
  const line = "GET /path HTTP/1.1";
  const head = `${line}\r\nHost: a\r\n\r\n`;

  it("is refused one byte past its limit, and not at it", () => {
    expect(new Harness({ limits: { requestLineBytes: line.length } }).receive(head)).toHaveLength(2);
    expectRejected(head, "REQUEST_LINE_TOO_LONG", { limits: { requestLineBytes: line.length - 1 } });
    expectRejected(head, "REQUEST_LINE_TOO_LONG", { limits: { requestLineBytes: 0 } });
  });

  it("is refused as soon as it is known, whatever else is wrong with it", () => {
    const server = new Harness({ limits: { requestLineBytes: 10 } });
    server.receive("?".repeat(11));
    expect(() => server.receive("?")).toThrow(expect.objectContaining({ code: "REQUEST_LINE_TOO_LONG" }));
    expectRejected(`${"?".repeat(11)}\r\n\r\n`, "REQUEST_LINE_TOO_LONG", {
      limits: { requestLineBytes: 10 },
    });
    expectRejected(`${"?".repeat(10)}\r\n\r\n`, "METHOD_INVALID", { limits: { requestLineBytes: 10 } });
  });
});

describe("a request line for which the head has no room", () => {
  it.each([1, 2, 3, 4, 13, 14, 15])("is too long with a limit of %i bytes", (headBytes) => {
    expectRejected(HEAD, "REQUEST_LINE_TOO_LONG", { limits: { headBytes } });
  });

  // Its own limit may be the larger one: an application that lowers `headBytes` need not lower it too.
  it.each([
    [100, 16_384],
    [100, 150],
    [100, 100],
    [100, 99],
    [100, Number.POSITIVE_INFINITY],
  ])("is too long, however it is cut: %d bytes of head, %d of line", (headBytes, requestLineBytes) => {
    const limits = { headBytes, requestLineBytes };
    for (const size of [99, 120, 200, 20_000]) {
      const line = `GET /${"a".repeat(size - "GET / HTTP/1.1".length)} HTTP/1.1`;
      expectRejected(`${line}\r\n`, "REQUEST_LINE_TOO_LONG", { limits });
      expectRejected(`${line}\r\nHost: a\r\n\r\n`, "REQUEST_LINE_TOO_LONG", { limits });
    }
    const fits = `GET /${"a".repeat(98 - "GET / HTTP/1.1".length)} HTTP/1.1\r\n`;
    expectRejected(`${fits}Host: a\r\n\r\n`, "HEAD_TOO_LARGE", { limits });
  });
});

describe("errors that are found before the head is complete", () => {
  it.each([
    ["GET / HTTP/1.1\n", "BARE_LF"],
    ["\n", "BARE_LF"],
    ["\r\n\n", "BARE_LF"],
    ["GET / HTTP/1.1\r\n\n", "BARE_LF"],
    ["GET / HTTP/1.1\r\nA: b\nC: d", "BARE_LF"],
    ["G\xe9T / HTTP/1.1\nA: b", "METHOD_INVALID"],
    ["GET / HTTP/1.1\r\nA b: c\r\nD: e\n", "FIELD_NAME_INVALID"],
    ["GET / HTTP/1.1\r\nA : c\r\nD: e\n", "FIELD_NAME_SPACE"],
    ["GET / HTTP/1.1\r\nA\xa0: c\n", "FIELD_NAME_INVALID"],
  ] as const)("%j gets what the whole would get, %s", (text, code) => {
    expectRejected(text, code);
    expectRejected(`${text}\r\n\r\n`, code);
  });

  it("nothing else is: the verdict waits for the end of the head", () => {
    expect(new Harness().receive("G\xe9T / HTTP/7\r\n\x00: \x00\r\n")).toEqual([]);
  });

  it("syntax goes before size", () => {
    const text = `GET / HTTP/1.1\r\nA b: c\r\nX: ${"x".repeat(100)}`;
    expectRejected(text, "FIELD_NAME_INVALID", { limits: { headBytes: 60 } });
    expectRejected(`${text}\r\n\r\n`, "FIELD_NAME_INVALID", { limits: { headBytes: 60 } });
    expectRejected(text, "HEAD_TOO_LARGE", { limits: { headBytes: 20 } });
  });
});

describe("empty lines before a request", () => {
  it.each([0, 1, 8])("up to the limit of %i are skipped", (leadingEmptyLines) => {
    const lines = "\r\n".repeat(leadingEmptyLines);
    expectAccepted(lines + HEAD, { limits: { leadingEmptyLines } });
    // Counted for each request anew.
    expectAccepted(lines + HEAD + lines + HEAD, { limits: { leadingEmptyLines } });
    expectRejected(`${lines}\r\n`, "EMPTY_LINES", { limits: { leadingEmptyLines } });
  });

  it("alone are no request, if the connection ends", () => {
    const server = new Harness();
    expect(server.receive("\r\n\r\n")).toEqual([]);
    expect(server.end()).toEqual([["closed"]]);
  });

  it("half of one is", () => {
    const server = new Harness();
    expect(server.receive("\r\n\r")).toEqual([]);
    expect(() => server.end()).toThrow(expect.objectContaining({ code: "PREMATURE_END" }));
  });
});

it("pipelined heads share one decoded text, and each keeps its own fields", () => {
  const server = new Harness();
  const heads = Array.from(
    { length: 40 },
    (_, i) => `GET /${i} HTTP/1.1\r\nHost: h${i}\r\nX-Pad: ${"p".repeat(i * 50)}\r\n\r\n`,
  );
  const seen: (string | null)[] = [];
  server.receive(heads.join(""));
  for (let i = 0; i < heads.length; i++) {
    seen.push(server.head!.fields.get("host"), server.head!.fields.get("X-PAD"));
    server.connection.respond({ status: 200 }, null);
    server.next();
  }
  expect(seen).toEqual(heads.flatMap((_, i) => [`h${i}`, "p".repeat(i * 50)]));
});

describe("a head that is the same as the one before", () => {
  const ignore: Output = { text: () => {}, bytes: () => {} };

  /** Receives pieces one after another, and responds to every request. Returns the events in their order. */
  function exchange(pieces: readonly string[]): IncomingRequest[] {
    const connection = new ServerConnection(ignore);
    const heads: IncomingRequest[] = [];
    for (const piece of pieces) {
      connection.receive(Buffer.from(piece, "latin1"));
      for (let event = connection.next(); event !== null; event = connection.next()) {
        if (event.type === "closed") break;
        if (event.type === "request") heads.push(event);
        if (event.type === "end") connection.respond({ status: 200 }, null);
      }
    }
    return heads;
  }

  const other = HEAD.replace("/", "/b");

  it("is not cached beyond 4 KiB", () => {
    const sharesFields = (length: number): boolean => {
      const head = HEAD.replace("\r\n\r\n", `\r\nX-Pad: ${"p".repeat(length - HEAD.length - 9)}\r\n\r\n`);
      expect(head.length).toBe(length);
      const [first, second] = exchange([head, head]);
      return first!.fields === second!.fields;
    };
    expect([sharesFields(4096), sharesFields(4097)]).toEqual([true, false]);
  });

  it("is another head, with the same content", () => {
    const connection = new ServerConnection(ignore);
    const heads: IncomingRequest[] = [];
    for (let i = 0; i < 3; i++) {
      connection.receive(Buffer.from(HEAD));
      const head = connection.next() as { -readonly [K in keyof IncomingRequest]: IncomingRequest[K] };
      heads.push({ ...head });
      head.target = "/changed";
      head.method = "PUT";
      head.host = "changed";
      expect(connection.next()).toMatchObject({ type: "end" });
      connection.respond({ status: 200 }, null);
    }
    expect(heads[1]).toEqual(heads[0]);
    expect(heads[2]).toEqual(heads[0]);
  });

  it("is told from one of the same length", () => {
    const same = HEAD.replace("Host: a", "Host: b");
    expect(exchange([HEAD, same, same, HEAD]).map(({ host }) => host)).toEqual(["a", "b", "b", "a"]);
    const refused = HEAD.replace("Host:", "Host ");
    expect(() => exchange([HEAD, HEAD, refused])).toThrow(
      expect.objectContaining({ code: "FIELD_COLON_MISSING" }),
    );
  });

  it("may begin and end anywhere in the received bytes", () => {
    for (let cut = 0; cut <= HEAD.length; cut++) {
      const pieces = [HEAD, HEAD, HEAD.slice(0, cut), HEAD.slice(cut), other];
      expect(exchange(pieces).map(({ target }) => target)).toEqual(["/", "/", "/", "/b"]);
    }
    const pieces = [HEAD, `\r\n${HEAD}`, HEAD + other, HEAD, `${other}\r\n`, `${other}${other}`, other, HEAD];
    expect(
      exchange(pieces)
        .map(({ target }) => target)
        .join(" "),
    ).toBe("/ / / /b / /b /b /b /b /");
  });

  it("may have content behind it, of any kind and cut anywhere", () => {
    const bodies = ["", "x", "GET / HTTP/1.1\r\n\r\n", "y".repeat(500), "z".repeat(9000)];
    const posts = bodies.flatMap((body) => {
      const fields = `Host: a\r\nContent-Length: ${body.length}\r\n`;
      return [`POST /${body.length} HTTP/1.1\r\n${fields}\r\n${body}`];
    });
    const chunked = `POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
    for (const post of [...posts, chunked]) {
      const target = post.split(" ")[1];
      for (const behind of ["", other, post]) {
        const then = behind === "" ? [] : [behind === other ? "/b" : target];
        expect(exchange([post, post, post + behind, other, post]).map((head) => head.target)).toEqual([
          target,
          target,
          target,
          ...then,
          "/b",
          target,
        ]);
      }
      const length = post === chunked ? 0 : Number(target!.slice(1));
      const framing = post === chunked ? "chunked" : length > 0 ? "length" : "none";
      const step = Math.ceil(post.length / 97);
      for (let cut = 1; cut < post.length; cut += step) {
        const pieces = [post, post.slice(0, cut), post.slice(cut), post];
        expect(exchange(pieces).map((head) => [head.target, head.framing, head.length])).toEqual(
          Array(3).fill([target, framing, length]),
        );
      }
    }
    const [first, second] = exchange([posts[1]!, posts[1]!.replace("Host: a", "Host: b")]);
    expect([first!.host, second!.host]).toEqual(["a", "b"]);
  });

  it("has the same result as alone, whatever came in between", () => {
    const lines = [
      "GET / HTTP/1.1",
      "GET /b HTTP/1.1",
      "PUT / HTTP/1.1",
      "GET / HTTP/1.5",
      "OPTIONS * HTTP/1.1",
    ];
    const sections = [
      "Host: a",
      "Host: b",
      "Host: a\r\nExpect: 100-continue",
      "Host: a\r\nContent-Length: 0",
    ];
    const texts = lines.flatMap((line) => sections.map((section) => `${line}\r\n${section}\r\n\r\n`));
    const piece = fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 8 }), (pieces) => {
        const alone = pieces.flat().flatMap((text) => exchange([text]));
        expect(exchange(pieces.map((piece) => piece.join("")))).toEqual(alone);
      }),
      runs(500),
    );
  });
});
