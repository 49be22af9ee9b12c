import { setImmediate } from "node:timers";
import type { Connection, ConnectionEvents } from "../connection.ts";
import { CONNECT_MS, LEAVE_MS, NATS_FRAME_BYTES, NATS_HEADER_BYTES } from "../limits.ts";
import { withTime } from "../with-time.ts";
import { explain } from "./errors.ts";
import { NatsHistory } from "./history.ts";
import type { NatsSettings } from "./options.ts";
import type { NatsClient, NatsPackage, Subscription } from "./package.ts";
import { Refusals } from "./refusals.ts";
import { subjectOf } from "./subject.ts";

/** What the server has handled when it answers the next ping. */
interface Asked {
  /** They are subscribed first: the server may have a limit. */
  readonly vital: Set<string>;
  readonly channels: Set<string>;
  /** The subject of each message. */
  readonly published: string[];
  /** Frames that this process is to get back. The server keeps a client's own messages from it (`noEcho`). */
  readonly echoes: { readonly channel: string; readonly subject: string; readonly frame: Uint8Array }[];
}

/** One connection to a NATS server. */
export class NatsConnection implements Connection {
  readonly maxFrameBytes: number;
  readonly history: NatsHistory;
  readonly #client: NatsClient;
  readonly #where: string;
  readonly #prefix: string;
  readonly #events: ConnectionEvents;
  readonly #subscriptions: Map<string, Subscription> = new Map();
  #asked: Asked = nothing();
  readonly #refusals: Refusals = new Refusals();
  #isWaiting = false;
  #isOver = false;

  /** @throws Error that says what to do (rejects) */
  static async open(
    nats: NatsPackage,
    settings: NatsSettings,
    channelPrefix: string,
    events: ConnectionEvents,
  ): Promise<NatsConnection> {
    const { login, where } = settings;
    try {
      // The engine connects anew itself, with a new client: this one would keep what was published meanwhile for some time, without a bound.
      const client = await nats.connect({
        ...login,
        reconnect: false,
        noEcho: true,
        timeout: CONNECT_MS,
        noAsyncTraces: true,
      });
      return new NatsConnection(client, nats, settings, channelPrefix, events);
    } catch (error) {
      throw explain(error as Error, where);
    }
  }

  private constructor(
    client: NatsClient,
    nats: NatsPackage,
    { where, prefix }: NatsSettings,
    channelPrefix: string,
    events: ConnectionEvents,
  ) {
    this.#client = client;
    this.#where = where;
    this.#prefix = prefix;
    this.#events = events;
    this.maxFrameBytes = (client.info?.max_payload ?? NATS_FRAME_BYTES) - NATS_HEADER_BYTES;
    const lose = (error: Error | undefined) => this.#lose(error ?? new Error("the server has closed it"));
    const deny = (error: Error) => this.#denyHistories(error);
    this.history = new NatsHistory({
      client,
      package: nats,
      prefix,
      channelPrefix,
      where,
      events,
      isAsked: (channel) => this.#asked.channels.has(channel),
      deny,
      lose,
    });
    client.closed().then(lose, lose);
    this.#watch().catch(lose);
  }

  /** Not before `flush()`: what the server refuses must be of one ping. */
  subscribe(channels: readonly string[], isVital: boolean): void {
    const asked = isVital ? this.#asked.vital : this.#asked.channels;
    for (const channel of channels) asked.add(channel);
  }

