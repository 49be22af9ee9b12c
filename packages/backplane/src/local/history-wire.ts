import type { Buffer } from "node:buffer";
import type { HistoryRule, Place, Slice, StoredFrame } from "@mantou/pubsub/relay";
import { LOCAL_MESSAGE_BYTES } from "../limits.ts";
import { encodeFields, type Field, FieldReader } from "./fields.ts";

/** What the processes of one machine say to each other of histories, besides the frames of `wire`. */
export const APPEND = 8;
export const READ = 9;
export const ROTATE = 10;
/** A frame that was appended. */
export const PLACED = 11;
export const APPENDED = 12;
export const SLICE = 13;

export interface AppendRequest {
  readonly request: number;
  readonly channel: string;
  readonly frame: Uint8Array;
  readonly count: number;
  readonly rule: HistoryRule;
  readonly retry: boolean;
}

export interface ReadRequest {
  readonly request: number;
  readonly channel: string;
  readonly from: number;
  readonly limit: number;
}

export function encodeAppend({ request, channel, frame, count, rule, retry }: AppendRequest): Buffer {
  const { size, seconds } = rule;
  return encodeFields(APPEND, [request, channel, count, size, seconds, retry ? 1 : 0, frame]);
}

/** Each function that decodes returns null for a frame that is malformed. */
export function decodeAppend(bytes: Buffer): AppendRequest | null {
  const reader = new FieldReader(bytes);
  const [request, channel, count] = [reader.integer(0), reader.text(), reader.integer(1)];
  const rule = { size: reader.integer(1), seconds: reader.number() };
  const [retry, frame] = [reader.integer(0) === 1, reader.bytes()];
  if (!reader.isWhole || rule.seconds < 0 || frame.length > LOCAL_MESSAGE_BYTES) return null;
  return { request, channel, frame, count, rule, retry };
}

export function encodeRead({ request, channel, from, limit }: ReadRequest): Buffer {
  return encodeFields(READ, [request, channel, from, limit]);
}

export function decodeRead(bytes: Buffer): ReadRequest | null {
  const reader = new FieldReader(bytes);
  const [request, channel] = [reader.integer(0), reader.text()];
  const [from, limit] = [reader.integer(0), reader.integer(0)];
  return reader.isWhole ? { request, channel, from, limit } : null;
}

export function encodeRotate(channel: string, epoch: string): Buffer {
  return encodeFields(ROTATE, [channel, epoch]);
}

export function decodeRotate(bytes: Buffer): { readonly channel: string; readonly epoch: string } | null {
  const reader = new FieldReader(bytes);
  const [channel, epoch] = [reader.text(), reader.text()];
  return reader.isWhole ? { channel, epoch } : null;
}

export function encodePlaced(channel: string, { epoch, offset, previous }: Place, frame: Uint8Array): Buffer {
  return encodeFields(PLACED, [channel, epoch, offset, previous, frame]);
}

export function decodePlaced(
  bytes: Buffer,
): { readonly channel: string; readonly place: Place; readonly frame: Buffer } | null {
  const reader = new FieldReader(bytes);
  const [channel, epoch] = [reader.text(), reader.text()];
  const [offset, previous, frame] = [reader.integer(1), reader.integer(0), reader.bytes()];
  return reader.isWhole ? { channel, place: { epoch, offset, previous }, frame } : null;
}

export function encodeAppended(
  request: number,
  { epoch, offset }: Pick<Place, "epoch" | "offset">,
  duplicate: boolean,
): Buffer {
  return encodeFields(APPENDED, [request, epoch, offset, duplicate ? 1 : 0]);
}

export function decodeAppended(bytes: Buffer): {
  readonly request: number;
  readonly place: Pick<Place, "epoch" | "offset">;
  readonly duplicate: boolean;
} | null {
  const reader = new FieldReader(bytes);
  const [request, epoch] = [reader.integer(0), reader.text()];
  const [offset, duplicate] = [reader.integer(1), reader.integer(0) === 1];
  return reader.isWhole ? { request, place: { epoch, offset }, duplicate } : null;
}

export function encodeSlice(request: number, { epoch, top, topHead, frames }: Slice): Buffer {
  const fields: Field[] = [request, epoch, top, topHead ?? ""];
  for (const { offset, previous, frame } of frames) fields.push(offset, previous, frame);
  return encodeFields(SLICE, fields);
}

export function decodeSlice(bytes: Buffer): { readonly request: number; readonly slice: Slice } | null {
  const reader = new FieldReader(bytes);
  const [request, epoch] = [reader.integer(0), reader.text()];
  const [top, head] = [reader.integer(0), reader.bytes()];
  const frames: StoredFrame[] = [];
  while (reader.hasMore) {
    const [offset, previous, frame] = [reader.integer(1), reader.integer(0), reader.bytes()];
    frames.push({ offset, previous, frame });
  }
  if (!reader.isWhole) return null;
  return { request, slice: { epoch, top, topHead: head.length === 0 ? null : head, frames } };
}
