import { COUNT_MS, MOST_COUNTS } from "./limits.ts";
import type { TopicCount } from "./relay-options.ts";

interface Count {
  readonly channel: string;
  readonly request: number;
  readonly until: number;
  readonly callbacks: ((count: TopicCount) => void)[];
  /** Living instances that have not answered. */
  readonly silent: Set<string>;
  readonly answered: Set<string>;
  connections: number;
}

/** Counts of topics that wait for the answers of other instances. Calls for the same topic share one question. */
export class Counts {
  readonly #byChannel = new Map<string, Count>();
  /** The earliest question first. */
  readonly #byRequest = new Map<number, Count>();
  #request = 0;

  /**
   * @param own members of this instance
   * @param others the living instances
   * @returns the number of a new question; null if the topic is being counted, or too many are
   */
  ask(
    channel: string,
    own: number,
    others: readonly string[],
    now: number,
    callback: (count: TopicCount) => void,
  ): number | null {
    const known = this.#byChannel.get(channel);
    if (known !== undefined) {
      known.callbacks.push(callback);
      return null;
    }
    if (others.length === 0 || this.#byChannel.size >= MOST_COUNTS) {
      callback({ connections: own, instances: 1, silent: others.length });
      return null;
    }
    this.#request = (this.#request + 1) % 0x1_0000_0000;
    const count: Count = {
      channel,
      request: this.#request,
      until: now + COUNT_MS,
      callbacks: [callback],
      silent: new Set(others),
      answered: new Set(),
      connections: own,
    };
    this.#byChannel.set(channel, count);
    this.#byRequest.set(count.request, count);
    return count.request;
  }

  answer(request: number, instance: string, connections: number): void {
    const count = this.#byRequest.get(request);
    if (count === undefined || count.answered.has(instance)) return;
    count.answered.add(instance);
    count.silent.delete(instance);
    count.connections += connections;
    if (count.silent.size === 0) this.#end(count);
  }

  /** An instance has said goodbye: nothing is awaited from it. */
  forget(instance: string): void {
    for (const count of [...this.#byRequest.values()]) {
      if (count.silent.delete(instance) && count.silent.size === 0) this.#end(count);
    }
  }

  /** Ends the counts whose time has come, with the answers that they have; all of them with `Infinity`. */
  expire(now: number): void {
    for (const count of this.#byRequest.values()) {
      if (count.until > now) return;
      this.#end(count);
    }
  }

  #end(count: Count): void {
    this.#byChannel.delete(count.channel);
    this.#byRequest.delete(count.request);
    const { connections, answered, silent } = count;
    for (const callback of count.callbacks) {
      callback({ connections, instances: answered.size + 1, silent: silent.size });
    }
  }
}
