import { Buffer } from "node:buffer";
import type { Event, PingPongEvent } from "@mantou/websocket";
import type { Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import {
  CONTINUATION,
  controlPayloads,
  frame,
  keys,
  PING,
  PONG,
  sends,
  shortMessages,
  TEXT,
} from "./frames.ts";
import { describe, isCanary, judged, needsPong } from "./judges.ts";
import { received } from "./received.ts";
import { sentEvents } from "./sent.ts";

const ping = (payload: Uint8Array, maskKey?: Uint8Array): Frame =>
  frame({ opcode: PING, payload, ...(maskKey === undefined ? {} : { maskKey }) });

/** How many pings of a flood. */
const FLOOD = 3000;

const isPong = (event: Event): event is PingPongEvent => event.type === "pong";

/** Pongs must be those to some of the pings, in their order, and the last ping must have one (§5.5.3). */
const answersPings: Rule<WebSocketFacts>["judge"] = ([outcome], { exchanges }) => {
  const events = received(outcome!)?.events ?? [];
  const due = "the pong to each ping, or to the last of some, in their order";
  const finding = { due, got: describe(outcome!) };
  if (!events.some(isCanary)) return finding;
  const pings = sentEvents(exchanges[0]!, outcome!).filter(
    (event): event is PingPongEvent => event.type === "ping",
  );
  let at = 0;
  for (const event of events) {
    // An empty pong may be a heartbeat, which no ping has asked for.
    if (event.type !== "pong" || event.bytes.length === 0) continue;
    while (at < pings.length && !pings[at]!.bytes.equals(event.bytes)) at++;
    if (at++ >= pings.length) return finding;
  }
  return null;
};

/** RFC 6455 §5.5.2 and §5.5.3: pings and pongs. */
export const control: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/5.5.2/pong",
    level: "must",
    section: "RFC 6455 §5.5.2, §5.5.3",
    says: "A ping gets a pong with its payload, of up to 125 bytes.",
    arbitrary: (site) =>
      fc
        .tuple(controlPayloads, keys)
        // The canary waits: of two pings that come together only the second must get a pong.
        .map(([payload, key]) => sends(site, [ping(payload, key)], { apart: true })),
    judge: judged("a pong with the payload of the ping", ([outcome], { exchanges }) => {
      const [sent] = sentEvents(exchanges[0]!, outcome!);
      const pongs = (received(outcome!)?.events ?? []).filter(isPong);
      return sent?.type === "ping" && pongs.some(({ bytes }) => bytes.equals(sent.bytes));
    }),
    reuses: true,
  },
  {
    id: "rfc6455/5.5.2/pongs-in-order",
    level: "must",
    section: "RFC 6455 §5.5.2, §5.5.3",
    says: "Of some pings the last one gets its pong, and pongs to others come before it and in order.",
    arbitrary: (site) =>
      fc
        .array(
          fc.oneof(
            controlPayloads.map((payload) => ping(payload)),
            shortMessages,
          ),
          { minLength: 2, maxLength: 8 },
        )
        .map((frames) => sends(site, frames)),
    applies: needsPong,
    judge: answersPings,
    reuses: true,
  },
  {
    id: "rfc6455/5.5.2/pong-inside-message",
    level: "must",
    section: "RFC 6455 §5.4, §5.5.2",
    says: "A ping between fragments gets its pong before the message has ended.",
    arbitrary: (site) =>
      fc
        .tuple(fc.nat(3), fc.boolean())
        .map(([length, isContinued]) =>
          sends(site, [
            frame({ opcode: TEXT, fin: false, payload: Buffer.alloc(length, "a") }),
            ...(isContinued ? [frame({ opcode: CONTINUATION, fin: false })] : []),
          ]),
        ),
    judge: answersPings,
    mostRuns: 8,
  },
  {
    id: "rfc6455/5.5.3/unsolicited-pong",
    level: "must",
    section: "RFC 6455 §5.5.3",
    says: "A pong that no ping has asked for is taken, and gets no response.",
    arbitrary: (site) =>
      fc.array(fc.tuple(controlPayloads, keys), { minLength: 1, maxLength: 3 }).map((list) =>
        sends(
          site,
          list.map(([payload, maskKey]) => frame({ opcode: PONG, payload, maskKey })),
        ),
      ),
    applies: needsPong,
    // Other pongs may come, as heartbeats: a server too may send them unasked.
    judge: judged("the pong to the ping, and none to a pong", ([outcome], { exchanges }) => {
      const events = received(outcome!)?.events ?? [];
      const sent = sentEvents(exchanges[0]!, outcome!).filter(isPong);
      const answered = events
        .filter(isPong)
        .some(({ bytes }) => bytes.length > 0 && sent.some((pong) => pong.bytes.equals(bytes)));
      return events.some(isCanary) && !answered;
    }),
    reuses: true,
    mostRuns: 40,
  },
  {
    id: "rfc6455/5.5.2/ping-flood",
    level: "should",
    section: "RFC 6455 §5.5.2, §10.4",
    says: "Some thousand pings at once get pongs, or the last of them one, or are refused with a Close frame.",
    arbitrary: (site) =>
      fc.constantFrom(
        ...[0, 125].map((length) =>
          sends(
            site,
            Array.from({ length: FLOOD }, () => ping(Buffer.alloc(length, "a"))),
          ),
        ),
      ),
    judge: judged("the pong to the last ping, or a Close frame, or the end", ([outcome]) => {
      const events = received(outcome!)?.events ?? [];
      return outcome!.end !== "open" || events.some((event) => isCanary(event) || event.type === "close");
    }),
    mostRuns: 2,
  },
];
