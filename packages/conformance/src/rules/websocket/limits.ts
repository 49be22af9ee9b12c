import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import type { Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { BINARY, CONTINUATION, frame, sends, TEXT } from "./frames.ts";
import { all, echoesOrRefuses, fails, needsDeflate, needsEcho } from "./judges.ts";

/** So many fragments make a message of ten thousand bytes, or of none. */
const MANY = 10_000;

/** RFC 6455 §10.4: what is too much is refused, and not waited for. */
export const limits: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/10.4/frame-length",
    level: "must",
    section: "RFC 6455 §10.4",
    says: "A frame that is announced with more bytes than any machine has is refused by its header.",
    debatable: "A server MUST keep its limits, but may read up to them.",
    arbitrary: (site) =>
      fc
        .tuple(fc.constantFrom(BINARY, TEXT), fc.constantFrom(2n ** 62n, 2n ** 63n - 1n, 2n ** 53n + 1n))
        .map(([opcode, announced]) => sends(site, [frame({ opcode, announced })])),
    judge: fails("a Close frame with 1009, or the end"),
    mostRuns: 3,
  },
  {
    id: "rfc6455/7.4.1/code-1009",
    level: "should",
    section: "RFC 6455 §7.4.1, §10.4",
    says: "A long message is echoed, or refused with 1009.",
    arbitrary: (site) =>
      among([2 ** 17, 2 ** 18, 2 ** 20], (length) =>
        sends(site, [frame({ payload: Buffer.alloc(length, "a") })], { messages: 1 }),
      ),
    applies: needsEcho,
    judge: echoesOrRefuses("the message, or a Close frame with 1009", [1009]),
    mostRuns: 3,
  },
  {
    id: "rfc6455/10.4/many-fragments",
    level: "must",
    section: "RFC 6455 §5.4, §10.4",
    says: "A message in some thousand fragments is delivered, or refused: it does not hang.",
    arbitrary: (site) =>
      among([1, 0], (length) => {
        const part = (parts: Partial<Frame>) => frame({ payload: Buffer.alloc(length, "a"), ...parts });
        const middle = Array.from({ length: MANY }, () => part({ opcode: CONTINUATION, fin: false }));
        return sends(site, [part({ opcode: TEXT, fin: false }), ...middle, part({ opcode: CONTINUATION })], {
          messages: 1,
        });
      }),
    applies: needsEcho,
    judge: echoesOrRefuses("the message, or a Close frame, or the end"),
    mostRuns: 2,
  },
  {
    id: "rfc6455/10.4/bomb",
    level: "must",
    section: "RFC 6455 §10.4",
    security: true,
    says: "A message that is short, and long when it is decompressed, is delivered or refused: it does not hang.",
    arbitrary: (site, facts) =>
      among([2 ** 20, 2 ** 24], (length) =>
        sends(site, [frame({ rsv: 4, opcode: BINARY, payload: bomb(length) })], {
          offer: facts.deflate[0]!.offer,
          messages: 1,
        }),
      ),
    applies: all(needsEcho, needsDeflate),
    judge: echoesOrRefuses("the message, or a Close frame, or the end"),
    mostRuns: 2,
  },
];

/** These trials, each made once: they are long. */
function among<T>(list: readonly T[], trialOf: (value: T) => Trial): fc.Arbitrary<Trial> {
  return fc.constantFrom(...list.map(trialOf));
}

/** So many zeros, compressed with a window that every agreement allows. */
function bomb(length: number): Buffer {
  const options = { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH };
  return deflateRawSync(Buffer.alloc(length), options).subarray(0, -4);
}
