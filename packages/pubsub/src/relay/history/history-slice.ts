import type { PlacedFrames } from "./placed-frames.ts";
import type { Position } from "./position.ts";

/** What is known of a topic's history. */
export interface HistorySlice {
  /** The frames behind the position that was asked for, the oldest first; its first one may begin before it. The last ones if none was given: all that are kept, or 8 MiB. */
  readonly frames: readonly PlacedFrames[];
  /** Behind the last message. It may be less than the topic has: the rest is behind this position. */
  readonly position: Position;
  /** False if messages behind the position are not there any more, or the position is of another epoch: then there are no frames. */
  readonly complete: boolean;
}
