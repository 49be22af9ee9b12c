import type { Buffer } from "node:buffer";

/** The first byte of a whole message of text: FIN, and the opcode 1. */
const FINAL_TEXT = 0x81;

/** A message out of its frame. */
export interface FramedMessage {
  readonly text: boolean;
  /** A view; text is UTF-8. */
  readonly payload: Buffer;
}

/** Takes frames apart that were checked, or made here (RFC 6455 §5.2): whole messages, not masked. */
export function splitFrames(body: Buffer): FramedMessage[] {
  const messages: FramedMessage[] = [];
  for (let at = 0; at < body.length; ) {
    const text = body[at] === FINAL_TEXT;
    let length = body[at + 1]!;
    let from = at + 2;
    if (length === 126) {
      length = body.readUInt16BE(from);
      from += 2;
    } else if (length === 127) {
      length = Number(body.readBigUInt64BE(from));
      from += 8;
    }
    at = from + length;
    messages.push({ text, payload: body.subarray(from, at) });
  }
  return messages;
}
