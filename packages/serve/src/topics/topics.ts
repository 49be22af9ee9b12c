import type {
  HistoryMetrics,
  HistoryRule,
  Position,
  PresenceMetrics,
  Published,
  TopicCount,
} from "@mantou/pubsub/relay";
import type {
  StoredMessage,
  StoredMessages,
  TopicEvents,
  TopicMember,
  TopicMetrics,
  Topics,
} from "../api/topics.ts";
import type { MessageData } from "../api/websocket.ts";
import { bytesInMemory } from "../fetch/blob-bytes.ts";
import { optionalBoolean, optionalString, resolveInteger } from "../options/check.ts";
import { MOST_MESSAGES } from "../options/topic-rules.ts";
import type { BackplaneClient } from "./backplane-client.ts";
import type { EventListeners } from "./event-listeners.ts";
import { readHistory } from "./read-history.ts";
import type { TopicHistory } from "./topic-history.ts";
import type { TopicPresence } from "./topic-presence.ts";

const NO_METRICS: Omit<TopicMetrics, "history" | "presence"> = {
  state: "none",
  reconnects: 0,
  lag: null,
  framesOut: 0,
  messagesOut: 0,
  bytesOut: 0,
  framesIn: 0,
  messagesIn: 0,
  bytesIn: 0,
  echoes: 0,
  duplicates: 0,
  holes: 0,
  missed: 0,
  refusedFrames: 0,
  dropped: 0,
  queueBytes: 0,
  topics: 0,
  instances: 1,
};

const NO_HISTORY: HistoryMetrics = {
  topics: 0,
  gaps: 0,
  repairs: 0,
  ringBytes: 0,
  queueBytes: 0,
  dropped: 0,
};

const NO_PRESENCE: PresenceMetrics = { topics: 0, members: 0, expired: 0 };

/** What the topics need of their server. */
export interface TopicsHost {
  /** @throws TypeError for what is no topic */
  subscriberCount(topic: string): number;
  /** @throws TypeError for what is no message */
  publish(
    topic: string,
    rule: HistoryRule,
    data: MessageData,
    compress: boolean,
    published: Published<Error>,
    id: string | null,
  ): void;
}

/** The object that users hold as `server.topics`. */
export class MantouTopics implements Topics {
  readonly #events: EventListeners;
  readonly #host: TopicsHost;
  /** Null without a backplane. */
  readonly #client: BackplaneClient | null;
  /** Null if all topics are plain. */
  readonly #history: TopicHistory | null;
  /** Null if no topic has presence. */
  readonly #presence: TopicPresence | null;

  constructor(
    events: EventListeners,
    host: TopicsHost,
    client: BackplaneClient | null,
    history: TopicHistory | null,
    presence: TopicPresence | null,
  ) {
    this.#events = events;
    this.#host = host;
    this.#client = client;
    this.#history = history;
    this.#presence = presence;
  }

  get state(): "none" | "up" | "down" {
    return this.#client?.state ?? "none";
  }

  get metrics(): TopicMetrics {
    return {
      ...(this.#client?.metrics ?? NO_METRICS),
      history: this.#history?.metrics ?? { ...NO_HISTORY },
      presence: this.#presence?.metrics ?? { ...NO_PRESENCE },
    };
  }

  async count(topic: string): Promise<TopicCount> {
    const connections = this.#host.subscriberCount(topic);
    return this.#client?.count(topic) ?? { connections, instances: 1, silent: 0 };
  }

  async publish(
    topic: string,
    data: MessageData | Blob,
    options?: { readonly compress?: boolean; readonly id?: string },
  ): Promise<string> {
    const { history, rule } = this.#historyOf(topic, "publish");
    const given = checkNames(options, ["compress", "id"], "publish");
    const compress = optionalBoolean(given["compress"], "compress", true);
    const id = optionalString(given["id"], "id") ?? null;
    // A message that need not be read first is published now, and not after what is published next.
    const message = data instanceof Blob ? (bytesInMemory(data) ?? (await data.arrayBuffer())) : data;
    const position = await new Promise<Position>((resolve, reject) => {
      const published: Published<Error> = (error, found) => (found === null ? reject(error) : resolve(found));
      this.#host.publish(topic, rule, message, compress, published, id);
    });
    return (await history.loaded()).formatPosition(position);
  }

  async history(
    topic: string,
    options?: { readonly after?: string | null; readonly last?: number },
  ): Promise<StoredMessages> {
    const { history, rule } = this.#historyOf(topic, "history");
    const { after, last } = checkNames(options, ["after", "last"], "history");
    if (after !== undefined && after !== null && typeof after !== "string")
      throw new TypeError("after must be a position, which is a string");
    const most = last === undefined || last === null ? null : resolveInteger(last, "last", MOST_MESSAGES, 0);
    return readHistory(history, topic, rule, after ?? null, most);
  }

  subscribe(topic: string, listener: (message: StoredMessage) => unknown): () => void {
    const { history, rule } = this.#historyOf(topic, "subscribe");
    if (typeof listener !== "function") throw new TypeError("topics.subscribe() needs a function");
    return history.listen(topic, rule, listener);
  }

  async members(topic: string): Promise<TopicMember[]> {
    this.#host.subscriberCount(topic);
    if (this.#presence?.has(topic) === true) return this.#presence.members(topic);
    throw new TypeError(
      `topics.members() needs a topic with presence: the option topics has none for ${JSON.stringify(topic)}`,
    );
  }

  on<Event extends keyof TopicEvents>(
    event: Event,
    listener: (detail: TopicEvents[Event]) => unknown,
  ): () => void {
    return this.#events.on(event, listener);
  }

  get [Symbol.toStringTag](): string {
    return "Topics";
  }

  /** @throws TypeError for what is no topic, and for a plain topic */
  #historyOf(topic: string, method: string): { readonly history: TopicHistory; readonly rule: HistoryRule } {
    this.#host.subscriberCount(topic);
    const rule = this.#history?.ruleOf(topic) ?? null;
    if (this.#history !== null && rule !== null) return { history: this.#history, rule };
    throw new TypeError(
      `topics.${method}() needs a topic with a history: the option topics has none for ${JSON.stringify(topic)}`,
    );
  }
}

/** @throws TypeError for what is no object, and for an unknown name */
function checkNames(options: unknown, names: readonly string[], method: string): Record<string, unknown> {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") throw new TypeError(`topics.${method}() takes an object of options`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new TypeError(
      `topics.${method}() has no option ${JSON.stringify(unknown)}; there are ${names.join(", ")}`,
    );
  return options as Record<string, unknown>;
}
