import fc from "fast-check";
import { control, inserted } from "./defect.ts";
import { NOT_IN_NAMES, textOf, token } from "./text.ts";

/** The rows of the table that are about one line of a header section. */
export type FieldLineDefect =
  | "FIELD_NAME_INVALID"
  | "FIELD_NAME_SPACE"
  | "FIELD_VALUE_INVALID"
  | "FIELD_COLON_MISSING"
  | "FIELD_FOLDED";

/** Field lines without their CRLF that must be refused, by their defect. */
export const badFieldLines: Readonly<Record<FieldLineDefect, fc.Arbitrary<string>>> = {
  FIELD_NAME_INVALID: fc.oneof(
    token.chain((name) => inserted(name, fc.constantFrom(...NOT_IN_NAMES))).map((name) => `${name}: v`),
    fc.constant(": v"),
    fc.tuple(token, token).map(([a, b]) => `${a} ${b}: v`),
  ),
  FIELD_NAME_SPACE: fc
    .tuple(fc.oneof(token, fc.constantFrom("Transfer-Encoding", "Content-Length")), textOf(" \t", 1, 3))
    .map(([name, space]) => `${name}${space}: chunked`),
  FIELD_VALUE_INVALID: fc
    .tuple(token, control, fc.constantFrom("", "x"))
    .map(([name, bad, after]) => `${name}: a${bad}${after}`),
  FIELD_COLON_MISSING: fc.oneof(token, fc.constantFrom("a b", "a\x00b", "=", "\xe9")),
  FIELD_FOLDED: fc
    .tuple(textOf(" \t", 1, 3), fc.constantFrom("folded", "a: b", "", ":"))
    .map((p) => p.join("")),
};
