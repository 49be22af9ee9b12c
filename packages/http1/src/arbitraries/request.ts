import fc from "fast-check";
import { type Body, chunkedBody, concat, content } from "./body.ts";
import { type FieldLine, fieldLine, flatten, plainFields } from "./fields.ts";
import { hostValue, methodAndTarget } from "./target.ts";
import { anyCase, latin1, token } from "./text.ts";

/** The content of a request that a parser must find: the properties of `IncomingRequest`, and the content behind the head. */
export interface ExpectedRequest {
  readonly method: string;
  readonly target: string;
  readonly minor: 0 | 1;
  /** name, value, name, value … */
  readonly fields: readonly string[];
  readonly host: string | null;
  readonly framing: "none" | "length" | "chunked";
  /** Bytes; 0 unless the framing is "length". */
  readonly length: number;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  readonly upgrade: string | null;
  readonly content: Uint8Array;
  readonly trailers: readonly string[];
}

/** A valid request on the wire, and its meaning. */
export interface ValidRequest {
  readonly bytes: Uint8Array;
  /** How many of the bytes are the head, with its empty line. */
  readonly headBytes: number;
  readonly expected: ExpectedRequest;
}

type Framed = Body & { readonly framing: "none" | "length" | "chunked" };

const NO_BODY: Framed = {
  framing: "none",
  wire: new Uint8Array(0),
  content: new Uint8Array(0),
  trailers: [],
};

const framed: fc.Arbitrary<Framed> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NO_BODY) },
  {
    weight: 2,
    arbitrary: content.map((bytes) => ({
      framing: "length" as const,
      wire: bytes,
      content: bytes,
      trailers: [],
    })),
  },
  { weight: 2, arbitrary: chunkedBody.map((body) => ({ ...body, framing: "chunked" as const })) },
);

const connectionOptions: fc.Arbitrary<string[]> = fc.array(
  fc.oneof(
    fc.constantFrom("close", "keep-alive", "upgrade", "Upgrade", "Keep-Alive", "CLOSE", "TE", ""),
    token,
  ),
  { maxLength: 3 },
);

interface Parts {
  readonly start: { readonly method: string; readonly target: string };
  readonly minor: number;
  readonly host: FieldLine;
  readonly hasHost: boolean;
  readonly plain: readonly FieldLine[];
  readonly options: readonly string[];
  readonly connection: FieldLine;
  readonly expect: FieldLine | null;
  readonly upgrade: FieldLine | null;
  readonly zeros: number;
  readonly body: Framed;
  readonly order: readonly number[];
}

const parts: fc.Arbitrary<Parts> = connectionOptions.chain((options) =>
  fc.record({
    start: methodAndTarget,
    minor: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constant(0), fc.integer({ min: 2, max: 9 })),
    host: fieldLine(anyCase("host"), hostValue),
    hasHost: fc.boolean(),
    plain: plainFields,
    options: fc.constant(options),
    connection: fieldLine(anyCase("connection"), fc.constant(options.join(", ").trim())),
    expect: fc.option(fieldLine(anyCase("expect"), anyCase("100-continue")), { nil: null, freq: 4 }),
    upgrade: fc.option(fieldLine(anyCase("upgrade"), fc.constantFrom("websocket", "h2c, x/2")), {
      nil: null,
    }),
    zeros: fc.constantFrom(0, 0, 0, 2),
    body: framed,
    order: fc.array(fc.nat(999), { minLength: 12, maxLength: 12 }),
  }),
);

/** Methods whose requests have no content (RFC 9110 §9.3.6, §9.3.8): behind CONNECT stands what is for the tunnel. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

function build(p: Parts): ValidRequest {
  const minor = p.minor === 0 ? 0 : 1;
  // Transfer-Encoding does not exist in HTTP/1.0 (RFC 9112 §6.1).
  const isEmpty = WITHOUT_CONTENT.has(p.start.method) || (minor === 0 && p.body.framing === "chunked");
  const body = isEmpty ? NO_BODY : p.body;
  const hasHost = p.hasHost || minor === 1;
  const lines: FieldLine[] = [...p.plain];
  if (hasHost) lines.push(p.host);
  if (p.options.length > 0) lines.push(p.connection);
  if (p.expect !== null) lines.push(p.expect);
  if (p.upgrade !== null) lines.push(p.upgrade);
  if (body.framing === "length") {
    const value = "0".repeat(p.zeros) + body.content.length;
    lines.push({ name: "Content-Length", value, line: `Content-Length: ${value}` });
  }
  if (body.framing === "chunked") {
    lines.push({ name: "Transfer-Encoding", value: "chunked", line: "Transfer-Encoding:chunked" });
  }
  const sorted = lines
    .map((line, i) => ({ line, rank: p.order[i]! }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ line }) => line);
  const head = latin1(
    `${p.start.method} ${p.start.target} HTTP/1.${p.minor}\r\n${sorted.map(({ line }) => `${line}\r\n`).join("")}\r\n`,
  );
  const options = p.options.map((option) => option.toLowerCase());
  const framing = body.framing === "chunked" ? "chunked" : body.content.length > 0 ? "length" : "none";
  return {
    bytes: concat([head, body.wire]),
    headBytes: head.length,
    expected: {
      ...p.start,
      minor,
      fields: flatten(sorted),
      host: hasHost ? p.host.value : null,
      framing,
      length: framing === "length" ? body.content.length : 0,
      keepAlive: !options.includes("close") && (minor === 1 || options.includes("keep-alive")),
      expectsContinue: minor === 1 && p.expect !== null && framing !== "none",
      upgrade: minor === 1 && options.includes("upgrade") && p.upgrade !== null ? p.upgrade.value : null,
      content: body.content,
      trailers: body.trailers,
    },
  };
}

/**
 * A valid request: any method, every form of target, HTTP/1.0 to 1.9, every byte that a field may hold, content by
 * length or chunked with extensions and trailers, and Connection, Expect and Upgrade in their combinations.
 */
export const validRequest: fc.Arbitrary<ValidRequest> = parts.map(build);

/** A valid request after which the connection persists, for HTTP: CONNECT may make a tunnel of it. */
export const persistentRequest: fc.Arbitrary<ValidRequest> = validRequest.filter(
  ({ expected }) => expected.keepAlive && expected.method !== "CONNECT",
);

/** Valid requests to send back to back; only the last may have close, or be a CONNECT. */
export const pipeline: fc.Arbitrary<ValidRequest[]> = fc
  .tuple(fc.array(persistentRequest, { maxLength: 4 }), validRequest)
  .map(([before, last]) => [...before, last]);
