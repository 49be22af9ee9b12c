import type {
  History,
  HistoryHost,
  HistoryMetrics,
  HistoryRule,
  HistorySlice,
  PlacedFrames,
  Position,
  Published,
} from "@mantou/pubsub/relay";
import type { EncodedFrame } from "@mantou/websocket";
import type { StoredMessage } from "../api/topics.ts";
import { runIsolated } from "../errors/log.ts";
import type { TopicRules } from "../options/topic-rules.ts";
import { callIsolated, type EventListeners } from "./event-listeners.ts";
import { PlacedMessages } from "./placed-messages.ts";
import { storedMessages } from "./stored-messages.ts";
import { WhenLoaded } from "./when-loaded.ts";

/** What is used of it when it has been loaded. A program without histories does not load it. */
export type RelayModule = typeof import("@mantou/pubsub/relay");

/**
 * Delivers messages to the subscribers that the topic has here.
 * @param tag of the one that has published them, which is left out; 0 for none
 */
export type ReceivePlaced = (topic: string, messages: PlacedMessages, tag: number) => void;

/** A topic that is wanted here: by WebSockets, or by functions of the program. */
interface Wanted {
  hasSubscribers: boolean;
  readonly listeners: Set<{ readonly call: (message: StoredMessage) => unknown }>;
  /** Called when the topic has a position; null if nothing waits for it. */
  awaiting: Set<() => void> | null;
}

/**
 * The history topics of a server: what is published to them goes to the relay, and is delivered when it comes back with its number. What is
 * asked before the relay has been loaded waits.
 */
export class TopicHistory implements HistoryHost {
  /** This instance, in Latin-1. */
  readonly instance: string;
  readonly #rules: TopicRules;
  readonly #receive: ReceivePlaced;
  readonly #events: EventListeners;
  readonly #wanted = new Map<string, Wanted>();
  #module: RelayModule | null = null;
  readonly #history = new WhenLoaded<History>();
  /** Clients that are told positions and gaps. */
  topicClients: HistoryHost | null = null;

  constructor(instance: string, rules: TopicRules, receive: ReceivePlaced, events: EventListeners) {
    this.instance = instance;
    this.#rules = rules;
    this.#receive = receive;
    this.#events = events;
  }

  /** Null for a plain topic. */
  ruleOf(topic: string): HistoryRule | null {
    return this.#rules.find(topic)?.history ?? null;
  }

  /** Null before the relay has been loaded. */
  get metrics(): HistoryMetrics | null {
    return this.#history.value?.metrics ?? null;
  }

  /** The relay is there: what has waited is asked now. */
  start(module: RelayModule, history: History): void {
    this.#module = module;
    this.#history.start(history);
  }

  /** The relay could not be loaded. */
  fail(error: Error): void {
    this.#history.fail(error);
  }

  /** Publishes at the end of the turn. `published` is called once, if it is given. */
  publish(
    topic: string,
    rule: HistoryRule,
    { head, payload }: EncodedFrame,
    compress: boolean,
    tag: number,
    published: Published<Error> | null,
    id: string | null,
  ): void {
    const message = { head, payload, compress, tag, published, id };
    const { value } = this.#history;
    if (value !== null) value.publish(topic, rule, message);
    else
      this.#history.run(
        (history) => history.publish(topic, rule, message),
        (error) => published?.(error, null),
      );
  }

  /** @see History.read */
  read(
    topic: string,
    rule: HistoryRule,
    after: Position | null,
    callback: (error: Error | null, slice: HistorySlice | null) => void,
  ): void {
    this.#history.run(
      (history) => history.read(topic, rule, after, callback),
      (error) => callback(error, null),
    );
  }

  /** @see History.position */
  position(topic: string): Position | null {
    return this.#history.value?.position(topic) ?? null;
  }

  /**
   * Calls back when the position of a topic with subscribers is known: now, if it is.
   * @returns a function that ends the waiting: the engine may be away for long
   */
  whenLive(topic: string, callback: () => void): () => void {
    const wanted = this.#wanted.get(topic);
    if (wanted === undefined || this.position(topic) !== null) {
      callback();
      return () => {};
    }
    wanted.awaiting ??= new Set();
    wanted.awaiting.add(callback);
    return () => void wanted.awaiting?.delete(callback);
  }

  /** Waits for the functions that read and write positions. */
  loaded(): Promise<RelayModule> {
    return new Promise((resolve, reject) => this.#history.run(() => resolve(this.#module!), reject));
  }

  // What wants a topic here.

  topicAdded(topic: string, rule: HistoryRule): void {
    this.#want(topic, rule).hasSubscribers = true;
  }

  topicRemoved(topic: string): void {
    const wanted = this.#wanted.get(topic);
    if (wanted === undefined) return;
    wanted.hasSubscribers = false;
    this.#unlessWanted(topic, wanted);
  }

  /** @returns a function that ends this */
  listen(topic: string, rule: HistoryRule, call: (message: StoredMessage) => unknown): () => void {
    const wanted = this.#want(topic, rule);
    const listener = { call };
    wanted.listeners.add(listener);
    return () => {
      if (wanted.listeners.delete(listener)) this.#unlessWanted(topic, wanted);
    };
  }

  #want(topic: string, rule: HistoryRule): Wanted {
    const known = this.#wanted.get(topic);
    if (known !== undefined) return known;
    const wanted: Wanted = { hasSubscribers: false, listeners: new Set(), awaiting: null };
    this.#wanted.set(topic, wanted);
    this.#history.run((history) => history.subscribe(topic, rule));
    return wanted;
  }

  #unlessWanted(topic: string, { hasSubscribers, listeners }: Wanted): void {
    if (hasSubscribers || listeners.size > 0) return;
    this.#wanted.delete(topic);
    this.#history.run((history) => history.unsubscribe(topic));
  }

  // What the relay tells.

  deliver(topic: string, frames: PlacedFrames): void {
    const wanted = this.#wanted.get(topic);
    if (wanted === undefined) return;
    if (wanted.hasSubscribers) {
      if (frames.instance === this.instance) {
        for (const messages of PlacedMessages.byPublisher(topic, frames))
          this.#receive(topic, messages, messages.tag);
      } else this.#receive(topic, PlacedMessages.whole(topic, frames), 0);
      this.topicClients?.deliver(topic, frames);
    }
    if (wanted.listeners.size > 0) this.#callListeners(wanted, frames);
  }

  #callListeners({ listeners }: Wanted, frames: PlacedFrames): void {
    for (const message of storedMessages(frames, this.#module!.formatPosition)) {
      for (const { call } of [...listeners]) callIsolated("server.topics.subscribe()", call, message);
    }
  }

  gap(topic: string, position: Position): void {
    this.topicClients?.gap(topic, position);
    this.#events.tell("gap", { topic, count: null, position: this.#module!.formatPosition(position) });
  }

  live(topic: string, position: Position): void {
    this.topicClients?.live?.(topic, position);
    const wanted = this.#wanted.get(topic);
    if (wanted === undefined) return;
    const { awaiting } = wanted;
    wanted.awaiting = null;
    for (const callback of awaiting ?? []) runIsolated(callback);
  }
}
