import { CONTROL_CHANNEL, instanceChannel } from "../channel.ts";
import type { Cluster } from "../cluster.ts";
import { PeerState } from "./peer-state.ts";
import { MOST_TICK_MS } from "./presence-limits.ts";
import type { StateRecord } from "./presence-record.ts";
import type { Change, Room } from "./room.ts";

export interface OthersOptions {
  readonly cluster: Cluster;
  /** The topics that are watched, by channel. */
  readonly rooms: ReadonlyMap<string, Room>;
  /**
   * Members of another instance have come or gone.
   * @param isNews it has told it when it happened, and was not asked
   */
  changed(room: Room, change: Change, isNews: boolean): void;
}

/**
 * What other instances tell of their members. Each that lives was asked for each topic, and is asked again where a change is missing, and whenever
 * something may have been lost on its way.
 */
export class Others {
  readonly #options: OthersOptions;
  /** Instances that live and were asked. */
  readonly #peers = new Map<string, PeerState>();
  /** Instances that have told something. */
  readonly #known = new Set<string>();
  #request = 0;
  #isReady = false;
  #tickedAt = 0;
  /** Members that left since their instance did not live any more. */
  expired = 0;

  constructor(options: OthersOptions) {
    this.#options = options;
  }

  /** How many instances are known to live. */
  get size(): number {
    return this.#peers.size;
  }

  /** How many of them have not answered for a topic. */
  silent({ channel }: Room): number {
    let silent = 0;
    for (const peer of this.#peers.values()) if (peer.isAsked(channel)) silent++;
    return silent;
  }

  /** All is subscribed. What was told meanwhile was missed: each instance is asked when it is heard again. */
  ready(): void {
    this.#isReady = true;
    this.#peers.clear();
  }

  down(): void {
    this.#isReady = false;
  }

  /** A topic is subscribed that was not watched before: nothing is known of it, and one question is for all. */
  subscribed({ channel }: Room): void {
    if (!this.#isReady || this.#peers.size === 0) return;
    const number = this.#nextRequest();
    for (const peer of this.#peers.values()) peer.ask(channel, number);
    this.#options.cluster.send(CONTROL_CHANNEL, { type: "ask", number, version: 0, channel });
  }

  tick(now: number): void {
    if (!this.#isReady) return;
    this.#expire(now);
    const { rooms } = this.#options;
    const ms = Math.min(now - this.#tickedAt, MOST_TICK_MS);
    this.#tickedAt = now;
    for (const [instance, peer] of this.#peers) {
      for (const channel of peer.tick(ms)) this.#ask(instance, peer, rooms.get(channel)!);
    }
  }

  /** The members of instances that do not live any more leave. */
  #expire(now: number): void {
    const { peers } = this.#options.cluster;
    for (const instance of this.#known) {
      if (!peers.lives(instance, now)) this.expired += this.gone(instance);
    }
    for (const instance of this.#peers.keys()) if (!peers.lives(instance, now)) this.#peers.delete(instance);
  }

  /** @returns how many members an instance had */
  gone(instance: string): number {
    this.#peers.delete(instance);
    if (!this.#known.delete(instance)) return 0;
    let count = 0;
    for (const room of [...this.#options.rooms.values()]) {
      const change = room.drop(instance);
      count += change.left.length;
      this.#options.changed(room, change, false);
    }
    return count;
  }

  /** An instance lives. It may be one that did not. */
  beat(instance: string): void {
    if (!this.#peers.has(instance)) this.hello(instance);
  }

  /** An instance is back: what it has told may be lost. */
  hello(instance: string): void {
    if (!this.#isReady) return;
    const peer = new PeerState();
    this.#peers.set(instance, peer);
    for (const room of this.#options.rooms.values()) {
      if (room.isSubscribed) this.#ask(instance, peer, room);
    }
  }

  #ask(instance: string, peer: PeerState, room: Room): void {
    const { channel } = room;
    const number = this.#nextRequest();
    peer.ask(channel, number);
    const version = room.versionOf(instance);
    this.#options.cluster.send(instanceChannel(instance), { type: "ask", number, version, channel });
  }

  #nextRequest(): number {
    this.#request = (this.#request % 0xffff_ffff) + 1;
    return this.#request;
  }

  receive(instance: string, record: StateRecord): void {
    // Late words of an instance that does not live: it has no such members any more. If it lives after all, it is asked for them.
    const peer = this.#peers.get(instance);
    const room = this.#options.rooms.get(record.channel);
    if (peer === undefined || room === undefined) return;
    const isAsked = peer.isAsked(record.channel);
    const isNews = isAsked
      ? peer.answers(record)
      : record.number === 0 && record.version > room.versionOf(instance);
    if (!isNews) return;
    const state = peer.collect(record);
    if (state === "more") return;
    const seen = isAsked ? peer.answered(record.channel) : 0;
    const isNext = state !== "hole" && (state.base === 0 || state.base === room.versionOf(instance));
    if (isNext) {
      this.#known.add(instance);
      const change = room.apply(instance, state);
      if (change !== null) this.#options.changed(room, change, !isAsked);
    }
    if (!isNext || state.version < seen) this.#ask(instance, peer, room);
  }

  /** A topic is not watched any more. */
  forget(channel: string): void {
    for (const peer of this.#peers.values()) peer.forget(channel);
  }
}
