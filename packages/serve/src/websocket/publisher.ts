import { Buffer } from "node:buffer";
import { Broker, type Subscriber } from "@mantou/pubsub";
import { type Prepared, prepareMessage } from "@mantou/websocket";
import type { MessageData } from "../api/websocket.ts";
import { logError } from "../errors/log.ts";
import { FlushScheduler } from "../socket/flush-scheduler.ts";
import { Congestion, type Recipient } from "./congestion.ts";
import { JoinedMessages } from "./joined-messages.ts";
import { isScalar, ownBytes, readBlob } from "./message.ts";

/**
 * Published messages up to this size go to a client that takes everything without a look at its limit: they leave in one write, and
 * what the operating system does not take shows then.
 */
export const TAKEN_BYTES: number = 64 * 1024;

/**
 * What is published does not wait for the end of the turn beyond this: its memory is bounded by it. And what `publish` has said of
 * a subscriber stays true: so much goes to one that takes everything, whatever its limit is.
 */
const MOST_PUBLISHED_BYTES = TAKEN_BYTES;
/** The longest head of a server's frame. */
const FRAME_HEAD = 10;

/** Publishes to the topics of a server: messages are collected during a turn of the event loop, and delivered together at its end. */
export class Publisher {
  readonly broker: Broker<Recipient, Prepared>;
  /** The end of the turn, at which what was published goes to the subscribers, and what was sent to them is written. */
  readonly flushScheduler: FlushScheduler;
  readonly congestion: Congestion = new Congestion();
  /** Frames made of the messages that were delivered last: the same for everyone who gets the same. */
  #joined: JoinedMessages | null = null;
  /** Bytes, with their frames' heads, that were given to the broker and have not been delivered. */
  waitingBytes = 0;

  constructor() {
    this.broker = new Broker({
      deliver: (recipient, messages) => this.#deliverTo(recipient, messages),
      schedule: () => this.flushScheduler.schedule(),
      scheduleLeaving: () => this.#leaveLater(),
    });
    this.flushScheduler = new FlushScheduler(() => this.deliver());
  }

  /**
   * Publishes to a topic that somebody is subscribed to. A Blob is published when it has been read, to whoever is subscribed then.
   * @returns the bytes of the message; -1 if it has to wait for one of the subscribers, 0 if it is dropped for one
   */
  publish(
    topic: string,
    data: MessageData | Blob,
    compress: boolean,
    except?: Subscriber<Recipient, Prepared>,
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
    if (status === 0) this.congestion.drop();
    return status ?? size;
  }

  /** So many bytes are to be published: what waits is delivered first if it would be too much together. */
  #makeRoom(bytes: number): void {
    const { waitingBytes } = this;
    if (waitingBytes > 0 && waitingBytes + bytes + FRAME_HEAD > MOST_PUBLISHED_BYTES) this.deliver();
  }

  /** So many bytes were given to the broker. */
  #count(bytes: number): void {
    // A message without bytes counts, too: 6,553 of those are delivered together.
    this.waitingBytes += bytes + FRAME_HEAD;
    if (this.waitingBytes > MOST_PUBLISHED_BYTES) this.deliver();
  }

  /** Gives subscribers what was published. */
  deliver(): void {
    this.waitingBytes = 0;
    this.broker.flush();
    // What was published last would else be kept until something else is.
    this.#joined = null;
    this.congestion.forget();
  }

  /** Of one whose delivery fails the others know nothing. */
  #deliverTo(recipient: Recipient, messages: readonly Prepared[]): void {
    try {
      if (this.#joined?.messages !== messages) this.#joined = new JoinedMessages(messages);
      recipient.sender.deliver(this.#joined);
    } catch (error) {
      logError(error);
    }
  }

  /** One client with very many topics has gone. */
  #leaveLater(): void {
    setImmediate(() => {
      if (this.broker.leaveSome()) this.#leaveLater();
    });
  }
}
