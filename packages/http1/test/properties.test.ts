import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  byteByByte,
  cutAt,
  cuts,
  invalidRequest,
  invalidRequests,
  latin1,
  mutated,
  persistentRequest,
  pipeline,
  type RequestDefect,
  validRequest,
} from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { anyLimits } from "./support/any-limits.ts";
import { driveAllWays, NEXT_REQUEST, received } from "./support/check.ts";
import { drive, type ReceivedMessage } from "./support/drive.ts";

const codes = Object.keys(invalidRequests) as RequestDefect[];

describe("valid requests", () => {
  it("are understood, and reported the same however they are cut", () => {
    fc.assert(
      fc.property(validRequest, cuts, ({ bytes, expected }, places) => {
        const whole = { messages: [received(expected)], code: null, closed: expected.keepAlive };
        expect(drive([bytes], { end: true })).toEqual(whole);
        expect(drive(cutAt(bytes, places), { end: true })).toEqual(whole);
      }),
      runs(5_000),
    );
  });

  it("are understood byte by byte, and cut in two at every place", () => {
    fc.assert(
      fc.property(validRequest, ({ bytes, expected }) => {
        expect(driveAllWays(bytes).messages).toEqual([received(expected)]);
      }),
      runs(100),
    );
  });

  it("mean the same one behind another as each by itself", () => {
    fc.assert(
      fc.property(pipeline, cuts, (requests, places) => {
        const bytes = Buffer.concat(requests.map((request) => request.bytes));
        const apart = requests.flatMap((request) => drive([request.bytes]).messages);
        expect(apart).toEqual(requests.map(({ expected }) => received(expected)));
        expect(drive([bytes]).messages).toEqual(apart);
        expect(drive(cutAt(bytes, places)).messages).toEqual(apart);
      }),
      runs(1_000),
    );
  });

  it("have the same meaning as alone, with the header section of the one before", () => {
    // The cache of a header section must not carry over anything from the rest of the request.
    const lines = fc.array(
      fc.tuple(
        fc.constantFrom("GET", "POST", "OPTIONS", "HEAD", "CONNECT", "TRACE"),
        fc.constantFrom("/", "/a?b", "*", "http://b/", "b:1", "b"),
        fc.constantFrom("1.1", "1.1", "1.1", "1.0", "1.5", "2.0"),
      ),
      { minLength: 2, maxLength: 5 },
    );
    const field = fc.constantFrom(
      ...[
        "Host: a",
        "Connection: upgrade",
        "Connection: keep-alive, upgrade",
        "Upgrade: x",
        "Expect: 100-continue",
      ],
      ...["Content-Length: 0", "Content-Length: 3", "Transfer-Encoding: chunked", "X: y"],
    );
    const sections = fc.uniqueArray(fc.uniqueArray(field, { maxLength: 5 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(lines, sections, fc.nat(), cuts, anyLimits, (starts, fields, which, places, limits) => {
        const requests = starts.map(([method, target, version], i) => {
          const section = fields[(which >> i) % fields.length]!;
          const body = section.includes("Transfer-Encoding: chunked") ? "0\r\n\r\n" : "";
          const content = section.includes("Content-Length: 3") && body === "" ? "abc" : body;
          return latin1(
            `${[`${method} ${target} HTTP/${version}`, ...section].join("\r\n")}\r\n\r\n${content}`,
          );
        });
        const together = drive(cutAt(Buffer.concat(requests), places), { limits });
        const messages: ReceivedMessage[] = [];
        for (const bytes of requests) {
          const alone = drive([bytes], { limits });
          messages.push(...alone.messages);
          if (alone.code !== null || alone.messages.some(({ head }) => !head.keepAlive)) {
            expect(together.code).toBe(alone.code);
            break;
          }
        }
        expect(together.messages).toEqual(messages);
      }),
      runs(1_500),
    );
  });

  it("are followed by nothing if they have close", () => {
    fc.assert(
      fc.property(
        validRequest.filter(({ expected }) => !expected.keepAlive),
        invalidRequest,
        cuts,
        ({ bytes, expected }, behind, places) => {
          const all = Buffer.concat([bytes, NEXT_REQUEST, behind.bytes]);
          const transcript = { messages: [received(expected)], code: null, closed: false };
          expect(drive(cutAt(all, places), { end: true })).toEqual(transcript);
        },
      ),
      runs(500),
    );
  });
});

describe("invalid requests", () => {
  it.each(codes)("are refused with %s, however they are cut", (code) => {
    fc.assert(
      fc.property(invalidRequests[code], cuts, (request, places) => {
        const { bytes, limits, ended: end } = request;
        expect(request.code).toBe(code);
        const whole = drive([bytes], { limits, end });
        expect(whole.code).toBe(code);
        expect(drive(cutAt(bytes, places), { limits, end })).toEqual(whole);
      }),
      runs(150),
    );
  });

  it.each(codes)("are refused with %s byte by byte, and cut in two at every place", (code) => {
    fc.assert(
      fc.property(invalidRequests[code], ({ bytes, limits, ended: end }) => {
        expect(driveAllWays(bytes, { limits, end }).code).toBe(code);
      }),
      runs(8),
    );
  });

  it("are refused behind a valid one, which is reported, and nothing behind them is", () => {
    fc.assert(
      fc.property(persistentRequest, invalidRequest, cuts, (before, request, places) => {
        // Limits are the connection's: they would refuse the first request already.
        fc.pre(Object.keys(request.limits).length === 0 && !request.ended);
        const alone = drive([request.bytes]);
        const all = Buffer.concat([before.bytes, request.bytes, NEXT_REQUEST]);
        const { messages, code } = drive(cutAt(all, places), { end: true });
        expect(code).toBe(request.code);
        expect(messages).toEqual([received(before.expected), ...alone.messages]);
      }),
      runs(500),
    );
  });
});

describe("any bytes", () => {
  const pipelined = pipeline.map((requests) => Buffer.concat(requests.map(({ bytes }) => bytes)));
  const anything = fc.oneof(
    { weight: 4, arbitrary: mutated(validRequest.map(({ bytes }) => bytes)) },
    { weight: 2, arbitrary: mutated(pipelined) },
    { weight: 2, arbitrary: mutated(invalidRequest.map(({ bytes }) => bytes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );

  it("are accepted or refused the same however they are cut, and cause no other error", () => {
    fc.assert(
      fc.property(anything, cuts, fc.boolean(), (bytes, places, end) => {
        expect(drive(cutAt(bytes, places), { end })).toEqual(drive([bytes], { end }));
      }),
      runs(5_000),
    );
  });

  it("are, whatever the limits, which may be passed at any place", () => {
    fc.assert(
      fc.property(anything, cuts, anyLimits, (bytes, places, limits) => {
        const whole = drive([bytes], { limits });
        expect(drive(cutAt(bytes, places), { limits })).toEqual(whole);
        expect(drive(byteByByte(bytes), { limits })).toEqual(whole);
      }),
      runs(1_000),
    );
  });

  it("are either refused or end in the Closed event, if the connection ends and persists", () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        const { messages, code, closed } = drive([bytes], { end: true });
        const persists = messages.every(({ head }) => head.keepAlive);
        expect(closed).toBe(code === null && persists);
      }),
      runs(1_000),
    );
  });
});
