import { Buffer } from "node:buffer";
import { Connection, type Event, PerMessageDeflate } from "@mantou/websocket";
import type { Exchange, Outcome } from "../../exchange/exchange.ts";
import { FrameReader } from "../../exchange/frame-reader.ts";
import { visible } from "../../exchange/visible.ts";
import type { Call } from "../../target/caller.ts";
import { ENDS, isClosed } from "../judges.ts";
import type { Finding, Rule } from "../rule.ts";
import { CANARY, CLOSE } from "../websocket/frames.ts";
import { LIMITS, NOWHERE } from "../websocket/received.ts";
import type { ClientFacts } from "./facts.ts";

export type ClientRule = Rule<ClientFacts>;
type Judge = ClientRule["judge"];

const CALLS: Readonly<Record<Call["end"], string>> = {
  done: "it ended well",
  refused: "it failed",
  killed: "it hung, and was ended",
  crashed: "it crashed",
};

/** What the client made of its responses, in a line. */
export function describeCall({ call }: Outcome): string {
  if (call === undefined) return "nothing that shows";
  // What a client prints may be any bytes.
  const lines = call.lines.slice(0, 3).map((line) => {
    const text = visible(Buffer.from(line.slice(0, 60), "latin1")).slice(1, -1);
    return line.length > 60 ? `${text}…` : text;
  });
  return `${lines.length === 0 ? "no response" : lines.join(", ")}; ${CALLS[call.end]}`;
}

/** The content of a response, as the client has printed it. */
const contentOf = (line: string | undefined) => (line === undefined ? null : (line.split(" ")[1] ?? ""));

/** Each response has the content that the exchange says. */
function readsAll({ contents = [] }: Exchange, { call }: Outcome): boolean {
  return (
    call?.end === "done" &&
    contents.every((content, i) => contentOf(call.lines[i]) === Buffer.from(content).toString("hex"))
  );
}

export const reads: Judge = ([outcome], { exchanges }) => {
  const [exchange] = exchanges;
  if (readsAll(exchange!, outcome!)) return null;
  const due = (exchange!.contents ?? []).map((content) =>
    JSON.stringify(Buffer.from(content).toString("latin1").slice(0, 40)),
  );
  return { due: `content: ${due.join(", ")}`, got: describeCall(outcome!) };
};

export function refuses(due: string): Judge {
  return ([outcome]) => (outcome!.call?.end === "refused" ? null : { due, got: describeCall(outcome!) });
}

export function readsOrRefuses(due: string): Judge {
  return ([outcome], { exchanges }) =>
    outcome!.call?.end === "refused" || readsAll(exchanges[0]!, outcome!)
      ? null
      : { due, got: describeCall(outcome!) };
}

/** What a client has sent behind its handshake, as a strict server reads it; an error is the last. */
export function sentByClient({ switched }: Outcome, isDeflate: boolean): readonly Event[] {
  const params = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const codec = isDeflate ? { codec: new PerMessageDeflate("server", params) } : {};
  const machine = new Connection({ role: "server", output: NOWHERE, limits: LIMITS, ...codec });
  const events: Event[] = [];
  for (const { bytes } of new FrameReader().push(switched ?? Buffer.alloc(0))) {
    machine.receive(bytes);
    for (let event = machine.next(); event !== null; event = machine.next()) events.push(event);
  }
  machine.receiveEnd();
  return events;
}

const isDeflated = ({ pieces }: Exchange) =>
  /permessage-deflate/.test(Buffer.from(pieces[0]?.bytes ?? []).toString("latin1"));

export function eventsOf(outcome: Outcome, exchange: Exchange): readonly Event[] {
  return sentByClient(outcome, isDeflated(exchange));
}

export const isCanary = (event: Event): boolean => event.type === "pong" && event.bytes.equals(CANARY);

export function describeFrames(outcome: Outcome, exchange: Exchange): string {
  const parts = eventsOf(outcome, exchange).map((event) => {
    if (event.type === "close") return `Close ${event.code}`;
    if (event.type === "error") return `frames that a server must refuse: ${event.error.message}`;
    return isCanary(event) ? "the pong to the last ping" : event.type;
  });
  return `${parts.length === 0 ? "no frame" : parts.join(", ")}; ${ENDS[outcome.end]}`;
}

/**
 * The client fails the connection: it does not read on, and closes, or its user is told of the end. (§7.1.1 lets it wait for the server
 * to close TCP.)
 */
export function fails(due: string): Judge {
  return ([outcome], { exchanges }): Finding | null => {
    const events = eventsOf(outcome!, exchanges[0]!);
    const isTold = outcome!.hasReturned === true || events.some(({ type }) => type === "close");
    const hasFailed = isTold || isClosed(outcome!);
    return hasFailed && !events.some(isCanary) ? null : { due, got: describeFrames(outcome!, exchanges[0]!) };
  };
}

/** The code of its Close frame, from the bytes: our role refuses some. */
export function closeCodeOf({ switched }: Outcome): number | null {
  const frames = new FrameReader().push(switched ?? Buffer.alloc(0));
  const close = frames.find(({ opcode }) => opcode === CLOSE);
  if (close === undefined || close.payload.length < 2) return null;
  const key = close.bytes.subarray(2, 6);
  return Buffer.from(close.payload.map((byte, i) => byte ^ key[i % 4]!)).readUInt16BE(0);
}
