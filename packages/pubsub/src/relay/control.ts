import { Buffer } from "node:buffer";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { decodePresence, encodePresence, type PresenceRecord } from "./presence/presence-record.ts";

// The records of a control channel, joined in one body:
//
//   1 heartbeat: u32 number                 4 question: u32 request, u32 length, channel
//   2 hello: u32 number                     5 answer: u32 request, u32 connections
//   3 farewell: u32 0                       6, 7: of presence

/**
 * What instances tell each other. A hello is the heartbeat of an instance that came up: the others answer with theirs. A question
 * asks how many members a channel has at each instance.
 */
export type ControlRecord =
  | { readonly type: "heartbeat" | "hello"; readonly number: number }
  | { readonly type: "farewell"; readonly number: 0 }
  | { readonly type: "question"; readonly number: number; readonly channel: string }
  | { readonly type: "answer"; readonly number: number; readonly connections: number }
  | PresenceRecord;

const TYPES = ["", "heartbeat", "hello", "farewell", "question", "answer", "ask", "state"] as const;
/** The type and its number. */
const FIXED_BYTES = 5;

export function encodeRecord(record: ControlRecord): Buffer {
  const more = encodeMore(record);
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + more.length);
  bytes[0] = TYPES.indexOf(record.type);
  bytes.writeUInt32BE(record.number, 1);
  bytes.set(more, FIXED_BYTES);
  return bytes;
}

function encodeMore(record: ControlRecord): Uint8Array {
  switch (record.type) {
    case "question":
      return new ByteWriter().text(record.channel).bytes();
    case "answer":
      return new ByteWriter().u32(record.connections).bytes();
    case "ask":
    case "state":
      return encodePresence(record);
    default:
      return NOTHING;
  }
}

const NOTHING = new Uint8Array(0);

/** @returns null if a record is malformed */
export function decodeRecords(body: Buffer): ControlRecord[] | null {
  const records: ControlRecord[] = [];
  const reader = new ByteReader(body);
  while (!reader.isAtEnd) {
    const record = decodeRecord(reader);
    if (record === null || reader.isBad) return null;
    records.push(record);
  }
  return records;
}

function decodeRecord(reader: ByteReader): ControlRecord | null {
  const type = TYPES[reader.u8()];
  const number = reader.u32();
  switch (type) {
    case "heartbeat":
    case "hello":
      return { type, number };
    case "farewell":
      return number === 0 ? { type, number } : null;
    case "question":
      return { type, number, channel: reader.text() };
    case "answer":
      return { type, number, connections: reader.u32() };
    case "ask":
    case "state":
      return decodePresence(type, number, reader);
    default:
      return null;
  }
}