  unsubscribe(channels: readonly string[]): void {
    if (this.#isOver) return;
    for (const channel of channels) {
      this.#asked.channels.delete(channel);
      this.#subscriptions.get(channel)?.unsubscribe();
      this.#subscriptions.delete(channel);
    }
    this.history.unsubscribed(channels);
  }

  publish(channel: string, frame: Uint8Array, comesBack: boolean): void {
    if (this.#isOver) return;
    const subject = subjectOf(this.#prefix, channel);
    try {
      this.#client.publish(subject, frame);
    } catch (error) {
      // The package has seen the end of the connection, or the server takes shorter messages now. Not within the call.
      setImmediate(() => this.#lose(error as Error));
      return;
    }
    this.#asked.published.push(subject);
    if (comesBack) this.#asked.echoes.push({ channel, subject, frame });
  }

  /** One ping at a time: its answer is that to all before it. The package writes what was asked at the end of the microtasks. */
  flush(): void {
    const asked = this.#asked;
    if (this.#isWaiting || this.#isOver) return;
    if (asked.published.length === 0 && asked.vital.size === 0 && asked.channels.size === 0) return;
    this.#asked = nothing();
    this.#isWaiting = true;
    const added: string[] = [];
    try {
      for (const channels of [asked.vital, asked.channels]) this.#subscribeAll(channels, added);
    } catch (error) {
      setImmediate(() => this.#lose(error as Error));
      return;
    }
    this.history.release(asked.channels);
    this.#client.flush().then(
      // In another turn: the package tells what the server has refused some microtasks later than the answer behind it.
      () => setImmediate(() => this.#answer(asked, added)),
      (error: Error) => this.#lose(error),
    );
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    this.history.release(this.#asked.channels);
    try {
      if (!this.#client.isClosed()) await withTime(this.#client.flush(), LEAVE_MS, "no answer");
    } catch {
      // It is left, in whatever state it is.
    }
    await withTime(this.history.settled(), LEAVE_MS, "no answer").catch(() => {});
    this.history.end();
    await withTime(this.#client.close(), LEAVE_MS, "not closed").catch(() => {});
  }

  #subscribeAll(channels: Iterable<string>, added: string[]): void {
    for (const channel of channels) {
      if (this.#subscriptions.has(channel)) continue;
      this.#subscriptions.set(channel, this.#subscribe(channel));
      added.push(channel);
    }
  }

  #subscribe(channel: string): Subscription {
    const isHistory = this.history.isHistory(channel);
    const subject = isHistory ? this.history.subjectOf(channel) : subjectOf(this.#prefix, channel);
    return this.#client.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) this.#violated(channel, error);
        else if (this.#isOver) return;
        else if (isHistory) this.history.live(channel, message);
        else this.#events.message(channel, message.data);
      },
    });
  }

  /** @param added the channels that the server was asked for, in that order */
  #answer({ vital, channels, published, echoes }: Asked, added: readonly string[]): void {
    this.#isWaiting = false;
    if (this.#isOver) return;
    const limit = this.#refusals.takeLimit(added);
    if (limit !== null) this.#deny(limit.channels, explain(limit.error, this.#where));
    const { refusal } = this.history;
    if (refusal !== null) this.#denyHistories(refusal);
    const subscribed = [...channels, ...vital].filter((channel) => this.#subscriptions.has(channel));
    this.history.subscribed(subscribed);
    if (subscribed.length > 0 && !this.#isOver) this.#events.subscribed(subscribed);
    for (const { count, error } of this.#refusals.runsOf(published)) {
      if (this.#isOver) return;
      if (error === null) this.#events.published(count);
      else this.#events.refused(count, explain(error, this.#where));
    }
    for (const { channel, subject, frame } of echoes) {
      const error = this.#refusals.find(subject);
      // A connection whose probe does not leave is of no use.
      if (error !== null) this.#lose(error);
      if (!this.#isOver && this.#subscriptions.has(channel)) this.#events.message(channel, frame);
    }
    this.#refusals.nextPing();
    this.flush();
  }

  /** The user may not have a channel. */
  #violated(channel: string, error: Error): void {
    this.#refusals.addChannel(channel);
    this.#deny([channel], explain(error, this.#where));
  }

  /** JetStream cannot be had. */
  #denyHistories(error: Error): void {
    const channels = [...this.#subscriptions.keys()].filter((channel) => this.history.isHistory(channel));
    if (channels.length > 0) this.#deny(channels, error);
  }

  #deny(channels: readonly string[], error: Error): void {
    if (this.#isOver) return;
    this.history.unsubscribed(channels);
    for (const channel of channels) {
      this.#subscriptions.get(channel)?.unsubscribe();
      this.#subscriptions.delete(channel);
    }
    this.#events.denied(channels, error);
  }

  /** Errors that the server tells, and that belong to no call. */
  async #watch(): Promise<void> {
    for await (const { type, error } of this.#client.status()) {
      if (type !== "error" || error === undefined) continue;
      const { operation, subject } = error;
      if (operation === "publish" && subject !== undefined) this.history.violated(subject, error);
      if (!this.#refusals.take(error)) this.#lose(error);
    }
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.history.end();
    this.#client.close().catch(() => {});
    this.#events.lost(explain(error, this.#where));
  }
}

function nothing(): Asked {
  return { vital: new Set(), channels: new Set(), published: [], echoes: [] };
}
