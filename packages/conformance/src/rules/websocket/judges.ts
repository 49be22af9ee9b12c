import { Buffer } from "node:buffer";
import type { Event } from "@mantou/websocket";
import type { Outcome } from "../../exchange/exchange.ts";
import { describe as describeResponses, ENDS, isClosed } from "../judges.ts";
import type { Finding, Rule } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { CANARY } from "./frames.ts";
import { received } from "./received.ts";
import { isEqual, type MessageEvent, messagesOf, sentEvents } from "./sent.ts";

type Judge = Rule<WebSocketFacts>["judge"];

const MOST_SHOWN = 8;

/** What came back, in a line: messages and control frames, and the end of the connection. */
export function describe(outcome: Outcome): string {
  const read = received(outcome);
  if (read === null) return describeResponses(outcome);
  const { events, extraBytes, unfinishedBytes } = read;
  const parts = events.slice(0, MOST_SHOWN).map(describeEvent);
  if (events.length > MOST_SHOWN) parts.push(`${events.length - MOST_SHOWN} more`);
  if (unfinishedBytes > 0) parts.push("a frame without its end");
  if (extraBytes > 0) parts.push(`${extraBytes} bytes behind the Close frame`);
  return `${parts.length === 0 ? "nothing" : parts.join(", ")}; ${ENDS[outcome.end]}`;
}

function describeEvent(event: Event): string {
  switch (event.type) {
    case "text":
      return `text (${Buffer.byteLength(event.text)} bytes)`;
    case "binary":
      return `binary (${event.bytes.length} bytes)`;
    case "ping":
      return `ping (${event.bytes.length} bytes)`;
    case "pong":
      return isCanary(event) ? "the pong to the last ping" : `pong (${event.bytes.length} bytes)`;
    case "close":
      return event.code === 1005 ? "Close without a code" : `Close ${event.code}`;
    case "error":
      return `frames that a client must refuse: ${event.error.message}`;
  }
}

export const isCanary = (event: Event): boolean => event.type === "pong" && event.bytes.equals(CANARY);

export const broken = (due: string, outcome: Outcome): Finding => ({ due, got: describe(outcome) });

/** The Close frame that came, its code, and 1005 if it has none; null if none came. */
export function closeCodeOf(outcome: Outcome): number | null {
  const close = received(outcome)?.events.find((event) => event.type === "close");
  return close?.type === "close" ? close.code : null;
}

/** The connection has failed as far as the client can see: a Close frame, or the end. */
const hasFailed = (outcome: Outcome) => closeCodeOf(outcome) !== null || isClosed(outcome);

/** Whether a 101 came, valid or not. */
const hasSwitched = (outcome: Outcome) =>
  outcome.switched !== null ||
  /^HTTP\/1\.\d 101\b/.test(Buffer.from(outcome.received.subarray(0, 20)).toString("latin1"));

/** The handshake is answered by 101. */
export function opens(due: string): Judge {
  return (outcomes) => {
    const other = outcomes.find(({ switched }) => switched === null);
    return other === undefined ? null : broken(due, other);
  };
}

/** It is not. */
export function refuses(due: string): Judge {
  return ([outcome]) => (hasSwitched(outcome!) ? broken(due, outcome!) : null);
}

/**
 * The target fails the connection (§7.1.7): it reads nothing behind the bytes that break the rule, and closes. Messages before them it
 * may echo.
 */
export function fails(due: string): Judge {
  return ([outcome], { exchanges }, facts) => {
    const read = received(outcome!);
    if (read === null) return broken("101", outcome!);
    if (read.events.some(isCanary) || !hasFailed(outcome!)) return broken(due, outcome!);
    if (facts.noEcho !== null) return null;
    const echoed = messagesOf(read.events);
    const sent = messagesOf(sentEvents(exchanges[0]!, outcome!));
    return echoed.every((message, i) => isEqual(message, sent[i])) ? null : broken(due, outcome!);
  };
}

/** A target that fails the connection says so with this code. */
export function failsWith(...codes: readonly number[]): Judge {
  return ([outcome]) => {
    if (outcome!.switched === null) return null;
    const code = closeCodeOf(outcome!);
    const due = `a Close frame with ${codes.join(" or ")}`;
    return code !== null && codes.includes(code) ? null : broken(due, outcome!);
  };
}

/** All messages come back, as they were sent and in their order, and the last ping gets its pong. */
export function echoes(due: string): Judge {
  return (outcomes, { exchanges }) => {
    for (const [i, outcome] of outcomes.entries()) {
      if (!isEchoed(messagesOf(sentEvents(exchanges[i]!, outcome)), outcome)) return broken(due, outcome);
    }
    return null;
  };
}

function isEchoed(sent: readonly MessageEvent[], outcome: Outcome): boolean {
  const events = received(outcome)?.events ?? [];
  if (!events.some(isCanary)) return false;
  const echoed = messagesOf(events);
  return echoed.length === sent.length && sent.every((message, i) => isEqual(message, echoed[i]));
}

/** As `echoes`, or a refusal that is told: a Close frame, with one of the codes if there are any. */
export function echoesOrRefuses(due: string, codes: readonly number[] = []): Judge {
  return (outcomes, { exchanges }) => {
    for (const [i, outcome] of outcomes.entries()) {
      const code = closeCodeOf(outcome);
      const isRefused =
        codes.length === 0 ? hasFailed(outcome) : code === null ? isClosed(outcome) : codes.includes(code);
      // More than we read is no hang either.
      if (isRefused || outcome.end === "flooded") continue;
      if (!isEchoed(messagesOf(sentEvents(exchanges[i]!, outcome)), outcome)) return broken(due, outcome);
    }
    return null;
  };
}

/** The judge of what came back as a whole. */
export function judged(
  due: string,
  isRight: (outcomes: readonly Outcome[], trial: Parameters<Judge>[1]) => boolean,
): Judge {
  return (outcomes, trial) =>
    isRight(outcomes, trial) ? null : { due, got: outcomes.map(describe).join("; on the other connection ") };
}

type Condition = NonNullable<Rule<WebSocketFacts>["applies"]>;

export const needsPong: Condition = ({ pongs }) =>
  pongs ? null : "the target sends no pong, so that it cannot be known when it has read all";

/** For rules that compare what comes back with what was sent. */
export const needsEcho: Condition = (facts) => facts.noEcho ?? needsPong(facts);

export const needsDeflate: Condition = ({ deflate }) =>
  deflate.length > 0 ? null : "the target takes no offer of permessage-deflate";

/** Some conditions together. */
export function all(...conditions: readonly Condition[]): Condition {
  return (facts) => {
    for (const condition of conditions) {
      const reason = condition(facts);
      if (reason !== null) return reason;
    }
    return null;
  };
}
