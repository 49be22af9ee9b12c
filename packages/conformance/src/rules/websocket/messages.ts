import {
  BOUNDARY_LENGTHS,
  bytes,
  type Frame,
  type Message,
  messagePayload,
  text,
} from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import type { Rule, Site } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closePayload,
  controlPayloads,
  conversation,
  cutsOf,
  fragments,
  frame,
  keys,
  PING,
  PONG,
  sends,
  TEXT,
} from "./frames.ts";
import { closeCodeOf, describe, echoes, needsEcho, needsPong } from "./judges.ts";
import { received } from "./received.ts";
import { isEqual, messagesOf } from "./sent.ts";

const messages: fc.Arbitrary<Message> = fc.oneof(
  bytes().map((value): Message => ({ type: "binary", bytes: value })),
  text().map((value): Message => ({ type: "text", text: value })),
);

/** A message in fragments, some of them empty. */
const fragmented: fc.Arbitrary<Frame[]> = fc
  .tuple(messages, keys)
  .chain(([message, key]) =>
    cutsOf(messagePayload(message).length).map((cuts) => fragments(message, cuts, key)),
  );

const whole = (message: Message, key: Uint8Array): Frame => fragments(message, [], key)[0]!;

/** A ping or a pong. */
const control: fc.Arbitrary<Frame> = fc
  .tuple(fc.constantFrom(PING, PONG), controlPayloads, keys)
  .map(([opcode, payload, maskKey]) => frame({ opcode, payload, maskKey }));

/** RFC 6455 §5.2 to §5.4, §5.6 and §6: messages come whole, in order and of their type, whatever their frames are. */
export const messageRules: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/5.6/echo",
    level: "must",
    section: "RFC 6455 §5.6, §6.2",
    says: "Messages are delivered as they were sent, of their type and in their order, also many in one packet.",
    arbitrary: (site) =>
      fc.array(fc.tuple(messages, keys), { minLength: 1, maxLength: 8 }).map((list) =>
        sends(
          site,
          list.map(([message, key]) => whole(message, key)),
          { messages: list.length },
        ),
      ),
    applies: needsEcho,
    judge: echoes("each message, and the pong"),
    reuses: true,
  },
  {
    id: "rfc6455/5.3/masking",
    level: "must",
    section: "RFC 6455 §5.3",
    says: "A payload is unmasked by its frame's own key, whatever that is.",
    arbitrary: (site) =>
      fc
        .array(
          fc.tuple(
            fc.uint8Array({ minLength: 4, maxLength: 4 }),
            fc.oneof(
              { weight: 4, arbitrary: fc.nat(9) },
              { weight: 1, arbitrary: fc.constantFrom(65, 1027, 4099) },
            ),
            fc.boolean(),
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((list) => {
          const frames = list.map(([maskKey, length, isText]) =>
            frame({ opcode: isText ? TEXT : BINARY, maskKey, payload: new Uint8Array(length).fill(97) }),
          );
          return sends(site, frames, { messages: frames.length });
        }),
    applies: needsEcho,
    judge: echoes("each message as it was before masking"),
    reuses: true,
  },
  {
    id: "rfc6455/5.2/lengths",
    level: "must",
    section: "RFC 6455 §5.2",
    says: "A message may have any length, also where the length in its header changes its form.",
    arbitrary: (site) =>
      fc
        .tuple(
          fc.constantFrom(...BOUNDARY_LENGTHS, 124, 128, 65_534, 65_537),
          fc.constantFrom(BINARY, TEXT),
          keys,
        )
        .map(([length, opcode, maskKey]) =>
          sends(site, [frame({ opcode, maskKey, payload: new Uint8Array(length).fill(97) })], {
            messages: 1,
          }),
        ),
    applies: needsEcho,
    judge: echoes("the message"),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.4/fragments",
    level: "must",
    section: "RFC 6455 §5.4",
    says: "The fragments of a message make one message, also if some of them are empty.",
    arbitrary: (site) =>
      fc
        .array(fragmented, { minLength: 1, maxLength: 2 })
        .map((list) => sends(site, list.flat(), { messages: list.length })),
    applies: needsEcho,
    judge: echoes("one message for each FIN"),
    reuses: true,
  },
  {
    id: "rfc6455/5.4/control-between",
    level: "must",
    section: "RFC 6455 §5.4, §5.5",
    says: "Control frames between the fragments of a message are handled, and the message stays whole.",
    arbitrary: (site) =>
      fc
        .tuple(messages, keys, fc.array(control, { minLength: 1, maxLength: 3 }))
        .chain(([message, key, controls]) =>
          fc.array(fc.nat(messagePayload(message).length), { minLength: 1, maxLength: 3 }).map((cuts) => {
            const parts = fragments(
              message,
              [...cuts].sort((a, b) => a - b),
              key,
            );
            return sends(site, [parts[0]!, ...controls, ...parts.slice(1)], { messages: 1 });
          }),
        ),
    applies: needsEcho,
    judge: echoes("the message, and the pong to the last ping"),
    reuses: true,
  },
  {
    id: "rfc6455/5.6/binary",
    level: "must",
    section: "RFC 6455 §5.6",
    says: "A binary message may have any bytes, also such as are no UTF-8.",
    arbitrary: (site) =>
      fc
        .uint8Array({ minLength: 1, maxLength: 12, min: 128 })
        .map((payload) => sends(site, [frame({ opcode: BINARY, payload })], { messages: 1 })),
    applies: needsEcho,
    judge: echoes("the message, as a binary one"),
    reuses: true,
    mostRuns: 30,
  },
  {
    id: "rfc6455/6.2/any-cut",
    level: "must",
    section: "RFC 6455 §6.2",
    says: "Frames are read the same however their bytes are cut into packets.",
    arbitrary: (site, { noEcho }) =>
      fc
        .tuple(
          fc.array(
            fc.oneof(
              fragmented,
              control.map((one) => [one]),
            ),
            { minLength: 1, maxLength: 3 },
          ),
          fc.constantFrom<readonly Frame[]>(
            [],
            [frame({ opcode: CLOSE, payload: closePayload(1000) })],
            [frame({ opcode: CONTINUATION })],
          ),
          fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 60 })), {
            minLength: 1,
            maxLength: 6,
          }),
        )
        .map(([list, last, steps]) => cutInTwoWays(site, [...list.flat(), ...last], steps, noEcho === null)),
    applies: needsPong,
    judge: ([first, second], _trial, facts) => {
      const [a, b] = [
        messagesOf(received(first!)?.events ?? []),
        messagesOf(received(second!)?.events ?? []),
      ];
      const isSame =
        closeCodeOf(first!) === closeCodeOf(second!) &&
        (facts.noEcho !== null ||
          closeCodeOf(first!) !== null ||
          (a.length === b.length && a.every((message, i) => isEqual(message, b[i]))));
      if (isSame) return null;
      return { due: `in packets what came in one piece: ${describe(first!)}`, got: describe(second!) };
    },
    mostRuns: 60,
  },
];

/** The frames in one piece, and cut behind each step. */
function cutInTwoWays(
  site: Site,
  frames: readonly Frame[],
  steps: readonly number[],
  isEcho: boolean,
): Trial {
  let at = 0;
  const cuts = steps.map((step) => {
    at += step;
    return at;
  });
  const owed = { messages: frames.filter(({ fin, opcode }) => fin && opcode < CLOSE).length };
  const isOpen = frames.every(({ opcode }) => opcode !== CLOSE);
  const options = isOpen && isEcho ? owed : {};
  return {
    exchanges: [conversation(site, frames, options), conversation(site, frames, { ...options, cuts })],
  };
}
