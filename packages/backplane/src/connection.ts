import type { EngineHistory, HistoryEvents } from "@mantou/pubsub/relay";

/** What a connection does of an engine's history. Channels are whole: with the prefix. */
export type ConnectionHistory = Omit<EngineHistory, "listen">;

/** One connection to an engine, from its login to its end. Channels are whole: with the prefix. */
export interface Connection {
  /** The longest frame that `publish` takes, in bytes. */
  readonly maxFrameBytes: number;
  readonly history: ConnectionHistory;
  /** @param isVital whether the connection is of no use without these: they come before the others of the turn, where their number is limited */
  subscribe(channels: readonly string[], isVital: boolean): void;
  unsubscribe(channels: readonly string[]): void;
  /** @param comesBack whether this process gets the frame, too, if it has subscribed; else it may */
  publish(channel: string, frame: Uint8Array, comesBack: boolean): void;
  /** The end of a turn: what was asked leaves. */
  flush(): void;
  /** Writes what was published, waits a second for the answers, and ends: some seconds later at most. It never rejects. */
  leave(): Promise<void>;
}

/** What a connection tells its engine. Never from within a call. */
export interface ConnectionEvents {
  subscribed(channels: readonly string[]): void;
  denied(channels: readonly string[], error: Error): void;
  message(channel: string, frame: Uint8Array): void;
  published(count: number): void;
  refused(count: number, error: Error): void;
  readonly history: HistoryEvents;
  /** It is over: the engine connects anew. The text says what to do. */
  lost(error: Error): void;
}

/** Rejects with an error whose text says what to do. */
export type Connect = (events: ConnectionEvents) => Promise<Connection>;
