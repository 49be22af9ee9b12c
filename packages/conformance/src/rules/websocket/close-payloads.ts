import { Buffer } from "node:buffer";
import { INVALID_UTF8 } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { isClosed } from "../judges.ts";
import type { Rule } from "../rule.ts";
import { closingWith } from "./closes.ts";
import type { WebSocketFacts } from "./facts.ts";
import { CLOSE, closePayload } from "./frames.ts";
import { failsWith, judged } from "./judges.ts";
import { received } from "./received.ts";

const withCode = (code: fc.Arbitrary<number>) => code.map((value) => closePayload(value));

/** Codes that no Close frame may have (§7.4.1). */
const NEVER_SENT = [1005, 1006, 1015];
const UNASSIGNED = [0, 999, 1004, 1016, 1100, 2000, 2999, 5000, 65_535];

/** RFC 6455 §5.5.1, §7.4: Close frames whose code or reason is wrong. */
export const closePayloads: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/7.4.1/code-never-sent",
    level: "must",
    section: "RFC 6455 §7.4.1",
    says: "The codes 1005, 1006 and 1015 are in no Close frame: one that has them does not come back.",
    arbitrary: closingWith(withCode(fc.constantFrom(...NEVER_SENT))),
    judge: judged("a Close frame with another code, such as 1002, or the end", ([outcome]) => {
      const [last] = (received(outcome!)?.frames ?? []).filter(({ opcode }) => opcode === CLOSE);
      const payload = Buffer.from(last?.payload ?? []);
      const code = payload.length < 2 ? null : payload.readUInt16BE(0);
      return (last !== undefined || isClosed(outcome!)) && (code === null || !NEVER_SENT.includes(code));
    }),
    mostRuns: 9,
  },
  {
    id: "rfc6455/7.4/code-invalid",
    level: "should",
    section: "RFC 6455 §7.4, §5.5.1",
    says: "A Close frame with a code that is not one of those defined or free to use fails the connection with 1002.",
    debatable: "The RFC reserves the codes, and does not say what a receiver does with them.",
    arbitrary: closingWith(
      withCode(fc.oneof(fc.constantFrom(...NEVER_SENT, ...UNASSIGNED), fc.integer({ min: 1016, max: 2999 }))),
    ),
    judge: failsWith(1002, 1007),
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.5.1/close-body-of-one",
    level: "must",
    section: "RFC 6455 §5.5.1, §7.1.7",
    says: "A Close frame with a payload of one byte, which has no code, fails the connection: it does not hang, and the byte does not come back.",
    arbitrary: closingWith(fc.constantFrom(0, 3, 255).map((byte) => Uint8Array.of(byte))),
    judge: judged("a Close frame with 1002, or the end", ([outcome]) => {
      const closes = (received(outcome!)?.frames ?? []).filter(({ opcode }) => opcode === CLOSE);
      return closes.every(({ payload }) => payload.length !== 1) && (closes.length > 0 || isClosed(outcome!));
    }),
    mostRuns: 6,
  },
  {
    id: "rfc6455/5.5.1/close-body-code",
    level: "should",
    section: "RFC 6455 §7.1.7, §7.4.1",
    says: "The Close frame for one with a payload of one byte has 1002.",
    arbitrary: closingWith(fc.constantFrom(0, 3, 255).map((byte) => Uint8Array.of(byte))),
    judge: failsWith(1002),
    mostRuns: 6,
  },
  {
    id: "rfc6455/5.5.1/close-reason",
    level: "must",
    section: "RFC 6455 §5.5.1, §8.1",
    says: "A reason that is no UTF-8 fails the connection, and does not come back.",
    arbitrary: closingWith(
      fc.constantFrom(...INVALID_UTF8).map(({ hex }) => closePayload(1000, Buffer.from(hex, "hex"))),
    ),
    judge: judged("a Close frame with valid UTF-8, or the end", ([outcome]) => {
      const events = received(outcome!)?.events ?? [];
      const isTold = events.some(({ type }) => type === "close") || isClosed(outcome!);
      return isTold && events.every(({ type }) => type !== "error");
    }),
    mostRuns: 30,
  },
  {
    id: "rfc6455/5.5.1/close-reason-code",
    level: "should",
    section: "RFC 6455 §7.1.7, §7.4.1, §8.1",
    says: "The Close frame for a reason that is no UTF-8 has 1007, or 1002.",
    arbitrary: closingWith(
      fc.constantFrom(...INVALID_UTF8).map(({ hex }) => closePayload(1000, Buffer.from(hex, "hex"))),
    ),
    judge: failsWith(1007, 1002),
    mostRuns: 30,
  },
];
