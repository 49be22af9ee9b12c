import type { Engine } from "./engine.ts";
import { LINGER_MS } from "./limits.ts";

interface Subscription {
  readonly topic: string;
  readonly channel: string;
  hasMembers: boolean;
  /** Whether the engine was asked for the channel, on this connection. */
  isAsked: boolean;
  /** Whether it was told that the engine refuses it. */
  isRefusalTold: boolean;
}

/** The topics that have members here, and the channels that the engine is asked for. */
export class Subscriptions {
  readonly #channelOf: (topic: string) => string;
  readonly #byChannel = new Map<string, Subscription>();
  /** To be asked for at the end of the turn, or with the next connection; by channel. */
  readonly #unasked = new Map<string, Subscription>();
  /** Channels without members, with the time at which they are given up; the earliest first. */
  readonly #lingering = new Map<string, number>();

  /** @param channelOf a topic */
  constructor(channelOf: (topic: string) => string) {
    this.#channelOf = channelOf;
  }

  get size(): number {
    return this.#byChannel.size;
  }

  /** A topic has its first member. @returns whether something is to be asked for */
  join(topic: string): boolean {
    const channel = this.#channelOf(topic);
    const known = this.#byChannel.get(channel);
    if (known !== undefined) {
      known.hasMembers = true;
      this.#lingering.delete(channel);
      return false;
    }
    const subscription = { topic, channel, hasMembers: true, isAsked: false, isRefusalTold: false };
    this.#byChannel.set(channel, subscription);
    this.#unasked.set(channel, subscription);
    return true;
  }

  /** A topic has lost its last member. */
  leave(topic: string, now: number): void {
    const channel = this.#channelOf(topic);
    const known = this.#byChannel.get(channel);
    if (known === undefined || !known.hasMembers) return;
    known.hasMembers = false;
    this.#lingering.set(channel, now + LINGER_MS);
  }

  /** @returns the topic of a channel that is subscribed, and whether it has members */
  find(channel: string): { readonly topic: string; readonly hasMembers: boolean } | undefined {
    return this.#byChannel.get(channel);
  }

  /** Asks for the new channels. `rejoin` gets each, `left` those that are not wanted any more. */
  settle(engine: Engine, rejoin: (channel: string) => void, left: (channel: string) => void): void {
    if (this.#unasked.size === 0) return;
    const channels: string[] = [];
    for (const [channel, subscription] of this.#unasked) {
      if (subscription.isAsked) continue;
      if (!subscription.hasMembers) {
        this.#forget(channel);
        left(channel);
      } else {
        subscription.isAsked = true;
        rejoin(channel);
        channels.push(channel);
      }
    }
    this.#unasked.clear();
    if (channels.length > 0) engine.subscribe(channels);
  }

  /** Asks for everything, on a new connection. Topics that linger are given up. */
  settleAll(engine: Engine, rejoin: (channel: string) => void, left: (channel: string) => void): void {
    for (const channel of this.#lingering.keys()) {
      this.#forget(channel);
      left(channel);
    }
    this.#unasked.clear();
    for (const [channel, subscription] of this.#byChannel) {
      subscription.isAsked = false;
      this.#unasked.set(channel, subscription);
    }
    this.settle(engine, rejoin, left);
  }

  /**
   * The engine refuses a channel. It is not asked for again on this connection.
   * @returns the topic, if that is to be told
   */
  refuse(channel: string): string | null {
    const known = this.#byChannel.get(channel);
    if (known === undefined) return null;
    known.isAsked = false;
    if (!known.hasMembers) this.#forget(channel);
    if (known.isRefusalTold || !known.hasMembers) return null;
    known.isRefusalTold = true;
    return known.topic;
  }

  /**
   * Gives up the channels whose time has come.
   * @param engine null while it is down
   * @param left gets each
   */
  expire(engine: Engine | null, now: number, left: (channel: string) => void): void {
    const channels: string[] = [];
    for (const [channel, until] of this.#lingering) {
      if (until > now) break;
      if (this.#byChannel.get(channel)?.isAsked === true) channels.push(channel);
      this.#forget(channel);
      left(channel);
    }
    if (engine !== null && channels.length > 0) engine.unsubscribe(channels);
  }

  #forget(channel: string): void {
    this.#byChannel.delete(channel);
    this.#unasked.delete(channel);
    this.#lingering.delete(channel);
  }
}
