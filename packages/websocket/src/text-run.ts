import type { Buffer } from "node:buffer";
import { readMaskKey, scratch, unmaskToScratchAt } from "./mask.ts";
import { TEXT } from "./opcode.ts";

/** What a run needs of a connection's decoder: the payload `input[start, end)` of its current frame, and where the input ends. */
interface Frames {
  readonly input: Buffer;
  readonly start: number;
  readonly end: number;
  readonly inputEnd: number;
  readonly maskKey: number;
}

/** The first byte of a frame that is a whole text message. */
const WHOLE_TEXT = 0x80 | TEXT;
const MASKED = 0x80;
/** The longest payload whose length is in the second byte of its frame. */
const SHORT_BYTES = 125;
/** The head of such a frame: two bytes and a key. */
const SHORT_HEAD = 6;

/**
 * The most bytes of a run. V8 makes a message from 13 characters on a part of the run's string, and keeps the whole of it for that
 * message: a handler that stores one message of a run stores so many bytes at most, all of them from the same client.
 */
const RUN_BYTES = 512;

/**
 * Short ASCII texts that have come behind one another: one native call makes a string of all. A call for each costs more than all other
 * work on its bytes. There is one run for all connections, so that an idle one holds none; a connection whose run was replaced by that
 * of another begins a new one.
 */
export class TextRun {
  /** The decoder of the connection; null if there is no run. */
  #frames: Frames | null = null;
  #text = "";
  /** Where the next message begins. */
  #at = 0;

  /** The text of the decoder's current piece, which must be a whole text message; null if it is not in the run. */
  take(frames: Frames): string | null {
    if (this.#frames !== frames) return null;
    const from = this.#at;
    this.#at += frames.end - frames.start;
    const text = this.#text.slice(from, this.#at);
    if (this.#at === this.#text.length) this.end(frames);
    return text;
  }

  /**
   * The same, with the texts behind it; null if there are none, or if it is not short and ASCII. An empty text ends the run: 64 KiB hold
   * 10,900 of them, which do not count towards its bytes, and each would look at all that follow.
   */
  begin(frames: Frames): string | null {
    const { input, inputEnd, start, end, maskKey } = frames;
    const length = end - start;
    if (length > SHORT_BYTES || shortText(input, end, inputEnd) < 1) return null;
    if (!unmaskToScratchAt(input, start, end, maskKey, 0)) return null;
    let bytes = length;
    for (let at = end; ; ) {
      const next = shortText(input, at, inputEnd);
      if (next < 1 || bytes + next > RUN_BYTES) break;
      const from = at + SHORT_HEAD;
      at = from + next;
      if (!unmaskToScratchAt(input, from, at, readMaskKey(input, from - 4), bytes)) break;
      bytes += next;
    }
    if (bytes === length) return null;
    this.#frames = frames;
    this.#text = scratch.toString("latin1", 0, bytes);
    this.#at = 0;
    return this.take(frames);
  }

  /** The decoder gets other input: the rest of its run is not read. */
  end(frames: Frames): void {
    if (this.#frames !== frames) return;
    this.#frames = null;
    this.#text = "";
  }
}

/** The run of all connections. A bundler may leave it out of a program that does not receive. */
export const textRun: TextRun = /* @__PURE__ */ new TextRun();

/** The length of the short masked text whose whole frame is at `input[at, end)`; -1 if there is none. */
function shortText(input: Uint8Array, at: number, end: number): number {
  if (at + SHORT_HEAD > end || input[at] !== WHOLE_TEXT) return -1;
  const length = input[at + 1]! - MASKED;
  return length >= 0 && length <= SHORT_BYTES && at + SHORT_HEAD + length <= end ? length : -1;
}
