import { Buffer } from "node:buffer";
import type { Event } from "@mantou/websocket";
import type { Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import { isClosed } from "../judges.ts";
import type { Rule } from "../rule.ts";
import { close, closingWith, code, reason, validPayload } from "./closes.ts";
import type { WebSocketFacts } from "./facts.ts";
import { before, bytesOf, CLOSE, canaryFrame, closePayload, frame, PING, sends, TEXT } from "./frames.ts";
import { broken, closeCodeOf, failsWith, judged } from "./judges.ts";
import { received } from "./received.ts";
import { messagesOf, sentEvents } from "./sent.ts";

/** The Close frame with which the target responds. */
const answersClose: Rule<WebSocketFacts>["judge"] = ([outcome]) =>
  closeCodeOf(outcome!) === null ? broken("a Close frame", outcome!) : null;

/** The code of the Close frame that we sent: the last frame but for those behind it. */
function sentCode({ exchanges }: Trial, outcome: Parameters<typeof sentEvents>[1]): number {
  const event = sentEvents(exchanges[0]!, outcome).at(-1);
  return event?.type === "close" ? event.code : 0;
}

/** How many messages came in response. A target that is no echo sends what it likes, as a chat does. */
const echoCount = (events: readonly Event[], { noEcho }: WebSocketFacts): number =>
  noEcho === null ? messagesOf(events).length : 0;

/** RFC 6455 §5.5.1, §7: the closing handshake. */
export const closingRules: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/5.5.1/close-answered",
    level: "must",
    section: "RFC 6455 §5.5.1",
    says: "A Close frame gets a Close frame in response.",
    arbitrary: closingWith(validPayload),
    judge: answersClose,
    mostRuns: 60,
  },
  {
    id: "rfc6455/5.5.1/tcp-closed",
    level: "must",
    section: "RFC 6455 §5.5.1, §7.1.1",
    says: "When both Close frames are through, the server closes the TCP connection.",
    arbitrary: closingWith(validPayload),
    judge: judged("the end of the connection", ([outcome]) => isClosed(outcome!)),
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.5.1/close-code-echoed",
    level: "should",
    section: "RFC 6455 §5.5.1",
    says: "The Close frame in response has the code of the one that came.",
    debatable: "The RFC says that an endpoint typically does so.",
    arbitrary: closingWith(fc.tuple(code, reason).map(([value, text]) => closePayload(value, text))),
    judge: ([outcome], trial) => {
      const sent = sentCode(trial, outcome!);
      return closeCodeOf(outcome!) === sent ? null : broken(`a Close frame with ${sent}`, outcome!);
    },
    mostRuns: 60,
  },
  {
    id: "rfc6455/5.5.1/nothing-behind-close",
    level: "must",
    section: "RFC 6455 §5.5.1, §5.5.2",
    says: "Behind a Close frame nothing is sent, and frames behind the client's one are not answered.",
    arbitrary: closingWith(
      validPayload,
      fc.constantFrom<readonly Frame[]>(
        [canaryFrame],
        [frame({ opcode: TEXT, payload: bytesOf("late") })],
        [close(closePayload(1000))],
        [frame({ opcode: PING }), frame({ opcode: TEXT })],
      ),
    ),
    judge: ([outcome], { exchanges }, facts) => {
      const read = received(outcome!);
      const due = "a Close frame, and nothing behind it";
      if (read === null) return broken(due, outcome!);
      const { events, extraBytes } = read;
      // The echo of a message before may still come before the Close frame in response; one behind it may not.
      const sent = sentEvents(exchanges[0]!, outcome!);
      const most = messagesOf(sent).length;
      const pongs = events.filter(({ type }) => type === "pong").length;
      const isRight = extraBytes === 0 && echoCount(events, facts) <= most && pongs === 0;
      return isRight ? null : broken(due, outcome!);
    },
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.5.1/close-inside-message",
    level: "must",
    section: "RFC 6455 §5.4, §5.5.1",
    says: "A Close frame between the fragments of a message is answered, and the message is not delivered.",
    arbitrary: (site) =>
      fc.tuple(fc.nat(3), validPayload).map(([length, payload]) =>
        sends(
          site,
          [frame({ opcode: TEXT, fin: false, payload: Buffer.alloc(length, "a") }), close(payload)],
          {
            until: "closed",
          },
        ),
      ),
    judge: ([outcome], _, facts) => {
      const events = received(outcome!)?.events ?? [];
      const isRight = events.some(({ type }) => type === "close") && echoCount(events, facts) === 0;
      return isRight ? null : broken("a Close frame, and no message", outcome!);
    },
    mostRuns: 20,
  },
  {
    id: "rfc6455/7.1.7/code-1002",
    level: "should",
    section: "RFC 6455 §7.1.7, §7.4.1",
    says: "A connection that fails for an error of the protocol gets a Close frame with 1002.",
    arbitrary: (site) =>
      fc
        .tuple(
          before,
          // Behind a frame that is not masked a Close frame is a MAY (§5.1).
          fc.constantFrom<Partial<Frame>>(
            { rsv: 1 },
            { opcode: 3 },
            { opcode: 11 },
            { opcode: 0 },
            { opcode: PING, fin: false },
            { opcode: PING, payload: Buffer.alloc(126) },
          ),
        )
        .map(([first, parts]) => sends(site, [...first, frame(parts)])),
    judge: failsWith(1002),
    mostRuns: 30,
  },
  {
    id: "rfc6455/7.1.7/tcp-closed",
    level: "must",
    section: "RFC 6455 §7.1.7, §7.1.1",
    says: "A connection that has failed is closed: the server waits for no Close frame.",
    arbitrary: (site) =>
      fc
        .constantFrom<Partial<Frame>>(
          { rsv: 1 },
          { opcode: 3 },
          { opcode: 0 },
          { maskKey: null },
          { opcode: TEXT, payload: Uint8Array.of(255) },
          { opcode: CLOSE, payload: Uint8Array.of(3) },
        )
        .map((parts) => sends(site, [frame(parts)], { until: "closed" })),
    // Frames that it reads on behind are the matter of other rules.
    judge: judged(
      "the end of the connection",
      ([outcome]) => isClosed(outcome!) || closeCodeOf(outcome!) === null,
    ),
    mostRuns: 18,
  },
  {
    id: "rfc6455/7.2.1/end-without-close",
    level: "should",
    section: "RFC 6455 §7.1.1, §7.2",
    says: "A client that ends its side without a Close frame is let go: the server ends the connection too.",
    arbitrary: (site) =>
      fc
        .constantFrom<readonly Frame[]>(
          [],
          [frame({ opcode: TEXT, fin: false })],
          [frame({ payload: Uint8Array.of(1), announced: 9n })],
        )
        .map((frames) => {
          const { exchanges } = sends(site, frames, { until: "closed" });
          return { exchanges: [{ ...exchanges[0]!, halfClose: true }] };
        }),
    judge: judged("the end of the connection", ([outcome]) => isClosed(outcome!)),
    mostRuns: 6,
  },
];
