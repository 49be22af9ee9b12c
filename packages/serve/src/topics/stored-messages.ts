import type { PlacedFrames, Position } from "@mantou/pubsub/relay";
import type { StoredMessage } from "../api/topics.ts";

/**
 * The messages of a frame as users get them.
 * @param after leaves out messages up to this number
 */
export function storedMessages(
  frames: PlacedFrames,
  formatPosition: (position: Position) => string,
  after = 0,
): StoredMessage[] {
  const messages: StoredMessage[] = [];
  let i = 0;
  for (const { text, payload } of frames) {
    const position = frames.positionOf(i++);
    // The bytes are the server's, which may send them to other clients later.
    const data = text ? payload.toString() : new Uint8Array(payload);
    if (position.offset > after) messages.push({ data, position: formatPosition(position) });
  }
  return messages;
}
