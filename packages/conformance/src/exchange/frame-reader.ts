import { Buffer } from "node:buffer";

/** A frame of a WebSocket as it came, whatever it says (RFC 6455 §5.2). */
export interface ReceivedFrame {
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. */
  readonly rsv: number;
  readonly opcode: number;
  /** Masked, if it came so. */
  readonly payload: Buffer;
  /** The whole frame. */
  readonly bytes: Buffer;
}

/** Splits bytes into frames, and checks nothing. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes of a frame whose end has not come. */
  get unfinished(): Buffer {
    return this.#rest;
  }

  /** @returns the frames that are whole now */
  push(bytes: Uint8Array): readonly ReceivedFrame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: ReceivedFrame[] = [];
    let at = 0;
    for (;;) {
      const frame = frameAt(this.#rest, at);
      if (frame === null) break;
      frames.push(frame);
      at += frame.bytes.length;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }
}

/** The frame that begins at `at`, or null if it is not whole. */
function frameAt(bytes: Buffer, at: number): ReceivedFrame | null {
  if (bytes.length - at < 2) return null;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  const short = second & 127;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const payloadAt = at + 2 + lengthBytes + (second >= 128 ? 4 : 0);
  if (bytes.length < payloadAt) return null;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(at + 2)
        : Number(bytes.readBigUInt64BE(at + 2));
  const end = payloadAt + length;
  if (bytes.length < end) return null;
  return {
    fin: first >= 128,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    payload: bytes.subarray(payloadAt, end),
    bytes: bytes.subarray(at, end),
  };
}
