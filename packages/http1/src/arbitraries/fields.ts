import fc from "fast-check";
import { fieldValue, optionalWhitespace, token } from "./text.ts";

/** A field as it is sent: its name, its value, and the field line that says it, without CRLF. */
export interface FieldLine {
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

/** Names that decide about framing or connection; a field that is there by chance must not have one of them. */
const FRAMING = new Set(["connection", "content-length", "expect", "host", "transfer-encoding", "upgrade"]);

/** The field with whitespace at random around its value (RFC 9112 §5). */
export function fieldLine(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<FieldLine> {
  return fc
    .tuple(name, value, optionalWhitespace, optionalWhitespace)
    .map(([n, v, before, after]) => ({ name: n, value: v, line: `${n}:${before}${v}${after}` }));
}

/** A field without meaning for the message's framing; any name, any legal bytes. */
export const plainField: fc.Arbitrary<FieldLine> = fieldLine(
  fc.oneof(
    token.filter((name) => !FRAMING.has(name.toLowerCase())),
    fc.constantFrom("Accept", "Cookie", "User-Agent", "X-Forwarded-For", "Trailer", "TE", "Keep-Alive"),
  ),
  fieldValue,
);

export const plainFields: fc.Arbitrary<FieldLine[]> = fc.array(plainField, { maxLength: 5 });

/** Names of fields that must not stand behind content (RFC 9110 §6.5.1), of each kind that it names. */
export const FORBIDDEN_TRAILERS: readonly string[] = [
  ...[
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Trailer",
    "Keep-Alive",
    "Proxy-Connection",
  ],
  ...["Host", "Max-Forwards"],
  ...["Cache-Control", "Expect", "Pragma", "Range", "TE"],
  ...["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"],
  ...[
    "Authorization",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "WWW-Authenticate",
    "Cookie",
    "Set-Cookie",
  ],
  ...["Content-Encoding", "Content-Range", "Content-Type"],
];

const forbidden = new Set(FORBIDDEN_TRAILERS.map((name) => name.toLowerCase()));

/** Fields that may stand behind content. */
export const trailerFields: fc.Arbitrary<FieldLine[]> = plainFields.map((fields) =>
  fields.filter(({ name }) => !forbidden.has(name.toLowerCase())),
);

/** Name, value, name, value …, as `Fields.list` has them. */
export function flatten(fields: readonly FieldLine[]): string[] {
  return fields.flatMap(({ name, value }) => [name, value]);
}
