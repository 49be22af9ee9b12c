import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { isCloseCode } from "../close.ts";

/** The sender's role. A client masks its frames, a server does not (RFC 6455 §5.1). */
export type Sender = "client" | "server";

/** A frame as it goes on the wire, valid or not (§5.2). */
export interface Frame {
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. */
  readonly rsv: number;
  readonly opcode: number;
  /** Four bytes, or null for a frame that is not masked. */
  readonly maskKey: Uint8Array | null;
  /** Before masking. */
  readonly payload: Uint8Array;
  /** The form of the length, if it is not the shortest. */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header announces, if it is not the payload's. */
  readonly announced?: bigint;
}

/** The frame's bytes, written without any check. */
export function writeFrame(frame: Frame): Buffer {
  const length = frame.announced ?? BigInt(frame.payload.length);
  const bits = frame.lengthBits ?? (length < 126n ? 7 : length < 65536n ? 16 : 64);
  const bytes = [(frame.fin ? 128 : 0) + frame.rsv * 16 + frame.opcode];
  bytes.push((frame.maskKey === null ? 0 : 128) + (bits === 7 ? Number(length) : bits === 16 ? 126 : 127));
  for (let shift = bits - 8; bits > 7 && shift >= 0; shift -= 8)
    bytes.push(Number((length >> BigInt(shift)) & 255n));
  const { maskKey } = frame;
  if (maskKey === null) return Buffer.concat([Buffer.from(bytes), frame.payload]);
  return Buffer.concat([Buffer.from(bytes), maskKey, frame.payload.map((byte, i) => byte ^ maskKey[i % 4]!)]);
}

/** A frame's masking key: four bytes from a client, null from a server. */
export function maskKey(from: Sender): fc.Arbitrary<Uint8Array | null> {
  return from === "client" ? fc.uint8Array({ minLength: 4, maxLength: 4 }) : fc.constant(null);
}

/** The payload of a ping or a pong: up to 125 bytes (§5.5). */
export function controlPayload(): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 125, maxLength: 125 }) },
  );
}

/** A close code that may be sent (§7.4). */
export function closeCode(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1000, max: 1003 }),
    fc.integer({ min: 1007, max: 1014 }),
    fc.integer({ min: 3000, max: 4999 }),
  );
}

/** A number that fits a Close frame's two bytes but must not be there (§7.4). */
export function forbiddenCloseCode(): fc.Arbitrary<number> {
  return fc
    .oneof(
      fc.constantFrom(0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535),
      fc.integer({ min: 0, max: 65535 }),
    )
    .filter((code) => !isCloseCode(code));
}

/** A valid frame, without reserved bits, and with a key if `from` is a client. */
export function frame(
  from: Sender,
  parts: { readonly fin: boolean; readonly opcode: number; readonly payload: Uint8Array },
): fc.Arbitrary<Frame> {
  return maskKey(from).map((key) => ({ rsv: 0, maskKey: key, ...parts }));
}
