import assert from "node:assert/strict";
import type {
  Engine,
  EngineEvents,
  EngineFeatures,
  EngineHistory,
  HistoryEvents,
  HistoryRule,
} from "../../src/relay/index.ts";

/** What an instance has asked an engine to append, once. */
export interface Appended {
  readonly channel: string;
  /** A copy for each time that it is sent. */
  readonly frame: Uint8Array;
  readonly count: number;
  readonly rule: HistoryRule;
  readonly retry: boolean;
}

/** An engine whose messages of history topics come twice or not at all, and whose requests are refused or lost, when a test wants it. */
export class FaultyHistory implements Engine {
  readonly #engine: Engine;
  readonly history: EngineHistory;
  /** The next messages come twice. */
  duplicates = 0;
  /** The next messages do not come. */
  losses = 0;
  /** The next reads are refused. */
  refusals = 0;
  /** The next requests to end an epoch are lost, with their connection. */
  lostRotates = 0;
  /** A connection is to break. */
  onLost: () => void = () => {};
  /** Without an answer so far. */
  readonly #unanswered = new Map<number, Appended>();
  /** The same on connections that broke: what was not executed may be executed late. */
  readonly abandoned: Appended[] = [];
  /** A frame is handed to the relay. */
  onFrame: (channel: string, frame: Uint8Array) => void = () => {};
  /** The channels of reads, by request. */
  readonly #reads = new Map<number, string>();
  readonly #refused = new Set<number>();
  #isDead = false;
  #isUp = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    const inner = engine.history;
    assert.ok(inner !== undefined);
    this.history = {
      listen: (events) => inner.listen(this.#events(events)),
      append: (request, channel, frame, count, rule, retry) => {
        assert.ok(this.#isUp, "the engine is asked for something while it is down");
        const sent = Uint8Array.from(frame);
        this.#unanswered.set(request, { channel, frame: sent, count, rule, retry });
        inner.append(request, channel, sent, count, rule, retry);
      },
      read: (request, channel, from, limit, rule) => {
        assert.ok(this.#isUp, "the engine is asked for something while it is down");
        this.#reads.set(request, channel);
        if (this.refusals > 0) {
          this.refusals--;
          this.#refused.add(request);
        }
        inner.read(request, channel, from, limit, rule);
      },
      rotate: (channel, epoch) => {
        if (this.lostRotates > 0) {
          this.lostRotates--;
          this.onLost();
        } else inner.rotate(channel, epoch);
      },
    };
  }

  #alive<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (!this.#isDead) call(...args);
    };
  }

  #abandon(): void {
    this.abandoned.push(...this.#unanswered.values());
    this.#unanswered.clear();
  }

  #events(events: HistoryEvents): HistoryEvents {
    return {
      message: this.#alive((channel, frame, place) => {
        if (this.losses > 0) {
          this.losses--;
          return;
        }
        for (let times = this.duplicates > 0 ? 2 : 1; times > 0; times--) {
          // Borrowed: the copy is overwritten as soon as the function has returned.
          const borrowed = Uint8Array.from(frame);
          this.onFrame(channel, frame);
          events.message(channel, borrowed, place);
          borrowed.fill(0xff);
        }
        this.duplicates = Math.max(this.duplicates - 1, 0);
      }),
      appended: this.#alive((request, place, duplicate) => {
        this.#unanswered.delete(request);
        events.appended(request, place, duplicate);
      }),
      slice: this.#alive((request, slice) => {
        if (this.#refused.delete(request)) {
          events.failed(request, new Error("busy"), false);
          return;
        }
        for (const { frame } of slice.frames) this.onFrame(this.#reads.get(request)!, frame);
        events.slice(request, slice);
      }),
      failed: this.#alive((request, error, ambiguous) => {
        this.#unanswered.delete(request);
        events.failed(request, error, ambiguous);
      }),
    };
  }

  get features(): EngineFeatures {
    return this.#engine.features;
  }

  open(events: EngineEvents): void {
    this.#engine.open({
      up: this.#alive(() => {
        this.#isUp = true;
        events.up();
      }),
      down: this.#alive((error) => {
        this.#isUp = false;
        this.#abandon();
        events.down(error);
      }),
      subscribed: this.#alive((channels) => events.subscribed(channels)),
      published: this.#alive((count) => events.published(count)),
      refused: this.#alive((count, error) => events.refused(count, error)),
      denied: this.#alive((channels, error) => events.denied(channels, error)),
      message: this.#alive((channel, frame) => events.message(channel, frame)),
    });
  }

  subscribe(channels: readonly string[]): void {
    this.#engine.subscribe(channels);
  }

  unsubscribe(channels: readonly string[]): void {
    this.#engine.unsubscribe(channels);
  }

  publish(channel: string, frame: Uint8Array): void {
    this.#engine.publish(channel, frame);
  }

  flush(): void {
    this.#engine.flush();
  }

  reconnect(error: Error): void {
    this.#engine.reconnect(error);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** The instance is killed: it is told nothing any more. */
  kill(): void {
    this.#isDead = true;
    this.#abandon();
    void this.#engine.close();
  }
}
