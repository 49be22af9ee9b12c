import { Buffer } from "node:buffer";
import { compressed, INVALID_UTF8, undecodable } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Rule } from "../rule.ts";
import { compressedFrame, deflated, limitsOf, offersOf, RSV1, word } from "./deflated.ts";
import type { WebSocketFacts } from "./facts.ts";
import { BINARY, CONTINUATION, frame, PING, PONG, sends, TEXT } from "./frames.ts";
import { fails, failsWith, needsDeflate } from "./judges.ts";

/** RFC 7692 §6 and §7.2: what fails a connection under permessage-deflate. */
export const compressionErrors: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc7692/6/rsv1-control",
    level: "must",
    section: "RFC 7692 §6",
    says: "A control frame with RSV1 fails the connection, also under permessage-deflate.",
    arbitrary: (site, facts) =>
      fc
        .tuple(
          offersOf(facts),
          fc.constantFrom(PING, PONG),
          fc.constantFrom(new Uint8Array(), deflated(Buffer.from("a"))),
        )
        .map(([{ offer }, opcode, payload]) =>
          sends(site, [frame({ rsv: RSV1, opcode, payload })], { offer }),
        ),
    applies: needsDeflate,
    judge: fails("a Close frame or the end"),
    mostRuns: 20,
  },
  {
    id: "rfc7692/6/rsv1-continuation",
    level: "must",
    section: "RFC 7692 §6",
    says: "A fragment with RSV1 that is not the first one fails the connection.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts), fc.boolean(), word).map(([{ offer }, isCompressed, value]) => {
        const payload = isCompressed ? deflated(Buffer.from(value)) : Buffer.from(value);
        const first = frame({
          fin: false,
          rsv: isCompressed ? RSV1 : 0,
          opcode: TEXT,
          payload: payload.subarray(0, 1),
        });
        const last = frame({ rsv: RSV1, opcode: CONTINUATION, payload: payload.subarray(1) });
        return sends(site, [first, last], { offer });
      }),
    applies: needsDeflate,
    judge: fails("a Close frame or the end, and no echo of the message"),
    mostRuns: 40,
  },
  {
    id: "rfc7692/6/other-bits",
    level: "must",
    section: "RFC 7692 §6, RFC 6455 §5.2",
    says: "Under permessage-deflate RSV2 and RSV3 stay reserved.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts), fc.constantFrom(1, 2, 3, 5, 6, 7), word).map(([{ offer }, rsv, value]) => {
        const payload = rsv >= RSV1 ? deflated(Buffer.from(value)) : Buffer.from(value);
        return sends(site, [frame({ rsv, opcode: TEXT, payload })], { offer });
      }),
    applies: needsDeflate,
    judge: fails("a Close frame or the end, and no echo of the message"),
    mostRuns: 40,
  },
  {
    id: "rfc7692/7.2.2/invalid",
    level: "must",
    section: "RFC 7692 §7.2.2, RFC 6455 §10.7",
    says: "A message that is no valid DEFLATE fails the connection.",
    debatable:
      "RFC 7692 does not say what becomes of it; RFC 6455 says that what comes MUST be validated, and the connection MAY be dropped (§10.7).",
    arbitrary: undecodableTrials,
    applies: needsDeflate,
    judge: fails("a Close frame or the end, and no echo of the message"),
  },
  {
    id: "rfc7692/7.2.2/code",
    level: "should",
    section: "RFC 6455 §7.1.7, §7.4.1",
    says: "The Close frame for a message that is no valid DEFLATE has 1007, or 1002.",
    debatable: "Neither RFC names the code for this case.",
    arbitrary: undecodableTrials,
    applies: needsDeflate,
    judge: failsWith(1007, 1002),
    mostRuns: 40,
  },
  {
    id: "rfc7692/6.2/utf8",
    level: "must",
    section: "RFC 7692 §6.2, RFC 6455 §8.1",
    says: "A compressed text that is no UTF-8 when it is decompressed fails the connection.",
    arbitrary: (site, facts) =>
      fc
        .tuple(offersOf(facts), fc.constantFrom(...INVALID_UTF8))
        .map(([{ offer }, { hex }]) =>
          sends(site, [compressedFrame(TEXT, deflated(Buffer.from(hex, "hex")))], { offer }),
        ),
    applies: needsDeflate,
    judge: fails("a Close frame or the end, and no echo of the text"),
    mostRuns: 40,
  },
];

function undecodableTrials(site: Parameters<Rule<WebSocketFacts>["arbitrary"]>[0], facts: WebSocketFacts) {
  return offersOf(facts).chain((agreement) => {
    const limits = limitsOf(agreement);
    return undecodable(limits).chain(({ before, payload }) => {
      // A server that keeps its window though it need not may read what refers to a message before.
      const parts = limits.takeover ? before.map((message) => compressed("client", message)) : [];
      return fc.tuple(...parts).map((list) => {
        const frames = [...list.flatMap((part) => part.frames), compressedFrame(BINARY, payload)];
        return sends(site, frames, { offer: agreement.offer });
      });
    });
  });
}
