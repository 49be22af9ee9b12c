import { MOST_PUBLISHERS } from "./history-limits.ts";
import type { PlacedFrames } from "./placed-frames.ts";

/**
 * The numbers of a topic's publishers. A frame that was sent again may be in the engine twice, if the first one was executed late: it has a
 * second place then, and no second delivery.
 */
export class Publishers {
  /** The number that comes next, by instance; the one that published last is the last one. */
  readonly #next = new Map<string, number>();

  /** @returns whether the messages are new */
  take({ origin: { instance, sequence }, span }: PlacedFrames): boolean {
    const next = this.#next.get(instance);
    if (next !== undefined && sequence < next) return false;
    this.#next.delete(instance);
    this.#next.set(instance, sequence + span);
    if (this.#next.size > MOST_PUBLISHERS) {
      for (const oldest of this.#next.keys()) {
        this.#next.delete(oldest);
        break;
      }
    }
    return true;
  }
}
