import type { Buffer } from "node:buffer";
import type { Place } from "@mantou/pubsub/relay";

/** The longest line before a frame: an epoch and two offsets. */
const LINE_BYTES = 32 + 1 + 16 + 1 + 16;
const LINE = /^([\w-]{1,32}) (\d{1,16}) (\d{1,16})$/;

/**
 * Reads a message that the script has published: `epoch offset previous`, a line feed, and the frame.
 * @returns null for what is none
 */
export function parsePlaced(message: Buffer): { readonly place: Place; readonly frame: Buffer } | null {
  const end = message.indexOf(0x0a);
  if (end < 0 || end > LINE_BYTES) return null;
  const [, epoch, last, before] = LINE.exec(message.toString("latin1", 0, end)) ?? [];
  const [offset, previous] = [Number(last), Number(before)];
  if (epoch === undefined || !Number.isSafeInteger(offset) || previous >= offset) return null;
  return { place: { epoch, offset, previous }, frame: message.subarray(end + 1) };
}
