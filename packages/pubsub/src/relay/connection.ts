import { CONTROL_CHANNEL } from "./channel.ts";
import type { Cluster } from "./cluster.ts";
import type { Engine } from "./engine.ts";
import type { History } from "./history/history.ts";
import type { Liveness } from "./liveness.ts";
import type { Counters } from "./metrics.ts";
import type { Outbox } from "./outbox.ts";
import type { Presence } from "./presence/presence.ts";
import type { RelayEvent } from "./relay-options.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface ConnectionOptions {
  readonly engine: Engine;
  /** The channel on which this instance gets answers. */
  readonly ownChannel: string;
  readonly subscriptions: Subscriptions;
  readonly outbox: Outbox;
  readonly cluster: Cluster;
  readonly liveness: Liveness;
  readonly counters: Counters;
  readonly history: History | null;
  readonly presence: Presence | null;
  now(): number;
  tell(event: RelayEvent): void;
}

/**
 * The phases of a relay's connection to its engine, and what each event of the engine makes of them.
 *
 * | phase | on | becomes |
 * |---|---|---|
 * | `down` | the engine's `up`: asks for all topics, and for the control channel last | `subscribing` |
 * | `subscribing` | the answer for the control channel: publishes, what waits when the others are back, too | `ready` |
 * | `subscribing`, `ready` | the engine's `down`: what is not answered waits again | `down` |
 * | all | `close` | `closed` |
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #phase: "down" | "subscribing" | "ready" | "closed" = "down";
  /** Whether the present outage was told. */
  #isDownTold = false;
  /** Whether the engine was ever there. */
  #wasUp = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#phase === "ready";
  }

  get isDown(): boolean {
    return this.#phase === "down";
  }

  get isClosed(): boolean {
    return this.#phase === "closed";
  }

  close(): void {
    this.#phase = "closed";
  }

  /** Hands to the engine what may leave, ends the turn there, and tells what was dropped. */
  send(now: number): void {
    const { engine, cluster, outbox, liveness } = this.#options;
    if (this.#phase === "ready") {
      for (const { channel, frame } of cluster.takeFrames(engine.features.maxFrameBytes)) {
        outbox.sendControl(channel, frame, now);
      }
      outbox.isOpen ||= liveness.isReunited(now);
    }
    outbox.pump(now);
    if (this.#phase !== "down") engine.flush();
    for (const event of outbox.takeDrops()) this.#tell(event);
  }

  up(): void {
    if (this.#phase === "closed") return;
    const { engine, subscriptions, cluster, liveness, ownChannel, history } = this.#options;
    const now = this.#options.now();
    this.#phase = "subscribing";
    liveness.connected(now);
    const { peers } = cluster;
    history?.up();
    this.#options.presence?.up();
    subscriptions.settleAll(
      engine,
      (channel) => peers.rejoin(channel),
      (channel) => peers.leave(channel, now),
    );
    // Last: its answer comes behind those for all topics.
    engine.subscribe([ownChannel, CONTROL_CHANNEL]);
    engine.flush();
  }

  subscribed(channels: readonly string[]): void {
    const { history, presence } = this.#options;
    if (this.#phase !== "closed") {
      history?.subscribed(channels);
      presence?.subscribed(channels, this.#options.now());
    }
    if (this.#phase !== "subscribing" || !channels.includes(CONTROL_CHANNEL)) return;
    const { subscriptions, cluster, liveness, counters } = this.#options;
    const now = this.#options.now();
    this.#phase = "ready";
    liveness.subscribed(now);
    cluster.hello(now);
    presence?.ready(now);
    history?.ready(now);
    this.send(now);
    if (this.#wasUp) counters.reconnects++;
    // Members that subscribed while the first attempts failed have missed something, too.
    const wasAway = this.#wasUp || this.#isDownTold;
    if (wasAway && subscriptions.size > 0) this.#tell({ type: "gap", topic: null, count: null });
    this.#wasUp = true;
    this.#isDownTold = false;
    this.#tell({ type: "up" });
  }

  /** A topic may be named by a client: one that the engine refuses must not end the connection of all others. */
  denied(channels: readonly string[], error: Error): void {
    if (this.#phase === "closed" || this.#phase === "down") return;
    const { engine, subscriptions, cluster, ownChannel, history, presence } = this.#options;
    if (channels.some((channel) => channel === CONTROL_CHANNEL || channel === ownChannel)) {
      engine.reconnect(error);
      return;
    }
    const now = this.#options.now();
    for (const channel of channels) {
      const topic =
        subscriptions.refuse(channel) ?? history?.refuse(channel) ?? presence?.refuse(channel) ?? null;
      cluster.peers.leave(channel, now);
      if (topic !== null) this.#tell({ type: "refused", topic, error });
    }
  }

  down(error: Error): void {
    if (this.#phase === "closed") return;
    const { outbox, cluster, history, presence } = this.#options;
    const now = this.#options.now();
    this.#phase = "down";
    outbox.recall(now);
    cluster.down(now);
    history?.down(now);
    presence?.down(now);
    if (!this.#isDownTold) {
      this.#isDownTold = true;
      this.#tell({ type: "down", error });
    }
    this.send(now);
  }

  /** The engine has executed the oldest `count` frames; with an error, refused them. */
  answered(count: number, error?: Error): void {
    if (this.#phase === "closed") return;
    const { outbox } = this.#options;
    outbox.answered(count, error);
    if (error !== undefined || !outbox.isEmpty) this.send(this.#options.now());
  }

  /** A listener may have closed the relay. */
  #tell(event: RelayEvent): void {
    if (this.#phase !== "closed") this.#options.tell(event);
  }
}
