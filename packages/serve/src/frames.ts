import type { Prepared } from "@mantou/websocket";

/**
 * The frames of several messages as they go on the wire, in as few pieces as there can be: small ones are text and
 * become one text. Made once for all subscribers that get the same messages.
 */
export function joinFrames(messages: readonly Prepared[]): readonly (string | Uint8Array)[] {
  const pieces: (string | Uint8Array)[] = [];
  let text = "";
  for (const { head, payload } of messages) {
    text += head;
    if (payload === null) continue;
    pieces.push(text, payload);
    text = "";
  }
  if (text !== "") pieces.push(text);
  return pieces;
}
