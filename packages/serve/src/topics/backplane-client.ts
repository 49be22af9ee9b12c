import type {
  ReceivedFrames,
  Relay,
  RelayEvent,
  RelayHost,
  RelayMetrics,
  TopicCount,
} from "@mantou/pubsub/relay";
import type { EncodedFrame } from "@mantou/websocket";
import type { Backplane } from "../api/topics.ts";
import type { EventListeners } from "./event-listeners.ts";
import { ReceivedMessages } from "./received-messages.ts";
import type { RelayDriver } from "./relay-driver.ts";
import type { TopicHistory } from "./topic-history.ts";
import type { TopicPresence } from "./topic-presence.ts";

/** What a backplane needs of its server. */
export interface BackplaneHost {
  /** 8 random bytes, which name this instance. */
  readonly instance: Uint8Array;
  readonly driver: RelayDriver;
  /** Delivers messages of another instance to the subscribers here, at the end of the turn. */
  receive(topic: string, messages: ReceivedMessages): void;
  subscriberCount(topic: string): number;
}

/** A server's end of its backplane: what is published here leaves at the end of the turn, what comes is published here. */
export class BackplaneClient implements RelayHost {
  readonly #host: BackplaneHost;
  readonly #events: EventListeners;
  readonly #history: TopicHistory | null;
  readonly #relay: Relay;
  /** Counts that are under way: each is called with what is known when the server ends. */
  readonly #counts = new Set<() => void>();
  #closed: Promise<void> | null = null;

  /**
   * @param scope keeps the servers of a program apart
   * @param history null if no topic has one; `presence` likewise
   * @throws TypeError or RangeError that names the option of `backplane`; TypeError for topics with a history on a backplane that keeps none
   */
  constructor(
    backplane: Backplane,
    scope: string | undefined,
    host: BackplaneHost,
    events: EventListeners,
    history: TopicHistory | null,
    presence: TopicPresence | null,
  ) {
    this.#host = host;
    this.#events = events;
    this.#history = history;
    const options = {
      host: this,
      instance: host.instance,
      now: () => performance.now(),
      ...(presence !== null && { presence }),
    };
    this.#relay =
      history === null
        ? backplane.createRelay(options, scope)
        : relayWithHistory(() => backplane.createRelay({ ...options, history }, scope));
    if (this.#relay.presence != null) presence?.start(this.#relay.presence);
    else if (presence !== null) throw new TypeError("topics: presence needs a newer backplane");
  }

  /** Connects in the background. */
  open(): void {
    this.#host.driver.open(this.#relay);
    const { history } = this.#relay;
    if (this.#history === null || history === null) return;
    const topics = this.#history;
    // The backplane has loaded it already.
    import("@mantou/pubsub/relay").then(
      (module) => topics.start(module, history),
      (error: Error) => topics.fail(error),
    );
  }

  get state(): "up" | "down" {
    return this.#relay.state;
  }

  get metrics(): RelayMetrics {
    return this.#relay.metrics;
  }

  count(topic: string): Promise<TopicCount> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#counts.delete(giveUp);
        resolve({ connections: this.memberCount(topic), instances: 1, silent: 0 });
      };
      if (this.#closed !== null) {
        giveUp();
        return;
      }
      this.#counts.add(giveUp);
      this.#relay.count(topic, (count) => {
        this.#counts.delete(giveUp);
        resolve(count);
      });
    });
  }

  /** Sends what was published, and says goodbye. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #close(): Promise<void> {
    for (const giveUp of [...this.#counts]) giveUp();
    return this.#host.driver.close(this.#relay, (error) => this.#events.tell("down", { error }));
  }

  // What the topics of this server tell.

  publish(topic: string, { head, payload }: EncodedFrame, compress: boolean): void {
    this.#relay.publish(topic, head, payload, compress);
  }

  topicAdded(topic: string): void {
    this.#relay.subscribe(topic);
  }

  topicRemoved(topic: string): void {
    this.#relay.unsubscribe(topic);
  }

  // What the relay tells.

  schedule(): void {
    this.#host.driver.schedule();
  }

  deliver(topic: string, frames: ReceivedFrames): void {
    this.#host.receive(topic, new ReceivedMessages(frames.body, frames.compress, true));
  }

  memberCount(topic: string): number {
    return this.#host.subscriberCount(topic);
  }

  event(event: RelayEvent): void {
    const { type, ...detail } = event;
    this.#events.tell(type, detail as never);
  }
}

/** @throws TypeError that names the option `topics` */
function relayWithHistory(createRelay: () => Relay): Relay {
  let relay: Relay;
  try {
    relay = createRelay();
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith("history "))
      error.message = `topics: ${error.message}`;
    throw error;
  }
  // A backplane of an older version does not know of it.
  if ((relay.history ?? null) === null)
    throw new TypeError("topics: history needs a newer backplane, which keeps messages");
  return relay;
}
