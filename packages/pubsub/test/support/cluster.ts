import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Broker, type Subscriber } from "../../src/index.ts";
import { type Engine, Relay, type RelayEvent } from "../../src/relay/index.ts";

/** A published message: the `n`-th of its publisher in its topic. */
interface Message {
  readonly publisher: string;
  readonly topic: string;
  readonly n: number;
}

/** What one instance knows of one publisher in one topic, by what its relay gave it. */
interface Known {
  next: number;
  /** Missing messages that were told since the last delivery. */
  told: number;
  /** The instance was away since then: what is missing may be told later, or not at all. */
  away: boolean;
}

/** A receiver. It lives longer than its subscriptions, so that no message may reach it twice at all. */
class Client {
  /** By publisher and topic, the number of the last message. */
  readonly last = new Map<string, number>();

  receive({ publisher, topic, n }: Message): void {
    const key = `${publisher} ${topic}`;
    const last = this.last.get(key) ?? -1;
    assert.ok(n !== last, `message ${n} of ${key} came twice`);
    assert.ok(n > last, `message ${n} of ${key} came after ${last}: twice, or out of order`);
    this.last.set(key, n);
  }
}

export interface InstanceOptions {
  readonly engine: Engine;
  /** In hexadecimal, 16 characters: also the publisher's name. */
  readonly id: string;
  now(): number;
  readonly queue?: { readonly bytes?: number; readonly seconds?: number };
}

/** A broker and its relay, as a server has them, with a check of each message and event. */
export class Instance {
  readonly id: string;
  readonly engine: Engine;
  readonly relay: Relay;
  readonly broker: Broker<Client, Message>;
  readonly events: RelayEvent[] = [];
  /** What went wrong while the engine called. */
  readonly failures: unknown[] = [];
  /** How many messages were published here, by topic. */
  readonly published = new Map<string, number>();
  readonly #clients = new Map<number, Subscriber<Client, Message>>();
  /** By topic, then by publisher; while the topic has members here. */
  readonly #known = new Map<string, Map<string, Known>>();
  readonly #queueBytes: number;
  #isScheduled = false;

  constructor({ engine, id, now, queue }: InstanceOptions) {
    this.id = id;
    this.engine = engine;
    this.#queueBytes = queue?.bytes ?? 4 * 1024 * 1024;
    this.relay = new Relay({
      engine,
      instance: Buffer.from(id, "hex"),
      now,
      ...(queue === undefined ? {} : { queue }),
      host: {
        deliver: (topic, frames) =>
          this.#noting(() => {
            for (const { payload, text } of frames) {
              const [publisher = "", n = ""] = payload.toString().split(" ");
              assert.equal(text, true);
              this.#deliver({ publisher, topic, n: Number(n) });
            }
          }),
        schedule: () => {
          this.#isScheduled = true;
        },
        event: (event) => this.#noting(() => this.#event(event)),
        memberCount: (topic) => this.broker.subscriberCount(topic),
      },
    });
    this.broker = new Broker<Client, Message>({
      deliver: (client, messages) => {
        for (const message of messages) client.receive(message);
      },
      schedule: () => {
        this.#isScheduled = true;
      },
      topicAdded: (topic) => {
        this.#known.set(topic, new Map());
        this.relay.subscribe(topic);
      },
      topicRemoved: (topic) => {
        this.#known.delete(topic);
        this.relay.unsubscribe(topic);
      },
    });
    this.relay.open();
  }

  /** Runs a check that a driver calls, which may not pass on what it throws. */
  #noting(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
  }

  /** Whether `flush` was asked for. */
  get isScheduled(): boolean {
    return this.#isScheduled;
  }

  /** The topics with members. */
  get topics(): string[] {
    const topics = new Set([...this.#clients.values()].flatMap(({ subscriptions }) => subscriptions));
    return [...topics];
  }

  subscribe(client: number, topic: string): void {
    this.#client(client).subscribe(topic);
  }

  unsubscribe(client: number, topic: string): void {
    this.#client(client).unsubscribe(topic);
  }

  #client(number: number): Subscriber<Client, Message> {
    const known = this.#clients.get(number) ?? this.broker.subscriber(new Client());
    this.#clients.set(number, known);
    return known;
  }

  /** @param size bytes of the payload, or more if it has no room in them */
  publish(topic: string, size = 0, compress = false): void {
    const n = this.published.get(topic) ?? 0;
    this.published.set(topic, n + 1);
    this.broker.publish(topic, { publisher: this.id, topic, n });
    const text = `${this.id} ${n} `.padEnd(size, "x");
    const length = text.length;
    const head =
      length < 126
        ? `\x81${String.fromCharCode(length)}`
        : `\x81\x7e${String.fromCharCode(length >> 8, length & 255)}`;
    assert.ok(length < 65_536);
    if (n % 2 === 0) this.relay.publish(topic, head + text, null, compress);
    else this.relay.publish(topic, head, Buffer.from(text), compress);
  }

  /** The end of a turn. */
  flush(): void {
    this.#isScheduled = false;
    this.broker.flush();
    this.relay.flush();
    this.check();
  }

  check(): void {
    const { queueBytes } = this.relay.metrics;
    assert.ok(queueBytes <= this.#queueBytes, `${queueBytes} bytes wait, of ${this.#queueBytes}`);
  }

  #deliver(message: Message): void {
    const { publisher, topic, n } = message;
    assert.notEqual(publisher, this.id, "an own message came back");
    const byPublisher = this.#known.get(topic);
    assert.ok(byPublisher !== undefined, `${topic} has no members here`);
    const known = byPublisher.get(publisher);
    if (known !== undefined) {
      const missing = n - known.next;
      assert.equal(known.told, missing, `of ${publisher} in ${topic}, ${missing} messages are missing`);
    }
    byPublisher.set(publisher, { next: n + 1, told: 0, away: false });
    this.broker.publish(topic, message);
  }

  #event(event: RelayEvent): void {
    this.events.push(event);
    if (event.type !== "gap") return;
    if (event.topic === null) this.away();
    else {
      assert.ok(event.count > 0);
      const known = this.#known.get(event.topic)?.get(event.instance);
      if (known !== undefined) known.told += event.count;
    }
  }

  /** What comes next may be behind a loss that was not told yet. */
  away(): void {
    for (const byPublisher of this.#known.values()) {
      for (const known of byPublisher.values()) known.away = true;
    }
  }

  /** What was lost of `publisher`'s messages is told, also if no message came behind it. */
  checkTold(publisher: Instance): void {
    for (const [topic, byPublisher] of this.#known) {
      const known = byPublisher.get(publisher.id);
      if (known === undefined || known.away) continue;
      const count = publisher.published.get(topic) ?? 0;
      assert.equal(known.next + known.told, count, `${publisher.id} has published to ${topic}`);
    }
  }

  /** The last message of `publisher` is here, in each topic that has members. */
  checkArrived(publisher: Instance): void {
    for (const [topic, byPublisher] of this.#known) {
      const count = publisher.published.get(topic) ?? 0;
      if (count > 0) assert.equal(byPublisher.get(publisher.id)?.next, count, `${publisher.id} in ${topic}`);
    }
  }
}
