import fc from "fast-check";
import { named } from "./defect.ts";

/** Values of Content-Length that are not a row of digits. */
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

/** The rows of the table that the same field lines hit in a request and in a response. */
export type FramingLineDefect =
  | "CONTENT_LENGTH_INVALID"
  | "CONTENT_LENGTH_DUPLICATE"
  | "TRANSFER_ENCODING_WITH_LENGTH"
  | "TRANSFER_ENCODING_HTTP_1_0";

/** Field lines with these defects; those of the last row are one in an HTTP/1.0 message only. */
export const badFramingLines: Readonly<Record<FramingLineDefect, fc.Arbitrary<readonly string[]>>> = {
  CONTENT_LENGTH_INVALID: named("content-length", badContentLengths),
  CONTENT_LENGTH_DUPLICATE: named("content-length", fc.constantFrom("0", "5"), fc.constantFrom("5", "6", "")),
  TRANSFER_ENCODING_WITH_LENGTH: fc
    .tuple(
      named("transfer-encoding", fc.constantFrom("chunked", "gzip")),
      named("content-length", fc.constantFrom("0", "5")),
    )
    .map((pair) => pair.flat()),
  TRANSFER_ENCODING_HTTP_1_0: named(
    "transfer-encoding",
    fc.constantFrom("chunked", "identity", "gzip, chunked"),
  ),
};
