import fc from "fast-check";
import { chunkExtension, chunkExtensions, chunkedBody, concat, openChunks, trailerSection } from "./body.ts";
import { type InvalidMessage, invalid } from "./defect.ts";
import { FORBIDDEN_TRAILERS, fieldLine, trailerFields } from "./fields.ts";
import { anyCase, CONTROL_CHARACTERS, fieldValue, latin1, token } from "./text.ts";

/** The rows of the table that are about the chunked transfer coding. */
export type ChunkDefect =
  | "CHUNK_SIZE_INVALID"
  | "CHUNK_SIZE_TOO_LARGE"
  | "CHUNK_EXTENSION_INVALID"
  | "CHUNK_EXTENSIONS_TOO_LARGE"
  | "CHUNK_DATA_UNTERMINATED"
  | "TRAILER_INVALID"
  | "TRAILER_FORBIDDEN"
  | "TRAILERS_TOO_LARGE";

const badTrailer: fc.Arbitrary<string> = fc.oneof(
  token,
  token.map((name) => `${name} : v`),
  token.map((name) => ` ${name}: folded`),
  fc.tuple(token, fc.constantFrom(...CONTROL_CHARACTERS)).map(([name, bad]) => `${name}: a${bad}b`),
  fc.constant(": v"),
);

/** Almost valid extensions behind the digits of a size line. */
const badExtensions: fc.Arbitrary<string> = fc.oneof(
  // No name, no value, or something behind them.
  fc
    .tuple(
      chunkExtension,
      fc.constantFrom(";", "; ", ";;", "=", "= ", " ", "\t", '="', '="x', '="\\"', ";=x", '"'),
    )
    .filter(([extension, more]) => !(more.startsWith("=") && extension.includes("=")))
    .map((pair) => pair.join("")),
  fc.tuple(chunkExtension, token).map((pair) => pair.join(" ")),
  fc
    .tuple(token, fc.constantFrom('"x"y', '"x""y"', "x y", "x=y", "x/y", "\xe9", ""), chunkExtensions)
    .map(([name, value, more]) => `;${name}=${value}${more}`),
  // Bytes that cannot stand anywhere in it; a lone LF ends no line.
  fc
    .tuple(
      token,
      fc.constantFrom("", "=", '="'),
      fc.constantFrom(...CONTROL_CHARACTERS.filter((character) => character !== "\r"), "\n"),
    )
    .map((parts) => `;${parts.join("")}`),
  fc.constantFrom(";", "; ", ";;", ";=", ";=a", ';"', ';"a"', ";a;;b", ";/", ";,", ";[]", ";\xff"),
);

/** A chunked message whose body has `defect`, after some valid chunks. */
function afterChunks(
  head: string,
  code: ChunkDefect,
  defect: fc.Arbitrary<string>,
): fc.Arbitrary<InvalidMessage> {
  return fc
    .tuple(openChunks, defect)
    .map(([chunks, text]) => invalid(code, concat([latin1(head), chunks.wire, latin1(text)])));
}

function trailersTooLarge(head: string): fc.Arbitrary<InvalidMessage> {
  return fc
    .tuple(openChunks, trailerFields, fc.nat(), fc.boolean())
    .filter(([, fields]) => fields.length > 0)
    .map(([chunks, fields, less, byCount]) => {
      const section = trailerSection(fields);
      const bytes = concat([latin1(head), chunks.wire, latin1(`0\r\n${section}`)]);
      const limits = byCount
        ? { trailerFields: less % fields.length }
        : { trailerBytes: less % (section.length - 2) };
      return invalid("TRAILERS_TOO_LARGE", bytes, limits);
    });
}

/** More content in chunks than the limit of the connection allows. */
export function chunksTooLarge(head: string): fc.Arbitrary<InvalidMessage> {
  return fc
    .tuple(
      chunkedBody.filter((body) => body.content.length > 0),
      fc.nat(),
    )
    .map(([body, less]) =>
      invalid("BODY_TOO_LARGE", concat([latin1(head), body.wire]), {
        bodyBytes: less % body.content.length,
      }),
    );
}

/** Messages with the chunked head `head` whose body is malformed, by their defect. */
export function invalidChunks(head: string): Readonly<Record<ChunkDefect, fc.Arbitrary<InvalidMessage>>> {
  return {
    CHUNK_SIZE_INVALID: afterChunks(
      head,
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
      head,
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
      head,
      "CHUNK_EXTENSION_INVALID",
      badExtensions.map((extensions) => `0${extensions}\r\n`),
    ),
    CHUNK_EXTENSIONS_TOO_LARGE: fc
      .tuple(fc.integer({ min: 1, max: 4 }), chunkExtension, fc.nat(), fc.boolean())
      .map(([count, extension, less, byCount]) =>
        invalid(
          "CHUNK_EXTENSIONS_TOO_LARGE",
          `${head}${`1${extension}\r\nx\r\n`.repeat(count)}0\r\n\r\n`,
          byCount
            ? { chunkExtensions: less % count }
            : { chunkExtensionBytes: less % (count * extension.length) },
        ),
      ),
    CHUNK_DATA_UNTERMINATED: afterChunks(
      head,
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
      .tuple(openChunks, trailerFields, badTrailer)
      .map(([chunks, fields, bad]) =>
        invalid(
          "TRAILER_INVALID",
          concat([latin1(head), chunks.wire, latin1(`0\r\n${bad}\r\n${trailerSection(fields)}`)]),
        ),
      ),
    TRAILER_FORBIDDEN: fc
      .tuple(
        openChunks,
        trailerFields,
        fieldLine(fc.constantFrom(...FORBIDDEN_TRAILERS).chain(anyCase), fieldValue),
        trailerFields,
      )
      .map(([chunks, before, bad, after]) =>
        invalid(
          "TRAILER_FORBIDDEN",
          concat([latin1(head), chunks.wire, latin1(`0\r\n${trailerSection([...before, bad, ...after])}`)]),
        ),
      ),
    TRAILERS_TOO_LARGE: trailersTooLarge(head),
  };
}
