import type { PreparedFrames } from "@mantou/websocket";

/**
 * Published messages of up to this many bytes go to a client that keeps up without a look at its limit: they leave in one write, which
 * shows how many bytes the operating system takes.
 */
export const TAKEN_BYTES: number = 64 * 1024;

/** The longest head of a server's frame. A message that waits for delivery counts so many bytes besides its own. */
export const FRAME_HEAD = 10;

/** The frames of several messages. */
export interface JoinedFrames {
  readonly pieces: readonly (string | Uint8Array)[];
  /** The size of all pieces in bytes. */
  readonly size: number;
  /** Whether one of the messages is compressed. */
  readonly compressed: boolean;
}

/** By messages that are the same array for all clients that get them. */
const known = new WeakMap<readonly PreparedFrames[], JoinedMessages>();

/** Several messages for many subscribers. Their frames are joined once for all subscribers that get them in the same form. */
export class JoinedMessages {
  readonly messages: readonly PreparedFrames[];
  /** By the window bits of the compression; 0 for none. */
  readonly #frames: (JoinedFrames | null | undefined)[] = [];

  constructor(messages: readonly PreparedFrames[]) {
    this.messages = messages;
  }

  /** The same object for the same array. */
  static of(messages: readonly PreparedFrames[]): JoinedMessages {
    let joined = known.get(messages);
    if (joined === undefined) {
      joined = new JoinedMessages(messages);
      known.set(messages, joined);
    }
    return joined;
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
function joinFrames(messages: readonly PreparedFrames[], windowBits: number): JoinedFrames | null {
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
