import fc from "fast-check";
import { type Body, chunkedBody, concat, content } from "./body.ts";
import { type FieldLine, fieldLine, flatten, plainFields } from "./fields.ts";
import { anyCase, FIELD_CHARACTERS, latin1, textOf, token } from "./text.ts";

/** The properties of `InterimResponse` that a parser must find in front of the final response. */
export interface ExpectedInterim {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  /** name, value, name, value … */
  readonly fields: readonly string[];
}

/** The content of a final response that a parser must find: the properties of `IncomingResponse`, and the content behind the head. */
export interface ExpectedResponse extends ExpectedInterim {
  readonly framing: "none" | "length" | "chunked" | "until-close";
  /** Bytes; 0 unless the framing is "length". */
  readonly length: number;
  /** Besides chunked. */
  readonly transferCodings: readonly string[];
  readonly keepAlive: boolean;
  readonly content: Uint8Array;
  readonly trailers: readonly string[];
}

/** A valid response on the wire, maybe behind interim ones, and its meaning as a response to `method`. */
export interface ValidResponse {
  readonly method: string;
  readonly bytes: Uint8Array;
  readonly interim: readonly ExpectedInterim[];
  readonly expected: ExpectedResponse;
}

type Framed = Body & { readonly framing: "length" | "chunked" | "until-close"; readonly codings: string };

const framed: fc.Arbitrary<Framed> = fc.oneof(
  {
    weight: 3,
    arbitrary: content.map((bytes) => ({
      framing: "length" as const,
      codings: "",
      wire: bytes,
      content: bytes,
      trailers: [],
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(chunkedBody, fc.constantFrom("chunked", "chunked", "CHUNKED", "gzip, chunked", "x;a=1,Chunked"))
      .map(([body, codings]) => ({ ...body, framing: "chunked" as const, codings })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(content, fc.constantFrom("", "", "gzip", "chunked, gzip", "Deflate;q=1"))
      .map(([bytes, codings]) => ({
        framing: "until-close" as const,
        codings,
        wire: bytes,
        content: bytes,
        trailers: [],
      })),
  },
);

const reason: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("", "OK", "Not Found", " "),
  textOf(FIELD_CHARACTERS, 0, 12),
);

const minorDigit: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1) },
  fc.constant(0),
  fc.integer({ min: 2, max: 9 }),
);

const interimResponse: fc.Arbitrary<{ text: string; expected: ExpectedInterim }> = fc
  .tuple(
    fc.oneof(fc.constantFrom(100, 102, 103), fc.integer({ min: 104, max: 199 })),
    reason,
    minorDigit,
    plainFields,
  )
  .map(([status, phrase, digit, fields]) => ({
    text: `HTTP/1.${digit} ${status} ${phrase}\r\n${fields.map(({ line }) => `${line}\r\n`).join("")}\r\n`,
    expected: { status, reason: phrase, minor: digit === 0 ? 0 : 1, fields: flatten(fields) },
  }));

const connectionOptions: fc.Arbitrary<string[]> = fc.array(
  fc.oneof(fc.constantFrom("close", "keep-alive", "Keep-Alive", "CLOSE", "upgrade", ""), token),
  { maxLength: 3 },
);

interface Parts {
  readonly method: string;
  readonly interim: readonly { readonly text: string; readonly expected: ExpectedInterim }[];
  readonly status: number;
  readonly reason: string;
  readonly digit: number;
  readonly plain: readonly FieldLine[];
  readonly options: readonly string[];
  readonly connection: FieldLine;
  readonly body: Framed;
  readonly order: readonly number[];
}

const parts: fc.Arbitrary<Parts> = connectionOptions.chain((options) =>
  fc.record({
    method: fc.constantFrom("GET", "GET", "POST", "HEAD", "CONNECT", "OPTIONS", "BREW"),
    interim: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(interimResponse, { maxLength: 3 }) },
    ),
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(200, 200, 204, 206, 304, 404, 500) },
      { weight: 2, arbitrary: fc.integer({ min: 200, max: 999 }) },
      { weight: 1, arbitrary: fc.nat(99) },
    ),
    reason,
    digit: minorDigit,
    plain: plainFields,
    options: fc.constant(options),
    connection: fieldLine(anyCase("connection"), fc.constant(options.join(", ").trim())),
    body: framed,
    order: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
  }),
);

/** RFC 9112 §6.3, steps 1 and 2, but for a 2xx to CONNECT, which is not generated: another protocol follows it. */
function endsWithHead(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

function framingLines({ framing, codings, content: bytes }: Framed): FieldLine[] {
  if (codings !== "") {
    return [{ name: "Transfer-Encoding", value: codings, line: `Transfer-Encoding:${codings}` }];
  }
  const value = `${bytes.length}`;
  return framing === "length" ? [{ name: "content-length", value, line: `content-length: ${value}` }] : [];
}

function build(p: Parts): ValidResponse {
  const status = p.method === "CONNECT" && p.status >= 200 && p.status <= 299 ? p.status + 200 : p.status;
  const minor = p.digit === 0 ? 0 : 1;
  // Transfer-Encoding does not exist in HTTP/1.0 (RFC 9112 §6.1).
  const body = minor === 0 && p.body.codings !== "" ? { ...p.body, codings: "" } : p.body;
  const framing = body.framing === "chunked" && minor === 0 ? "until-close" : body.framing;
  const wire = framing === body.framing ? body.wire : body.content;
  const lines = [...p.plain, ...framingLines(body)];
  if (p.options.length > 0) lines.push(p.connection);
  const sorted = lines
    .map((line, i) => ({ line, rank: p.order[i]! }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ line }) => line);
  const head = `HTTP/1.${p.digit} ${`${status}`.padStart(3, "0")} ${p.reason}\r\n${sorted.map(({ line }) => `${line}\r\n`).join("")}\r\n`;
  const empty = endsWithHead(p.method, status);
  const length = empty || framing !== "length" ? 0 : body.content.length;
  const options = p.options.map((option) => option.toLowerCase());
  const persists = !options.includes("close") && (minor === 1 || options.includes("keep-alive"));
  const codings = body.codings.toLowerCase().split(/, */).filter(Boolean);
  return {
    method: p.method,
    bytes: concat([
      ...p.interim.map(({ text }) => latin1(text)),
      latin1(head),
      empty ? new Uint8Array(0) : wire,
    ]),
    interim: p.interim.map(({ expected }) => expected),
    expected: {
      status,
      reason: p.reason,
      minor,
      fields: flatten(sorted),
      framing: empty || (framing === "length" && length === 0) ? "none" : framing,
      length,
      transferCodings: empty ? [] : framing === "chunked" ? codings.slice(0, -1) : codings,
      keepAlive: persists && (empty || framing !== "until-close"),
      content: empty ? new Uint8Array(0) : body.content,
      trailers: empty || framing !== "chunked" ? [] : body.trailers,
    },
  };
}

/**
 * A valid response: any three digits of status but those that switch protocols, any reason, HTTP/1.0 to 1.9, every byte
 * that a field may hold, interim responses in front, and content by length, chunked, or up to the end of the connection.
 */
export const validResponse: fc.Arbitrary<ValidResponse> = parts.map(build);

/** A valid response after which the connection persists. */
export const persistentResponse: fc.Arbitrary<ValidResponse> = validResponse.filter(
  ({ expected }) => expected.keepAlive,
);

/** Valid responses that come back to back; only the last may close the connection. */
export const responsePipeline: fc.Arbitrary<ValidResponse[]> = fc
  .tuple(fc.array(persistentResponse, { maxLength: 4 }), validResponse)
  .map(([before, last]) => [...before, last]);
