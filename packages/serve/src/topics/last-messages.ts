import type { HistorySlice, Position } from "@mantou/pubsub/relay";
import type { PreparedFrames } from "@mantou/websocket";
import { PlacedMessages } from "./placed-messages.ts";
import type { TopicHistory } from "./topic-history.ts";

/** The WebSocket that gets last messages. */
export interface LastReceiver {
  /** Its number as a publisher; 0 for none. */
  readonly tag: number;
  /** Sends what was published before this moment. */
  flushPublished(): void;
  deliver(messages: readonly PreparedFrames[]): void;
  /** It gets all that is published from here on. */
  end(): void;
}

/** A topic whose last messages are being read. */
interface Reading {
  readonly last: number;
  /** What is behind it was published since the subscription; null if the topic has no position. */
  begun: Position | null;
  /** What was sent ends there; null before the first read. */
  sent: Position | null;
  /** It does not wait for the topic's position any more. */
  stopWaiting(): void;
}

/** Sends the last messages of topics to one WebSocket before what is published: that is left out until they have been read, and then read, too. */
export class LastMessages {
  readonly #receiver: LastReceiver;
  readonly #history: TopicHistory;
  readonly #readings = new Map<string, Reading>();

  constructor(receiver: LastReceiver, history: TopicHistory) {
    this.#receiver = receiver;
    this.#history = history;
  }

  select(messages: readonly PreparedFrames[]): readonly PreparedFrames[] {
    return messages.filter(
      (message) => !(message instanceof PlacedMessages && this.#readings.has(message.topic)),
    );
  }

  /** What is dropped for a client that does not keep up is dropped, as always. */
  missed(): void {}

  drained(): void {}

  subscribed(topic: string, last: number): void {
    if (last === 0) return;
    const reading: Reading = { last, begun: null, sent: null, stopWaiting: () => {} };
    this.#readings.set(topic, reading);
    reading.stopWaiting = this.#history.whenLive(topic, () => {
      reading.begun = this.#history.position(topic);
      this.#read(topic, reading);
    });
  }

  unsubscribed(topic: string): void {
    const reading = this.#readings.get(topic);
    if (reading === undefined) return;
    reading.stopWaiting();
    this.#readings.delete(topic);
    this.#endIfLast();
  }

  closed(): void {
    for (const reading of this.#readings.values()) reading.stopWaiting();
    this.#readings.clear();
  }

  #read(topic: string, reading: Reading): void {
    const rule = this.#history.ruleOf(topic);
    if (rule === null || this.#readings.get(topic) !== reading) return;
    this.#history.read(topic, rule, reading.sent, (_error, slice) => {
      if (this.#readings.get(topic) !== reading) return;
      this.#receiver.flushPublished();
      if (this.#readings.get(topic) !== reading) return;
      this.#readings.delete(topic);
      const live = this.#history.position(topic);
      const isKnown = slice?.complete === true && live !== null && live.epoch === slice.position.epoch;
      // Without an engine, or behind a gap, what is published from here on is all that can be had.
      if (isKnown && this.#send(topic, reading, slice, live)) {
        this.#readings.set(topic, reading);
        this.#read(topic, reading);
      } else this.#endIfLast();
    });
  }

  /** @returns whether there is more */
  #send(topic: string, reading: Reading, { frames, position }: HistorySlice, live: Position): boolean {
    const { last, begun, sent } = reading;
    const between = (after: number, to: number): PlacedMessages[] =>
      frames.flatMap((each) => PlacedMessages.between(topic, each, after, to));
    // The last ones are those before the subscription, however many were published while they are read.
    const start = sent ?? (begun?.epoch === live.epoch ? begun : live);
    const messages = between(start.offset, live.offset).flatMap((part) => this.#withoutOwn(part));
    if (sent === null) messages.unshift(...PlacedMessages.last(between(0, start.offset), last));
    if (messages.length > 0) this.#receiver.deliver(messages);
    const isMore = position.offset < live.offset && position.offset > (sent?.offset ?? -1);
    reading.sent = position;
    return isMore;
  }

  /** What it has published since its subscription is left out, as of what comes without being read. */
  #withoutOwn(messages: PlacedMessages): PlacedMessages[] {
    const { tag } = this.#receiver;
    const isOfAnother = tag === 0 || messages.frames.instance !== this.#history.instance;
    return isOfAnother ? [messages] : messages.without(tag);
  }

  #endIfLast(): void {
    if (this.#readings.size === 0) this.#receiver.end();
  }
}
