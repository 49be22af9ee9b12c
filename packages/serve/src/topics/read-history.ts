import type { HistoryRule, HistorySlice, Position } from "@mantou/pubsub/relay";
import type { StoredMessages } from "../api/topics.ts";
import { storedMessages } from "./stored-messages.ts";
import type { TopicHistory } from "./topic-history.ts";

/**
 * What a topic has kept: all behind `after`, and if that is null or cannot be continued, the last messages.
 * @param last how many; null for all, and for none behind a gap
 */
export async function readHistory(
  history: TopicHistory,
  topic: string,
  rule: HistoryRule,
  after: string | null,
  last: number | null,
): Promise<StoredMessages> {
  const { parsePosition, formatPosition } = await history.loaded();
  const read = (position: Position | null): Promise<HistorySlice> =>
    new Promise((resolve, reject) => {
      history.read(topic, rule, position, (error, slice) =>
        slice === null ? reject(error) : resolve(slice),
      );
    });
  const known = after === null ? null : parsePosition(after);
  if (known !== null) {
    const { frames, position, complete } = await read(known);
    if (complete) {
      const messages = frames.flatMap((each) => storedMessages(each, formatPosition, known.offset));
      return { messages, position: formatPosition(position), complete };
    }
  }
  const { frames, position } = await read(null);
  const kept = after === null ? Number.POSITIVE_INFINITY : 0;
  const messages = lastOf(frames, last ?? kept).flatMap((each) => storedMessages(each, formatPosition));
  const most = Math.min(messages.length, last ?? kept);
  return {
    messages: messages.slice(messages.length - most),
    position: formatPosition(position),
    complete: after === null,
  };
}

/** The last frames that have so many messages together. */
function lastOf(frames: HistorySlice["frames"], messages: number): HistorySlice["frames"] {
  let count = 0;
  let first = frames.length;
  while (first > 0 && count < messages) count += frames[--first]!.count;
  return frames.slice(first);
}
