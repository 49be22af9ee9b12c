import type { Prepared } from "@mantou/websocket";

/** The frames of several messages. */
export interface JoinedFrames {
  readonly pieces: readonly (string | Uint8Array)[];
  /** Bytes of them all. */
  readonly size: number;
  /** Whether one of them is compressed. */
  readonly compressed: boolean;
}

/** Several messages for many subscribers, whose frames are put together once for all who get them in the same form. */
export class JoinedMessages {
  readonly messages: readonly Prepared[];
  /** By the bits of the window that they may be compressed with, 0 for not at all. */
  readonly #frames: (JoinedFrames | null | undefined)[] = [];

  constructor(messages: readonly Prepared[]) {
    this.messages = messages;
  }

  /**
   * @param windowBits the subscriber's codec's `preparedWindowBits`, or 0
   * @returns null if one of them is still to be compressed, in the thread pool: then each has to be sent by itself
   */
  frames(windowBits: number): JoinedFrames | null {
    let frames = this.#frames[windowBits];
    if (frames === undefined) {
      frames = joinFrames(this.messages, windowBits);
      this.#frames[windowBits] = frames;
    }
    return frames;
  }
}

/**
 * The frames of several messages as they go on the wire, in as few pieces as there can be: small ones are text and
 * become one text.
 */
function joinFrames(messages: readonly Prepared[], windowBits: number): JoinedFrames | null {
  const pieces: (string | Uint8Array)[] = [];
  let text = "";
  let size = 0;
  let compressed = false;
  for (const message of messages) {
    const frame = message.frame(windowBits);
    if (frame === null) return null;
    compressed ||= frame !== message.plain;
    const { head, payload } = frame;
    text += head;
    size += head.length;
    if (payload === null) continue;
    size += payload.length;
    pieces.push(text, payload);
    text = "";
  }
  if (text !== "") pieces.push(text);
  return { pieces, size, compressed };
}
