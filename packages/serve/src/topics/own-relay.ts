import { setImmediate } from "node:timers";
import type { Relay, RelayEvent, RelayHost } from "@mantou/pubsub/relay";
import { runIsolated } from "../errors/log.ts";
import type { EventListeners } from "./event-listeners.ts";
import type { RelayDriver } from "./relay-driver.ts";
import type { RelayModule, TopicHistory } from "./topic-history.ts";
import type { TopicPresence } from "./topic-presence.ts";

/** What the relay of a server without a backplane needs of it. */
export interface OwnRelayHost {
  /** 8 random bytes, which name this instance. */
  readonly instance: Uint8Array;
  readonly driver: RelayDriver;
  subscriberCount(topic: string): number;
}

/**
 * The relay of a server that has topics with rules and no backplane: its engine is the memory of this process. It is loaded when the server
 * listens. Plain topics do not pass it.
 */
export class OwnRelay implements RelayHost {
  readonly #host: OwnRelayHost;
  readonly #events: EventListeners;
  readonly #history: TopicHistory | null;
  readonly #presence: TopicPresence | null;
  #relay: Promise<Relay | null> = Promise.resolve(null);
  #closed: Promise<void> | null = null;
  /** Called when the engine can be asked, some turns after it was opened. */
  #startTopics = (): void => {};

  /** @param history null if no topic has one; `presence` likewise */
  constructor(
    host: OwnRelayHost,
    events: EventListeners,
    history: TopicHistory | null,
    presence: TopicPresence | null,
  ) {
    this.#host = host;
    this.#events = events;
    this.#history = history;
    this.#presence = presence;
  }

  open(): void {
    this.#relay = import("@mantou/pubsub/relay")
      .then((module) => this.#start(module))
      .catch((error: Error) => {
        this.#history?.fail(error);
        this.#presence?.fail(error);
        this.#events.tell("down", { error });
        return null;
      });
  }

  #start(module: RelayModule): Relay {
    const { MemoryBus, Relay } = module;
    const bus = new MemoryBus({ defer: (task) => void setImmediate(() => runIsolated(task)) });
    const relay = new Relay({
      host: this,
      engine: bus.engine(),
      ...(this.#history !== null && { history: this.#history }),
      ...(this.#presence !== null && { presence: this.#presence }),
      instance: this.#host.instance,
      now: () => performance.now(),
    });
    this.#startTopics = () => {
      this.#startTopics = () => {};
      if (relay.history !== null) this.#history?.start(module, relay.history);
      if (relay.presence !== null) this.#presence?.start(relay.presence);
    };
    this.#host.driver.open(relay);
    return relay;
  }

  /** Delivers what was published. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const relay = await this.#relay;
    // What has waited is refused, if it comes to that.
    this.#startTopics();
    if (relay !== null) await this.#host.driver.close(relay, () => {});
  }

  // What the relay tells.

  schedule(): void {
    this.#host.driver.schedule();
  }

  /** Plain topics have no other instance. */
  deliver(): void {}

  memberCount(topic: string): number {
    return this.#host.subscriberCount(topic);
  }

  /** Nothing is told of a connection: the memory of this process is always there. */
  event(event: RelayEvent): void {
    if (event.type === "up") this.#startTopics();
    // With the server its subscribers go, too.
    if (event.type === "dropped" && event.reason !== "closed") {
      const { type, ...detail } = event;
      this.#events.tell(type, detail);
    }
  }
}
