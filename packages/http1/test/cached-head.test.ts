import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CachedHead } from "../src/cached-head.ts";
import { cachedHeadOf, FieldBlock } from "../src/fields.ts";
import type { OutgoingResponse } from "../src/outgoing-response.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { runs } from "./runs.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const NEXT_DATE = "Sun, 06 Nov 1994 08:49:38 GMT";

describe("CachedHead", () => {
  const block = new FieldBlock(["A", "b"]);

  it("is status line, fields and date", () => {
    expect(new CachedHead({ status: 200 }, block, DATE).text).toBe(
      `HTTP/1.1 200 OK\r\nA: b\r\nDate: ${DATE}\r\n`,
    );
    expect(new CachedHead({ status: 404, reason: "No" }, block, "").text).toBe("HTTP/1.1 404 No\r\nA: b\r\n");
  });

  it("is that of responses with its status, reason and date", () => {
    const cached = new CachedHead({ status: 200 }, block, DATE);
    expect(cached.isOf({ status: 200 }, DATE)).toBe(true);
    expect(cached.isOf({ status: 201 }, DATE)).toBe(false);
    expect(cached.isOf({ status: 200, reason: "Fine" }, DATE)).toBe(false);
    expect(cached.isOf({ status: 200 }, NEXT_DATE)).toBe(false);
  });

  it("caches one response, once there is a second", () => {
    const cached = new CachedHead({ status: 200 }, block, DATE);
    cached.cache("a", "first");
    expect(cached.cached("a")).toBe(null);
    cached.cache("a", "second");
    expect(cached.cached("a")).toBe("second");
    expect(cached.cached("b")).toBe(null);
    cached.cache("b", "third");
    expect(cached.cached("a")).toBe("second");
  });

  it("caches no content beyond its bound", () => {
    for (const [length, expected] of [
      [1024, "x"],
      [1025, null],
    ] as const) {
      const cached = new CachedHead({ status: 200 }, block, DATE);
      const content = "c".repeat(length);
      cached.cache(content, "x");
      cached.cache(content, "x");
      expect(cached.cached(content)).toBe(expected);
    }
  });
});

const requests = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
  "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n",
  "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
];
const lists = [
  [],
  ["A", "b"],
  ["Date", DATE],
  ["Content-Length", "1"],
  ["Connection", "close"],
  ["Upgrade", "x"],
] as const;
const contents = ["", "a", "b", "é", "long".repeat(300), null, Buffer.from("a")] as const;

/** The bytes that are written for a request, or the error. */
function responseTo(
  request: string,
  head: OutgoingResponse,
  content: string | Uint8Array | null,
  date: string,
): string {
  const pieces: string[] = [];
  const output = {
    text: (text: string): void => void pieces.push(text),
    bytes: (bytes: Uint8Array): void => void pieces.push(Buffer.from(bytes).toString("latin1")),
  };
  const connection = new ServerConnection(output, { date: () => date });
  connection.receive(Buffer.from(request));
  connection.next();
  try {
    connection.respond(head, content);
  } catch (error) {
    return `${pieces.join("")}${String(error)}`;
  }
  return `${pieces.join("")}${connection.persistent ? "" : "(the last)"}${connection.responseState}`;
}

it("a response is the same with a block that has been used and with a new one", () => {
  // Mostly the usual, so that it is cached.
  const often = <T>(values: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof({ arbitrary: fc.constant(values[0]!), weight: 3 }, fc.constantFrom(...values));
  const exchange = fc.record({
    request: often(requests),
    which: often([1, 0, 2, 3, 4, 5]),
    content: often(["a", ...contents]),
    status: often([200, 404, 204, 304, 205, 99, 600]),
    reason: often([undefined, "Fine", "\n"]),
    date: often([DATE, NEXT_DATE]),
  });
  let repeated = 0;
  const tries = runs(1_000);
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 3, maxLength: 12 }), (exchanges) => {
      const blocks = lists.map((list) => new FieldBlock(list));
      for (const { request, which, content, status, reason, date } of exchanges) {
        const rest = reason === undefined ? { status } : { status, reason };
        const used = blocks[which]!;
        if (typeof content === "string" && cachedHeadOf(used)?.isOf(rest, which === 2 ? "" : date) === true) {
          if (cachedHeadOf(used)!.cached(content) !== null) repeated++;
        }
        expect(responseTo(request, { ...rest, fields: used }, content, date)).toBe(
          responseTo(request, { ...rest, fields: new FieldBlock(lists[which]!) }, content, date),
        );
      }
    }),
    tries,
  );
  expect(repeated).toBeGreaterThan(0.1 * tries.numRuns);
});
