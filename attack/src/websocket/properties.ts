import { compareReceived, type Fate, fatesOf } from "./model.ts";
import { type Entry, type Program, TOPICS } from "./program.ts";
import type { Observation, Seen } from "./run.ts";

/** The properties that hold for every program. */
export type Property =
  | "returns"
  | "deliveries"
  | "events"
  /** Deferred blocks of a handler (microtask, next tick) run before the socket's next event. */
  | "turn"
  | "close"
  | "drain"
  | "healthy"
  | "bounded"
  | "topics"
  | "released"
  | "quiet"
  | "turns";

export interface Violation {
  readonly property: Property;
  readonly detail: string;
  /** The socket, if it concerns one. */
  readonly ws?: number;
}

/** Bytes by which `getBufferedAmount` may exceed the limit, besides one message: a turn's messages are written at once. */
const SLACK = 68 * 1024;
const DEFAULT_LIMIT = 16 * 2 ** 20;

/** The violations in the outcome of a program. */
export function violations(program: Program, observed: Observation, turnLimit: number): Violation[] {
  const { report, clients, words } = observed;
  const fates = fatesOf(program, report.log);
  const found: Violation[] = [];
  const say = (property: Property, detail: string, ws?: number): void => {
    found.push({ property, detail, ...(ws === undefined ? {} : { ws }) });
  };
  fates.forEach((fate, ws) => {
    const tell = (property: Property, detail: string): void => say(property, detail, ws);
    checkReturns(fate, tell);
    checkEvents(fate, clients[ws]!, program, tell);
    checkTurn(fate, clients[ws]!, tell);
    checkDeliveries(fate, clients[ws]!, program, tell);
    checkDrain(fate, tell);
    checkLight(fate, tell);
    checkBuffered(fate, program, tell);
  });
  for (const entry of report.log) if ("threw" in entry) say("quiet", `threw ${entry.threw}`);
  for (const topic of TOPICS) {
    const subscribed = fates.filter(({ atRest }) => atRest.has(topic)).length;
    if (report.subscribers[topic] !== subscribed)
      say("topics", `subscriberCount("${topic}") is ${report.subscribers[topic]}, not ${subscribed}`);
  }
  if (report.subscribersLeft !== 0) say("released", `${report.subscribersLeft} subscribers are left`);
  if (report.pendingWebSockets !== 0) say("released", `pendingWebSockets is ${report.pendingWebSockets}`);
  if (report.descriptors > 0) say("released", `${report.descriptors} descriptors are left`);
  if (!report.rested) say("released", "what was sent was not taken, although every client reads");
  if (words !== "") say("quiet", `printed ${words}`);
  if (report.longestTurn > turnLimit) say("turns", `one turn took ${report.longestTurn.toFixed(0)} ms`);
  return found;
}

type Tell = (property: Property, detail: string) => void;

function checkReturns({ entries }: Fate, tell: Tell): void {
  for (const entry of entries) {
    if (!("call" in entry) || !("first" in entry)) continue;
    for (const [value] of entry.returned) {
      if (value !== entry.size && value !== -1 && value !== 0)
        tell("returns", `${entry.call} of ${entry.size} bytes gave ${value}`);
    }
  }
}

function checkEvents(fate: Fate, seen: Seen, { options }: Program, tell: Tell): void {
  const events = fate.entries.filter((entry) => "event" in entry);
  if (events[0]?.event !== "open") tell("events", `the first is ${events[0]?.event}`);
  if (events.filter(({ event }) => event === "open").length !== 1) tell("events", "not one open");
  const closes = events.filter(({ event }) => event === "close");
  if (closes.length !== 1) tell("close", `close ran ${closes.length} times`);
  if (events.at(-1)?.event !== "close") tell("close", `${events.at(-1)?.event} ran behind close`);
  const code = closes[0]?.event === "close" ? closes[0].code : 0;
  if (code === 1006 && !mayBreak(fate, seen, options.closeOnBackpressureLimit))
    tell("close", "1006 without a cause");
}

