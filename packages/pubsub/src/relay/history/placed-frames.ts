import { Buffer } from "node:buffer";
import {
  countMessages,
  decodeHead,
  encodeFrame,
  type FrameHead,
  HEAD_BYTES,
  INSTANCE_BYTES,
  type Piece,
  ReceivedFrames,
} from "../frame.ts";
import type { Place } from "./history-engine.ts";
import type { Identity } from "./identity.ts";
import { checkOf, type Position } from "./position.ts";

// The body of a frame of a history channel: u32 number of tags (0, or one for each message) | tags (u32 each) | joined RFC 6455 frames.
//
// A frame of a message with a name has the name's hash in the place of instance and sequence, and its body is:
// 0xffffffff | instance (8 bytes) | sequence (u64) | one RFC 6455 frame. A publisher that sends it again is known by these.

const NONE: Buffer = Buffer.alloc(0);
const TAG_BYTES = 4;
const NAMED = 0xffff_ffff;
const ORIGIN_BYTES = 16;
/** Bytes of a frame with a named message, without the message. */
export const NAMED_OVERHEAD: number = HEAD_BYTES + TAG_BYTES + ORIGIN_BYTES;

/** @param tags of the messages; null if none has one */
export function encodeHistoryFrame(
  head: FrameHead,
  tags: readonly number[] | null,
  pieces: readonly Piece[],
  size: number,
): Buffer {
  const prefix = Buffer.alloc(TAG_BYTES * (1 + (tags?.length ?? 0)));
  prefix.writeUInt32BE(tags?.length ?? 0, 0);
  tags?.forEach((tag, i) => void prefix.writeUInt32BE(tag, TAG_BYTES * (i + 1)));
  return encodeFrame(head, [prefix, ...pieces], prefix.length + size);
}

/** @param origin of the instance that has published it */
export function encodeNamedFrame(
  head: FrameHead,
  { instance, sequence }: Identity,
  pieces: readonly Piece[],
  size: number,
): Buffer {
  const prefix = Buffer.alloc(TAG_BYTES + ORIGIN_BYTES);
  prefix.writeUInt32BE(NAMED, 0);
  prefix.write(instance, TAG_BYTES, "latin1");
  prefix.writeBigUInt64BE(BigInt(sequence), TAG_BYTES + INSTANCE_BYTES);
  return encodeFrame(head, [prefix, ...pieces], prefix.length + size);
}

/** Bytes of a frame with so many messages, without the messages themselves. */
export function historyOverhead(messages: number): number {
  return HEAD_BYTES + TAG_BYTES * (1 + messages);
}

/** The messages of one frame of a history topic, checked, with their places. The bytes are its own: a host may keep them. */
export class PlacedFrames extends ReceivedFrames {
  readonly place: Place;
  /** The instance that published them, in Latin-1; empty for what is not a frame. */
  readonly instance: string;
  /** The number of its first message at that instance. */
  readonly sequence: number;
  /** How many numbers it takes. Of a frame that is not to be delivered, `count` is 0 all the same. */
  readonly span: number;
  /** @internal The instance that has sent it, and its number there: another one than that of a message with a name. */
  readonly origin: Identity;
  readonly #tags: Buffer;

  /** @internal made by the relay */
  constructor(
    place: Place,
    head: FrameHead | null,
    body: Buffer,
    tags: Buffer,
    origin: Identity | null = null,
  ) {
    super(body, body.length === 0 ? 0 : (head?.count ?? 0), head?.compress ?? false);
    this.place = place;
    this.instance = head?.instance ?? "";
    this.sequence = head?.sequence ?? 0;
    this.span = head?.count ?? 0;
    this.#tags = tags;
    this.origin = origin ?? this;
  }

  /** The place behind its last message. */
  get position(): Position {
    return this.positionOf(this.span - 1);
  }

  /** Bytes that it keeps in memory, about. */
  get cost(): number {
    return this.body.length + this.#tags.length + FRAME_OBJECTS;
  }

  /** The place behind its message `i`, from 0. */
  positionOf(i: number): Position {
    const { epoch, offset } = this.place;
    const check = this.instance === "" ? "" : checkOf(this.instance, this.sequence + i);
    return { epoch, offset: offset - Math.max(this.span - 1 - i, 0), check };
  }

  /** The check of the message with a number; null if it is not in this frame. */
  checkAt(offset: number): string | null {
    const i = this.span - 1 - (this.place.offset - offset);
    if (offset > this.place.offset || (i < 0 && offset !== this.place.offset)) return null;
    return this.positionOf(i).check;
  }

  /** What its publisher gave message `i`, from 0: by it the publishing client is left out. 0 for none. */
  tagOf(i: number): number {
    return this.#tags.length === 0 ? 0 : this.#tags.readUInt32BE(i * TAG_BYTES);
  }

  /** The same place without messages. */
  emptied(): PlacedFrames {
    const { instance, sequence, span: count, compress } = this;
    const head = { instance, sequence, start: 0, count, compress, control: false };
    return new PlacedFrames(this.place, instance === "" ? null : head, NONE, NONE);
  }
}

/** The objects of a frame, in bytes. */
const FRAME_OBJECTS = 512;

/** @returns the frame; without messages if it is malformed, since its place is taken all the same. It keeps the bytes. */
export function placeFrame(frame: Buffer, place: Place): PlacedFrames {
  const head = decodeHead(frame);
  const malformed = new PlacedFrames(place, head, NONE, NONE);
  if (head === null || head.control || head.count === 0 || frame.length < HEAD_BYTES + TAG_BYTES)
    return malformed;
  if (head.count > place.offset - place.previous) return malformed;
  const tags = frame.readUInt32BE(HEAD_BYTES);
  if (tags === NAMED) return placeNamed(frame, place, head) ?? malformed;
  const from = HEAD_BYTES + TAG_BYTES * (1 + tags);
  if ((tags !== 0 && tags !== head.count) || from > frame.length) return malformed;
  const body = frame.subarray(from);
  if (countMessages(body) !== head.count) return malformed;
  return new PlacedFrames(place, head, body, frame.subarray(HEAD_BYTES + TAG_BYTES, from));
}

function placeNamed(frame: Buffer, place: Place, head: FrameHead): PlacedFrames | null {
  if (head.count !== 1 || frame.length < NAMED_OVERHEAD) return null;
  const at = HEAD_BYTES + TAG_BYTES;
  const instance = frame.toString("latin1", at, at + INSTANCE_BYTES);
  const sequence = Number(frame.readBigUInt64BE(at + INSTANCE_BYTES));
  const body = frame.subarray(NAMED_OVERHEAD);
  if (!Number.isSafeInteger(sequence) || countMessages(body) !== 1) return null;
  return new PlacedFrames(place, head, body, NONE, { instance, sequence });
}

/** The place behind the last frame of a channel. */
export function topPosition(epoch: string, top: number, topHead: Buffer | null): Position {
  const head = topHead === null ? null : decodeHead(topHead);
  return {
    epoch,
    offset: top,
    check: head === null ? "" : checkOf(head.instance, head.sequence + head.count - 1),
  };
}
