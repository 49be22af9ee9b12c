import { type Frame, frame, frameLength, opcodes } from "./frames.ts";

/** Counts the messages that one connection receives. Each is one frame. */
export interface MessageCounter {
  /** @returns how many messages these bytes bring to their end */
  receive(bytes: Buffer): number;
  /** Bytes since the last whole message. */
  readonly rest: number;
}

export function messageCounter(message: Frame): MessageCounter {
  return message.compressed ? new FrameCounter() : new ByteCounter(frame(message).length);
}

/** Uncompressed messages all have one length, so nothing has to be read. */
export class ByteCounter implements MessageCounter {
  readonly #length: number;
  #rest = 0;

  constructor(length: number) {
    this.#length = length;
  }

  get rest(): number {
    return this.#rest;
  }

  receive(bytes: Buffer): number {
    const available = this.#rest + bytes.length;
    const count = Math.floor(available / this.#length);
    this.#rest = available - count * this.#length;
    return count;
  }
}

const FIN_RSV1_TEXT = 0xc0 | opcodes.text;

/**
 * Goes from header to header. The same message can come out of a compressor in different lengths: `ws` adds an empty block
 * to one that just fills its output buffer, so every few thousand messages one is 5 bytes longer.
 */
export class FrameCounter implements MessageCounter {
  /** Of the frame that is being received: its bytes to come if its header was whole, else the header so far. */
  #toCome = 0;
  #header: Buffer = Buffer.alloc(0);
  #rest = 0;

  get rest(): number {
    return this.#rest;
  }

  /** @throws Error at a frame that is not a whole compressed text message */
  receive(bytes: Buffer): number {
    let count = 0;
    let at = 0;
    let input = bytes;
    if (this.#header.length > 0) {
      input = Buffer.concat([this.#header, bytes]);
      this.#header = Buffer.alloc(0);
      this.#rest = 0;
    }
    while (at < input.length) {
      if (this.#toCome === 0) {
        if (input[at] !== FIN_RSV1_TEXT) throw new Error(`a frame begins with ${input[at]!.toString(16)}`);
        const length = frameLength(input.subarray(at, at + 10));
        if (length === undefined) {
          this.#header = Buffer.from(input.subarray(at));
          this.#rest = this.#header.length;
          break;
        }
        this.#toCome = length;
        this.#rest = 0;
      }
      const taken = Math.min(this.#toCome, input.length - at);
      at += taken;
      this.#toCome -= taken;
      this.#rest += taken;
      if (this.#toCome > 0) break;
      this.#rest = 0;
      count++;
    }
    return count;
  }
}
