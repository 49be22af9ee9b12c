import { topicChannel } from "../channel.ts";
import type { Engine } from "../engine.ts";
import { LINGER_MS } from "../limits.ts";
import type { HistoryRule } from "./history-engine.ts";
import { RingBudget } from "./ring.ts";
import { TopicLog } from "./topic-log.ts";

/** The channel of a history topic. It is another one than that of the same topic without history. */
export function historyChannel(topic: string): string {
  return historyChannelOf(topicChannel(topic));
}

/** @param channel of the same topic without history */
export function historyChannelOf(channel: string): string {
  return `h${channel}`;
}

/** The history topics that have members here, and the channels that the engine is asked for. */
export class TopicLogs {
  readonly #byChannel = new Map<string, TopicLog>();
  readonly rings: RingBudget = new RingBudget();
  /** To be asked for at the end of the turn, or with the next connection. */
  readonly #unasked = new Set<TopicLog>();
  /** Without members, with the time at which they are given up; the earliest first. */
  readonly #lingering = new Map<TopicLog, number>();

  get size(): number {
    return this.#byChannel.size;
  }

  find(channel: string): TopicLog | undefined {
    return this.#byChannel.get(channel);
  }

  /** @returns the topic's log, and whether it is to be asked for */
  join(topic: string, rule: HistoryRule): { readonly log: TopicLog; readonly isNew: boolean } {
    const channel = historyChannel(topic);
    const known = this.#byChannel.get(channel);
    if (known !== undefined) {
      known.hasMembers = true;
      this.#lingering.delete(known);
      return { log: known, isNew: false };
    }
    const log = new TopicLog(topic, channel, rule, this.rings);
    this.#byChannel.set(channel, log);
    this.#unasked.add(log);
    return { log, isNew: true };
  }

  leave(topic: string, now: number): void {
    const log = this.#byChannel.get(historyChannel(topic));
    if (log === undefined || !log.hasMembers) return;
    log.hasMembers = false;
    this.#lingering.set(log, now + LINGER_MS);
  }

  /** Asks for the new channels. */
  settle(engine: Engine): void {
    const channels: string[] = [];
    for (const log of this.#unasked) {
      if (log.phase !== "unasked") continue;
      if (log.hasMembers) {
        log.phase = "asked";
        channels.push(log.channel);
      } else this.#forget(log);
    }
    this.#unasked.clear();
    if (channels.length > 0) engine.subscribe(channels);
  }

  /** Asks for everything, on a new connection. Topics that linger are given up. */
  settleAll(engine: Engine): void {
    for (const log of this.#lingering.keys()) this.#forget(log);
    this.#unasked.clear();
    for (const log of this.#byChannel.values()) this.#unasked.add(log);
    this.settle(engine);
  }

  /**
   * The engine refuses a channel. It is not asked for again on this connection.
   * @returns the topic, if that is to be told
   */
  refuse(channel: string): string | null {
    const log = this.#byChannel.get(channel);
    if (log === undefined) return null;
    log.phase = "unasked";
    if (!log.hasMembers) this.#forget(log);
    if (log.isRefusalTold || !log.hasMembers) return null;
    log.isRefusalTold = true;
    return log.topic;
  }

  /** The connection is lost. */
  down(): void {
    for (const log of this.#byChannel.values()) {
      log.phase = "unasked";
      log.isConfirmed = false;
      log.takeHeld();
      // The request that ends an epoch may be lost with its connection.
      log.rotated = null;
    }
  }

  /** @param engine null while it is down */
  expire(engine: Engine | null, now: number): void {
    const channels: string[] = [];
    for (const [log, until] of this.#lingering) {
      if (until > now) break;
      if (log.phase !== "unasked") channels.push(log.channel);
      this.#forget(log);
    }
    if (engine !== null && channels.length > 0) engine.unsubscribe(channels);
  }

  #forget(log: TopicLog): void {
    log.end();
    this.#unasked.delete(log);
    this.#lingering.delete(log);
    this.#byChannel.delete(log.channel);
  }
}
