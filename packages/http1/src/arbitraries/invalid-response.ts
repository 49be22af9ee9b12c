import fc from "fast-check";
import type { Limits } from "../limits.ts";
import { badFieldLines, type FieldLineDefect } from "./bad-field-line.ts";
import { badFramingLines } from "./bad-framing-lines.ts";
import { concat, content } from "./body.ts";
import { control, type InvalidMessage, inserted, invalid, named, write } from "./defect.ts";
import { plainFields } from "./fields.ts";
import { type ChunkDefect, chunksTooLarge, invalidChunks } from "./invalid-chunks.ts";
import { persistentResponse, validResponse } from "./response.ts";
import { latin1, token } from "./text.ts";

/** A response to `method` that must be refused, and with which code. */
export interface InvalidResponse extends InvalidMessage {
  readonly method: string;
}

/** The rows of the table that a response can hit. */
export type ResponseDefect =
  | "BARE_LF"
  | "STATUS_LINE_INVALID"
  | "VERSION_INVALID"
  | "VERSION_UNSUPPORTED"
  | FieldLineDefect
  | "HEAD_TOO_LARGE"
  | "HEAD_TOO_MANY_FIELDS"
  | "CONTENT_LENGTH_INVALID"
  | "CONTENT_LENGTH_DUPLICATE"
  | "TRANSFER_ENCODING_WITH_LENGTH"
  | "TRANSFER_ENCODING_HTTP_1_0"
  | "TRANSFER_ENCODING_INVALID"
  | "BODY_TOO_LARGE"
  | ChunkDefect
  | "PREMATURE_END"
  | "RESPONSE_UNEXPECTED"
  | "INTERIM_RESPONSES_TOO_MANY"
  | "UPGRADE_UNEXPECTED";

/** Statuses whose responses to GET have content, so that their framing fields count. */
const status: fc.Arbitrary<number> = fc.constantFrom(200, 206, 301, 404, 500, 599);

const lines: fc.Arbitrary<string[]> = plainFields.map((fields) => fields.map(({ line }) => line));

const toGet = (message: fc.Arbitrary<InvalidMessage>): fc.Arbitrary<InvalidResponse> =>
  message.map((one) => ({ method: "GET", ...one }));

function withLine(code: ResponseDefect, line: fc.Arbitrary<string>): fc.Arbitrary<InvalidResponse> {
  return toGet(fc.tuple(line, lines).map(([text, fields]) => invalid(code, write(text, fields))));
}

function withLines(
  code: ResponseDefect,
  extra: fc.Arbitrary<readonly string[]>,
  minor: 0 | 1 = 1,
): fc.Arbitrary<InvalidResponse> {
  return toGet(
    fc
      .tuple(status, lines, extra, lines)
      .map(([s, before, more, after]) =>
        invalid(code, write(`HTTP/1.${minor} ${s} `, [...before, ...more, ...after])),
      ),
  );
}

