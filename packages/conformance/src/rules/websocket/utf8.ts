import { Buffer } from "node:buffer";
import { type Frame, INVALID_UTF8, text } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { cutsOf, fragments, frame, keys, PING, sends, TEXT } from "./frames.ts";
import { afterMessages } from "./framing.ts";
import { echoes, fails, failsWith, needsEcho } from "./judges.ts";

/** A text message of any bytes, in frames that are cut anywhere. */
function textFrames(payload: Uint8Array, cuts: readonly number[], maskKey: Uint8Array): Frame[] {
  const asBinary = fragments({ type: "binary", bytes: Buffer.from(payload) }, cuts, maskKey);
  return asBinary.map((one, i) => (i === 0 ? { ...one, opcode: TEXT } : one));
}

/** Characters of one to four bytes. */
const CHARACTERS = ["a", "é", "€", "𝄞", "\u{10ffff}", "\u0080", "\u0800", "\ufffd", "\ud7ff", "\0"];
/** The beginnings of characters that do not end. */
const INCOMPLETE = ["c3", "e2", "e282", "f0", "f09f", "f09f98"];

const invalid = fc.constantFrom(...INVALID_UTF8.map(({ hex }) => Buffer.from(hex, "hex")));
const around = fc.constantFrom("", "a", "é", "abc€");

/** Invalid UTF-8 between valid text, in one frame or several. */
const invalidText: fc.Arbitrary<readonly Frame[]> = fc
  .tuple(around, invalid, around, keys)
  .chain(([left, bytes, right, key]) => {
    const payload = Buffer.concat([Buffer.from(left), bytes, Buffer.from(right)]);
    return cutsOf(payload.length, 3).map((cuts) => textFrames(payload, cuts, key));
  });

const incompleteText: fc.Arbitrary<readonly Frame[]> = fc
  .tuple(around, fc.constantFrom(...INCOMPLETE), keys)
  .chain(([left, hex, key]) => {
    const payload = Buffer.concat([Buffer.from(left), Buffer.from(hex, "hex")]);
    return cutsOf(payload.length, 2).map((cuts) => textFrames(payload, cuts, key));
  });

/** RFC 6455 §5.6 and §8.1: text is UTF-8. */
export const utf8: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/8.1/valid",
    level: "must",
    section: "RFC 6455 §5.6, §8.1",
    says: "A text of any characters is delivered, wherever its frames are cut, also inside a character.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.oneof(
            fc
              .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 4 })
              .map((list) => list.join("")),
            text(),
          ),
          keys,
          fc.boolean(),
        )
        .chain(([value, key, hasPing]) => {
          const payload = Buffer.from(value);
          return cutsOf(payload.length).map((cuts) => {
            const frames = textFrames(payload, cuts, key);
            const ping = hasPing && frames.length > 1 ? [frame({ opcode: PING })] : [];
            return sends(site, [frames[0]!, ...ping, ...frames.slice(1)], { messages: 1 });
          });
        }),
    applies: needsEcho,
    judge: echoes("the text"),
    reuses: true,
  },
  {
    id: "rfc6455/8.1/invalid",
    level: "must",
    section: "RFC 6455 §8.1",
    says: "A text that is no UTF-8 fails the connection.",
    arbitrary: afterMessages(invalidText),
    judge: fails("a Close frame or the end, and no echo of the text"),
  },
  {
    id: "rfc6455/8.1/incomplete",
    level: "must",
    section: "RFC 6455 §8.1",
    says: "A text that ends inside a character fails the connection.",
    arbitrary: afterMessages(incompleteText),
    judge: fails("a Close frame or the end, and no echo of the text"),
    mostRuns: 60,
  },
  {
    id: "rfc6455/7.4.1/code-1007",
    level: "should",
    section: "RFC 6455 §7.1.7, §7.4.1, §8.1",
    says: "The Close frame for a text that is no UTF-8 has 1007.",
    arbitrary: afterMessages(fc.oneof(invalidText, incompleteText)),
    judge: failsWith(1007),
    mostRuns: 40,
  },
  {
    id: "rfc6455/8.1/fails-fast",
    level: "should",
    section: "RFC 6455 §8.1",
    says: "A text fails the connection as soon as it cannot become UTF-8, before its frame or its message is whole.",
    debatable: "The RFC does not say when a stream that is no UTF-8 must be found to be none.",
    arbitrary: (site) =>
      fc.tuple(fc.boolean(), around, fc.constantFrom(...INVALID_UTF8)).map(([isInFrame, left, { hex }]) => {
        const payload = Buffer.concat([Buffer.from(left), Buffer.from(hex, "hex")]);
        const first = isInFrame
          ? frame({ opcode: TEXT, payload, announced: BigInt(payload.length + 9) })
          : frame({ opcode: TEXT, fin: false, payload });
        return sends(site, [first], { until: "closed" });
      }),
    judge: fails("a Close frame or the end, before the message has ended"),
    mostRuns: 24,
  },
];
