import type { Prepared } from "@mantou/websocket";

/** The frames of several messages. */
export interface JoinedFrames {
  readonly pieces: readonly (string | Uint8Array)[];
  /** Bytes of them all. */
  readonly size: number;
}

/**
 * The frames of several messages as they go on the wire, in as few pieces as there can be: small ones are text and
 * become one text. Made once for all subscribers that get the same messages.
 */
export function joinFrames(messages: readonly Prepared[]): JoinedFrames {
  const pieces: (string | Uint8Array)[] = [];
  let text = "";
  let size = 0;
  for (const { head, payload } of messages) {
    text += head;
    size += head.length;
    if (payload === null) continue;
    size += payload.length;
    pieces.push(text, payload);
    text = "";
  }
  if (text !== "") pieces.push(text);
  return { pieces, size };
}
