import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import type { Relay } from "@mantou/pubsub/relay";
import { runIsolated } from "../errors/log.ts";
import type { Flushed } from "../socket/flush-queue.ts";
import type { FlushScheduler } from "../socket/flush-scheduler.ts";

/** All times of a relay are multiples of it, roughly. */
const TICK_MS = 250;
/** A server that stops waits so long for what its engine has to write. */
const CLOSE_MS = 2000;

/** Gives a relay what it does not have: the end of a turn, and time. */
export class RelayDriver implements Flushed {
  next: Flushed | null = null;
  readonly #flushScheduler: FlushScheduler;
  #relay: Relay | null = null;
  #ticks: NodeJS.Timeout | null = null;

  constructor(flushScheduler: FlushScheduler) {
    this.#flushScheduler = flushScheduler;
  }

  /** Connects the relay's engine in the background. */
  open(relay: Relay): void {
    this.#relay = relay;
    relay.open();
    this.#ticks = setInterval(() => runIsolated(() => relay.tick()), TICK_MS);
    // The listening server keeps the process alive, or lets it end.
    this.#ticks.unref();
  }

  /** The relay has something to do at the end of the turn. */
  schedule(): void {
    this.#flushScheduler.add(this);
  }

  /** The end of a turn: local subscribers have got their messages. */
  flush(): void {
    this.#relay?.flush();
  }

  /**
   * Closes a relay, which may not have been opened. Never rejects.
   * @param failed called with the error of an engine that did not close well
   */
  async close(relay: Relay, failed: (error: Error) => void): Promise<void> {
    const closed = relay.close().catch(failed);
    if (this.#ticks !== null) clearInterval(this.#ticks);
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([closed, waited]);
    clearTimeout(timer);
  }
}
