import type { Buffer } from "node:buffer";
import { instanceChannel, topicChannel } from "./channel.ts";
import { Cluster } from "./cluster.ts";
import { Connection } from "./connection.ts";
import type { Engine } from "./engine.ts";
import { asBuffer, type ReceivedFrames } from "./frame.ts";
import { History } from "./history/history.ts";
import { Inbox } from "./inbox.ts";
import { SILENT_MS } from "./limits.ts";
import { Liveness } from "./liveness.ts";
import { Counters } from "./metrics.ts";
import { Outbox } from "./outbox.ts";
import { Presence } from "./presence/presence.ts";
import {
  type RelayEvent,
  type RelayHost,
  type RelayMetrics,
  type RelayOptions,
  resolveOptions,
  type TopicCount,
} from "./relay-options.ts";
import { Subscriptions } from "./subscriptions.ts";

/**
 * The machine between one broker and one engine: what is published here reaches the members of other instances, at most once and
 * in the order of its publisher, for each topic. It owns no socket and no timer, and awaits nothing: the host calls `flush` at the end
 * of a turn and `tick` a few times a second, and gives it a clock.
 */
export class Relay {
  readonly #engine: Engine;
  readonly #host: RelayHost;
  readonly #now: () => number;
  readonly #subscriptions = new Subscriptions(topicChannel);
  readonly #counters = new Counters();
  readonly #outbox: Outbox;
  readonly #cluster: Cluster;
  readonly #liveness: Liveness;
  readonly #inbox: Inbox;
  readonly #connection: Connection;
  /** History topics; null without the option. */
  readonly history: History | null;
  /** Members of topics; null without the option. */
  readonly presence: Presence | null;
  #isScheduled = false;
  #closed: Promise<void> | null = null;

