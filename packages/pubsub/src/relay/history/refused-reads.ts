import { LEAST_PAUSE_MS, MOST_PAUSE_MS } from "./history-limits.ts";
import type { TopicLog } from "./topic-log.ts";

interface Refusal {
  /** Milliseconds between the next attempt and the one behind it. */
  pause: number;
  /** The next attempt is not made before this time. */
  retryAt: number;
  /** The last attempt was refused. */
  waits: boolean;
}

/**
 * The topics whose reads were refused. Each is tried again with the next tick, and then less and less often until its own read succeeds: a topic
 * that may never be read is not asked for more often because others can be read.
 */
export class RefusedReads {
  readonly #refusals = new Map<TopicLog, Refusal>();

  /** A read was refused. */
  add(log: TopicLog): void {
    const known = this.#refusals.get(log);
    if (known === undefined) this.#refusals.set(log, { pause: LEAST_PAUSE_MS, retryAt: 0, waits: true });
    else known.waits = true;
  }

  /** A read has succeeded. */
  delete(log: TopicLog): void {
    this.#refusals.delete(log);
  }

  /** The connection is lost. */
  clear(): void {
    this.#refusals.clear();
  }

  /** The topics that are to be read again now. */
  takeDue(now: number): TopicLog[] {
    const due: TopicLog[] = [];
    for (const [log, refusal] of this.#refusals) {
      if (log.isOver || log.phase !== "reading") {
        this.#refusals.delete(log);
        continue;
      }
      if (!refusal.waits || now < refusal.retryAt) continue;
      refusal.waits = false;
      refusal.retryAt = now + refusal.pause;
      refusal.pause = Math.min(2 * refusal.pause, MOST_PAUSE_MS);
      due.push(log);
    }
    return due;
  }
}
