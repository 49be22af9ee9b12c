import type { FrameHead } from "./frame.ts";
import { GRACE_MS, LEFT_NUMBERS_MS, LIVING_MS, MOST_NUMBERS, MOST_PEERS, NUMBERS_KEPT_MS } from "./limits.ts";

interface Peer {
  /** When anything came from it. */
  heardAt: number;
  /** When its last heartbeat came; -Infinity before the first. */
  beatAt: number;
  /** It lives until then. Only an instance with heartbeats does. Infinity while the engine is down. */
  livesUntil: number;
  /**
   * By channel the number that comes next. Below 0, as `-1 - number`, in a channel that was not subscribed for a while: frames
   * before that number are duplicates, and a hole behind it is none.
   */
  readonly numbers: Map<string, number>;
}

/** What is known of the other instances: whether they live, and the numbers of their messages. */
export class Peers {
  readonly #peers = new Map<string, Peer>();
  /** Channels that are not subscribed any more and have numbers, with the time; the oldest first. */
  readonly #left = new Map<string, number>();
  #numberCount = 0;
  readonly #mostNumbers: number;

  constructor(mostNumbers: number = MOST_NUMBERS) {
    this.#mostNumbers = mostNumbers;
  }

  /** How many numbers are known. */
  get numberCount(): number {
    return this.#numberCount;
  }

  /** How many instances are known, living or not. */
  get size(): number {
    return this.#peers.size;
  }

  /** The instances that live. */
  living(now: number): string[] {
    const living: string[] = [];
    for (const [instance, { livesUntil }] of this.#peers) if (livesUntil > now) living.push(instance);
    return living;
  }

  lives(instance: string, now: number): boolean {
    const peer = this.#peers.get(instance);
    return peer !== undefined && peer.livesUntil > now;
  }

  /** Whether all living instances have sent a heartbeat since `time`. */
  allBeatSince(time: number, now: number): boolean {
    for (const { beatAt, livesUntil } of this.#peers.values()) {
      if (beatAt < time && livesUntil > now) return false;
    }
    return true;
  }

  beat(instance: string, now: number): void {
    const peer = this.#hear(instance, now);
    peer.beatAt = now;
    peer.livesUntil = now + LIVING_MS;
  }

  /** An instance has said goodbye. Its numbers are kept: a frame that it sent on a broken connection may be executed late. */
  farewell(instance: string, now: number): void {
    const peer = this.#peers.get(instance);
    if (peer !== undefined) peer.livesUntil = now;
  }

  #forget(instance: string): void {
    this.#numberCount -= this.#peers.get(instance)?.numbers.size ?? 0;
    this.#peers.delete(instance);
  }

  /**
   * Takes the numbers of a frame's messages.
   * @returns how many messages are missing before them; -1 if they have come before
   */
  receive(head: FrameHead, channel: string, now: number): number {
    const { numbers } = this.#hear(head.instance, now);
    const known = numbers.get(channel);
    const { sequence, start, count } = head;
    let missing = 0;
    if (known === undefined) this.#makeRoom();
    else {
      const next = known < 0 ? -1 - known : known;
      if (sequence < next) return -1;
      if (known >= 0) missing = sequence - Math.max(next, start);
    }
    numbers.set(channel, sequence + count);
    return missing;
  }

  #hear(instance: string, now: number): Peer {
    let peer = this.#peers.get(instance);
    if (peer === undefined) {
      if (this.#peers.size >= MOST_PEERS) this.#forgetMostSilent();
      peer = { heardAt: now, beatAt: Number.NEGATIVE_INFINITY, livesUntil: now, numbers: new Map() };
      this.#peers.set(instance, peer);
    }
    peer.heardAt = now;
    return peer;
  }

  #forgetMostSilent(): void {
    let silent = "";
    let since = Number.POSITIVE_INFINITY;
    for (const [instance, { heardAt }] of this.#peers) {
      if (heardAt >= since) continue;
      silent = instance;
      since = heardAt;
    }
    this.#forget(silent);
  }

  /** Counts one more number, and forgets one that has been known for long if there are too many. */
  #makeRoom(): void {
    this.#numberCount++;
    if (this.#numberCount <= this.#mostNumbers) return;
    for (const { numbers } of this.#peers.values()) {
      for (const channel of numbers.keys()) {
        numbers.delete(channel);
        this.#numberCount--;
        return;
      }
    }
  }

  /** A channel is not subscribed any more. Its numbers are kept for a while. */
  leave(channel: string, now: number): void {
    let isKnown = false;
    for (const { numbers } of this.#peers.values()) {
      const next = numbers.get(channel);
      if (next === undefined) continue;
      isKnown = true;
      if (next >= 0) numbers.set(channel, -1 - next);
    }
    this.#left.delete(channel);
    if (isKnown) this.#left.set(channel, now);
  }

  /** A channel is subscribed again. */
  rejoin(channel: string): void {
    this.#left.delete(channel);
  }

  /** The engine is down: nothing can be heard, and no instance is judged by its silence. */
  pause(now: number): void {
    for (const peer of this.#peers.values()) {
      if (peer.livesUntil > now) peer.livesUntil = Number.POSITIVE_INFINITY;
    }
  }

  /** The engine is back. */
  resume(now: number): void {
    for (const peer of this.#peers.values()) {
      peer.heardAt = now;
      if (peer.livesUntil === Number.POSITIVE_INFINITY) peer.livesUntil = now + GRACE_MS;
    }
  }

  tick(now: number): void {
    for (const [instance, { heardAt }] of this.#peers) {
      if (now - heardAt >= NUMBERS_KEPT_MS) this.#forget(instance);
    }
    for (const [channel, leftAt] of this.#left) {
      if (now - leftAt < LEFT_NUMBERS_MS) return;
      this.#left.delete(channel);
      for (const { numbers } of this.#peers.values()) if (numbers.delete(channel)) this.#numberCount--;
    }
  }
}
