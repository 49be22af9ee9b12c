import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { Broker, type Subscriber } from "@mantou/pubsub";
import type { HistoryRule, Published } from "@mantou/pubsub/relay";
import { type PreparedFrames, prepareMessage } from "@mantou/websocket";
import type { MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { FlushScheduler } from "../socket/flush-scheduler.ts";
import { Congestion } from "./congestion.ts";
import { FRAME_HEAD, JoinedMessages, TAKEN_BYTES } from "./joined-messages.ts";
import { ownMessage, readBlob } from "./message.ts";
import type { PacedSender } from "./paced-sender.ts";
import { Presences } from "./presences.ts";
import { PublisherTags } from "./publisher-tags.ts";
import type { MemberTopics, NumberedTopics, RemoteTopics, TopicWatcher } from "./remote-topics.ts";
import type { WebSocketSender } from "./sender.ts";
import type { DeliveryFilter } from "./topic-session.ts";

/**
 * Published messages of more bytes do not wait for the end of the turn, which bounds their memory. It also keeps the result of
 * `publish` true: a subscriber that keeps up gets this many bytes, whatever its limit is.
 */
const MOST_PUBLISHED_BYTES = TAKEN_BYTES;

/** Publishes to the topics of a server. The messages of a turn of the event loop are delivered together at its end. */
export class Publisher {
  readonly broker: Broker<WebSocketSender, PreparedFrames>;
  /** Delivers at the end of the turn, and then writes each socket's messages. */
  readonly flushScheduler: FlushScheduler;
  readonly congestion: Congestion<PacedSender> = new Congestion(() => this.deliver());
  /** The frames of the messages that were delivered last: subscribers that get the same messages share them. */
  #joined: JoinedMessages | null = null;
  /** Bytes of the messages that wait for delivery, with the heads of their frames. */
  waitingBytes = 0;
  /** Null without a backplane. */
  #remote: RemoteTopics | null = null;
  /** Null if all topics are plain. */
  #history: NumberedTopics | null = null;
  #watcher: TopicWatcher | null = null;
  /** Adds its topic to messages of a plain one. Null without topic clients. */
  addTopic: ((topic: string, messages: PreparedFrames, compress: boolean) => PreparedFrames) | null = null;
  /** Nothing but the subscribers here gets what is published. */
  #isAlone = true;
  /** Makes what sends the last messages of history topics. Null if all topics are plain. */
  lastMessages: ((sender: WebSocketSender) => DeliveryFilter) | null = null;
  readonly tags: PublisherTags = new PublisherTags();
  readonly presences: Presences = new Presences(this.tags);

  /** @param isWatched whether `connect` is going to be called, before anything subscribes */
  constructor(isWatched = false) {
    this.broker = new Broker({
      deliver: (sender, messages) => this.#deliverTo(sender, messages),
      schedule: () => this.flushScheduler.schedule(),
      scheduleLeaving: () => this.#leaveLater(),
      ...(isWatched && {
        topicAdded: (topic: string) => this.#watcher?.topicAdded(topic),
        topicRemoved: (topic: string) => this.#watcher?.topicRemoved(topic),
      }),
    });
    this.flushScheduler = new FlushScheduler((isExit) => this.deliver(isExit));
  }

  /**
   * Connects the topics to what is beyond the subscribers here.
   * @param remote null without a backplane
   * @param history null if all topics are plain
   * @param members null if no topic has presence
   */
  connect(
    remote: RemoteTopics | null,
    history: NumberedTopics | null,
    members: MemberTopics | null,
    watcher: TopicWatcher,
  ): void {
    this.#remote = remote;
    this.#history = history;
    this.presences.members = members;
    this.#watcher = watcher;
    this.#isAlone = remote === null && history === null;
  }

  /**
   * Publishes to a topic. A Blob that has to be read first is published then, to the subscribers of that moment.
   * @returns the bytes of the message; -1 if it waits for one of the subscribers; 0 if it is dropped for one, or if there are none. For a
   *   topic with history always its bytes
   */
  publish(
    topic: string,
    data: MessageData | Blob,
    compress: boolean,
    except?: Subscriber<WebSocketSender, PreparedFrames>,
  ): number {
    const rule = this.#history === null ? null : this.#history.ruleOf(topic);
    if (rule !== null) return this.publishNumbered(topic, rule, data, compress, except);
    const message = ownMessage(data);
    if (message === null) return this.#publishWhenRead(topic, data as Blob, compress, except);
    const size = typeof message === "string" ? Buffer.byteLength(message) : message.length;
    this.#makeRoom(size);
    const status = this.congestion.status(topic, except?.target, this.waitingBytes);
    // The deliveries of these two calls may have closed every subscriber.
    if (this.#publish(topic, message, compress, except) === 0) return 0;
    this.#count(size);
    // The message is dropped now, also if the client would read before the end of the turn.
    if (status === 0) this.congestion.full?.flushPublished();
    return status ?? size;
  }

  /** @returns as `publish`, by what is known now */
  #publishWhenRead(
    topic: string,
    blob: Blob,
    compress: boolean,
    except: Subscriber<WebSocketSender, PreparedFrames> | undefined,
  ): number {
    const status = this.congestion.status(topic, except?.target, this.waitingBytes);
    readBlob(blob, (bytes) => {
      this.#makeRoom(bytes.length);
      this.#publish(topic, bytes, compress, except);
      this.#count(bytes.length);
    });
    return this.recipients(topic, except) === 0 ? 0 : (status ?? blob.size);
  }

  /** @returns the number of subscribers here that get it */
  #publish(
    topic: string,
    message: string | Uint8Array,
    compress: boolean,
    except: Subscriber<WebSocketSender, PreparedFrames> | undefined,
  ): number {
    const prepared = prepareMessage(message, compress);
    if (this.#remote !== null) this.#remote.publish(topic, prepared.plain, compress);
    return this.broker.publish(
      topic,
      this.addTopic === null ? prepared : this.addTopic(topic, prepared, compress),
      except,
    );
  }

  /**
   * Publishes to a topic with history. The subscribers here get the message, too, when it has come back.
   * @returns the bytes of the message
   */
  publishNumbered(
    topic: string,
    rule: HistoryRule,
    data: MessageData | Blob,
    compress: boolean,
    except?: Subscriber<WebSocketSender, PreparedFrames>,
    published: Published<Error> | null = null,
    id: string | null = null,
  ): number {
    const message = ownMessage(data);
    if (message === null) {
      const blob = data as Blob;
      readBlob(blob, (bytes) => this.#number(topic, rule, bytes, compress, except, published, id));
      return blob.size;
    }
    this.#number(topic, rule, message, compress, except, published, id);
    return typeof message === "string" ? Buffer.byteLength(message) : message.length;
  }

  #number(
    topic: string,
    rule: HistoryRule,
    message: string | Uint8Array,
    compress: boolean,
    except: Subscriber<WebSocketSender, PreparedFrames> | undefined,
    published: Published<Error> | null,
    id: string | null,
  ): void {
    const tag = except === undefined ? 0 : this.tags.of(except);
    this.#history?.publish(
      topic,
      rule,
      prepareMessage(message, compress).plain,
      compress,
      tag,
      published,
      id,
    );
  }

  /** @throws TypeError for a plain topic */
  checkHistory(topic: string): void {
    if (this.#history !== null && this.#history.ruleOf(topic) !== null) return;
    throw new TypeError(
      `last needs a topic with a history: the option topics has none for ${JSON.stringify(topic)}`,
    );
  }

  /** A subscriber has been closed. */
  forget(sender: WebSocketSender): void {
    this.presences.forget(sender);
    this.tags.delete(sender);
  }

  /** Whether there is nothing that a message would reach. No frame is made then. */
  isUnheard(topic: string, except?: Subscriber<WebSocketSender, PreparedFrames>): boolean {
    return this.#isAlone && this.recipients(topic, except) === 0;
  }

  /** The number of subscribers here that a message would have. */
  recipients(topic: string, except?: Subscriber<WebSocketSender, PreparedFrames>): number {
    const subscribers = this.broker.subscriberCount(topic);
    return except?.isSubscribed(topic) === true ? subscribers - 1 : subscribers;
  }

  /**
   * Takes messages of another instance, or numbered ones, for the subscribers here.
   * @param tag of a subscriber that does not get them
   */
  receive(topic: string, messages: PreparedFrames, tag = 0): void {
    const { size } = messages;
    this.#makeRoom(size);
    this.broker.publish(topic, messages, tag === 0 ? undefined : this.tags.find(tag));
    this.#count(size);
  }

  /** Delivers the waiting messages if this many bytes more would exceed the limit. */
  #makeRoom(bytes: number): void {
    const { waitingBytes } = this;
    if (waitingBytes > 0 && waitingBytes + bytes + FRAME_HEAD > MOST_PUBLISHED_BYTES) this.deliver();
  }

  /** Counts a message that the broker has got. */
  #count(bytes: number): void {
    // A message without bytes counts, too: 6,553 of them are delivered together.
    this.waitingBytes += bytes + FRAME_HEAD;
    if (this.waitingBytes > MOST_PUBLISHED_BYTES) this.deliver();
  }

  /**
   * Delivers the waiting messages.
   * @param isExit the process ends, perhaps within a delivery, which does not return
   */
  deliver(isExit = false): void {
    this.waitingBytes = 0;
    if (isExit) this.broker.resumeFlush();
    else this.broker.flush();
    // The last messages would otherwise be kept until the next delivery.
    this.#joined = null;
    this.congestion.forget();
  }

  /** A failed delivery does not concern other subscribers. */
  #deliverTo(sender: WebSocketSender, messages: readonly PreparedFrames[]): void {
    try {
      if (this.#joined?.messages !== messages) this.#joined = new JoinedMessages(messages);
      sender.deliver(this.#joined);
    } catch (error) {
      logError(error);
    }
  }

  /** Unsubscribes a client with very many topics that has gone, in steps. */
  #leaveLater(): void {
    setImmediate(() => {
      if (this.broker.leaveSome()) this.#leaveLater();
    });
  }
}
