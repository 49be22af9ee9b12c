import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  byteByByte,
  cutAt,
  cuts,
  invalidResponse,
  invalidResponses,
  mutated,
  persistentResponse,
  type ResponseDefect,
  responsePipeline,
  type ValidResponse,
  validResponse,
} from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { anyLimits } from "./support/any-limits.ts";
import { splits } from "./support/check.ts";
import { driveClient, type ReceivedResponse } from "./support/drive-client.ts";

const codes = Object.keys(invalidResponses) as ResponseDefect[];

/** The events of a connection for a generated response. */
function received({ expected, interim }: ValidResponse): ReceivedResponse {
  const { content, trailers, ...head } = expected;
  return { interim, head, content: Buffer.from(content), trailers, complete: true };
}

/** A client waits for the response to CONNECT: such requests can only stand last among those sent ahead. */
const sentAhead = responsePipeline.map((responses) =>
  responses.filter(({ method }, i) => method !== "CONNECT" || i === responses.length - 1),
);

describe("valid responses", () => {
  it("are understood, and reported the same however they are cut", () => {
    fc.assert(
      fc.property(validResponse, cuts, (response, places) => {
        const { bytes, method } = response;
        const whole = { responses: [received(response)], code: null, closed: true };
        expect(driveClient([method], [bytes], { end: true })).toEqual(whole);
        expect(driveClient([method], cutAt(bytes, places), { end: true })).toEqual(whole);
      }),
      runs(2_000),
    );
  });

  it("are understood byte by byte, and cut in two at every place", () => {
    fc.assert(
      fc.property(validResponse, (response) => {
        for (const pieces of splits(response.bytes)) {
          const { responses } = driveClient([response.method], pieces, { end: true });
          expect(responses).toEqual([received(response)]);
        }
      }),
      runs(100),
    );
  });

  it("mean the same one behind another as each by itself", () => {
    fc.assert(
      fc.property(sentAhead, cuts, (responses, places) => {
        const bytes = Buffer.concat(responses.map((response) => response.bytes));
        const methods = responses.map(({ method }) => method);
        const apart = responses.map(received);
        expect(driveClient(methods, [bytes], { end: true }).responses).toEqual(apart);
        expect(driveClient(methods, cutAt(bytes, places), { end: true }).responses).toEqual(apart);
      }),
      runs(1_000),
    );
  });

  it("that close the connection are followed by nothing", () => {
    const last = validResponse.filter(
      ({ expected }) => !expected.keepAlive && expected.framing !== "until-close",
    );
    fc.assert(
      fc.property(last, invalidResponse, cuts, (response, behind, places) => {
        const all = Buffer.concat([response.bytes, behind.bytes]);
        const transcript = { responses: [received(response)], code: null, closed: true };
        expect(driveClient([response.method, "GET"], cutAt(all, places), { end: true })).toEqual(
          response.method === "CONNECT" ? expect.objectContaining(transcript) : transcript,
        );
      }),
      runs(500),
    );
  });
});

describe("invalid responses", () => {
  it.each(codes)("are refused with %s, however they are cut", (code) => {
    fc.assert(
      fc.property(invalidResponses[code], cuts, ({ bytes, limits, ended: end, method }, places) => {
        const whole = driveClient([method], [bytes], { limits, end });
        expect(whole.code).toBe(code);
        expect(driveClient([method], cutAt(bytes, places), { limits, end })).toEqual(whole);
        expect(driveClient([method], byteByByte(bytes), { limits, end })).toEqual(whole);
      }),
      runs(100),
    );
  });

  it("are refused behind a valid one, which is reported, and nothing behind them is", () => {
    const ordinary = persistentResponse.filter(({ method }) => method !== "CONNECT");
    fc.assert(
      fc.property(ordinary, invalidResponse, ordinary, cuts, (before, bad, after, places) => {
        fc.pre(Object.keys(bad.limits).length === 0 && !bad.ended && bad.code !== "RESPONSE_UNEXPECTED");
        const alone = driveClient([bad.method], [bad.bytes]);
        const all = Buffer.concat([before.bytes, bad.bytes, after.bytes]);
        const methods = [before.method, bad.method, after.method];
        const { responses, code } = driveClient(methods, cutAt(all, places), { end: true });
        expect(code).toBe(bad.code);
        expect(responses).toEqual([received(before), ...alone.responses]);
      }),
      runs(500),
    );
  });
});

describe("any bytes", () => {
  const pipelined = sentAhead.map((responses) => Buffer.concat(responses.map(({ bytes }) => bytes)));
  const anything = fc.oneof(
    { weight: 4, arbitrary: mutated(validResponse.map(({ bytes }) => bytes)) },
    { weight: 2, arbitrary: mutated(pipelined) },
    { weight: 2, arbitrary: mutated(invalidResponse.map(({ bytes }) => bytes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  const methods = fc.array(fc.constantFrom("GET", "HEAD", "POST"), { maxLength: 4 });

  it("are accepted or refused the same however they are cut, and cause no other error", () => {
    fc.assert(
      fc.property(methods, anything, cuts, fc.boolean(), (sent, bytes, places, end) => {
        expect(driveClient(sent, cutAt(bytes, places), { end })).toEqual(driveClient(sent, [bytes], { end }));
      }),
      runs(2_000),
    );
  });

  it("are, whatever the limits, which may be passed at any place", () => {
    fc.assert(
      fc.property(methods, anything, cuts, anyLimits, (sent, bytes, places, limits) => {
        const whole = driveClient(sent, [bytes], { limits });
        expect(driveClient(sent, cutAt(bytes, places), { limits })).toEqual(whole);
        expect(driveClient(sent, byteByByte(bytes), { limits })).toEqual(whole);
      }),
      runs(500),
    );
  });

  it("are either refused or leave the connection closed, once it has ended", () => {
    fc.assert(
      fc.property(methods, anything, (sent, bytes) => {
        const { code, closed } = driveClient(sent, [bytes], { end: true });
        expect(closed).toBe(code === null);
      }),
      runs(1_000),
    );
  });
});
