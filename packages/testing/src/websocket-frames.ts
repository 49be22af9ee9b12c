/** Frames of a WebSocket client (RFC 6455 §5.2), valid or not. */
import { Buffer } from "node:buffer";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** The parts of a frame that a test may change. */
export interface FrameOptions {
  readonly fin?: boolean;
  /** RSV1 to RSV3 as a number. */
  readonly rsv?: number;
  readonly masked?: boolean;
}

/** A client's frame: final and masked by default. */
export function clientFrame(
  opcode: number,
  payload: string | Uint8Array = "",
  { fin = true, rsv = 0, masked = true }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const { length } = bytes;
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode, (masked ? 0x80 : 0) | short];
  if (short === 126) head.push(length >> 8, length & 0xff);
  if (short === 127) {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(length));
    head.push(...long);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), bytes]);
  // They are a copy. A loop takes a fifth of the time of `map`, and some tests send megabytes.
  for (let i = 0; i < length; i++) bytes[i]! ^= MASK[i & 3]!;
  return Buffer.concat([Buffer.from([...head, ...MASK]), bytes]);
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
