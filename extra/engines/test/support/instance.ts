import { randomBytes } from "node:crypto";
import type { Backplane } from "@mantou/backplane";
import { Broker, type Subscriber } from "@mantou/pubsub";
import { Relay, type RelayEvent } from "@mantou/pubsub/relay";

/** One instance of a program, without sockets of clients: a broker with a relay, one member for each topic, and a log of what it gets. */
export class Instance {
  readonly id: string;
  readonly relay: Relay;
  readonly events: RelayEvent[] = [];
  /** By topic: `publisher number`, in the order of delivery. */
  readonly received = new Map<string, string[]>();
  /** By topic: how many messages were published here. */
  readonly published = new Map<string, number>();
  readonly #broker: Broker<string, string>;
  readonly #members = new Map<string, Subscriber<string, string>>();
  readonly #timer: NodeJS.Timeout;
  #turn: NodeJS.Immediate | null = null;
  #wake: (() => void)[] = [];
  /** Milliseconds that the relay's clock is ahead. */
  ahead = 0;

  constructor(id: string, { createEngine, queue }: Backplane) {
    this.id = id;
    const schedule = () => {
      this.#turn ??= setImmediate(() => {
        this.#turn = null;
        this.#broker.flush();
        this.relay.flush();
      });
    };
    this.#broker = new Broker<string, string>({
      deliver: (topic, messages) => this.#log(topic, messages),
      schedule,
      topicAdded: (topic) => this.relay.subscribe(topic),
      topicRemoved: (topic) => this.relay.unsubscribe(topic),
    });
    this.relay = new Relay({
      engine: createEngine(),
      instance: randomBytes(8),
      now: () => performance.now() + this.ahead,
      queue,
      host: {
        schedule,
        deliver: (topic, frames) =>
          this.#log(
            topic,
            [...frames].map(({ payload }) => payload.toString()),
          ),
        event: (event) => {
          this.events.push(event);
          this.#notify();
        },
        memberCount: (topic) => this.#broker.subscriberCount(topic),
      },
    });
    this.relay.open();
    this.#timer = setInterval(() => this.relay.tick(), 50);
  }

  subscribe(topic: string): void {
    const member = this.#broker.subscriber(topic);
    member.subscribe(topic);
    this.#members.set(topic, member);
    if (!this.received.has(topic)) this.received.set(topic, []);
  }

  unsubscribe(topic: string): void {
    this.#members.get(topic)?.close();
    this.#members.delete(topic);
  }

  /** Publishes the next numbers of a topic, with so many bytes behind each. */
  publish(topic: string, count = 1, bytes = 0): void {
    let number = this.published.get(topic) ?? 0;
    for (let i = 0; i < count; i++) {
      const text = `${this.id} ${++number}${bytes === 0 ? "" : ` ${"x".repeat(bytes)}`}`;
      this.#broker.publish(topic, text);
      this.relay.publish(topic, frameHead(text.length) + text, null, false);
    }
    this.published.set(topic, number);
  }

  /** Resolves when `condition` holds: it is asked when something has come. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  has(topic: string, message: string): boolean {
    return this.received.get(topic)?.includes(message) ?? false;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#turn !== null) clearImmediate(this.#turn);
    await this.relay.close();
  }

  #log(topic: string, messages: readonly string[]): void {
    const log = this.received.get(topic);
    for (const message of messages) log?.push(message.split(" ", 2).join(" "));
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

/** The head of an unmasked text frame (RFC 6455 §5.2). */
function frameHead(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 0x1_0000) return String.fromCharCode(0x81, 126, length >>> 8, length & 0xff);
  return String.fromCharCode(
    0x81,
    127,
    0,
    0,
    0,
    0,
    length >>> 24,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
}
