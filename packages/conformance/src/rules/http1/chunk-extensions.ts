import { chunkExtensions } from "@mantou/http1/arbitraries";
import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { accepted } from "../judges.ts";
import type { Rule, Site } from "../rule.ts";
import { chunked, goesOn, last } from "./chunked-post.ts";

/** The content of two chunks, of which each may have extensions. */
function withExtensions(site: Site, extensions: fc.Arbitrary<string>): fc.Arbitrary<Trial> {
  return fc
    .tuple(extensions, extensions)
    .map(([first, second]) => chunked(site, `5${first}\r\nhello\r\n0${second}\r\n\r\n`));
}

/** Without whitespace but in quotes. */
const EXTENSIONS = [
  ";a",
  ";a=b",
  ';a="b"',
  ";a;b",
  ";a=b;c",
  ";A1!#$%&'*+-.^_`|~=x",
  ';a=";"',
  ';a=" \t="',
  ';a=""',
  ';a="\\"\\\\"',
  ';a="\xe9"',
];

/** Almost valid extensions behind the size of a chunk. */
const BAD_EXTENSIONS = [
  ";",
  "; ",
  ";;",
  ";=",
  ";=a",
  ";a=",
  ';"a"',
  ";a b",
  ';a="x',
  ';a="x"y',
  ";a/",
  ";a=b=c",
  " a",
  ";,",
];
/** The same with bytes that stand nowhere in a head. */
const BAD_BYTES = [";\x00", ";a\x01", ";a=\x7f", ';a="\x00"'];

/** RFC 9112 §7.1.1: chunk extensions. */
export const chunkExtensionRules: readonly Rule[] = [
  {
    id: "rfc9112/7.1.1/extensions-ignored",
    level: "must",
    section: "RFC 9112 §7.1.1",
    says: "Chunk extensions that the server does not know are ignored: names with and without values, tokens and quoted strings.",
    applies: goesOn,
    arbitrary: (site) => withExtensions(site, fc.constantFrom("", ...EXTENSIONS)),
    judge: accepted("two responses: to the POST, and to the request behind its content", [400, 501]),
  },
  {
    id: "rfc9112/7.1.1/extensions-whitespace",
    level: "must",
    section: "RFC 9112 §7.1.1, RFC 9110 §5.6.3",
    says: "Whitespace around the semicolon and the equals sign of a chunk extension is bad, and accepted.",
    applies: goesOn,
    arbitrary: (site) => withExtensions(site, chunkExtensions),
    judge: accepted("two responses: to the POST, and to the request behind its content", [400, 501]),
  },
  {
    id: "rfc9112/7.1.1/extension-grammar",
    level: "should",
    section: "RFC 9112 §7.1.1, §2.2",
    says: "What is behind a chunk size is extensions: names with optional values. Anything else is no HTTP message.",
    arbitrary: (site) =>
      fc
        .tuple(fc.constantFrom(...BAD_EXTENSIONS, ...BAD_BYTES), fc.boolean())
        .map(([text, isLast]) => chunked(site, isLast ? `0${text}\r\n\r\n` : `1${text}\r\na\r\n0\r\n\r\n`)),
    judge: last,
  },
];
