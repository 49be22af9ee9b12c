import { Buffer } from "node:buffer";
import { Broker, type Subscriber } from "@mantou/pubsub";
import { type Prepared, prepareMessage } from "@mantou/websocket";
import type { MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { FlushScheduler } from "../socket/flush-scheduler.ts";
import { Congestion } from "./congestion.ts";
import { JoinedMessages, TAKEN_BYTES } from "./joined-messages.ts";
import { isScalar, ownBytes, readBlob } from "./message.ts";
import type { WebSocketSender } from "./sender.ts";

/**
 * Published messages of more bytes do not wait for the end of the turn, which bounds their memory. It also keeps the result of
 * `publish` true: a subscriber that keeps up gets this many bytes, whatever its limit is.
 */
const MOST_PUBLISHED_BYTES = TAKEN_BYTES;
/** The longest head of a server's frame. */
const FRAME_HEAD = 10;

/** Publishes to the topics of a server. The messages of a turn of the event loop are delivered together at its end. */
export class Publisher {
  readonly broker: Broker<WebSocketSender, Prepared>;
  /** Delivers at the end of the turn, and then writes each socket's messages. */
  readonly flushScheduler: FlushScheduler;
  readonly congestion: Congestion<WebSocketSender> = new Congestion((sender, topic) =>
    this.#meet(sender, topic),
  );
  /** The frames of the messages that were delivered last: subscribers that get the same messages share them. */
  #joined: JoinedMessages | null = null;
  /** Bytes of the messages that wait for delivery, with the heads of their frames. */
  waitingBytes = 0;

  constructor() {
    this.broker = new Broker({
      deliver: (sender, messages) => this.#deliverTo(sender, messages),
      schedule: () => this.flushScheduler.schedule(),
      scheduleLeaving: () => this.#leaveLater(),
    });
    this.flushScheduler = new FlushScheduler(() => this.deliver());
  }

  /**
   * Publishes to a topic that has subscribers. A Blob is published when it has been read, to the subscribers of that moment.
   * @returns the bytes of the message; -1 if it waits for one of the subscribers, 0 if it is dropped for one
   */
  publish(
    topic: string,
    data: MessageData | Blob,
    compress: boolean,
    except?: Subscriber<WebSocketSender, Prepared>,
  ): number {
    if (data instanceof Blob) {
      const status = this.congestion.status(topic, except?.target);
      readBlob(data, (bytes) => {
        this.#makeRoom(bytes.length);
        this.broker.publish(topic, prepareMessage(bytes, compress), except);
        this.#count(bytes.length);
      });
      return status ?? data.size;
    }
    const message = typeof data === "string" ? data : isScalar(data) ? String(data) : ownBytes(data);
    const size = typeof message === "string" ? Buffer.byteLength(message) : message.length;
    this.#makeRoom(size);
    const status = this.congestion.status(topic, except?.target);
    this.broker.publish(topic, prepareMessage(message, compress), except);
    this.#count(size);
    // The message is dropped now, also if the client would read before the end of the turn.
    if (status === 0) this.congestion.full?.flushPublished();
    return status ?? size;
  }

  #meet(sender: WebSocketSender, topic: string): 0 | -1 | undefined {
    if (!sender.subscriber.isSubscribed(topic)) return undefined;
    // Earlier messages of this turn may exceed the limit.
    if (this.waitingBytes > 0 && sender.wouldExceed(this.waitingBytes)) this.deliver();
    return sender.meetPublished();
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

  /** Delivers the waiting messages. */
  deliver(): void {
    this.waitingBytes = 0;
    this.broker.flush();
    // The last messages would otherwise be kept until the next delivery.
    this.#joined = null;
    this.congestion.forget();
  }

  /** A failed delivery does not concern other subscribers. */
  #deliverTo(sender: WebSocketSender, messages: readonly Prepared[]): void {
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
