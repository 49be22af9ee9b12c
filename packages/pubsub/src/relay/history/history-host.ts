import type { PlacedFrames } from "./placed-frames.ts";
import type { Position } from "./position.ts";

/** The functions by which the history of a relay calls its host. They may call it. */
export interface HistoryHost {
  /** Messages of any instance, this one included, for the members that the topic has here: in one order for all instances. The host may keep them. */
  deliver(topic: string, frames: PlacedFrames): void;
  /** The members may have missed messages before this position, and go on from here. */
  gap(topic: string, position: Position): void;
  /**
   * What comes is behind this position: told after `subscribe` (at once if it is known), and after each repair. A member that comes while
   * the instance is away gets what the others have missed, too.
   */
  live?(topic: string, position: Position): void;
}

/** Counters since the relay was made, and what is true now. */
export interface HistoryMetrics {
  /** Topics that are subscribed, with those that linger. */
  readonly topics: number;
  /** Gaps that were told. */
  readonly gaps: number;
  /** Reads of the engine for what a topic has missed. */
  readonly repairs: number;
  /** Bytes of the messages that are kept here. */
  readonly ringBytes: number;
  /** Bytes of the frames that wait for the engine. */
  readonly queueBytes: number;
  /** Messages that were dropped, for whatever reason. */
  readonly dropped: number;
}
