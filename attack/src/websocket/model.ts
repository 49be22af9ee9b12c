import { labelOf } from "./content.ts";
import type { Entry, Program } from "./program.ts";

/** A message that a client is due. */
export interface Due {
  readonly label: string;
  /** False if the log does not show whether it was dropped. */
  readonly certain: boolean;
}

/** The events of one socket that must follow from the log. */
export interface Fate {
  readonly due: Due[];
  /** Its entries in the log. */
  readonly entries: Entry[];
  /** Whether the system's buffers hold everything that was sent to it: then there is no backpressure, whatever its client does. */
  light: boolean;
  terminated: boolean;
  readonly topics: Set<string>;
  /** Its topics when everything had been delivered. */
  atRest: ReadonlySet<string>;
  open: boolean;
}

/**
 * Bytes that fit the buffers of any socket. A Unix socket has 208 KiB, and each write takes 768 bytes or more of it; even one write for
 * each message must fit.
 */
const LIGHT_BYTES = 48 * 1024;
const LIGHT_MESSAGES = 100;

/** The longest head of a server's frame. */
const FRAME_HEAD = 10;

/**
 * The naive model: it walks through the calls, and keeps the messages that are due to each client. A published message is due to the
 * subscribers at that time; a sent one if `send` says so.
 */
export function fatesOf(program: Program, log: readonly Entry[]): Fate[] {
  const fates = Array.from({ length: program.clients }, newFate);
  weigh(fates, log);
  for (const entry of log) {
    if ("threw" in entry) continue;
    if ("mark" in entry) {
      for (const fate of fates) {
        fate.atRest = new Set(fate.topics);
        fate.entries.push(entry);
      }
      continue;
    }
    if ("call" in entry && entry.call === "publish") publish(program, fates, entry);
    else follow(fates[entry.ws!]!, entry);
  }
  return fates;
}

function newFate(): Fate {
  return {
    due: [],
    entries: [],
    light: true,
    terminated: false,
    topics: new Set(),
    atRest: new Set(),
    open: false,
  };
}

/** Finds the light sockets: published messages count for all. */
function weigh(fates: readonly Fate[], log: readonly Entry[]): void {
  fates.forEach((fate, ws) => {
    let bytes = 0;
    let messages = 0;
    for (const entry of log) {
      if (!("call" in entry) || !("first" in entry)) continue;
      if (entry.call === "send" && entry.ws !== ws) continue;
      const count = entry.returned.reduce((sum, [, times]) => sum + times, 0);
      messages += count;
      bytes += count * (entry.size + FRAME_HEAD);
    }
    fate.light = bytes <= LIGHT_BYTES && messages <= LIGHT_MESSAGES;
  });
}

function follow(
  fate: Fate,
  entry: Exclude<Entry, { threw: string } | { mark: string } | { call: "publish" }>,
): void {
  fate.entries.push(entry);
  if ("event" in entry) {
    if (entry.event === "open") fate.open = true;
    if (entry.event !== "close") return;
    fate.open = false;
    fate.topics.clear();
  } else if ("later" in entry) {
    // Only its position counts.
  } else if (entry.call === "send") send(fate, entry);
  else if (entry.call === "subscribe" || entry.call === "unsubscribe") {
    if (entry.returned) fate.topics.add(entry.topic);
    else fate.topics.delete(entry.topic);
  } else if (entry.call === "terminate") fate.terminated = true;
}

type SendEntry = Extract<Entry, { call: "send" }>;
type PublishEntry = Extract<Entry, { call: "publish" }>;

function send(fate: Fate, { kind, size, first, returned }: SendEntry): void {
  let number = first;
  for (const [value, count] of returned) {
    // An empty message that was sent and one that was dropped both give 0.
    if (value !== 0 || (size === 0 && fate.open)) {
      const certain = value !== 0 || fate.light;
      for (let i = 0; i < count; i++) fate.due.push({ label: labelOf(kind, size, number + i), certain });
    }
    number += count;
  }
}

function publish(program: Program, fates: readonly Fate[], entry: PublishEntry): void {
  const { backpressureLimit, publishToSelf } = program.options;
  const { kind, size, first, returned, topic, ws, unplaced = false } = entry;
  const recipients = fates.filter((fate, i) => fate.topics.has(topic) && (publishToSelf || i !== ws));
  let number = first;
  for (const [value, count] of returned) {
    for (const fate of recipients) {
      // The result of `publish` concerns one socket only if the message went to one.
      const isTold = recipients.length === 1 && size > 0;
      const mustArrive = backpressureLimit === 0 || fate.light || (isTold && value !== 0);
      if (isTold && value === 0 && !mustArrive) continue;
      // One of the two entries of an unplaced message is not where it was published.
      const certain = mustArrive && !unplaced;
      for (let i = 0; i < count; i++) fate.due.push({ label: labelOf(kind, size, number + i), certain });
    }
    number += count;
  }
  for (const fate of recipients) fate.entries.push(entry);
}

/**
 * Whether the received messages are the due ones, in order. Uncertain ones may be missing.
 * @param whole whether all certain ones must be there; otherwise the connection has ended somewhere
 * @returns the fault; null if there is none
 */
export function compareReceived(
  due: readonly Due[],
  received: readonly string[],
  whole: boolean,
): string | null {
  // Positions behind the last received message: more than one if an uncertain message looks like the next.
  let places: number[] = [0];
  for (const [at, label] of received.entries()) {
    const next: number[] = [];
    let seen = -1;
    for (const place of places) {
      for (let i = Math.max(place, seen + 1); i < due.length; i++) {
        seen = i;
        if (due[i]!.label === label) next.push(i + 1);
        if (due[i]!.certain) break;
      }
    }
    if (next.length === 0) {
      const wanted = due
        .slice(places[0], places[0]! + 3)
        .map((one) => `${one.label}${one.certain ? "" : "?"}`);
      return `message ${at} of ${received.length} is "${label}", due is ${JSON.stringify(wanted)}`;
    }
    places = next;
  }
  if (!whole || places.some((place) => due.slice(place).every(({ certain }) => !certain))) return null;
  const missing = due.slice(places.at(-1)).find(({ certain }) => certain);
  return `"${missing!.label}" has not arrived, nor what follows (${received.length} did)`;
}
