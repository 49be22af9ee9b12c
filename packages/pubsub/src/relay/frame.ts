import { Buffer, isUtf8 } from "node:buffer";

// The frame between instances. All numbers are big-endian.
//
//   0 "M" | 1 version | 2 instance (8 bytes) | 10 sequence (u64) | 18 flags | 19 start (u64) | 27 count (u32) | 31 body
//
// The body of a topic's frame is `count` unmasked RFC 6455 frames, joined; that of a control channel is `count` control records.
// `sequence` is the number of the first message; each message of an instance and channel has the next number. `start` is the number
// with which the instance began to count in this channel. Instance and sequence stand together: they are the identity of a frame.

const MAGIC = 0x4d;
export const VERSION = 1;
export const HEAD_BYTES = 31;
const INSTANCE_AT = 2;
const SEQUENCE_AT = 10;
const FLAGS_AT = 18;
const START_AT = 19;
const COUNT_AT = 27;

/** Compression was asked for all messages of the frame. */
const COMPRESS = 0x01;
/** The body is control records. */
const CONTROL = 0x02;

export const INSTANCE_BYTES = 8;

/** A part of a frame's body: a Latin-1 string, each character one byte, or bytes. */
export type Piece = string | Uint8Array;

export interface FrameHead {
  /** As a Latin-1 string, so that it is a key. */
  readonly instance: string;
  readonly sequence: number;
  readonly start: number;
  /** Of messages or records in the body. */
  readonly count: number;
  readonly compress: boolean;
  readonly control: boolean;
}

/** @returns the frame: the head, then `pieces` of `size` bytes together */
export function encodeFrame(head: FrameHead, pieces: readonly Piece[], size: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + size);
  frame[0] = MAGIC;
  frame[1] = VERSION;
  frame.write(head.instance, INSTANCE_AT, INSTANCE_BYTES, "latin1");
  writeNumber(frame, head.sequence, SEQUENCE_AT);
  frame[FLAGS_AT] = (head.compress ? COMPRESS : 0) | (head.control ? CONTROL : 0);
  writeNumber(frame, head.start, START_AT);
  frame.writeUInt32BE(head.count, COUNT_AT);
  let at = HEAD_BYTES;
  for (const piece of pieces) {
    if (typeof piece === "string") at += frame.write(piece, at, "latin1");
    else {
      frame.set(piece, at);
      at += piece.length;
    }
  }
  return frame;
}

/** @returns null for what is not a frame of this version */
export function decodeHead(frame: Buffer): FrameHead | null {
  if (frame.length < HEAD_BYTES || frame[0] !== MAGIC || frame[1] !== VERSION) return null;
  const flags = frame[FLAGS_AT]!;
  const sequence = readNumber(frame, SEQUENCE_AT);
  const start = readNumber(frame, START_AT);
  if (flags > (COMPRESS | CONTROL) || sequence === null || start === null || start > sequence) return null;
  return {
    instance: frame.toString("latin1", INSTANCE_AT, INSTANCE_AT + INSTANCE_BYTES),
    sequence,
    start,
    count: frame.readUInt32BE(COUNT_AT),
    compress: (flags & COMPRESS) !== 0,
    control: (flags & CONTROL) !== 0,
  };
}

function writeNumber(frame: Buffer, value: number, at: number): void {
  frame.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at);
  frame.writeUInt32BE(value % 0x1_0000_0000, at + 4);
}

/** @returns null beyond 2⁵², which no instance reaches: sums with it would not be exact */
function readNumber(frame: Buffer, at: number): number | null {
  const high = frame.readUInt32BE(at);
  return high < 0x10_0000 ? high * 0x1_0000_0000 + frame.readUInt32BE(at + 4) : null;
}

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;

/**
 * Checks joined frames before a client gets them as they are: whole messages of text or bytes (FIN, opcode 1 or 2, nothing reserved),
 * not masked (RFC 6455 §5.1), lengths in their shortest form (§5.2) that add up, text in UTF-8 (§8.1).
 * @returns the number of messages; null if something is wrong
 */
export function countMessages(body: Buffer): number | null {
  let count = 0;
  for (let at = 0; at < body.length; count++) {
    const opcode = body[at];
    if (opcode !== FINAL_TEXT && opcode !== FINAL_BINARY) return null;
    const length = payloadLength(body, at);
    if (length === null) return null;
    const from = at + headLength(length);
    at = from + length;
    if (at > body.length) return null;
    if (opcode === FINAL_TEXT && !isUtf8(body.subarray(from, at))) return null;
  }
  return count;
}

/** @returns null for a mask bit, a length that is not in its shortest form, or one that is cut off */
function payloadLength(body: Buffer, at: number): number | null {
  const short = body[at + 1];
  if (short === undefined || short > 127) return null;
  if (short < 126) return short;
  if (short === 126) {
    if (at + 4 > body.length) return null;
    const length = body.readUInt16BE(at + 2);
    return length < 126 ? null : length;
  }
  if (at + 10 > body.length) return null;
  const length = readNumber(body, at + 2);
  return length === null || length < 0x1_0000 ? null : length;
}

function headLength(length: number): number {
  return length < 126 ? 2 : length < 0x1_0000 ? 4 : 10;
}

/** One message of `ReceivedFrames`. */
export interface ReceivedMessage {
  readonly text: boolean;
  /** A view of the body: text is UTF-8. */
  readonly payload: Buffer;
  /** Where its frame begins and ends in the body. */
  readonly start: number;
  readonly end: number;
}

/** The messages of one frame of another instance, checked. All bytes are borrowed. */
export class ReceivedFrames {
  /** Joined frames of RFC 6455, unmasked: a client can get them as they are. */
  readonly body: Buffer;
  /** The number of messages. */
  readonly count: number;
  /** Whether their publisher wants them compressed where a client has negotiated that. */
  readonly compress: boolean;

  /** @param body passed `countMessages` */
  constructor(body: Buffer, count: number, compress: boolean) {
    this.body = body;
    this.count = count;
    this.compress = compress;
  }

  *[Symbol.iterator](): Generator<ReceivedMessage> {
    const { body } = this;
    for (let start = 0; start < body.length; ) {
      const length = payloadLength(body, start)!;
      const from = start + headLength(length);
      const end = from + length;
      yield { text: body[start] === FINAL_TEXT, payload: body.subarray(from, end), start, end };
      start = end;
    }
  }
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
