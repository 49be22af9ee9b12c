import { clearInterval, setInterval } from "node:timers";
import type { HistoryRule } from "@mantou/pubsub/relay";
import { EPOCH_FACTOR, LEAST_EPOCH_MS, REFRESH_MS, REFRESHES } from "../limits.ts";

/** How long the server keeps the epoch of a topic without messages, in milliseconds. */
export function epochLife({ seconds }: HistoryRule): string {
  return String(Math.ceil(Math.max(seconds * 1000 * EPOCH_FACTOR, LEAST_EPOCH_MS)));
}

interface Kept {
  readonly life: string;
  /** When it is to be refreshed. */
  dueAt: number;
}

/** Lets the epochs of subscribed topics live on: a topic that is silent for hours would lose its own, and that is a gap for all. */
export class EpochKeeper {
  readonly #refresh: (channel: string, life: string) => void;
  /** Subscribed channels; null as long as their rule is not known. */
  readonly #channels = new Map<string, Kept | null>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;

  constructor(refresh: (channel: string, life: string) => void, now: () => number = () => performance.now()) {
    this.#refresh = refresh;
    this.#now = now;
  }

  keep(channels: readonly string[]): void {
    for (const channel of channels) {
      if (!this.#channels.has(channel)) this.#channels.set(channel, null);
    }
    if (channels.length > 0) this.#timer ??= setInterval(() => this.tick(), REFRESH_MS).unref();
  }

  forget(channels: readonly string[]): void {
    for (const channel of channels) this.#channels.delete(channel);
  }

  /** A script refreshes the epoch of a channel. */
  touch(channel: string, rule: HistoryRule): void {
    if (!this.#channels.has(channel)) return;
    const life = epochLife(rule);
    this.#channels.set(channel, { life, dueAt: this.#now() + Number(life) / 2 });
  }

  /** Refreshes what is due, and not all topics at once. */
  tick(): void {
    const now = this.#now();
    // However many there are: all in a quarter of the shortest life, as each has the half of its own from when it is due.
    const most = Math.max(REFRESHES, Math.ceil((this.#channels.size * REFRESH_MS) / (LEAST_EPOCH_MS / 4)));
    let refreshes = 0;
    for (const [channel, kept] of this.#channels) {
      if (kept === null || kept.dueAt > now) continue;
      if (refreshes++ === most) return;
      kept.dueAt = now + Number(kept.life) / 2;
      this.#refresh(channel, kept.life);
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#channels.clear();
  }
}
