import fc from "fast-check";
import { badFieldLines, type FieldLineDefect } from "./bad-field-line.ts";
import {
  head,
  type InvalidMessage,
  inserted,
  invalid,
  named,
  ordinaryMethod,
  withLine,
  withLineOf,
  withLines,
  write,
} from "./defect.ts";
import { hostValue, originForm, uriHost } from "./target.ts";
import { CONTROL_CHARACTERS, NOT_IN_NAMES, token } from "./text.ts";

const badTargets: fc.Arbitrary<string> = fc.oneof(
  // No form of a target begins like this.
  fc
    .tuple(
      ordinaryMethod,
      token.filter((target) => target !== "*"),
    )
    .map((pair) => pair.join(" ")),
  ordinaryMethod.filter((method) => method !== "OPTIONS").map((method) => `${method} *`),
  fc
    .constantFrom(
      "http://",
      "http:///path",
      "http://?q",
      "http://:80/",
      "http://u@h/",
      "http://u:p@h:1/",
      "http://[::1/",
      "http:/h/",
    )
    .map((target) => `GET ${target}`),
  originForm.map((target) => `CONNECT ${target}`),
  uriHost.map((host) => `CONNECT ${host}`),
  fc
    .tuple(uriHost, fc.constantFrom("", "0", "65536", "99999999999999999999", "8x", "-1"))
    .map((pair) => `CONNECT ${pair.join(":")}`),
  fc.constant("CONNECT :80"),
);

/** The rows of the table that are about the head itself. */
export type HeadDefect =
  | "BARE_LF"
  | "EMPTY_LINES"
  | "METHOD_INVALID"
  | "REQUEST_LINE_INVALID"
  | "REQUEST_LINE_TOO_LONG"
  | "TARGET_INVALID"
  | "VERSION_INVALID"
  | "VERSION_UNSUPPORTED"
  | FieldLineDefect
  | "HEAD_TOO_LARGE"
  | "HEAD_TOO_MANY_FIELDS"
  | "HOST_MISSING"
  | "HOST_DUPLICATE"
  | "HOST_INVALID";

/** Requests whose request line or header section is malformed, by their defect. */
export const invalidHeads: Readonly<Record<HeadDefect, fc.Arbitrary<InvalidMessage>>> = {
  BARE_LF: fc.tuple(head, fc.nat(99)).map(([h, at]) => {
    const all = [`${h.method} ${h.target} HTTP/1.1`, ...h.before, h.host, ...h.after, ""];
    const bare = at % all.length;
    return invalid("BARE_LF", all.map((line, i) => line + (i === bare ? "\n" : "\r\n")).join(""));
  }),
  EMPTY_LINES: fc
    .tuple(fc.nat(5), fc.integer({ min: 1, max: 3 }), originForm)
    .map(([leadingEmptyLines, more, target]) =>
      invalid(
        "EMPTY_LINES",
        `${"\r\n".repeat(leadingEmptyLines + more)}GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`,
        {
          leadingEmptyLines,
        },
      ),
    ),
  METHOD_INVALID: withLine("METHOD_INVALID", ({ method, target }) =>
    fc
      .oneof(inserted(method, fc.constantFrom(...NOT_IN_NAMES, "\t", ":")), fc.constant(""))
      .map((bad) => `${bad} ${target} HTTP/1.1`),
  ),
  REQUEST_LINE_INVALID: withLine("REQUEST_LINE_INVALID", ({ method, target }) =>
    fc.constantFrom(
      method,
      `${method} ${target}`,
      `${method}  ${target} HTTP/1.1`,
      `${method} ${target} HTTP/1.1 `,
      `${method} ${target} x HTTP/1.1`,
      `${method}  HTTP/1.1`,
    ),
  ),
  REQUEST_LINE_TOO_LONG: fc.tuple(head, fc.nat(99)).map(([h, less]) => {
    const line = `${h.method} ${h.target} HTTP/1.1`;
    const requestLineBytes = line.length - 1 - (less % line.length);
    return invalid("REQUEST_LINE_TOO_LONG", write(line, [h.host]), { requestLineBytes });
  }),
  TARGET_INVALID: fc.oneof(
    withLine("TARGET_INVALID", ({ method, target }) =>
      inserted(target, fc.constantFrom(...CONTROL_CHARACTERS, "\t", "#", "\x80", "\xe9", "\xff")).map(
        (bad) => `${method} ${bad} HTTP/1.1`,
      ),
    ),
    withLine("TARGET_INVALID", () => badTargets.map((bad) => `${bad} HTTP/1.1`)),
  ),
  VERSION_INVALID: withLine("VERSION_INVALID", ({ method, target }) =>
    fc
      .constantFrom(
        "",
        "HTTP",
        "HTTP/",
        "HTTP/1",
        "HTTP/1.",
        "HTTP/1.10",
        "HTTP/11.1",
        "http/1.1",
        "HTTP/a.b",
        "HTTP-1.1",
        "HTTP/1.1\r",
        "ICY/1.1",
        "HTTP/1.1\t",
      )
      .map((version) => `${method} ${target} ${version}`),
  ),
  VERSION_UNSUPPORTED: withLine("VERSION_UNSUPPORTED", ({ method, target }) =>
    fc
      .tuple(fc.constantFrom(0, 2, 3, 4, 5, 6, 7, 8, 9), fc.nat(9))
      .map((v) => `${method} ${target} HTTP/${v.join(".")}`),
  ),
  FIELD_NAME_INVALID: withLineOf("FIELD_NAME_INVALID", badFieldLines.FIELD_NAME_INVALID),
  FIELD_NAME_SPACE: withLineOf("FIELD_NAME_SPACE", badFieldLines.FIELD_NAME_SPACE),
  FIELD_VALUE_INVALID: withLineOf("FIELD_VALUE_INVALID", badFieldLines.FIELD_VALUE_INVALID),
  FIELD_COLON_MISSING: withLineOf("FIELD_COLON_MISSING", badFieldLines.FIELD_COLON_MISSING),
  FIELD_FOLDED: withLineOf("FIELD_FOLDED", badFieldLines.FIELD_FOLDED),
  HEAD_TOO_LARGE: fc.tuple(head, fc.nat()).map(([h, less]) => {
    const line = `${h.method} ${h.target} HTTP/1.1`;
    const text = write(line, [...h.before, h.host, ...h.after]);
    const room = line.length + 2;
    return invalid("HEAD_TOO_LARGE", text, { headBytes: room + (less % (text.length - room)) });
  }),
  HEAD_TOO_MANY_FIELDS: fc.tuple(head, fc.nat()).map(([h, less]) => {
    const fields = [...h.before, h.host, ...h.after];
    return invalid("HEAD_TOO_MANY_FIELDS", write(`${h.method} ${h.target} HTTP/1.1`, fields), {
      headFields: less % fields.length,
    });
  }),
  HOST_MISSING: withLines("HOST_MISSING", fc.constantFrom([], ["X-Host: a"], ["Hostt: a"], ["Hos: a"]), {
    host: false,
  }),
  HOST_DUPLICATE: withLines("HOST_DUPLICATE", named("host", hostValue)),
  HOST_INVALID: withLines(
    "HOST_INVALID",
    named(
      "host",
      fc.constantFrom(
        "a b",
        "a/b",
        "u@h",
        "[::1",
        "::1",
        "h:8x",
        "h:1:2",
        "\xe9",
        "a%zz",
        "a%4",
        "h?",
        "h#",
        "[x]",
        "a\\b",
        '"h"',
      ),
    ),
    { host: false },
  ),
};
