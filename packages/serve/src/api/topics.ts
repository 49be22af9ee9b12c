import type {
  HistoryMetrics,
  PresenceMetrics,
  Relay,
  RelayMetrics,
  RelayOptions,
  TopicCount,
} from "@mantou/pubsub/relay";
import type { MessageData } from "./websocket.ts";

/**
 * What carries the messages of topics to the other instances of a program: what `local()`, `valkey()` and `nats()` of
 * `@mantou/backplane` return.
 */
export interface Backplane {
  /**
   * Makes a relay on an engine that is not connected yet. `serve()` calls it once, before it listens.
   * @param scope keeps the servers of one program apart: each has topics of its own
   */
  createRelay(options: Omit<RelayOptions, "engine" | "queue">, scope?: string): Relay;
}

/** The rules of a topic. Plain topics have none. */
export interface TopicRule {
  /**
   * Keeps the last `size` messages (1 to 10,000), no longer than `seconds` (1 to 604,800), gives every message a position, and delivers them in one order to the
   * subscribers of all instances. The same at all instances.
   */
  history?: { readonly size: number; readonly seconds: number } | false | null | undefined;
  /** Knows the members of the topic: sockets that `ws.subscribe` has given a `presence`. The same at all instances. */
  presence?: boolean | null | undefined;
}

/** A WebSocket that is a member of a topic with presence, at any instance. */
export interface TopicMember {
  /** Of the socket: the same in all its topics, at all instances, and as long as it is open. */
  readonly id: string;
  /** What `ws.subscribe` was given: a copy, of JSON. */
  readonly presence: unknown;
}

/** The details of the events of `server.topics`. */
export interface TopicEvents {
  /** The engine can be reached, and all topics with subscribers here are subscribed there. */
  up: Record<string, never>;
  /** The engine cannot be reached. Told once for each outage, however many attempts fail. */
  down: { readonly error: Error };
  /**
   * This instance has missed messages of others. With a topic: so many of one other instance, whose name is random. Without: it was away
   * from the engine, and may have missed messages of any plain topic. With a topic and a position: a topic with a history, whose subscribers here may have
   * missed messages before that position, and go on from there.
   */
  gap:
    | { readonly topic: string; readonly count: number; readonly instance: string }
    | { readonly topic: null; readonly count: null }
    | { readonly topic: string; readonly count: null; readonly position: string };
  /**
   * The engine refuses this topic, by a missing permission or a limit: this instance gets no messages of others in it, until a later connection takes
   * it. Told once, as long as the topic has subscribers. All other topics go on.
   */
  refused: { readonly topic: string; readonly error: Error };
  /**
   * Other instances do not get so many messages that were published here, and of topics with a history no client gets them: `full` and `old` are the limits of `queue`, `size` is that of
   * the engine, `refused` is what the engine says (`error`), and `closed` the end of this server.
   */
  dropped: {
    readonly reason: "full" | "old" | "size" | "refused" | "closed";
    readonly messages: number;
    readonly bytes: number;
    readonly error?: Error;
  };
  /**
   * Members of a topic with presence have come, at any instance; told at the end of a turn, by each instance at which the topic has subscribers. Members that are there
   * already when it gets its first subscriber are not told: `members` has them.
   */
  join: { readonly topic: string; readonly members: readonly TopicMember[] };
  /** Members have gone, or their instance has. For each member both events come in turn; one whose presence has changed leaves and joins. */
  leave: { readonly topic: string; readonly members: readonly TopicMember[] };
}

/** Counters since the server was started, and what is true now. Without a backplane those of `history` and `presence` count; `instances` is 1, `lag` null, and all others 0. */
export interface TopicMetrics extends Omit<RelayMetrics, "state"> {
  readonly state: "none" | "up" | "down";
  /** Of topics with a history. Their frames and messages are counted among the others, too, if there is a backplane. */
  readonly history: HistoryMetrics;
  /** Of topics with presence. */
  readonly presence: PresenceMetrics;
}

