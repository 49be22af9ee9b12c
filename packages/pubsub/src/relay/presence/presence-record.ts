import { Buffer } from "node:buffer";
import type { ByteReader } from "../byte-reader.ts";
import { ByteWriter } from "../byte-writer.ts";
import { MEMBER_BYTES, PART_BYTES } from "./presence-limits.ts";

// Records of presence, in the frames of control channels:
//
//   6 ask:   u32 request | u64 version | text channel
//   7 state: u32 request, 0 for a change | u64 base | u64 version | u32 part | u8 whether it is the last part | text channel
//            | u32 count, u32 number of each that has left | u32 count, u32 number and text of each that has come

/** Asks an instance for its members of a topic. */
export interface AskRecord {
  readonly type: "ask";
  readonly number: number;
  /** The version of them that the asking instance has; 0 if it has none. */
  readonly version: number;
  /** Of the topic. */
  readonly channel: string;
}

/** A member of one instance: its number there, and its JSON. */
export type Entry = readonly [number: number, info: string];

/** What an instance tells of its members of a topic. A record that would be long is divided into parts. */
export interface StateRecord {
  readonly type: "state";
  /** Of the `ask` that it answers; 0 for what has changed. */
  readonly number: number;
  /** The version that it changes; 0 if `joined` are all members. */
  readonly base: number;
  readonly version: number;
  readonly part: number;
  readonly isLast: boolean;
  readonly channel: string;
  /** They go before the others come: a member whose JSON has changed is in both. */
  readonly left: readonly number[];
  readonly joined: readonly Entry[];
}

export type PresenceRecord = AskRecord | StateRecord;

/** @returns what stands behind the type and the number */
export function encodePresence(record: PresenceRecord): Uint8Array {
  const writer = new ByteWriter();
  if (record.type === "ask") return writer.u64(record.version).text(record.channel).bytes();
  const { base, version, part, isLast, channel, left, joined } = record;
  writer
    .u64(base)
    .u64(version)
    .u32(part)
    .u8(isLast ? 1 : 0)
    .text(channel)
    .u32(left.length);
  for (const number of left) writer.u32(number);
  writer.u32(joined.length);
  for (const [number, info] of joined) writer.u32(number).text(info);
  return writer.bytes();
}

/** Reads what stands behind the type and the number. If it is malformed, the reader is bad. */
export function decodePresence(
  type: PresenceRecord["type"],
  number: number,
  reader: ByteReader,
): PresenceRecord {
  if (type === "ask") return { type, number, version: reader.u64(), channel: reader.text() };
  const base = reader.u64();
  const version = reader.u64();
  const part = reader.u32();
  const isLast = reader.u8() === 1;
  const channel = reader.text();
  const left: number[] = [];
  for (let count = reader.u32(); count > 0 && !reader.isBad; count--) left.push(reader.u32());
  const joined: Entry[] = [];
  for (let count = reader.u32(); count > 0 && !reader.isBad; count--) {
    const entry: Entry = [reader.u32(), reader.text()];
    if (!isInfo(entry[1])) reader.isBad = true;
    joined.push(entry);
  }
  return { type, number, base, version, part, isLast, channel, left, joined };
}

/** A host parses it when it is asked for: what another instance sends must not throw there. */
function isInfo(text: string): boolean {
  if (Buffer.byteLength(text) > MEMBER_BYTES) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a state is about, without the members. */
export type StateHead = Pick<StateRecord, "number" | "base" | "version" | "channel">;

/** Divides a state into records that fit in frames. There is at least one. */
export function divide(head: StateHead, left: readonly number[], joined: readonly Entry[]): StateRecord[] {
  const parts: { left: number[]; joined: Entry[] }[] = [{ left: [], joined: [] }];
  let size = 0;
  const grow = (bytes: number): { left: number[]; joined: Entry[] } => {
    size += bytes;
    if (size > PART_BYTES) {
      parts.push({ left: [], joined: [] });
      size = bytes;
    }
    return parts.at(-1)!;
  };
  for (const number of left) grow(4).left.push(number);
  // A character is at most three bytes of UTF-8.
  for (const entry of joined) grow(8 + 3 * entry[1].length).joined.push(entry);
  return parts.map((part, i) => ({
    type: "state",
    ...head,
    part: i,
    isLast: i === parts.length - 1,
    ...part,
  }));
}

/** The answer of an instance that has no members in any topic. */
export function withoutMembers({ number, version, channel }: AskRecord): StateRecord {
  return { type: "state", number, base: 0, version, part: 0, isLast: true, channel, left: [], joined: [] };
}