const one = (line: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> => line.map((text) => [text]);

/** A head whose limit `name` is too small for it. */
function tooMuch(
  code: ResponseDefect,
  limit: (text: string, fields: number, less: number) => Partial<Limits>,
) {
  return toGet(
    fc
      .tuple(status, lines, fc.nat())
      .filter(([, fields]) => fields.length > 0)
      .map(([s, fields, less]) => {
        const text = write(`HTTP/1.1 ${s} OK`, fields);
        return invalid(code, text, limit(text, fields.length, less));
      }),
  );
}

const badCodings: fc.Arbitrary<string> = fc.constantFrom(
  "chunked, chunked",
  "gzip, chunked, chunked",
  "chunked, gzip, chunked",
  "chunked;q=1",
  "chunked\xa0",
  "chunked chunked",
  '"chunked"',
  ";chunked",
);

const tooLarge: fc.Arbitrary<InvalidMessage> = fc.oneof(
  chunksTooLarge("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
  fc
    .constantFrom("9007199254740992", "9".repeat(400))
    .map((length) => invalid("BODY_TOO_LARGE", `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)),
  fc
    .tuple(
      content.filter((bytes) => bytes.length > 0),
      fc.nat(),
      fc.boolean(),
    )
    .map(([bytes, less, declared]) => {
      const head = `HTTP/1.1 200 OK\r\n${declared ? `Content-Length: ${bytes.length}\r\n` : ""}\r\n`;
      return invalid("BODY_TOO_LARGE", concat([latin1(head), bytes]), { bodyBytes: less % bytes.length });
    }),
);

const badSwitch: fc.Arbitrary<string> = fc.constantFrom(
  "",
  "Connection: upgrade\r\nUpgrade: x\r\n",
  "Connection: upgrade\r\n",
  "Upgrade: websocket\r\n",
);

/** For each code, responses that must be refused with it and are valid otherwise. */
export const invalidResponses: Readonly<Record<ResponseDefect, fc.Arbitrary<InvalidResponse>>> = {
  BARE_LF: toGet(
    fc.tuple(status, lines, fc.nat(99)).map(([s, fields, at]) => {
      const all = [`HTTP/1.1 ${s} OK`, ...fields, ""];
      return invalid(
        "BARE_LF",
        all.map((line, i) => line + (i === at % all.length ? "\n" : "\r\n")).join(""),
      );
    }),
  ),
  STATUS_LINE_INVALID: withLine(
    "STATUS_LINE_INVALID",
    fc.oneof(
      fc.constantFrom(
        "HTTP/1.1 ",
        "HTTP/1.1",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 2x0 OK",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1 -20 OK",
        "HTTP/1.1 OK",
      ),
      inserted("OK", control).map((reason) => `HTTP/1.1 200 ${reason}`),
    ),
  ),
  VERSION_INVALID: withLine(
    "VERSION_INVALID",
    fc.constantFrom(
      "",
      "HTTP 200 OK",
      "HTTP/1 200 OK",
      "HTTP/1.10 200 OK",
      "http/1.1 200 OK",
      "HTTP/11.1 200 OK",
      "ICY 200 OK",
      " HTTP/1.1 200 OK",
      "HTTP/1.1\t200 OK",
      "200 OK",
    ),
  ),
  VERSION_UNSUPPORTED: withLine(
    "VERSION_UNSUPPORTED",
    fc.tuple(fc.constantFrom(0, 2, 3, 9), fc.nat(9)).map((v) => `HTTP/${v.join(".")} 200 OK`),
  ),
  FIELD_NAME_INVALID: withLines("FIELD_NAME_INVALID", one(badFieldLines.FIELD_NAME_INVALID)),
  FIELD_NAME_SPACE: withLines("FIELD_NAME_SPACE", one(badFieldLines.FIELD_NAME_SPACE)),
  FIELD_VALUE_INVALID: withLines("FIELD_VALUE_INVALID", one(badFieldLines.FIELD_VALUE_INVALID)),
  FIELD_COLON_MISSING: withLines("FIELD_COLON_MISSING", one(badFieldLines.FIELD_COLON_MISSING)),
  FIELD_FOLDED: withLines("FIELD_FOLDED", one(badFieldLines.FIELD_FOLDED)),
  HEAD_TOO_LARGE: tooMuch("HEAD_TOO_LARGE", (text, _, less) => ({ headBytes: less % text.length })),
  HEAD_TOO_MANY_FIELDS: tooMuch("HEAD_TOO_MANY_FIELDS", (_, count, less) => ({ headFields: less % count })),
  CONTENT_LENGTH_INVALID: withLines("CONTENT_LENGTH_INVALID", badFramingLines.CONTENT_LENGTH_INVALID),
  CONTENT_LENGTH_DUPLICATE: withLines("CONTENT_LENGTH_DUPLICATE", badFramingLines.CONTENT_LENGTH_DUPLICATE),
  TRANSFER_ENCODING_WITH_LENGTH: withLines(
    "TRANSFER_ENCODING_WITH_LENGTH",
    badFramingLines.TRANSFER_ENCODING_WITH_LENGTH,
  ),
  TRANSFER_ENCODING_HTTP_1_0: withLines(
    "TRANSFER_ENCODING_HTTP_1_0",
    badFramingLines.TRANSFER_ENCODING_HTTP_1_0,
    0,
  ),
  TRANSFER_ENCODING_INVALID: withLines("TRANSFER_ENCODING_INVALID", named("transfer-encoding", badCodings)),
  BODY_TOO_LARGE: toGet(tooLarge),
  ...(mapped(invalidChunks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")) as Readonly<
    Record<ChunkDefect, fc.Arbitrary<InvalidResponse>>
  >),
  PREMATURE_END: fc
    .tuple(
      validResponse.filter(({ expected }) => expected.framing !== "until-close"),
      fc.nat(),
    )
    .map(([response, at]) => ({
      method: response.method,
      ...invalid("PREMATURE_END", response.bytes.subarray(0, at % response.bytes.length)),
    })),
  RESPONSE_UNEXPECTED: fc
    .tuple(persistentResponse, fc.oneof(token, fc.constant("\r\n")))
    .map(([r, more]) => ({
      method: r.method,
      ...invalid("RESPONSE_UNEXPECTED", concat([r.bytes, latin1(more)])),
    })),
  INTERIM_RESPONSES_TOO_MANY: toGet(
    fc.tuple(fc.nat(3), fc.constantFrom(100, 103, 199)).map(([interimResponses, s]) =>
      invalid("INTERIM_RESPONSES_TOO_MANY", `HTTP/1.1 ${s} \r\n\r\n`.repeat(interimResponses + 1), {
        interimResponses,
      }),
    ),
  ),
  UPGRADE_UNEXPECTED: toGet(
    fc
      .tuple(badSwitch, lines)
      .map(([text, fields]) =>
        invalid("UPGRADE_UNEXPECTED", write(`HTTP/1.1 101 `, [...fields, text.slice(0, -2)].filter(Boolean))),
      ),
  ),
};

function mapped(
  defects: Readonly<Record<string, fc.Arbitrary<InvalidMessage>>>,
): Readonly<Record<string, fc.Arbitrary<InvalidResponse>>> {
  return Object.fromEntries(Object.entries(defects).map(([code, message]) => [code, toGet(message)]));
}

/** A response that must be refused, for any reason. */
export const invalidResponse: fc.Arbitrary<InvalidResponse> = fc.oneof(...Object.values(invalidResponses));