function checkTurn({ entries }: Fate, { sentClose }: Seen, tell: Tell): void {
  const due = new Set<number>();
  for (const entry of entries) {
    if ("later" in entry && (entry.when === "microtask" || entry.when === "tick")) {
      if (entry.later === "put") due.add(entry.id);
      else due.delete(entry.id);
    } else if ("event" in entry && due.size > 0) {
      // `close` and `drain` may run within a handler's calls.
      const comesFromClient = entry.event === "close" ? entry.code === sentClose : entry.event !== "drain";
      if (comesFromClient) tell("turn", `${entry.event} came before what a handler had put off`);
    }
  }
}

function mayBreak({ terminated, light }: Fate, { left }: Seen, closeOnLimit: boolean): boolean {
  return terminated || left !== null || (closeOnLimit && !light);
}

function checkDeliveries(fate: Fate, seen: Seen, { options }: Program, tell: Tell): void {
  if (seen.fault !== null) tell("deliveries", seen.fault);
  // A Close frame comes behind everything that was sent.
  const whole = seen.closeCode !== null;
  const wrong = compareReceived(fate.due, seen.received, whole);
  if (wrong !== null) tell("deliveries", wrong);
  if (!whole && !mayBreak(fate, seen, options.closeOnBackpressureLimit))
    tell("deliveries", `the connection ended (${seen.ending}) without a Close frame`);
  if (seen.ending === null) tell("released", "the client's connection does not end");
}

/** Whether a call met backpressure: the message waits, or was dropped. */
function isHeldUp(entry: Entry): boolean {
  if (!("call" in entry)) return false;
  if (entry.call === "send")
    return entry.returned.some(([value]) => value < 0 || (value === 0 && entry.size > 0));
  return entry.call === "ping" && entry.returned <= 0;
}

function checkDrain({ entries }: Fate, tell: Tell): void {
  let awaited = false;
  let allowed = false;
  for (const entry of entries) {
    if (isHeldUp(entry)) awaited = true;
    if (awaited || ("call" in entry && entry.call === "publish")) allowed = true;
    if ("mark" in entry && awaited) tell("drain", "drain did not run behind backpressure");
    // From here on messages are refused, or the program is over.
    if ("mark" in entry) return;
    if (!("event" in entry)) continue;
    if (entry.event === "close") return;
    if (entry.event === "drain") {
      if (!allowed) tell("drain", "drain ran without backpressure before it");
      if (entry.buffered > 0) tell("drain", `drain ran while ${entry.buffered} bytes waited`);
      awaited = false;
      allowed = false;
    }
  }
}

function checkLight({ entries, light }: Fate, tell: Tell): void {
  if (!light) return;
  for (const entry of entries) {
    if (("event" in entry && entry.event === "close") || "mark" in entry) return;
    if ("call" in entry && entry.call === "send" && entry.buffered > 0)
      tell("healthy", `getBufferedAmount is ${entry.buffered}, and the socket takes everything`);
    if (isHeldUp(entry)) tell("healthy", `a message was held up or dropped: ${JSON.stringify(entry)}`);
    if ("event" in entry && entry.event === "drain") tell("healthy", "drain without backpressure");
  }
}

function checkBuffered({ entries }: Fate, { options }: Program, tell: Tell): void {
  const limit = options.backpressureLimit ?? DEFAULT_LIMIT;
  if (limit === 0) return;
  let biggest = 0;
  for (const entry of entries) {
    if (!("call" in entry)) continue;
    if ("size" in entry) biggest = Math.max(biggest, entry.size);
    const buffered = entry.call === "send" ? entry.buffered : entry.call === "buffered" ? entry.returned : 0;
    if (buffered > limit + biggest + SLACK)
      tell("bounded", `${buffered} bytes wait where ${limit} may, and a message has ${biggest}`);
  }
}
