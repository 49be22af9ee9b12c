import { Buffer, isUtf8 } from "node:buffer";
import type { ErrorCode } from "./errors.ts";
import { MAX_CONTROL_BYTES } from "./opcode.ts";

/** The content of a Close frame; 1005 and no reason if it is empty (RFC 6455 §7.1.5). */
export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/** Two bytes of the frame are the code (§5.5.1). */
export const MAX_REASON_BYTES: number = MAX_CONTROL_BYTES - 2;

/** The code for a Close frame without a code; never on the wire (§7.4.1). */
export const NO_STATUS = 1005;

/**
 * Whether a Close frame may carry `code` (§7.4): 1000-1003 and 1007-1014, which RFC 6455 and the IANA registry assign, and
 * 3000-4999 for libraries and applications. 1004 is reserved; 1005, 1006 and 1015 are never on the wire.
 */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Reads a Close frame's payload (§5.5.1). Returns its content, or the code of its error. */
export function parseClosePayload(payload: Buffer): CloseStatus | ErrorCode {
  if (payload.length === 0) return { code: NO_STATUS, reason: "" };
  if (payload.length === 1) return "CLOSE_PAYLOAD";
  const code = payload.readUInt16BE(0);
  if (!isCloseCode(code)) return "CLOSE_CODE";
  const reason = payload.subarray(2);
  if (!isUtf8(reason)) return "CLOSE_REASON_UTF8";
  return { code, reason: reason.toString("utf8") };
}

/**
 * The payload of a Close frame; empty without a code.
 *
 * @throws RangeError if the code may not be sent, or the reason has more than 123 bytes of UTF-8 or no code.
 */
export function encodeClosePayload(code?: number, reason = ""): Buffer {
  if (code === undefined) {
    if (reason !== "") throw new RangeError("a close reason needs a close code (RFC 6455 §5.5.1)");
    return Buffer.alloc(0);
  }
  if (!isCloseCode(code))
    throw new RangeError(`${code} is not a close code that may be sent (RFC 6455 §7.4)`);
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason));
  if (payload.length > 2 + MAX_REASON_BYTES) {
    throw new RangeError("a close reason has at most 123 bytes of UTF-8 (RFC 6455 §5.5)");
  }
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2, "utf8");
  return payload;
}
