import type { Prepared } from "@mantou/websocket";

/**
 * Published messages of up to this many bytes go to a client that keeps up without a look at its limit: they leave in one write, which
 * shows how many bytes the operating system takes.
 */
export const TAKEN_BYTES: number = 64 * 1024;

/** The frames of several messages. */
export interface JoinedFrames {
  readonly pieces: readonly (string | Uint8Array)[];
  /** The size of all pieces in bytes. */
  readonly size: number;
  /** Whether one of the messages is compressed. */
  readonly compressed: boolean;
}

/** Several messages for many subscribers. Their frames are joined once for all subscribers that get them in the same form. */
export class JoinedMessages {
  readonly messages: readonly Prepared[];
  /** By the window bits of the compression; 0 for none. */
  readonly #frames: (JoinedFrames | null | undefined)[] = [];

  constructor(messages: readonly Prepared[]) {
    this.messages = messages;
  }

  /**
   * @param windowBits the subscriber's codec's `preparedWindowBits`, or 0
   * @returns null if the thread pool has still to compress one of the messages: then each has to be sent by itself
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
 * Joins the frames of several messages to as few pieces as possible: small frames are text, and become one text.
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
