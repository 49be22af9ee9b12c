import type { ErrorCode } from "./errors.ts";
import { readMaskKey } from "./mask.ts";
import { BINARY, isControl, isOpcode, MAX_CONTROL_BYTES, TEXT } from "./opcode.ts";

/** The longest header: two bytes, a 64-bit length, a key. */
export const MAX_HEADER_BYTES = 14;

/** The fields that {@link parseFrameHeader} sets (RFC 6455 §5.2). */
export interface FrameHeader {
  fin: boolean;
  /** Set on the first frame of a message that the negotiated codec has encoded. */
  rsv1: boolean;
  opcode: number;
  /** Bytes of payload. */
  length: number;
  /** See mask.ts; 0 if the frame is not masked. */
  maskKey: number;
  /** The reason of a refusal. */
  error: ErrorCode | null;
}

/** The rules for a header beyond RFC 6455's grammar. */
export interface FrameRules {
  /** Whether frames must be masked (they come from a client) or must not be (they come from a server): §5.1. */
  readonly masked: boolean;
  /** Whether a codec that uses RSV1 is negotiated. */
  readonly rsv1: boolean;
  /** The longest payload accepted. */
  readonly frameBytes: number;
}

/** The rules that were asked for last. The connections of a server have the same ones, and share them. */
let last: FrameRules = { masked: true, rsv1: false, frameBytes: 0 };

export function frameRules(masked: boolean, rsv1: boolean, frameBytes: number): FrameRules {
  if (last.masked !== masked || last.rsv1 !== rsv1 || last.frameBytes !== frameBytes)
    last = { masked, rsv1, frameBytes };
  return last;
}

/**
 * Reads the frame header at `bytes[from, to)` into `header`. It refuses as early as possible: the first two bytes before the
 * length has come, the length before the key has.
 *
 * @returns the header's bytes; 0 if more bytes are needed; -1 if the header is refused (`header.error` is the reason).
 */
export function parseFrameHeader(
  bytes: Uint8Array,
  from: number,
  to: number,
  rules: FrameRules,
  header: FrameHeader,
): number {
  if (to - from < 2) return 0;
  const byte0 = bytes[from]!;
  const byte1 = bytes[from + 1]!;
  const opcode = byte0 & 0x0f;
  const masked = byte1 >= 0x80;
  let length = byte1 & 0x7f;
  let size = 2;

  // RSV1 is a mark of the whole message, so only its first frame may have it (RFC 7692 §6).
  const rsv1 = (byte0 & 0x40) !== 0;
  const rsv1Allowed = rules.rsv1 && (opcode === TEXT || opcode === BINARY);
  if (byte0 & 0x30 || (rsv1 && !rsv1Allowed)) return refuse(header, "RESERVED_BITS");
  if (!isOpcode(opcode)) return refuse(header, "RESERVED_OPCODE");
  if (isControl(opcode)) {
    if (byte0 < 0x80) return refuse(header, "CONTROL_FRAGMENTED");
    if (length > MAX_CONTROL_BYTES) return refuse(header, "CONTROL_TOO_LONG");
  }
  if (masked !== rules.masked) return refuse(header, masked ? "MASK_FORBIDDEN" : "MASK_MISSING");

  if (length === 126) {
    size = 4;
    if (to - from < size) return 0;
    length = (bytes[from + 2]! << 8) | bytes[from + 3]!;
    if (length < 126) return refuse(header, "LENGTH_NOT_MINIMAL");
  } else if (length === 127) {
    size = 10;
    if (to - from < size) return 0;
    if (bytes[from + 2]! >= 0x80) return refuse(header, "LENGTH_HIGH_BIT");
    // Above 2^53 the sum is rounded, but stays above 2^53, and so above every limit.
    length = readUint32(bytes, from + 2) * 0x1_0000_0000 + readUint32(bytes, from + 6);
    if (length < 0x1_0000) return refuse(header, "LENGTH_NOT_MINIMAL");
  }
  if (length > rules.frameBytes && !isControl(opcode)) return refuse(header, "FRAME_TOO_BIG");

  let maskKey = 0;
  if (masked) {
    if (to - from < size + 4) return 0;
    maskKey = readMaskKey(bytes, from + size);
    size += 4;
  }
  header.fin = byte0 >= 0x80;
  header.rsv1 = rsv1;
  header.opcode = opcode;
  header.length = length;
  header.maskKey = maskKey;
  return size;
}

function refuse(header: FrameHeader, error: ErrorCode): -1 {
  header.error = error;
  return -1;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
