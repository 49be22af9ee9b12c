import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  invalidResponse,
  invalidResponses,
  mutated,
  type ResponseDefect,
  responsePipeline,
  validResponse,
} from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { driveClient } from "./support/drive-client.ts";
import type { Deviation } from "./support/oracle.ts";
import { type ResponsesRead, readResponses } from "./support/response-oracle.ts";

/** The places in a body where the parser differs from the grammar; oracle.test.ts has the reasons. */
const followed: ReadonlySet<Deviation> = new Set(["chunk-size-digits"]);
const NONE: ReadonlySet<Deviation> = new Set();

/** The parser's result of the bytes, in the words of the oracle. */
function parsed(methods: readonly string[], bytes: Uint8Array): ResponsesRead {
  const { responses, code } = driveClient(methods, [bytes], { end: true });
  return {
    responses: responses
      .filter(({ complete }) => complete)
      .map(({ head, interim, content, trailers }) => {
        const { framing: _, length: __, transferCodings: ___, ...rest } = head!;
        return {
          ...rest,
          interim: interim.map(({ status }) => status),
          content: content.toString("latin1"),
          trailers,
        };
      }),
    verdict: code === null ? "closed" : "rejected",
  };
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const ordinary = responsePipeline.map((responses) => responses.filter(({ method }) => method !== "CONNECT"));

describe("a second parser of responses, written from the RFC", () => {
  it("agrees about valid responses, without any deviation", () => {
    fc.assert(
      fc.property(ordinary, (responses) => {
        const bytes = Buffer.concat(responses.map((response) => response.bytes));
        const methods = responses.map(({ method }) => method);
        expect(parsed(methods, bytes)).toEqual(readResponses(methods, latin1(bytes), NONE));
      }),
      runs(500),
    );
  });

  it.each(
    (Object.keys(invalidResponses) as ResponseDefect[]).filter((code) => !/TOO_LARGE|TOO_MANY/.test(code)),
  )("agrees that %s is to be refused", (code) => {
    fc.assert(
      fc.property(invalidResponses[code], ({ bytes, method }) => {
        expect(readResponses([method], latin1(bytes), followed).verdict).toBe("rejected");
      }),
      runs(50),
    );
  });

  it("agrees about mutations of valid and of invalid responses, but for the deviations", () => {
    const source = fc.oneof(
      validResponse.map(({ bytes }) => bytes),
      ordinary.map((responses) => Buffer.concat(responses.map(({ bytes }) => bytes))),
      invalidResponse.map(({ bytes }) => bytes),
    );
    const methods = fc.array(fc.constantFrom("GET", "GET", "HEAD", "POST"), { maxLength: 4 });
    fc.assert(
      fc.property(methods, mutated(source), (sent, bytes) => {
        expect(parsed(sent, bytes)).toEqual(readResponses(sent, latin1(bytes), followed));
      }),
      runs(3_000),
    );
  });
});
