import { MOST_OWN_NUMBERS } from "./limits.ts";

interface Numbering {
  readonly start: number;
  next: number;
}

/**
 * The numbers that this instance gives its messages, for each channel. Only so many channels are remembered: one that was forgotten
 * begins anew, above all numbers that were ever forgotten, and its frames say with which number. So no number is used twice.
 */
export class OwnNumbers {
  /** The channel used last is the last one. */
  readonly #numberings = new Map<string, Numbering>();
  /** Channels with messages that were not sent, and the number behind the last of those. */
  readonly #lost = new Map<string, number>();
  #floor = 0;
  readonly #most: number;

  constructor(most: number = MOST_OWN_NUMBERS) {
    this.#most = most;
  }

  get size(): number {
    return this.#numberings.size;
  }

  /** Gives the next `count` numbers of a channel. */
  take(channel: string, count: number): { readonly sequence: number; readonly start: number } {
    let numbering = this.#numberings.get(channel);
    if (numbering === undefined) {
      if (this.#numberings.size >= this.#most) this.#forgetOldest();
      numbering = { start: this.#floor, next: this.#floor };
    } else this.#numberings.delete(channel);
    this.#numberings.set(channel, numbering);
    const sequence = numbering.next;
    numbering.next += count;
    return { sequence, start: numbering.start };
  }

  #forgetOldest(): void {
    for (const [channel, { next }] of this.#numberings) {
      this.#floor = Math.max(this.#floor, next);
      this.#numberings.delete(channel);
      this.#lost.delete(channel);
      return;
    }
  }

  /** The messages before `end` are not sent. The next frame tells others; without one, a frame without messages does. */
  lose(channel: string, end: number): void {
    if (this.#numberings.has(channel)) this.#lost.set(channel, Math.max(end, this.#lost.get(channel) ?? 0));
  }

  /** A frame with this number leaves. */
  sent(channel: string, sequence: number): void {
    if (this.#lost.size === 0) return;
    const end = this.#lost.get(channel);
    if (end !== undefined && sequence >= end) this.#lost.delete(channel);
  }

  /** The channels whose loss no frame has told. They are told with this. */
  takeLost(): string[] {
    const channels = [...this.#lost.keys()];
    this.#lost.clear();
    return channels;
  }
}
