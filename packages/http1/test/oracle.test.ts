import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  invalidRequest,
  invalidRequests,
  mutated,
  pipeline,
  type RequestDefect,
  validRequest,
} from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { bytesOf } from "./support/check.ts";
import { drive } from "./support/drive.ts";
import { type Deviation, type OracleResult, readConnection } from "./support/oracle.ts";

const NONE: ReadonlySet<Deviation> = new Set();

/** Each place where the parser reads otherwise than the grammar, with an input that shows it. */
const deviations: Readonly<Record<Deviation, { rfc: string; bytes: string; parser: "closed" | "rejected" }>> =
  {
    "empty-lines-limited": {
      rfc: "RFC 9112 §2.2: a server SHOULD ignore at least one empty line",
      bytes: `${"\r\n".repeat(9)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`,
      parser: "rejected",
    },
    "target-visible": {
      rfc: "RFC 9112 §3.2: an invalid target SHOULD be refused or redirected, which the application may do",
      bytes: 'GET /a|b?{"c"}^%zz HTTP/1.1\r\nHost: a\r\n\r\n',
      parser: "closed",
    },
    "absolute-form-needs-authority": {
      rfc: "RFC 9110 §7.1: a target that names no resource of this server",
      bytes: "GET urn:a:b HTTP/1.1\r\nHost: a\r\n\r\n",
      parser: "rejected",
    },
    "chunk-size-digits": {
      rfc: "RFC 9112 §7.1: recipients MUST anticipate large numerals",
      bytes: `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${"0".repeat(17)}\r\n\r\n`,
      parser: "rejected",
    },
  };
const followed = new Set(Object.keys(deviations) as Deviation[]);

/** The parser's result of the bytes, in the words of the oracle. */
function parsed(bytes: Uint8Array): OracleResult {
  const { messages, code, closed } = drive([bytes], { end: true });
  return {
    messages: messages
      .filter(({ complete }) => complete)
      .map(({ head, content, trailers }) => {
        const { host: _, framing: __, length: ___, ...rest } = head;
        return { ...rest, content: content.toString("latin1"), trailers };
      }),
    verdict: code !== null ? "rejected" : closed ? "closed" : "stopped",
  };
}

function read(bytes: Uint8Array, deviating: ReadonlySet<Deviation>): OracleResult {
  return readConnection(Buffer.from(bytes).toString("latin1"), deviating);
}

describe("a second parser, written from the RFC", () => {
  it("agrees about valid requests, without any deviation", () => {
    fc.assert(
      fc.property(pipeline, (requests) => {
        const bytes = Buffer.concat(requests.map((request) => request.bytes));
        expect(parsed(bytes)).toEqual(read(bytes, NONE));
      }),
      runs(500),
    );
  });

  // Codes of limits that the RFC leaves to the server.
  const codes = Object.keys(invalidRequests) as RequestDefect[];
  const limited = codes.filter((code) => /TOO_LARGE|TOO_LONG|TOO_MANY|EMPTY_LINES/.test(code));
  it.each(codes.filter((code) => !limited.includes(code)))("agrees that %s is to be refused", (code) => {
    fc.assert(
      fc.property(invalidRequests[code], ({ bytes }) => {
        expect(read(bytes, followed).verdict).toBe("rejected");
      }),
      runs(50),
    );
  });

  it("agrees about mutations of valid and of invalid requests, but for the deviations", () => {
    const source = fc.oneof(
      validRequest.map(({ bytes }) => bytes),
      pipeline.map((requests) => Buffer.concat(requests.map(({ bytes }) => bytes))),
      invalidRequest.map(({ bytes }) => bytes),
    );
    fc.assert(
      fc.property(mutated(source), (bytes) => {
        expect(parsed(bytes)).toEqual(read(bytes, followed));
      }),
      runs(4_000),
    );
  });

  it.each(Object.entries(deviations))("differs in %s, and nowhere else", (name, { bytes, parser, rfc }) => {
    const input = bytesOf(bytes);
    expect(rfc).toMatch(/^RFC 91\d\d §/);
    expect(parsed(input).verdict).toBe(parser);
    expect(read(input, NONE).verdict).not.toBe(parser);
    expect(read(input, new Set([name as Deviation])).verdict).toBe(parser);
  });
});
