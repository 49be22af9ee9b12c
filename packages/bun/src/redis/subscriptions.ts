import { throwingLater } from "../base/throw-later.ts";
import type { Listener } from "./connection.ts";

/** The channels of a client, with their listeners. */
export class Subscriptions {
  readonly #listeners: Map<string, Set<Listener>> = new Map();
  /** What the package calls for each listener: an error in a listener must not stop the reader of replies. */
  readonly #wrapped: WeakMap<Listener, Listener> = new WeakMap();
  readonly #onMessage: () => void;

  /** @param onMessage is called before the listener of each message */
  constructor(onMessage: () => void) {
    this.#onMessage = onMessage;
  }

  /** The number of channels. */
  get size(): number {
    return this.#listeners.size;
  }

  get channels(): string[] {
    return [...this.#listeners.keys()];
  }

  has(channel: string): boolean {
    return this.#listeners.has(channel);
  }

  /** What the package is given for a listener. */
  wrappedOf(listener: Listener): Listener {
    const known = this.#wrapped.get(listener);
    if (known !== undefined) return known;
    const calls = throwingLater(listener);
    const wrapped: Listener = (message, channel) => {
      this.#onMessage();
      calls(message, channel);
    };
    this.#wrapped.set(listener, wrapped);
    return wrapped;
  }

  /** @returns the channels that had not had this listener */
  add(channels: readonly string[], listener: Listener): readonly string[] {
    return channels.filter((channel) => {
      const of = this.#listeners.get(channel) ?? new Set();
      const isNew = !of.has(listener);
      this.#listeners.set(channel, of.add(listener));
      return isNew;
    });
  }

  /** @param listener undefined for all of the channels */
  remove(channels: readonly string[], listener: Listener | undefined): void {
    for (const channel of channels) {
      const of = this.#listeners.get(channel);
      if (listener !== undefined) of?.delete(listener);
      if (listener === undefined || of?.size === 0) this.#listeners.delete(channel);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
