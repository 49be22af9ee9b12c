import { labelOf } from "./content.ts";
import type { Entry, Program } from "./program.ts";

/** A message that a client is due. */
export interface Due {
  readonly label: string;
  /** False if nothing says whether it has been dropped. */
  readonly certain: boolean;
}

/** What the log says must have come of one socket. */
export interface Fate {
  readonly due: Due[];
  /** Its entries in the log. */
  readonly entries: Entry[];
  /** So little was sent to it that the system's buffers hold all of it: there is no backpressure, whatever its client does. */
  light: boolean;
  terminated: boolean;
  readonly topics: Set<string>;
  /** What it was subscribed to when everything had been delivered. */
  atRest: ReadonlySet<string>;
  open: boolean;
}

/**
 * What fits the buffers of any socket. Of a Unix socket they are 208 KiB, and each write takes 768 bytes or more of it; even one of
 * each message must fit.
 */
const LIGHT_BYTES = 48 * 1024;
const LIGHT_MESSAGES = 100;

/** The longest head of a server's frame. */
const FRAME_HEAD = 10;

/**
 * The naive model: walks through what was called, and keeps what each client is due. A published message is due to those who are
 * subscribed when it is published; a sent one if `send` says so.
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

/** Finds out who is light: what is published counts for everybody. */
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
    // Only its place among the others counts.
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
  const { kind, size, first, returned, topic, ws } = entry;
  const recipients = fates.filter((fate, i) => fate.topics.has(topic) && (publishToSelf || i !== ws));
  let number = first;
  for (const [value, count] of returned) {
    for (const fate of recipients) {
      // What `publish` gives is about one only if it went to one.
      const isTold = recipients.length === 1 && size > 0;
      const certain = backpressureLimit === 0 || fate.light || (isTold && value !== 0);
      if (isTold && value === 0 && !certain) continue;
      for (let i = 0; i < count; i++) fate.due.push({ label: labelOf(kind, size, number + i), certain });
    }
    number += count;
  }
  for (const fate of recipients) fate.entries.push(entry);
}

/**
 * Whether what was received is what was due, in its order, without anything uncertain that was dropped.
 * @param whole nothing that is certain may be missing at the end; else the connection has ended somewhere
 * @returns what is wrong; null if nothing is
 */
export function compareReceived(
  due: readonly Due[],
  received: readonly string[],
  whole: boolean,
): string | null {
  // Positions behind the last received message: more than one if what was uncertain looks like what follows.
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
