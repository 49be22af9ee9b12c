import fc from "fast-check";
import { badFramingLines } from "./bad-framing-lines.ts";
import { type InvalidMessage, invalid, named, withLines } from "./defect.ts";
import { type ChunkDefect, chunksTooLarge, invalidChunks } from "./invalid-chunks.ts";
import { validRequest } from "./request.ts";
import { token } from "./text.ts";

const CHUNKED_HEAD = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

const badTransferEncodings: fc.Arbitrary<string> = fc.constantFrom(
  "",
  ",",
  "gzip",
  "identity",
  "chunked, gzip",
  "chunked, chunked",
  "gzip, chunked, chunked",
  "chunked;q=1",
  "xchunked",
  "chunked\xa0",
  '"chunked"',
);

const tooLarge: fc.Arbitrary<InvalidMessage> = fc.oneof(
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([bodyBytes, more]) =>
      invalid(
        "BODY_TOO_LARGE",
        `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bodyBytes + 1 + more}\r\n\r\n`,
        { bodyBytes },
      ),
    ),
  // Past 2^53 - 1 a length could not be counted down exactly; refused without any limit.
  fc
    .constantFrom("9007199254740992", "18446744073709551616", "9".repeat(400))
    .map((length) =>
      invalid("BODY_TOO_LARGE", `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`),
    ),
  chunksTooLarge(CHUNKED_HEAD),
);

/** The rows of the table that are about framing and content. */
export type BodyDefect =
  | "CONTENT_LENGTH_INVALID"
  | "CONTENT_LENGTH_DUPLICATE"
  | "TRANSFER_ENCODING_WITH_LENGTH"
  | "TRANSFER_ENCODING_HTTP_1_0"
  | "TRANSFER_ENCODING_INVALID"
  | "TRANSFER_ENCODING_UNKNOWN"
  | "EXPECTATION_UNKNOWN"
  | "BODY_TOO_LARGE"
  | ChunkDefect
  | "PREMATURE_END";

/** Requests whose content cannot be delimited, or whose body is malformed, by their defect. */
export const invalidBodies: Readonly<Record<BodyDefect, fc.Arbitrary<InvalidMessage>>> = {
  CONTENT_LENGTH_INVALID: withLines("CONTENT_LENGTH_INVALID", badFramingLines.CONTENT_LENGTH_INVALID),
  CONTENT_LENGTH_DUPLICATE: withLines("CONTENT_LENGTH_DUPLICATE", badFramingLines.CONTENT_LENGTH_DUPLICATE),
  TRANSFER_ENCODING_WITH_LENGTH: withLines(
    "TRANSFER_ENCODING_WITH_LENGTH",
    badFramingLines.TRANSFER_ENCODING_WITH_LENGTH,
  ),
  TRANSFER_ENCODING_HTTP_1_0: withLines(
    "TRANSFER_ENCODING_HTTP_1_0",
    badFramingLines.TRANSFER_ENCODING_HTTP_1_0,
    { minor: 0 },
  ),
  TRANSFER_ENCODING_INVALID: withLines(
    "TRANSFER_ENCODING_INVALID",
    fc.oneof(
      named("transfer-encoding", badTransferEncodings),
      named("transfer-encoding", fc.constant("chunked"), fc.constantFrom("chunked", "identity", "gzip")),
    ),
  ),
  TRANSFER_ENCODING_UNKNOWN: withLines(
    "TRANSFER_ENCODING_UNKNOWN",
    fc.oneof(
      named("transfer-encoding", fc.constantFrom("gzip, chunked", "identity,chunked", "x;a=1, Chunked")),
      named(
        "transfer-encoding",
        token.filter((coding) => coding.toLowerCase() !== "chunked"),
        fc.constant("CHUNKED"),
      ),
    ),
  ),
  EXPECTATION_UNKNOWN: withLines(
    "EXPECTATION_UNKNOWN",
    named(
      "expect",
      fc.constantFrom("200-ok", "100-continue, x", "100-continue=1", "100-continue;q=1", "100continue"),
    ),
  ),
  BODY_TOO_LARGE: tooLarge,
  ...invalidChunks(CHUNKED_HEAD),
  PREMATURE_END: fc
    .tuple(validRequest, fc.nat())
    .map(([request, at]) =>
      invalid("PREMATURE_END", request.bytes.subarray(0, 1 + (at % (request.bytes.length - 1)))),
    ),
};
