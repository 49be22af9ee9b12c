import { FlushQueue } from "./flush-queue.ts";
import { turnEnd } from "./turn-end.ts";
import { COPIED_BYTES, type WriteQueue } from "./write-queue.ts";

/** Milliseconds between two looks at the clock: handlers that take longer are not waited for. */
const SLOW_MS = 0.25;

/** The clock is looked at for each so many reads: that may take 0.2 µs. */
const READS_A_LOOK = 4;

/** More responses do not wait. With 32 a fast client is idle for longer: hello, which it just keeps up with, lost what 1 KiB of JSON won. */
const MOST_WAITING = 8;

/** Behind so many turns of one response each, the ends of turns are not awaited: for a single client that took 6 % of the CPU. */
const LONE_TURNS = 4;
/** Then the end of a turn is awaited for each so many responses, to see whether it has others. A prime: a look at the last response of a turn sees none. */
const RESPONSES_A_LOOK = 17;

/**
 * Writes the small responses of a turn of the event loop together, at its end. A write wakes the process of a client that waits for it, and
 * on one machine that costs more than the write itself: with 64 connections a response of 1 KiB of JSON takes 0.83 of the CPU so.
 *
 * The first response of a turn is written at once: a request that is alone does not wait. The others wait for a few handlers at most if
 * these take long, whether they respond in this turn or not: those of requests, and of WebSocket messages.
 */
export class TurnWrites {
  readonly #queues = new FlushQueue();
  /** Responses that wait. */
  #waiting = 0;
  /** A response has been written in this turn, and the others wait for its end. */
  #begun = false;
  /** Turns of one response each, up to now. */
  #lone = 0;
  /** Responses whose turn's end was not awaited. */
  #unwatched = 0;
  /** When the clock was looked at, and reads since then. */
  #seen = 0;
  #reads = 0;
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Writes what has been sent on a connection: now, or at the end of this turn. */
  write(queue: WriteQueue): void {
    if (queue.size === 0) return;
    if (!this.#begun) {
      if (this.#lone < LONE_TURNS || ++this.#unwatched % RESPONSES_A_LOOK === 0) this.#begin();
      queue.flush();
      return;
    }
    this.#lone = 0;
    if (queue.size > COPIED_BYTES) queue.flush();
    else {
      this.#queues.add(queue);
      this.#waiting++;
      if (this.#waiting === 1) this.#look();
      else if (this.#waiting > MOST_WAITING) this.#flush();
    }
  }

  /** A connection is read: its handlers run next. */
  beforeRead(): void {
    if (this.#waiting > 0 && ++this.#reads >= READS_A_LOOK) this.#look();
  }

  #look(): void {
    const now = this.#now();
    if (now - this.#seen > SLOW_MS) this.#flush();
    this.#seen = now;
    this.#reads = 0;
  }

  #begin(): void {
    this.#begun = true;
    this.#lone++;
    this.#seen = this.#now();
    turnEnd.run(this.#end);
  }

  readonly #end = (): void => {
    this.#begun = false;
    this.#flush();
  };

  #flush(): void {
    this.#waiting = 0;
    this.#queues.flush();
  }
}

/** The one of this process: a turn is that of all servers. */
export const turnWrites: TurnWrites = /* @__PURE__ */ new TurnWrites();
