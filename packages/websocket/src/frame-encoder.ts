import { Buffer } from "node:buffer";
import { maskInPlace, scratch } from "./mask.ts";
import { type Opcode, TEXT } from "./opcode.ts";

/**
 * Gets the bytes that a connection writes, in the order of the calls: Latin-1 strings, each character one byte, and chunks of bytes.
 * On Node.js the cheapest way to send many small frames at once is to concatenate strings and to write them as `latin1`.
 */
export interface Output {
  text(latin1: string): void;
  /** The chunk belongs to the sender of the message. It must not change until it is written. */
  bytes(chunk: Uint8Array): void;
}

/** Up to this many bytes, ASCII text goes out as one string with its header. */
export const INLINE_ASCII_BYTES = 4096;

/** Up to this many bytes, any other payload is copied into one string with its header. */
export const INLINE_BYTES = 1024;

/**
 * A server's bigger payload is copied into strings of so many bytes. The copy is necessary, and new Buffers are expensive: their
 * memory is cold, and counts towards a collection of the whole heap, which V8 makes every 64 MiB. A string below 128 KiB is a
 * young object like any other. Echo of 16 KiB on Node 26: 42 µs of CPU with Buffers, 13 with strings; of
 * 1 MiB: 998 and 510; in strings of 32 KiB 580.
 */
export const STRING_BYTES: number = 120 * 1024;

/** A frame as a server sends it. */
export interface EncodedFrame {
  /** The whole frame, if `payload` is null; else its header. */
  readonly head: string;
  /** The payload of a big frame. A payload that was given as bytes is not copied. */
  readonly payload: Uint8Array | null;
}

const FIN = 0x80;
const RSV1 = 0x40;
const MASKED = 0x80;

/** Frames a text as a whole message, unmasked and without compression. */
export function encodeTextFrame(text: string): EncodedFrame {
  const length = Buffer.byteLength(text);
  // UTF-8 has as many bytes as the string has units only if all of them are ASCII. (7-30 ns for up to 4 KiB.)
  if (length === text.length && length <= INLINE_ASCII_BYTES) {
    return { head: frameHead(FIN | TEXT, length) + text, payload: null };
  }
  return encodeFrame(TEXT, length > INLINE_BYTES ? textBytes(text, length) : encodeText(text, length));
}

/** Frames a payload, unmasked, with FIN set, and RSV1 if a codec has made it. */
export function encodeFrame(opcode: Opcode, payload: Uint8Array, rsv1 = false): EncodedFrame {
  const head = frameHead(firstByte(opcode, rsv1), payload.length);
  if (payload.length <= INLINE_BYTES) return { head: head + latin1(payload), payload: null };
  return { head, payload };
}

/** Writes frames (RFC 6455 §5.2): unmasked for a server, masked for a client. Every message is one frame. */
export class FrameEncoder {
  readonly #output: Output;
  readonly #maskKey: (() => number) | null;

  /** @param maskKey gives each frame's key, for the client's role; null for the server's. */
  constructor(output: Output, maskKey: (() => number) | null) {
    this.#output = output;
    this.#maskKey = maskKey;
  }

  /**
   * A text message. Lone surrogates become U+FFFD, as in Web IDL's USVString.
   *
   * @param length its bytes as UTF-8
   */
  text(text: string, length: number = Buffer.byteLength(text)): void {
    if (this.#maskKey !== null) {
      this.#masked(FIN | TEXT, length, (frame, at) => frame.write(text, at, "utf8"));
    } else if (length !== text.length) {
      this.#unmasked(FIN | TEXT, encodeText(text, length));
    } else if (length <= INLINE_ASCII_BYTES) {
      this.#output.text(frameHead(FIN | TEXT, length) + text);
    } else {
      this.#output.text(frameHead(FIN | TEXT, length));
      this.#output.text(text);
    }
  }

  /** A frame with FIN set and a copy of `payload`, marked with RSV1 if a codec has made the payload. */
  frame(opcode: Opcode, payload: Uint8Array, rsv1 = false): void {
    const byte0 = firstByte(opcode, rsv1);
    if (this.#maskKey === null) this.#unmasked(byte0, payload);
    else this.#masked(byte0, payload.length, (frame, at) => frame.set(payload, at));
  }

  /** @throws TypeError in the client's role, in which each frame has a key of its own. */
  encoded({ head, payload }: EncodedFrame): void {
    if (this.#maskKey !== null)
      throw new TypeError("a client masks each frame: it cannot send a prepared message");
    this.#output.text(head);
    if (payload !== null) this.#output.bytes(payload);
  }

  #unmasked(byte0: number, payload: Uint8Array): void {
    const head = frameHead(byte0, payload.length);
    if (payload.length <= INLINE_BYTES) {
      this.#output.text(head + latin1(payload));
      return;
    }
    this.#output.text(head);
    for (let at = 0; at < payload.length; at += STRING_BYTES) {
      this.#output.text(latin1(payload.subarray(at, at + STRING_BYTES)));
    }
  }

  #masked(byte0: number, length: number, fill: (frame: Buffer, at: number) => void): void {
    const head = frameHead(byte0, length, MASKED);
    const payloadAt = head.length + 4;
    const size = payloadAt + length;
    const inline = length <= INLINE_BYTES;
    const frame = inline ? scratch : Buffer.allocUnsafe(size);
    const key = this.#maskKey!() >>> 0;
    frame.write(head, 0, "latin1");
    frame.writeUInt32LE(key, head.length);
    fill(frame, payloadAt);
    maskInPlace(frame, payloadAt, size, key);
    if (inline) this.#output.text(frame.toString("latin1", 0, size));
    else this.#output.bytes(frame);
  }
}

function firstByte(opcode: Opcode, rsv1: boolean): number {
  return FIN | (rsv1 ? RSV1 : 0) | opcode;
}

/** The header up to the key, as a Latin-1 string, with the length in its shortest form (§5.2). */
function frameHead(byte0: number, length: number, masked = 0): string {
  if (length < 126) return String.fromCharCode(byte0, masked | length);
  if (length < 0x1_0000) return String.fromCharCode(byte0, masked | 126, length >>> 8, length & 0xff);
  const high = Math.floor(length / 0x1_0000_0000);
  return String.fromCharCode(byte0, masked | 127, ...uint32(high), ...uint32(length >>> 0));
}

function uint32(value: number): [number, number, number, number] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** `text` as `length` bytes of UTF-8; in the scratch, and so only until its next use, if they fit. */
function encodeText(text: string, length: number): Buffer {
  if (length > scratch.length) return textBytes(text, length);
  scratch.write(text, 0, "utf8");
  return scratch.subarray(0, length);
}

function textBytes(text: string, length: number): Buffer {
  return Buffer.from(text, length === text.length ? "latin1" : "utf8");
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1");
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
