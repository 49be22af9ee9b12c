import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import { compressedConversation, text } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Rule } from "../rule.ts";
import { compressedFrame, deflated, EMPTY_BLOCK_BYTES, limitsOf, offersOf, RSV1, word } from "./deflated.ts";
import type { DeflateAgreement, WebSocketFacts } from "./facts.ts";
import { BINARY, CONTINUATION, cutsOf, frame, keys, PING, sends, TEXT } from "./frames.ts";
import { all, echoes, needsDeflate, needsEcho } from "./judges.ts";

const takesOver = ({ params }: DeflateAgreement) => !params.clientNoContextTakeover;
const needsTakeover: NonNullable<Rule<WebSocketFacts>["applies"]> = ({ deflate }) =>
  deflate.some(takesOver) ? null : "the target lets no client keep its window from message to message";

const ECHOED = all(needsEcho, needsDeflate);

/** RFC 7692 §6 and §7.2: what a client sends under permessage-deflate. */
export const compression: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc7692/7.2.2/messages",
    level: "must",
    section: "RFC 7692 §6.2, §7.2.2",
    says: "Compressed messages are delivered decompressed, under each agreement, whatever compressor has made them, among others that are not compressed.",
    arbitrary: (site, facts) =>
      offersOf(facts).chain((agreement) =>
        compressedConversation("client", limitsOf(agreement)).map(({ frames, events }) =>
          sends(site, frames, {
            offer: agreement.offer,
            messages: events.filter(({ type }) => type === "text" || type === "binary").length,
          }),
        ),
      ),
    applies: ECHOED,
    judge: echoes("each message"),
    reuses: true,
  },
  {
    id: "rfc7692/6.2/fragments",
    level: "must",
    section: "RFC 7692 §6.1, §6.2",
    says: "The fragments of a compressed message are decompressed together, wherever it is cut; only the first one has RSV1.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts), text(), keys, fc.boolean()).chain(([{ offer }, value, maskKey, hasPing]) => {
        const message = Buffer.from(value);
        const payload = deflated(message);
        return cutsOf(payload.length).map((cuts) => {
          const ends = [...cuts, payload.length];
          const frames = ends.map((end, i) =>
            frame({
              fin: i === ends.length - 1,
              rsv: i === 0 ? RSV1 : 0,
              opcode: i === 0 ? TEXT : CONTINUATION,
              payload: payload.subarray(i === 0 ? 0 : ends[i - 1]!, end),
              maskKey,
            }),
          );
          const ping = hasPing && frames.length > 1 ? [frame({ opcode: PING })] : [];
          return sends(site, [frames[0]!, ...ping, ...frames.slice(1)], { offer, messages: 1 });
        });
      }),
    applies: ECHOED,
    judge: echoes("the message"),
    reuses: true,
  },
  {
    id: "rfc7692/6.2/not-compressed",
    level: "must",
    section: "RFC 7692 §6.2",
    says: "Under permessage-deflate a message without RSV1 is delivered as it is.",
    arbitrary: (site, facts) =>
      fc
        .tuple(offersOf(facts), fc.uint8Array({ maxLength: 5 }), keys)
        .map(([{ offer }, payload, maskKey]) =>
          sends(site, [frame({ opcode: BINARY, payload, maskKey })], { offer, messages: 1 }),
        ),
    applies: ECHOED,
    judge: echoes("the message"),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc7692/7.2.3.2/takeover",
    level: "must",
    section: "RFC 7692 §7.2.2, §7.2.3.2",
    says: "A compressed message may refer to the one before, unless client_no_context_takeover was agreed.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts, takesOver), word).map(([{ offer }, value]) => {
        const message = Buffer.from(`${value}${value}${value}`);
        const frames = [
          compressedFrame(TEXT, deflated(message)),
          compressedFrame(TEXT, deflated(message, message)),
        ];
        return sends(site, frames, { offer, messages: 2 });
      }),
    applies: all(ECHOED, needsTakeover),
    judge: echoes("both messages"),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc7692/7.2.2/window",
    level: "must",
    section: "RFC 7692 §7.1.2.2, §7.2.2",
    says: "A compressed message may refer back as far as the window reaches that was agreed for the client.",
    arbitrary: (site, facts) =>
      offersOf(facts, ({ params }) => params.clientMaxWindowBits > 9).chain(({ offer, params }) =>
        fc.integer({ min: 9, max: params.clientMaxWindowBits - 1 }).map((bits) => {
          const ends = Buffer.from("far back");
          const message = Buffer.concat([ends, Buffer.alloc(2 ** bits), ends]);
          const options = { windowBits: params.clientMaxWindowBits, finishFlush: constants.Z_SYNC_FLUSH };
          const payload = deflateRawSync(message, options).subarray(0, -EMPTY_BLOCK_BYTES);
          return sends(site, [compressedFrame(BINARY, payload)], { offer, messages: 1 });
        }),
      ),
    applies: all(ECHOED, ({ deflate }) =>
      deflate.some(({ params }) => params.clientMaxWindowBits > 9)
        ? null
        : "the target takes the smallest windows only",
    ),
    judge: echoes("the message"),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc7692/7.2.3.6/empty",
    level: "must",
    section: "RFC 7692 §7.2.3.6",
    says: "An empty message is the header of an empty block, with or without blocks before it.",
    arbitrary: (site, facts) =>
      fc
        .tuple(offersOf(facts), fc.constantFrom("00", "0200", "000000ffff00"), fc.constantFrom(BINARY, TEXT))
        .map(([{ offer }, hex, opcode]) =>
          sends(site, [compressedFrame(opcode, Buffer.from(hex, "hex"))], { offer, messages: 1 }),
        ),
    applies: ECHOED,
    judge: echoes("the empty message"),
    reuses: true,
    mostRuns: 12,
  },
  {
    id: "rfc7692/7.2.3.3/stored",
    level: "must",
    section: "RFC 7692 §7.2.3.3, §7.2.3.5",
    says: "A message may be of stored blocks, of several blocks, and of empty ones.",
    arbitrary: (site, facts) =>
      fc
        .tuple(
          offersOf(facts),
          fc.array(fc.tuple(word, fc.constantFrom(0, 1, 9)), { minLength: 1, maxLength: 3 }),
        )
        .map(([{ offer }, parts]) => {
          const blocks = parts.map(([value, level], i) => {
            const options = { windowBits: 9, level, finishFlush: constants.Z_FULL_FLUSH };
            const block = deflateRawSync(Buffer.from(value), options);
            return i === parts.length - 1 ? block.subarray(0, -EMPTY_BLOCK_BYTES) : block;
          });
          return sends(site, [compressedFrame(TEXT, Buffer.concat(blocks))], { offer, messages: 1 });
        }),
    applies: ECHOED,
    judge: echoes("the message"),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc7692/7.2.3.4/final",
    level: "must",
    section: "RFC 7692 §7.2.1, §7.2.3.4",
    says: "A message may end with a block that is marked as the last one, and others follow it.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts), word, fc.boolean()).map(([{ offer }, value, isTwice]) => {
        const payload = Buffer.concat([deflateRawSync(Buffer.from(value), { windowBits: 9 }), Buffer.of(0)]);
        const one = compressedFrame(TEXT, payload);
        return sends(site, isTwice ? [one, one] : [one], { offer, messages: isTwice ? 2 : 1 });
      }),
    applies: ECHOED,
    judge: echoes("the message"),
    reuses: true,
    mostRuns: 30,
  },
];