/** A message of a topic with a history. */
export interface StoredMessage {
  /** A copy. */
  readonly data: string | Uint8Array;
  /**
   * Where it stands: `epoch.offset.check`, up to 57 characters of `A-Z a-z 0-9 _ - .`, for `history({ after })`, as the id of a server-sent event, and in JSON. Text
   * to be given back, and not to be compared or counted with.
   */
  readonly position: string;
}

/** A part of the history of a topic. */
export interface StoredMessages {
  /** The oldest first. */
  readonly messages: StoredMessage[];
  /** Behind the last message: where to go on. */
  readonly position: string;
  /** False if messages behind `after` are missing. */
  readonly complete: boolean;
}

/** The topics of a server over all its instances. */
export interface Topics {
  /** `none` without a backplane; `up` when messages reach other instances and theirs come here. A server starts with `down`. */
  readonly state: "none" | "up" | "down";
  /** A copy: it does not change afterwards. */
  readonly metrics: TopicMetrics;
  /**
   * The number of WebSockets that are subscribed to a topic, over all instances, and of the instances that have answered. Instances that
   * live and have not answered within a second are `silent`. Without a backplane, or while it is down, only this instance counts.
   * @throws TypeError for a topic that is not a non-empty string
   */
  count(topic: string): Promise<TopicCount>;
  /**
   * Publishes to a topic with a history, as `server.publish`, and waits until the engine has the message.
   * @param options `compress` as in `server.publish`. `id`: a non-empty name of the message. If one of the last 64 frames of the topic (what an instance publishes in
   *   one turn; also beyond its `size`, and no older than its `seconds` or a minute) has it, whichever instance has published that, nothing is published, and the position is that of the earlier message: so a request that its client
   *   repeats, and what was `ambiguous`, can be published again
   * @returns the position of the message
   * @throws (rejects) TypeError for a topic without a history, and for what `server.publish` refuses; BackplaneError of `@mantou/pubsub/relay` with the `code`
   *   `down`, `full`, `size`, `refused` or `closed` if the engine does not have the message, and `ambiguous` if it may have it
   */
  publish(
    topic: string,
    data: MessageData | Blob,
    options?: { readonly compress?: boolean; readonly id?: string },
  ): Promise<string>;
  /**
   * What a topic has kept.
   * @param options `after`: the messages behind this position, which may be a client's: any text that is no position of this history is a gap.
   *   Without it, or with null, or after a gap: the `last` messages (0 to 10,000). Without `last` all that are kept, and none after a gap. One call gives
   *   about 8 MiB of messages at most: the first ones behind `after` (the rest is behind the `position` that it returns), without `after` the last ones
   * @throws (rejects) TypeError for a topic without a history, and for options that are wrong; RangeError for `last`; BackplaneError with the `code` `down`
   *   at once while the engine cannot be reached (`publish` waits, a read does not), `refused` or `closed`
   */
  history(
    topic: string,
    options?: { readonly after?: string | null; readonly last?: number },
  ): Promise<StoredMessages>;
  /**
   * Calls a function with each message of a topic with a history that is published from now on, at any instance: in their order, and at the moment at which
   * subscribed WebSockets get it. What it throws, and the rejection of what it returns, is logged.
   * @returns a function that ends this
   * @throws TypeError for a topic without a history, and for a listener that is not a function
   */
  subscribe(topic: string, listener: (message: StoredMessage) => unknown): () => void;
  /**
   * The members of a topic with presence, over all instances, with those of this turn. An instance that lives and has not answered within a second is left out; while the
   * backplane is down, members of other instances are those that were known before.
   * @throws (rejects) TypeError for a topic without presence
   */
  members(topic: string): Promise<TopicMember[]>;
  /**
   * Calls a function at each event. What it throws, and the rejection of what it returns, is logged. Without a listener `down`,
   * `refused` and `dropped` are logged, once in ten seconds at most.
   * @returns a function that ends this
   * @throws TypeError for the name of another event, and for a listener that is not a function
   */
  on<Event extends keyof TopicEvents>(
    event: Event,
    listener: (detail: TopicEvents[Event]) => unknown,
  ): () => void;
}
