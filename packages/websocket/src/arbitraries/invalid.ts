import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { ERRORS, type ErrorCode } from "../errors.ts";
import type { Event } from "../events.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from "../opcode.ts";
import { openConversation } from "./conversations.ts";
import {
  controlPayload,
  type Frame,
  forbiddenCloseCode,
  maskKey,
  type Sender,
  writeFrame,
} from "./frames.ts";
import { INVALID_UTF8, text } from "./messages.ts";

/** Bytes that break one rule, after a conversation that breaks none. */
export interface Invalid {
  readonly from: Sender;
  /** The rule. */
  readonly error: ErrorCode;
  /** The code that the receiver's Close frame must have. */
  readonly closeCode: number;
  readonly bytes: Buffer;
  /** The events before the error. */
  readonly events: readonly Event[];
}

/** Every defect that a peer's bytes can have under the default limits, each equally often. */
export function invalid(from: Sender): fc.Arbitrary<Invalid> {
  return fc.oneof(...INVALID_KINDS.map((error) => invalidBy(from, error)));
}

/** One kind of {@link invalid}. */
export function invalidBy(from: Sender, error: InvalidKind): fc.Arbitrary<Invalid> {
  const rest = fc.uint8Array({ maxLength: 20 });
  return fc
    .tuple(openConversation(from), wrong(error, from), maskKey(from), rest)
    .map(([before, frames, key, after]) => ({
      from,
      error,
      closeCode: ERRORS[error].closeCode,
      bytes: Buffer.concat([
        before.bytes,
        ...frames.map((frame) => writeFrame({ maskKey: key, ...DEFAULTS, ...frame })),
        after,
      ]),
      events: before.events,
    }));
}

const DEFAULTS = { fin: true, rsv: 0, opcode: BINARY, payload: new Uint8Array() };

/** The kinds, without `UNDECODABLE`, which depends on a codec, and `TOO_MANY_FRAGMENTS`, whose default needs a million frames. */
export type InvalidKind = Exclude<ErrorCode, "UNDECODABLE" | "TOO_MANY_FRAGMENTS" | MaskError>;
type MaskError = "MASK_MISSING" | "MASK_FORBIDDEN";

/** All of them. The two about masking depend on the sender's role: see {@link wrongMask}. */
export const INVALID_KINDS: readonly InvalidKind[] = [
  "RESERVED_BITS",
  "RESERVED_OPCODE",
  "CONTROL_FRAGMENTED",
  "CONTROL_TOO_LONG",
  "LENGTH_NOT_MINIMAL",
  "LENGTH_HIGH_BIT",
  "CONTINUATION_WITHOUT_START",
  "MESSAGE_INTERRUPTED",
  "CLOSE_PAYLOAD",
  "CLOSE_CODE",
  "CLOSE_REASON_UTF8",
  "TEXT_UTF8",
  "FRAME_TOO_BIG",
  "MESSAGE_TOO_BIG",
  "TOO_MANY_EMPTY_FRAGMENTS",
];

/** A frame from a client that is not masked, or from a server that is (RFC 6455 §5.1). */
export function wrongMask(from: Sender): fc.Arbitrary<Invalid> {
  const error: MaskError = from === "client" ? "MASK_MISSING" : "MASK_FORBIDDEN";
  return fc
    .tuple(openConversation(from), maskKey(from === "client" ? "server" : "client"))
    .map(([before, key]) => ({
      from,
      error,
      closeCode: ERRORS[error].closeCode,
      bytes: Buffer.concat([before.bytes, writeFrame({ ...DEFAULTS, maskKey: key })]),
      events: before.events,
    }));
}

function wrong(error: InvalidKind, from: Sender): fc.Arbitrary<ReadonlyArray<Partial<Frame>>> {
  return WRONG[error](from).map((frames) => (Array.isArray(frames) ? frames : [frames]));
}

type Wrong = Partial<Frame> | ReadonlyArray<Partial<Frame>>;

const dataOpcode = () => fc.constantFrom(TEXT, BINARY);
const controlOpcode = () => fc.constantFrom(CLOSE, PING, PONG);
const limit = BigInt(DEFAULT_LIMITS.messageBytes);

