import type { Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import {
  BINARY,
  before,
  CLOSE,
  CONTINUATION,
  controlPayloads,
  fragments,
  frame,
  PING,
  PONG,
  sends,
  TEXT,
} from "./frames.ts";
import { fails } from "./judges.ts";

/** Trials that send some messages, then these frames, then the canary. */
export function afterMessages(bad: fc.Arbitrary<readonly Frame[]>): Rule<WebSocketFacts>["arbitrary"] {
  return (site) => fc.tuple(before, bad).map(([first, frames]) => sends(site, [...first, ...frames]));
}

const one = (parts: fc.Arbitrary<Partial<Frame>>): fc.Arbitrary<readonly Frame[]> =>
  parts.map((given) => [frame(given)]);

const shortPayload = fc.uint8Array({ maxLength: 3 });
const dataOpcode = fc.constantFrom(BINARY, TEXT);
const controlOpcode = fc.constantFrom(PING, PONG, CLOSE);
/** RFC 6455 binds the sender of such frames, and says of their reader only what §10.7 says. */
const SENDERS_ONLY =
  "The RFC says that none may be sent; of its reader it says only that it MUST validate what comes, and MAY drop the connection (§10.7).";
const NOTHING_READ = "a Close frame or the end, and nothing read behind the frame";

/** RFC 6455 §5.1 to §5.5: frames that no client may send, each kind of them. */
export const framing: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/5.1/unmasked",
    level: "must",
    section: "RFC 6455 §5.1",
    says: "A frame of a client that is not masked closes the connection.",
    security: true,
    arbitrary: afterMessages(
      one(
        fc.record({
          maskKey: fc.constant(null),
          opcode: fc.constantFrom(BINARY, TEXT, PING, PONG),
          payload: fc.constantFrom(new Uint8Array(), Uint8Array.of(97)),
        }),
      ),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.2/rsv",
    level: "must",
    section: "RFC 6455 §5.2",
    says: "A reserved bit to which no extension has given a meaning fails the connection.",
    arbitrary: afterMessages(
      one(
        fc.record({
          rsv: fc.integer({ min: 1, max: 7 }),
          opcode: fc.constantFrom(BINARY, TEXT, PING, PONG),
          payload: shortPayload.map((bytes) => bytes.map((byte) => byte & 127)),
        }),
      ),
    ),
    judge: fails(NOTHING_READ),
  },
  {
    id: "rfc6455/5.2/opcode-data",
    level: "must",
    section: "RFC 6455 §5.2",
    says: "A reserved opcode of a data frame fails the connection.",
    arbitrary: afterMessages(
      one(
        fc.record({
          opcode: fc.integer({ min: 3, max: 7 }),
          fin: fc.constantFrom(true, false),
          payload: shortPayload,
        }),
      ),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 60,
  },
  {
    id: "rfc6455/5.2/opcode-control",
    level: "must",
    section: "RFC 6455 §5.2",
    says: "A reserved opcode of a control frame fails the connection.",
    arbitrary: afterMessages(
      one(fc.record({ opcode: fc.integer({ min: 11, max: 15 }), payload: shortPayload })),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 60,
  },
  {
    id: "rfc6455/5.2/length-minimal",
    level: "should",
    section: "RFC 6455 §5.2",
    says: "A length that is not in its shortest form fails the connection.",
    debatable: "The RFC says that a length MUST be written so; of its reader it says nothing.",
    arbitrary: afterMessages(
      one(
        fc.oneof(
          fc.record({
            opcode: dataOpcode,
            lengthBits: fc.constant<16>(16),
            payload: fc.constant(new Uint8Array(0)),
          }),
          fc.record({
            opcode: dataOpcode,
            lengthBits: fc.constant<64>(64),
            payload: fc.constant(new Uint8Array(0)),
          }),
          fc.record({
            opcode: dataOpcode,
            lengthBits: fc.constant<64>(64),
            payload: fc.constantFrom(125, 126, 300).map((length) => new Uint8Array(length)),
          }),
          fc.record({
            opcode: controlOpcode,
            lengthBits: fc.constant<16>(16),
            payload: fc.constant(new Uint8Array(0)),
          }),
        ),
      ),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.2/length-high-bit",
    level: "must",
    section: "RFC 6455 §5.2, §10.7",
    says: "A 64-bit length whose highest bit is set fails the connection.",
    debatable: SENDERS_ONLY,
    arbitrary: afterMessages(
      one(
        fc.record({
          opcode: dataOpcode,
          announced: fc.constantFrom(1n << 63n, (1n << 63n) + 1n, (1n << 64n) - 1n),
        }),
      ),
    ),
    judge: fails("a Close frame or the end"),
    mostRuns: 12,
  },
  {
    id: "rfc6455/5.5/control-long",
    level: "must",
    section: "RFC 6455 §5.5, §10.7",
    says: "A control frame of more than 125 bytes fails the connection.",
    debatable: SENDERS_ONLY,
    arbitrary: afterMessages(
      one(
        fc.record({
          opcode: fc.constantFrom(PING, PONG),
          payload: fc.constantFrom(126, 127, 200, 65_536).map((length) => new Uint8Array(length)),
        }),
      ),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 24,
  },
  {
    id: "rfc6455/5.5/control-fragmented",
    level: "must",
    section: "RFC 6455 §5.5, §10.7",
    says: "A control frame that is a fragment fails the connection.",
    debatable: SENDERS_ONLY,
    arbitrary: afterMessages(
      fc
        .tuple(
          fc.constantFrom(PING, PONG),
          controlPayloads.map((payload) => payload.subarray(0, 3)),
          fc.boolean(),
        )
        .map(([opcode, payload, isContinued]) => [
          frame({ opcode, fin: false, payload }),
          ...(isContinued ? [frame({ opcode: CONTINUATION })] : []),
        ]),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.4/continuation-alone",
    level: "must",
    section: "RFC 6455 §5.4, §10.7",
    says: "A continuation frame that continues no message fails the connection.",
    debatable: SENDERS_ONLY,
    arbitrary: afterMessages(
      fc
        .tuple(fc.boolean(), fc.boolean(), shortPayload)
        .map(([isBehindMessage, isOpen, payload]) => [
          ...(isBehindMessage
            ? fragments({ type: "binary", bytes: Buffer.from("ab") }, [1], frame({}).maskKey!)
            : []),
          frame({ opcode: CONTINUATION, fin: !isOpen, payload }),
        ]),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 60,
  },
  {
    id: "rfc6455/5.4/interleaved",
    level: "must",
    section: "RFC 6455 §5.4, §10.7",
    says: "A new message inside a fragmented one fails the connection.",
    debatable: SENDERS_ONLY,
    arbitrary: afterMessages(
      fc
        .tuple(dataOpcode, dataOpcode, fc.constantFrom(true, false), fc.boolean())
        .map(([first, second, fin, isContinued]) => [
          frame({ opcode: first, fin: false }),
          ...(isContinued ? [frame({ opcode: CONTINUATION, fin: false })] : []),
          frame({ opcode: second, fin }),
        ]),
    ),
    judge: fails(NOTHING_READ),
    mostRuns: 40,
  },
];
