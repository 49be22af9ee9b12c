import { type Buffer, constants, isAscii } from "node:buffer";
import type { ErrorCode } from "./errors.ts";
import type { FrameDecoder } from "./frame-decoder.ts";
import type { Limits } from "./limits.ts";
import { SCRATCH_BYTES, scratch, unmaskToCopy, unmaskToScratch } from "./mask.ts";
import { BINARY, CONTINUATION, TEXT } from "./opcode.ts";
import { PayloadBuffer } from "./payload-buffer.ts";
import { textRun } from "./text-run.ts";
import { decodeUtf8, Utf8Validator } from "./utf8.ts";

/** Node.js makes no longer string, and no longer Buffer. */
const { MAX_LENGTH, MAX_STRING_LENGTH } = constants;

/**
 * Joins pieces of data frames to messages (RFC 6455 §5.4). `push` returns a string for a text message, and a Buffer for a binary
 * message or, if `encoded`, for a payload that the codec must decode (at once if it has less than 64 KiB). It returns null if more
 * must come, and `false` if the message is refused: `error` is the reason then, and `push` must not be called again.
 */
export class MessageAssembler {
  error: ErrorCode | null = null;
  /** Whether the message is marked with RSV1, and the opcode of its first frame: valid when `push` has returned a Buffer. */
  encoded = false;
  opcode: number = BINARY;

  limits: Limits;
  /** For messages that come in pieces. Made for the first one: most idle connections never get one. */
  #payload: PayloadBuffer | null = null;
  /** The same. After a valid text its state is that of the beginning, so one serves for all texts. */
  #utf8: Utf8Validator | null = null;
  #inMessage = false;
  /** Whether the text so far is ASCII. */
  #ascii = true;
  /** Bytes of the message in the frames that were announced so far. */
  #announced = 0;
  #fragments = 0;
  #emptyFragments = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Takes the decoder's current piece, which must be of a data frame. */
  push(frame: FrameDecoder): string | Buffer | null | false {
    if (frame.startsFrame) {
      const error = this.#begin(frame);
      if (error !== null) return this.#refuse(error);
      // Nearly every message is one frame that has come whole, and needs no buffer.
      const isMessage = frame.endsFrame && frame.fin && frame.opcode !== CONTINUATION;
      const isPlainBinary = frame.opcode === BINARY && !frame.rsv1;
      if (isMessage && (isPlainBinary || frame.length < SCRATCH_BYTES)) {
        this.#inMessage = false;
        const { input, start, end, maskKey } = frame;
        if (isPlainBinary) return unmaskToCopy(input, start, end, maskKey);
        if (frame.rsv1) return lend(input, start, end, maskKey);
        const inRun = textRun.take(frame) ?? textRun.begin(frame);
        return inRun ?? decodeText(input, start, end, maskKey) ?? this.#refuse("TEXT_UTF8");
      }
    }
    this.#payload ??= new PayloadBuffer();
    this.#utf8 ??= new Utf8Validator();
    const isText = this.opcode === TEXT && !this.encoded;
    if (frame.end > frame.start && !this.#append(frame, isText, this.#payload, this.#utf8))
      return this.#refuse("TEXT_UTF8");
    if (!frame.endsFrame || !frame.fin) return null;
    if (isText && !this.#utf8.complete) return this.#refuse("TEXT_UTF8");
    this.#inMessage = false;
    return isText ? this.#payload.takeText(this.#ascii) : this.#payload.take();
  }

  /** Drops the message in progress. */
  drop(): void {
    this.#payload?.drop();
  }

  #begin(frame: FrameDecoder): ErrorCode | null {
    if (frame.opcode === CONTINUATION) {
      if (!this.#inMessage) return "CONTINUATION_WITHOUT_START";
      if (++this.#fragments > this.limits.fragments) return "TOO_MANY_FRAGMENTS";
    } else {
      if (this.#inMessage) return "MESSAGE_INTERRUPTED";
      this.#inMessage = true;
      this.opcode = frame.opcode;
      this.encoded = frame.rsv1;
      this.#ascii = true;
      this.#announced = 0;
      this.#fragments = 1;
      this.#emptyFragments = 0;
    }
    this.#announced += frame.length;
    const isText = this.opcode === TEXT && !this.encoded;
    const isImpossible = this.#announced > (isText ? MAX_STRING_LENGTH : MAX_LENGTH);
    if (isImpossible || this.#announced > this.limits.messageBytes) return "MESSAGE_TOO_BIG";
    const isFragment = !frame.fin || this.#fragments > 1;
    if (frame.length === 0 && isFragment && ++this.#emptyFragments > this.limits.emptyFragments) {
      return "TOO_MANY_EMPTY_FRAGMENTS";
    }
    return null;
  }

  /** Keeps the piece; false if it makes a text invalid. */
  #append(frame: FrameDecoder, isText: boolean, payload: PayloadBuffer, utf8: Utf8Validator): boolean {
    const { input, start, end, maskKey, offset } = frame;
    const from = payload.length;
    payload.append(input, start, end, maskKey, offset, this.#announced, isText);
    if (!isText) return true;
    const { bytes } = payload;
    if (isAscii(bytes.subarray(from))) return utf8.pushAscii(end - start);
    this.#ascii = false;
    return utf8.push(bytes, from, bytes.length);
  }

  #refuse(error: ErrorCode): false {
    this.error = error;
    return false;
  }
}

/** The payload at `input[start, end)`, for a codec that reads it at once, so that it needs no memory of its own. */
function lend(input: Buffer, start: number, end: number, key: number): Buffer {
  if (key === 0) return input.subarray(start, end);
  unmaskToScratch(input, start, end, key);
  return scratch.subarray(0, end - start);
}

/** The text at `input[start, end)`, or null if it is not UTF-8. Less than `SCRATCH_BYTES`. */
function decodeText(input: Buffer, start: number, end: number, key: number): string | null {
  if (key === 0) return decodeUtf8(input, start, end);
  const length = end - start;
  const ascii = unmaskToScratch(input, start, end, key);
  return ascii ? scratch.toString("latin1", 0, length) : decodeUtf8(scratch, 0, length);
}