  /** @throws TypeError, RangeError for an option that is wrong; the message names it */
  constructor(options: RelayOptions) {
    const { engine, host, instance, now, queue, history, presence } = resolveOptions(options);
    this.#engine = engine;
    this.#host = host;
    this.#now = now;
    this.#outbox = new Outbox({ engine, instance, queue, counters: this.#counters, now });
    this.#cluster = new Cluster(instance, (channel) => this.#memberCount(channel));
    this.#liveness = new Liveness(this.#cluster.peers, now());
    this.#inbox = new Inbox({
      engine,
      instance,
      subscriptions: this.#subscriptions,
      cluster: this.#cluster,
      counters: this.#counters,
      tell: (event) => this.#tell(event),
      deliver: (topic, frames) => this.#deliver(topic, frames),
    });
    this.history =
      history === null || engine.history === undefined
        ? null
        : new History({
            engine,
            history: engine.history,
            host: history,
            instance,
            queue,
            counters: this.#counters,
            now,
            schedule: () => this.#schedule(),
            tell: (event) => this.#tell(event),
          });
    const cluster = this.#cluster;
    this.presence =
      presence === null
        ? null
        : new Presence({ engine, host: presence, instance, cluster, now, schedule: () => this.#schedule() });
    cluster.presence = this.presence;
    this.#connection = new Connection({
      engine,
      history: this.history,
      presence: this.presence,
      ownChannel: instanceChannel(instance),
      subscriptions: this.#subscriptions,
      outbox: this.#outbox,
      cluster: this.#cluster,
      liveness: this.#liveness,
      counters: this.#counters,
      now,
      tell: (event) => this.#host.event(event),
    });
  }

  /** Begins to connect. */
  open(): void {
    const connection = this.#connection;
    this.#engine.open({
      up: () => connection.up(),
      down: (error) => connection.down(error),
      subscribed: (channels) => connection.subscribed(channels),
      denied: (channels, error) => connection.denied(channels, error),
      message: (channel, frame) => this.#message(channel, asBuffer(frame)),
      published: (count) => connection.answered(count),
      refused: (count, error) => connection.answered(count, error),
    });
  }

  get state(): "up" | "down" {
    return this.#connection.isReady ? "up" : "down";
  }

  get metrics(): RelayMetrics {
    return {
      state: this.state,
      ...this.#counters,
      lag: this.#cluster.lag,
      dropped: this.#outbox.dropped,
      queueBytes: this.#outbox.waitingBytes,
      topics: this.#subscriptions.size,
      instances: this.#cluster.peers.living(this.#now()).length + 1,
    };
  }

  /** A topic has its first member here (`topicAdded` of the broker). */
  subscribe(topic: string): void {
    if (this.#subscriptions.join(topic)) this.#schedule();
  }

  /** A topic has lost its last member here (`topicRemoved`). It is given up some seconds later. */
  unsubscribe(topic: string): void {
    this.#subscriptions.leave(topic, this.#now());
  }

  /**
   * Publishes to the members of other instances, at the end of the turn.
   * @param head the frame of a message (RFC 6455), unmasked and whole, in Latin-1; or its head alone
   * @param payload the rest. It must not change before `flush`.
   * @param compress whether clients that have negotiated compression get it compressed
   */
  publish(topic: string, head: string, payload: Uint8Array | null, compress: boolean): void {
    if (this.#connection.isClosed) return;
    this.#outbox.add(topic, head, payload, compress);
    this.#schedule();
  }

  /** The end of a turn: what was published and subscribed leaves. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#connection.isClosed) return;
    const now = this.#now();
    if (!this.#connection.isDown) {
      const { peers } = this.#cluster;
      this.#subscriptions.settle(
        this.#engine,
        (channel) => peers.rejoin(channel),
        (channel) => peers.leave(channel, now),
      );
    }
    this.#outbox.seal(now);
    this.history?.flush(now);
    this.presence?.flush(now);
    this.#connection.send(now);
  }

  /** Lets time pass. The host calls it a few times a second. */
  tick(): void {
    if (this.#connection.isClosed) return;
    const now = this.#now();
    const engine = this.#connection.isDown ? null : this.#engine;
    this.#subscriptions.expire(engine, now, (channel) => this.#cluster.peers.leave(channel, now));
    this.#liveness.tick(engine !== null, now);
    if (engine !== null && this.#liveness.takeSilence(now)) {
      // It is away, also before it says so: no other instance is judged by its silence.
      this.#cluster.peers.pause(now);
      engine.reconnect(new Error(`nothing came from the engine for ${SILENT_MS / 1000} seconds`));
    }
    if (this.#connection.isReady) this.#cluster.tick(now);
    this.history?.tick(now);
    this.presence?.tick(now);
    this.#connection.send(now);
  }

  /**
   * Counts the members of a topic in the cluster.
   * @param callback called once: at once if there is no other instance or no engine, else within about a second
   */
  count(topic: string, callback: (count: TopicCount) => void): void {
    const now = this.#now();
    const own = this.#host.memberCount(topic);
    if (!this.#connection.isReady) {
      callback({ connections: own, instances: 1, silent: this.#cluster.peers.living(now).length });
      return;
    }
    this.#cluster.count(topicChannel(topic), own, now, callback);
    if (this.#cluster.isWaiting) this.#schedule();
  }

  /**
   * Sends what it has, says goodbye, and closes the engine. Nothing of the host is called after that, but the callbacks of publications to
   * history topics until the promise is fulfilled.
   */
  close(): Promise<void> {
    if (this.#closed !== null) return this.#closed;
    const now = this.#now();
    this.#outbox.isOpen = this.#connection.isReady;
    this.#outbox.seal(now);
    this.#outbox.pump(now);
    this.#outbox.close();
    this.history?.close(now);
    this.presence?.close();
    if (this.#connection.isReady) this.#cluster.farewell();
    this.#connection.send(now);
    this.#cluster.close();
    this.#connection.close();
    this.#closed = this.#engine.close().finally(() => this.history?.end());
    return this.#closed;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#connection.isClosed) return;
    this.#isScheduled = true;
    this.#host.schedule();
  }

  #memberCount(channel: string): number {
    const found = this.#subscriptions.find(channel) ?? this.history?.find(channel);
    return found?.hasMembers === true ? this.#host.memberCount(found.topic) : 0;
  }

  #message(channel: string, frame: Buffer): void {
    if (this.#connection.isClosed) return;
    const now = this.#now();
    this.#liveness.heard(now);
    this.#inbox.receive(channel, frame, now);
    if (this.#cluster.isWaiting) this.#schedule();
    // It may have been the last instance that what waits has waited for.
    if (!this.#outbox.isOpen && !this.#outbox.isEmpty) this.#connection.send(now);
  }

  /** A listener may have closed the relay. */
  #tell(event: RelayEvent): void {
    if (!this.#connection.isClosed) this.#host.event(event);
  }

  #deliver(topic: string, frames: ReceivedFrames): void {
    if (!this.#connection.isClosed) this.#host.deliver(topic, frames);
  }
}
