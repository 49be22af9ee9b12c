import fc from "fast-check";
import type { RejectionCode } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { chunkedBody, concat, openChunks, trailerSection } from "./body.ts";
import { type InvalidRequest, invalid, named, withLines } from "./defect.ts";
import { plainFields } from "./fields.ts";
import { validRequest } from "./request.ts";
import { CONTROL_CHARACTERS, FIELD_CHARACTERS, latin1, textOf, token } from "./text.ts";

const CHUNKED_HEAD = "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/** A chunked request whose body goes wrong in `defect`, after some chunks that are right. */
function afterChunks(
  code: RejectionCode,
  defect: fc.Arbitrary<string>,
  limits: Partial<Limits> = {},
): fc.Arbitrary<InvalidRequest> {
  return fc
    .tuple(openChunks, defect)
    .map(([chunks, text]) =>
      invalid(code, concat([latin1(CHUNKED_HEAD), chunks.wire, latin1(text)]), limits),
    );
}

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

const badContentLengths: fc.Arbitrary<string> = fc.constantFrom(
  "",
  "+5",
  "-5",
  "5, 5",
  "5,6",
  "0x5",
  "5 5",
  "1e3",
  "5.0",
  "5;",
  "five",
  "\xb2",
  "1_000",
  "NaN",
  "Infinity",
);

const tooLarge: fc.Arbitrary<InvalidRequest> = fc.oneof(
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
  fc
    .tuple(
      chunkedBody.filter((body) => body.content.length > 0),
      fc.nat(),
    )
    .map(([body, less]) =>
      invalid("BODY_TOO_LARGE", concat([latin1(CHUNKED_HEAD), body.wire]), {
        bodyBytes: less % body.content.length,
      }),
    ),
);

const trailersTooLarge: fc.Arbitrary<InvalidRequest> = fc
  .tuple(openChunks, plainFields, fc.nat(), fc.boolean())
  .filter(([, fields]) => fields.length > 0)
  .map(([chunks, fields, less, byCount]) => {
    const section = trailerSection(fields);
    const bytes = concat([latin1(CHUNKED_HEAD), chunks.wire, latin1(`0\r\n${section}`)]);
    const limits = byCount
      ? { trailerFields: less % fields.length }
      : { trailerBytes: less % (section.length - 2) };
    return invalid("TRAILERS_TOO_LARGE", bytes, limits);
  });

const badTrailer: fc.Arbitrary<string> = fc.oneof(
  token,
  token.map((name) => `${name} : v`),
  token.map((name) => ` ${name}: folded`),
  fc.tuple(token, fc.constantFrom(...CONTROL_CHARACTERS)).map(([name, bad]) => `${name}: a${bad}b`),
  fc.constant(": v"),
);

const visible: fc.Arbitrary<string> = textOf(FIELD_CHARACTERS, 0, 8);

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
  | "CHUNK_SIZE_INVALID"
  | "CHUNK_SIZE_TOO_LARGE"
  | "CHUNK_EXTENSION_INVALID"
  | "CHUNK_EXTENSIONS_TOO_LARGE"
  | "CHUNK_DATA_UNTERMINATED"
  | "TRAILER_INVALID"
  | "TRAILERS_TOO_LARGE"
  | "PREMATURE_END";

/** Requests whose content cannot be delimited, or whose body is malformed, by what is wrong with it. */
export const invalidBodies: Readonly<Record<BodyDefect, fc.Arbitrary<InvalidRequest>>> = {
  CONTENT_LENGTH_INVALID: withLines("CONTENT_LENGTH_INVALID", named("content-length", badContentLengths)),
  CONTENT_LENGTH_DUPLICATE: withLines(
    "CONTENT_LENGTH_DUPLICATE",
    named("content-length", fc.constantFrom("0", "5"), fc.constantFrom("5", "6", "")),
  ),
  TRANSFER_ENCODING_WITH_LENGTH: withLines(
    "TRANSFER_ENCODING_WITH_LENGTH",
    fc
      .tuple(
        named("transfer-encoding", fc.constantFrom("chunked", "gzip")),
        named("content-length", fc.constantFrom("0", "5")),
      )
      .map((pair) => pair.flat()),
  ),
  TRANSFER_ENCODING_HTTP_1_0: withLines(
    "TRANSFER_ENCODING_HTTP_1_0",
    named("transfer-encoding", fc.constantFrom("chunked", "identity", "gzip, chunked")),
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
  CHUNK_SIZE_INVALID: afterChunks(
    "CHUNK_SIZE_INVALID",
    fc.constantFrom(
      "\r\n",
      "g\r\n",
      "0x5\r\n",
      "-1\r\n",
      "+1\r\n",
      " 5\r\n",
      "5 \r\n",
      "5\t5\r\n",
      "5\n",
      "5\r5",
      ";a\r\n",
      "5;a\rb",
      "5,5\r\n",
      "\xb2\r\n",
      "\x00",
    ),
  ),
  CHUNK_SIZE_TOO_LARGE: afterChunks(
    "CHUNK_SIZE_TOO_LARGE",
    fc
      .constantFrom(
        "00000000000000000",
        "20000000000000",
        "ffffffffffffffff",
        "10000000000000000",
        "FFFFFFFFFFFFFFFF0",
      )
      .map((size) => `${size}\r\n`),
  ),
  CHUNK_EXTENSION_INVALID: afterChunks(
    "CHUNK_EXTENSION_INVALID",
    fc
      .tuple(visible, fc.constantFrom(...CONTROL_CHARACTERS.filter((character) => character !== "\r"), "\n"))
      .map(([text, bad]) => `0;${text}${bad}\r\n`),
  ),
  CHUNK_EXTENSIONS_TOO_LARGE: fc
    .tuple(fc.integer({ min: 1, max: 4 }), visible, fc.nat())
    .map(([count, text, less]) =>
      invalid("CHUNK_EXTENSIONS_TOO_LARGE", `${CHUNKED_HEAD}${`1;${text}\r\nx\r\n`.repeat(count)}0\r\n\r\n`, {
        chunkExtensionBytes: less % (count * (text.length + 1)),
      }),
    ),
  CHUNK_DATA_UNTERMINATED: afterChunks(
    "CHUNK_DATA_UNTERMINATED",
    fc.constantFrom(
      "5\r\nhello0\r\n\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello\r0\r\n\r\n",
      "1\r\nab\r\n",
      "1\r\na\r\r\n",
      "1\r\na\n\n",
    ),
  ),
  TRAILER_INVALID: fc
    .tuple(openChunks, plainFields, badTrailer)
    .map(([chunks, fields, bad]) =>
      invalid(
        "TRAILER_INVALID",
        concat([latin1(CHUNKED_HEAD), chunks.wire, latin1(`0\r\n${bad}\r\n${trailerSection(fields)}`)]),
      ),
    ),
  TRAILERS_TOO_LARGE: trailersTooLarge,
  PREMATURE_END: fc
    .tuple(validRequest, fc.nat())
    .map(([request, at]) =>
      invalid("PREMATURE_END", request.bytes.subarray(0, 1 + (at % (request.bytes.length - 1)))),
    ),
};
