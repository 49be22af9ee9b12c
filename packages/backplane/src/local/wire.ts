import { Buffer } from "node:buffer";
import { BATCH_CHANNELS } from "../limits.ts";

/**
 * What the processes of one machine say to each other: frames of `length (u32, of what follows) | kind (u8) | body`. Numbers are big-endian.
 * A peer of another version says so in its first frame.
 */
export const VERSION = 2;

export const HELLO = 1;
export const SUBSCRIBE = 2;
export const UNSUBSCRIBE = 3;
export const SUBSCRIBED = 4;
export const MESSAGE = 5;
/** A message that comes back to its sender, too, if that has subscribed. */
export const ECHOED = 6;
export const PUBLISHED = 7;

/** The length and the kind. */
const HEAD_BYTES = 5;
const MAGIC = "mantou";

export function encodeHello(): Buffer {
  const frame = encodeHead(HELLO, MAGIC.length + 1);
  frame.write(MAGIC, HEAD_BYTES, "latin1");
  frame[HEAD_BYTES + MAGIC.length] = VERSION;
  return frame;
}

/** The version of a peer; null if the frame is no greeting. */
export function decodeHello(frame: Buffer): number | null {
  const end = HEAD_BYTES + MAGIC.length;
  const isHello =
    frame[4] === HELLO && frame.length > end && frame.toString("latin1", HEAD_BYTES, end) === MAGIC;
  return isHello ? frame[end]! : null;
}

/** A list of channels. */
export function encodeChannels(kind: number, channels: readonly string[]): Buffer {
  let size = 0;
  for (const channel of channels) size += 4 + Buffer.byteLength(channel);
  const frame = encodeHead(kind, size);
  let at = HEAD_BYTES;
  for (const channel of channels) at = writeString(frame, channel, at);
  return frame;
}

/** Null if the lengths do not add up, or for more channels than a batch has: empty names would make millions of a frame. */
export function decodeChannels(frame: Buffer): string[] | null {
  const channels: string[] = [];
  let at = HEAD_BYTES;
  while (at < frame.length) {
    const end = endOfString(frame, at);
    if (end === null || channels.length === BATCH_CHANNELS) return null;
    channels.push(frame.toString("utf8", at + 4, end));
    at = end;
  }
  return channels;
}

/** What stands before a message's own bytes. */
export function encodeMessageHead(
  kind: typeof MESSAGE | typeof ECHOED,
  channel: string,
  bytes: number,
): Buffer {
  const size = HEAD_BYTES + 4 + Buffer.byteLength(channel);
  const head = Buffer.allocUnsafe(size);
  head.writeUInt32BE(size - 4 + bytes, 0);
  head[4] = kind;
  writeString(head, channel, HEAD_BYTES);
  return head;
}

/** Where a message's own bytes begin; null if the lengths do not add up. */
export function messageStart(frame: Buffer): number | null {
  return endOfString(frame, HEAD_BYTES);
}

export function messageChannel(frame: Buffer, start: number): string {
  return frame.toString("utf8", HEAD_BYTES + 4, start);
}

/** The hub has passed so many messages on. */
export function encodePublished(count: number): Buffer {
  const frame = encodeHead(PUBLISHED, 4);
  frame.writeUInt32BE(count, HEAD_BYTES);
  return frame;
}

/** Null if it has another length. */
export function decodePublished(frame: Buffer): number | null {
  return frame.length === HEAD_BYTES + 4 ? frame.readUInt32BE(HEAD_BYTES) : null;
}

function encodeHead(kind: number, bodyBytes: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bodyBytes);
  frame.writeUInt32BE(1 + bodyBytes, 0);
  frame[4] = kind;
  return frame;
}

function writeString(frame: Buffer, text: string, at: number): number {
  const bytes = frame.write(text, at + 4);
  frame.writeUInt32BE(bytes, at);
  return at + 4 + bytes;
}

function endOfString(frame: Buffer, at: number): number | null {
  if (frame.length < at + 4) return null;
  const end = at + 4 + frame.readUInt32BE(at);
  return end > frame.length ? null : end;
}

/** Cuts what a socket gives into frames. A frame that it has given stays as it is: it may be kept, or sent on. */
export class WireReader {
  readonly #maxBytes: number;
  #block: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** Whether the block was made here, and so may be written behind its end. */
  #isOwn = false;

  /** @param maxBytes of a frame without its length */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  receive(chunk: Buffer): void {
    const unread = this.#end - this.#start;
    if (unread === 0) {
      this.#block = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#isOwn = false;
      return;
    }
    if (!this.#isOwn || this.#block.length - this.#end < chunk.length) {
      // Twice what has come, and not what a header announces: memory follows the bytes.
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * unread, unread + chunk.length));
      this.#block.copy(grown, 0, this.#start, this.#end);
      this.#block = grown;
      this.#start = 0;
      this.#end = unread;
      this.#isOwn = true;
    }
    chunk.copy(this.#block, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole frame with its head; null if it has not come yet, `"refused"` if it is empty or too long. */
  next(): Buffer | null | "refused" {
    const unread = this.#end - this.#start;
    if (unread < 4) return null;
    const length = this.#block.readUInt32BE(this.#start);
    if (length === 0 || length > this.#maxBytes) return "refused";
    if (unread < 4 + length) return null;
    const frame = this.#block.subarray(this.#start, this.#start + 4 + length);
    this.#start += 4 + length;
    return frame;
  }
}
