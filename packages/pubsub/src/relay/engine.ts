import type { EngineHistory } from "./history/history-engine.ts";

/** What an engine can do, and how much. */
export interface EngineFeatures {
  /** The longest frame that `publish` takes, in bytes. It may change with each `up`. */
  readonly maxFrameBytes: number;
}

/**
 * A driver of one connection to what all instances share: a Valkey server, a NATS server, a hub on a Unix socket. It knows
 * channels and frames, and nothing of topics. Channels are well-formed strings of any characters.
 *
 * No function throws, and none calls an event before it has returned. While the engine is not up, `subscribe`, `unsubscribe` and
 * `publish` are not called; `flush`, `reconnect` and `close` may be.
 */
export interface Engine {
  readonly features: EngineFeatures;
  /** An engine that keeps messages has it. */
  readonly history?: EngineHistory;
  /** Begins to connect, in the background and for ever. Called once. */
  open(events: EngineEvents): void;
  /** Asks for the frames of channels, perhaps of 100,000 at once: the driver divides them. The array is the driver's. */
  subscribe(channels: readonly string[]): void;
  unsubscribe(channels: readonly string[]): void;
  /** The frame is never changed afterwards, so the driver may keep it until it is written. */
  publish(channel: string, frame: Uint8Array): void;
  /** The end of a turn: what was asked since the last call leaves, in one write. */
  flush(): void;
  /** The relay hears nothing on this connection. The driver drops it, calls `down`, and connects again. */
  reconnect(error: Error): void;
  /** Writes what was published, and ends for good. No event comes after its promise has been fulfilled. */
  close(): Promise<void>;
}

/**
 * What an engine tells. Requests of one connection are executed in the order of their calls, and answered in that order. Nothing
 * of an old connection comes after its `down`.
 */
export interface EngineEvents {
  /** A new connection. It has no subscriptions: the relay asks for all of them again, also for those that were denied. */
  up(): void;
  /** The connection is lost, or could not be made. What was not answered may have been executed or not. */
  down(error: Error): void;
  /** All frames of these channels come from here on, until `down`. */
  subscribed(channels: readonly string[]): void;
  /** The engine has refused these channels, and would refuse them again on this connection. Nothing else is touched by it. */
  denied(channels: readonly string[], error: Error): void;
  /**
   * A frame, also one that this instance has published: frames of the control channels (`i`, `i:…`) must come back, those of
   * topics need not. The bytes are borrowed: they are valid until the function returns.
   */
  message(channel: string, frame: Uint8Array): void;
  /** The engine has executed the oldest `count` calls of `publish` that were not answered yet. */
  published(count: number): void;
  /** It has refused the oldest `count` of them, and would refuse them again. */
  refused(count: number, error: Error): void;
}