const WRONG: { readonly [Kind in InvalidKind]: (from: Sender) => fc.Arbitrary<Wrong> } = {
  RESERVED_BITS: () =>
    fc.record({ rsv: fc.integer({ min: 1, max: 7 }), opcode: fc.oneof(dataOpcode(), controlOpcode()) }),
  RESERVED_OPCODE: () => fc.record({ opcode: fc.constantFrom(3, 4, 5, 6, 7, 11, 12, 13, 14, 15) }),
  CONTROL_FRAGMENTED: () =>
    fc.record({ fin: fc.constant(false), opcode: controlOpcode(), payload: controlPayload() }),
  CONTROL_TOO_LONG: () =>
    fc.record({
      opcode: controlOpcode(),
      payload: fc.integer({ min: 126, max: 300 }).map((n) => new Uint8Array(n)),
    }),
  LENGTH_NOT_MINIMAL: () =>
    fc.oneof(
      fc.record({
        opcode: dataOpcode(),
        lengthBits: fc.constant<16>(16),
        payload: fc.uint8Array({ maxLength: 125 }),
      }),
      fc.record({
        opcode: dataOpcode(),
        lengthBits: fc.constant<64>(64),
        announced: fc.oneof(fc.bigInt({ min: 0n, max: 65535n }), fc.constantFrom(125n, 126n, 65535n)),
      }),
    ),
  LENGTH_HIGH_BIT: () =>
    fc.record({ opcode: dataOpcode(), announced: fc.bigInt({ min: 1n << 63n, max: (1n << 64n) - 1n }) }),
  CONTINUATION_WITHOUT_START: () => fc.record({ fin: fc.boolean(), opcode: fc.constant(CONTINUATION) }),
  MESSAGE_INTERRUPTED: () =>
    fc
      .tuple(dataOpcode(), dataOpcode(), fc.boolean(), fc.boolean())
      .map(([first, second, continued, fin]) => [
        { fin: false, opcode: first },
        ...(continued ? [{ fin: false, opcode: CONTINUATION }] : []),
        { fin, opcode: second },
      ]),
  CLOSE_PAYLOAD: () =>
    fc.record({ opcode: fc.constant(CLOSE), payload: fc.uint8Array({ minLength: 1, maxLength: 1 }) }),
  CLOSE_CODE: () =>
    forbiddenCloseCode().map((code) => ({ opcode: CLOSE, payload: Uint8Array.of(code >> 8, code & 255) })),
  CLOSE_REASON_UTF8: () =>
    notUtf8().map((bytes) => ({
      opcode: CLOSE,
      payload: Buffer.concat([Uint8Array.of(3, 232), bytes]).subarray(0, 125),
    })),
  TEXT_UTF8: () =>
    fc.tuple(text(), notUtf8(), fc.nat()).map(([before, bytes, at]) => {
      const payload = Buffer.concat([Buffer.from(before), bytes]);
      const place = at % (payload.length + 1);
      if (at % 3 === 0) return { opcode: TEXT, payload };
      return [
        { opcode: TEXT, fin: false, payload: payload.subarray(0, place) },
        { opcode: CONTINUATION, payload: payload.subarray(place) },
      ];
    }),
  FRAME_TOO_BIG: () =>
    fc.record({ opcode: dataOpcode(), announced: fc.bigInt({ min: limit + 1n, max: (1n << 63n) - 1n }) }),
  MESSAGE_TOO_BIG: () =>
    fc.tuple(dataOpcode(), fc.bigInt({ min: limit - 2n, max: limit })).map(([opcode, announced]) => [
      { opcode, fin: false, payload: new Uint8Array(3) },
      { opcode: CONTINUATION, announced },
    ]),
  TOO_MANY_EMPTY_FRAGMENTS: () =>
    dataOpcode().map((opcode) => [
      { opcode, fin: false },
      ...Array.from({ length: DEFAULT_LIMITS.emptyFragments }, () => ({ opcode: CONTINUATION, fin: false })),
    ]),
};

/** Bytes that are not UTF-8, at most 20, or an incomplete sequence. */
function notUtf8(): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.constantFrom(...INVALID_UTF8).map(({ hex }) => Buffer.from(hex, "hex")),
    fc.constantFrom("c3", "e2", "e282", "f0", "f09f", "f09f98").map((hex) => Buffer.from(hex, "hex")),
  );
}
