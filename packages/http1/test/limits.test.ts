import { describe, expect, it } from "vitest";
import { latin1 } from "../src/arbitraries/index.ts";
import type { ErrorCode } from "../src/errors.ts";
import { DEFAULT_LIMITS, type Limits, resolveLimits } from "../src/limits.ts";
import { driveAllWays, splits } from "./support/check.ts";
import { driveClient } from "./support/drive-client.ts";

describe("limits", () => {
  it("are the default ones where none are given", () => {
    expect(resolveLimits(undefined)).toBe(DEFAULT_LIMITS);
    expect(resolveLimits({ bodyBytes: 5 })).toEqual({ ...DEFAULT_LIMITS, bodyBytes: 5 });
    expect(resolveLimits({ headBytes: 0, headFields: Number.POSITIVE_INFINITY })).toMatchObject({
      headBytes: 0,
    });
  });

  it("allow the minimum of RFC 9112 §3", () => {
    expect(DEFAULT_LIMITS.requestLineBytes).toBeGreaterThanOrEqual(8000);
    expect(DEFAULT_LIMITS.headBytes).toBeGreaterThan(DEFAULT_LIMITS.requestLineBytes);
    expect(DEFAULT_LIMITS.leadingEmptyLines).toBeGreaterThanOrEqual(1);
  });

  it("allow as many fields as Bun 1.4.5, whose 199th is refused", () => {
    expect(DEFAULT_LIMITS.headFields).toBeGreaterThanOrEqual(198);
  });

  it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY, 1.5])("cannot be %s", (headBytes) => {
    const resolve = (): unknown => resolveLimits({ headBytes });
    expect(resolve).toThrow(RangeError);
    expect(resolve).toThrow(`limits.headBytes must be an integer from 0 up, or Infinity, not ${headBytes}`);
  });

  it.each(["5", null, undefined, 5n])("must be numbers, and %s is not", (value) => {
    const resolve = (): unknown => resolveLimits({ headBytes: value } as unknown as Partial<Limits>);
    expect(resolve).toThrow(TypeError);
    expect(resolve).toThrow(`limits.headBytes must be a number, not ${typeof value}`);
  });

  it("must exist", () => {
    expect(() => resolveLimits({ bodySize: 1 } as Partial<Limits>)).toThrow(
      "There is no limit named bodySize",
    );
    expect(() => resolveLimits({ toString: 1 } as unknown as Partial<Limits>)).toThrow(
      "There is no limit named toString",
    );
  });
});

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** For each limit, a request that has just so much of it, and what a limit of one less makes of it. */
const exactly: Readonly<
  Record<keyof Limits, { amount: number; bytes: string; code: ErrorCode; client?: boolean }>
> = {
  requestLineBytes: { amount: 15, bytes: `${HEAD}\r\n`, code: "REQUEST_LINE_TOO_LONG" },
  headBytes: { amount: 28, bytes: `${HEAD}\r\n`, code: "HEAD_TOO_LARGE" },
  headFields: { amount: 3, bytes: `${HEAD}A: b\r\nA: b\r\n\r\n`, code: "HEAD_TOO_MANY_FIELDS" },
  leadingEmptyLines: { amount: 2, bytes: `\r\n\r\n${HEAD}\r\n`, code: "EMPTY_LINES" },
  chunkExtensionBytes: {
    amount: 7,
    bytes: `${CHUNKED}1 ;a\r\nx\r\n0;b=c\r\n\r\n`,
    code: "CHUNK_EXTENSIONS_TOO_LARGE",
  },
  chunkExtensions: {
    amount: 3,
    bytes: `${CHUNKED}1;a;b\r\nx\r\n0;c\r\n\r\n`,
    code: "CHUNK_EXTENSIONS_TOO_LARGE",
  },
  trailerBytes: { amount: 12, bytes: `${CHUNKED}0\r\nA: b\r\nC: d\r\n\r\n`, code: "TRAILERS_TOO_LARGE" },
  trailerFields: { amount: 2, bytes: `${CHUNKED}0\r\nA: b\r\nC: d\r\n\r\n`, code: "TRAILERS_TOO_LARGE" },
  interimResponses: {
    amount: 2,
    bytes: `${"HTTP/1.1 103 \r\n\r\n".repeat(2)}HTTP/1.1 204 \r\n\r\n`,
    code: "INTERIM_RESPONSES_TOO_MANY",
    client: true,
  },
  bodyBytes: { amount: 3, bytes: `${CHUNKED}1\r\na\r\n2\r\nbc\r\n0\r\n\r\n`, code: "BODY_TOO_LARGE" },
};

describe("each limit, however the bytes are cut", () => {
  it.each(Object.entries(exactly))("%s lets through just so much", (name, {
    amount,
    bytes,
    code,
    client,
  }) => {
    for (const [value, expected] of [
      [amount, null],
      [amount + 1, null],
      [Number.POSITIVE_INFINITY, null],
      [amount - 1, code],
      [0, code],
    ] as const) {
      const limits = { [name]: value };
      if (client === true) {
        for (const pieces of splits(latin1(bytes))) {
          expect(driveClient(["GET"], pieces, { limits }).code).toBe(expected);
        }
      } else {
        expect(driveAllWays(bytes, { limits }).code, `${name}: ${value}`).toBe(expected);
      }
    }
  });
});

it("are checked once: what was resolved is taken as it is, and cannot be changed", () => {
  const resolved = resolveLimits({ bodyBytes: 5 });
  expect(resolveLimits(resolved)).toBe(resolved);
  expect(Object.isFrozen(resolved)).toBe(true);
  expect(resolveLimits({ ...resolved })).not.toBe(resolved);
});
