/** Whole WebSocket frames (RFC 6455, section 5.2), made before a measurement and looked at once in it. */

export const opcodes = { text: 1, binary: 2 } as const;

export interface Frame {
  readonly opcode: number;
  /** Whether RSV1 says that the payload is compressed (RFC 7692, section 6). */
  readonly compressed: boolean;
  readonly payload: Buffer;
}

const FIN = 0x80;
const RSV1 = 0x40;
const MASKED = 0x80;

/** The bytes of a frame that is a whole message. @param mask 4 bytes, for a client's frame */
export function frame({ opcode, compressed, payload }: Frame, mask?: Uint8Array): Buffer {
  const first = FIN | (compressed ? RSV1 : 0) | opcode;
  const masked = mask === undefined ? 0 : MASKED;
  const { length } = payload;
  let header: Buffer;
  if (length <= 125) header = Buffer.from([first, masked | length]);
  else if (length <= 0xffff) {
    header = Buffer.from([first, masked | 126, 0, 0]);
    header.writeUInt16BE(length, 2);
  } else {
    header = Buffer.alloc(10);
    header.set([first, masked | 127]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  if (mask === undefined) return Buffer.concat([header, payload]);
  return Buffer.concat([header, mask, payload.map((byte, at) => byte ^ mask[at % 4]!)]);
}

/** Where the payload begins and the frame ends, or undefined when not all of the header is there. */
function extent(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const header = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (bytes.length < header) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const start = header + ((bytes[1]! & MASKED) === 0 ? 0 : 4);
  return { start, end: start + length };
}

/** Bytes of the frame that begins here, header included; undefined when not all of the header is there. */
export function frameLength(bytes: Buffer): number | undefined {
  return extent(bytes)?.end;
}

/**
 * The frame that begins here, unmasked.
 *
 * @throws Error when it is cut off, or is not a whole message.
 */
export function readFrame(bytes: Buffer): Frame {
  const found = extent(bytes);
  if (found === undefined || bytes.length < found.end) throw new Error("the frame is cut off");
  const { start, end } = found;
  const first = bytes[0]!;
  const opcode = first & 0x0f;
  if ((first & FIN) === 0 || (first & 0x30) !== 0 || (opcode !== opcodes.text && opcode !== opcodes.binary)) {
    throw new Error(`a frame begins with ${first.toString(16)}: not a whole message`);
  }
  const masked = (bytes[1]! & MASKED) !== 0;
  const content = bytes.subarray(start, end);
  const payload = masked ? content.map((byte, at) => byte ^ bytes[start - 4 + (at % 4)]!) : content;
  return { opcode, compressed: (first & RSV1) !== 0, payload: Buffer.from(payload) };
}
