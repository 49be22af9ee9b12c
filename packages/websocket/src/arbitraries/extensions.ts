import * as fc from "fast-check";
import type { Extension } from "../extensions.ts";
import { MAX_EXTENSION_PARAMS, MAX_EXTENSIONS } from "../limits.ts";

/** A value of Sec-WebSocket-Extensions and its meaning (RFC 6455 §9.1). */
export interface ExtensionsHeader {
  readonly header: string;
  readonly extensions: readonly Extension[];
}

/** A value of Sec-WebSocket-Extensions that breaks the grammar, or exceeds a limit. */
export interface MalformedExtensions {
  readonly header: string;
  /** Its defect. */
  readonly kind: MalformedKind;
}

/** Names of members of JavaScript's objects, which must be ordinary names here. */
export const HOSTILE_NAMES: readonly string[] = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "valueOf",
];
/** The names of permessage-deflate (RFC 7692 §7.1). */
export const KNOWN_NAMES: readonly string[] = [
  "permessage-deflate",
  "server_no_context_takeover",
  "client_no_context_takeover",
  "server_max_window_bits",
  "client_max_window_bits",
];

/** A token (RFC 9110 §5.6.2), as names and values are. */
export function token(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/) },
    { weight: 1, arbitrary: fc.constantFrom(...KNOWN_NAMES) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_NAMES) },
  );
}

/** An extension with any name and parameters, some of them repeated. */
export function extension(): fc.Arbitrary<Extension> {
  const param = fc.tuple(token(), fc.option(token()));
  return fc.record({ name: token(), params: fc.array(param, { maxLength: 5 }) });
}

/** Any list of extensions, written in any way. */
export function extensionsHeader(): fc.Arbitrary<ExtensionsHeader> {
  return fc
    .array(extension(), { minLength: 1, maxLength: 4 })
    .chain((extensions) => writtenExtensions(extensions).map((header) => ({ header, extensions })));
}

/**
 * Ways of writing a list: with white space around commas, semicolons and the equals sign, values as tokens or in quotes, and
 * empty elements, as RFC 6455 §9.1 and RFC 9110 §5.6.1.2 allow.
 */
export function writtenExtensions(extensions: readonly Extension[]): fc.Arbitrary<string> {
  const elements = extensions.map((one) =>
    fc.tuple(emptyBefore(), writtenExtension(one)).map((parts) => parts.join("")),
  );
  const emptyBehind = fc.constantFrom("", "", " ", ",", " ,", ",\t, ");
  return fc.tuple(fc.tuple(...elements), emptyBehind).map(([written, behind]) => written.join() + behind);
}

function writtenExtension({ name, params }: Extension): fc.Arbitrary<string> {
  return fc.tuple(space(), ...params.map(writtenParam)).map(([gap, ...rest]) => name + gap + rest.join(""));
}

function writtenParam([name, value]: readonly [string, string | null]): fc.Arbitrary<string> {
  if (value === null) return fc.tuple(space(), space()).map(([before, after]) => `;${before}${name}${after}`);
  return fc
    .tuple(fc.tuple(space(), space(), space(), space()), writtenValue(value))
    .map(([[a, b, c, d], written]) => `;${a}${name}${b}=${c}${written}${d}`);
}

function writtenValue(value: string): fc.Arbitrary<string> {
  const quoted = fc
    .array(fc.boolean(), { minLength: value.length, maxLength: value.length })
    .map((escaped) => `"${[...value].map((character, i) => (escaped[i] ? "\\" : "") + character).join("")}"`);
  return fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: quoted });
}

function space(): fc.Arbitrary<string> {
  return fc.constantFrom("", "", "", " ", " ", "\t", " \t ");
}

function emptyBefore(): fc.Arbitrary<string> {
  return fc.constantFrom("", "", "", " ", "\t ", ", ", " ,,\t");
}

/** Ways of breaking the grammar. */
type GrammarKind =
  | "nothing in it"
  | "a parameter without a name"
  | "an extension without a name"
  | "a value that is missing"
  | "quotes that do not end"
  | "quotes around no token"
  | "something behind the value"
  | "two names"
  | "a value of an extension"
  | "characters of no token";

/** The defects of a header, each with an element that causes it at any place. */
const MALFORMED: { readonly [Kind in GrammarKind]: () => fc.Arbitrary<string> } = {
  "nothing in it": () => fc.constantFrom("", " ", ",", " ,\t, "),
  "a parameter without a name": () => fc.constantFrom("a;", "a; ", "a;;b", "a; ;b", "a;=1", "a; =1"),
  "an extension without a name": () => fc.constantFrom(";a", "=1", "; a=1", '"a"'),
  "a value that is missing": () => fc.constantFrom("a;b=", "a;b= ", "a;b=;c", 'a;b=""', "a;b==1"),
  "quotes that do not end": () => fc.constantFrom('a;b="', 'a;b="1', 'a;b="1\\"', 'a;b="1\\', 'a;b="1;c="2'),
  "quotes around no token": () =>
    fc.constantFrom('a;b="1 2"', 'a;b=" "', 'a;b="\\""', 'a;b="\\\\"', 'a;b="é"'),
  "something behind the value": () =>
    fc.constantFrom('a;b="1"2', "a;b=1 2", 'a;b=1"2"', "a;b=1=2", 'a;b="1""2"'),
  "two names": () => fc.constantFrom("a b", "a\tb", "a;b c", "a;b c=1"),
  "a value of an extension": () => fc.constantFrom("a=1", 'a="1"', "a =1;b"),
  "characters of no token": () =>
    fc
      .constantFrom(...'()<>@:\\/[]?{}"\x00\x7f\xa0é\u2028', "\r\n", "\u0130")
      .chain((bad) =>
        fc.constantFrom(`a${bad}`, `${bad}a`, `a;b${bad}`, `a;b=${bad}`, `a;${bad}b`, `a;b=1${bad}`),
      ),
};

/** A kind of {@link malformedExtensions}. */
export type MalformedKind = GrammarKind | "too many extensions" | "too many parameters";

/** Headers that must be refused as a whole (RFC 6455 §9.1), or are by this package's limits. */
export function malformedExtensions(): fc.Arbitrary<MalformedExtensions> {
  const kinds = Object.keys(MALFORMED) as Array<GrammarKind>;
  return fc.oneof(...kinds.map(malformedBy), tooManyExtensions(), tooManyParameters());
}

function malformedBy(kind: GrammarKind): fc.Arbitrary<MalformedExtensions> {
  const whole = MALFORMED[kind]().map((header) => ({ header, kind }));
  if (kind === "nothing in it") return whole;
  const among = fc
    .tuple(extensionsHeader(), whole, extensionsHeader())
    .map(([before, bad, after]) => ({ header: `${before.header},${bad.header},${after.header}`, kind }));
  return fc.oneof(whole, among);
}

function tooManyExtensions(): fc.Arbitrary<MalformedExtensions> {
  const list = fc.array(token(), { minLength: MAX_EXTENSIONS + 1, maxLength: MAX_EXTENSIONS + 5 });
  return list.map((names) => ({ header: names.join(), kind: "too many extensions" }));
}

function tooManyParameters(): fc.Arbitrary<MalformedExtensions> {
  const list = fc.array(token(), {
    minLength: MAX_EXTENSION_PARAMS + 2,
    maxLength: MAX_EXTENSION_PARAMS + 5,
  });
  return list.map((names) => ({ header: names.join(";"), kind: "too many parameters" }));
}
