import { Buffer } from "node:buffer";
import type { ErrorCode } from "./errors.ts";
import { type FrameHeader, type FrameRules, MAX_HEADER_BYTES, parseFrameHeader } from "./frame-header.ts";
import { textRun } from "./text-run.ts";

const NOTHING: Buffer = Buffer.alloc(0);

/** The results of {@link FrameDecoder.next}. */
export const NEED_MORE = 0;
export const PIECE = 1;
export const REFUSED = 2;

/**
 * Splits bytes into pieces of frames. A piece is the part of one frame's payload that has come: the whole payload, if the input has
 * it. The decoder's own fields describe the piece until the next call of `next()`, so that a frame costs no allocation. The
 * payload stays masked in the borrowed input.
 */
export class FrameDecoder implements FrameHeader {
  fin = false;
  rsv1 = false;
  opcode = 0;
  length = 0;
  maskKey = 0;
  error: ErrorCode | null = null;

  /** For headers that are read from now on. */
  rules: FrameRules;

  /** The piece is `input[start, end)`, at `offset` of the frame's payload. */
  input: Buffer = NOTHING;
  start = 0;
  end = 0;
  offset = 0;
  /** Where the input ends. */
  inputEnd = 0;
  /** Whether the piece is the first or the last of its frame. The first one may be empty in a frame that is not. */
  startsFrame = false;
  endsFrame = true;

  /** How much of the input has been read. */
  #position = 0;
  /** The bytes of the current frame's payload that have not come. */
  #remaining = 0;
  /** The beginning of a header that was cut; made for the first one, since most connections never get one. */
  #cut: Buffer | null = null;
  #cutLength = 0;

  constructor(rules: FrameRules) {
    this.rules = rules;
  }

  /** Whether `next()` has read all of the input. */
  get drained(): boolean {
    return this.#position === this.inputEnd;
  }

  /** Lends the next bytes, `input[start, end)`; they must not change until `next()` has returned `NEED_MORE`. */
  push(input: Buffer, start = 0, end: number = input.length): void {
    textRun.end(this);
    this.input = input;
    this.#position = start;
    this.inputEnd = end;
  }

  /** Takes the unread input away, and returns a copy of it: for a lender that needs its memory back. */
  takeRest(): Buffer {
    const rest = Buffer.from(this.input.subarray(this.#position, this.inputEnd));
    this.drop();
    return rest;
  }

  /** Drops the rest of the input. */
  drop(): void {
    this.push(NOTHING);
  }

  /** The next piece (`PIECE`); or `NEED_MORE`, when all input is read; or `REFUSED`, after which it must not be called again. */
  next(): typeof NEED_MORE | typeof PIECE | typeof REFUSED {
    if (this.#position === this.inputEnd) {
      this.drop();
      return NEED_MORE;
    }
    this.startsFrame = this.endsFrame;
    if (this.startsFrame) {
      const size = this.#cutLength === 0 ? this.#readHeader() : this.#readCutHeader();
      if (size <= 0) return size === 0 ? this.next() : REFUSED;
      this.#remaining = this.length;
    }
    const available = Math.min(this.#remaining, this.inputEnd - this.#position);
    this.offset = this.length - this.#remaining;
    this.start = this.#position;
    this.end = this.#position + available;
    this.#position = this.end;
    this.#remaining -= available;
    this.endsFrame = this.#remaining === 0;
    return PIECE;
  }

  #readHeader(): number {
    const size = parseFrameHeader(this.input, this.#position, this.inputEnd, this.rules, this);
    if (size > 0) this.#position += size;
    else if (size === 0) this.#keepCut();
    return size;
  }

  #keepCut(): void {
    this.#cut ??= Buffer.allocUnsafeSlow(MAX_HEADER_BYTES);
    this.#cutLength = this.input.copy(this.#cut, 0, this.#position, this.inputEnd);
    this.#position = this.inputEnd;
  }

  #readCutHeader(): number {
    const cut = this.#cut!;
    const had = this.#cutLength;
    // The copy takes at most a whole header. Payload in it is read again from the input.
    const has = had + this.input.copy(cut, had, this.#position, this.inputEnd);
    const size = parseFrameHeader(cut, 0, has, this.rules, this);
    if (size > 0) {
      this.#position += size - had;
      this.#cutLength = 0;
    } else if (size === 0) {
      this.#position = this.inputEnd;
      this.#cutLength = has;
    }
    return size;
  }
}
