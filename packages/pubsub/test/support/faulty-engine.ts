import assert from "node:assert/strict";
import type { Engine, EngineEvents, EngineFeatures } from "../../src/relay/index.ts";

/** How many published frames may come once more. */
const REMEMBERED = 5;

/** An engine whose messages of topics come twice, or not at all, when a test wants it. It checks that its relay keeps the contract. */
export class FaultyEngine implements Engine {
  readonly #engine: Engine;
  /** The next messages come twice. */
  duplicates = 0;
  /** The next messages do not come. */
  losses = 0;
  onLoss: () => void = () => {};
  /** A frame is handed to the relay. */
  onMessage: (frame: Uint8Array) => void = () => {};
  readonly #isLate: (channel: string) => boolean;
  /** The frames that were published last, and that may come once more. */
  readonly published: { readonly channel: string; readonly frame: Uint8Array }[] = [];
  #isDead = false;
  #isUp = false;

  /** @param isLate the channels whose frames may come once more: those of topics by default */
  constructor(engine: Engine, isLate: (channel: string) => boolean = isTopic) {
    this.#engine = engine;
    this.#isLate = isLate;
  }

  get features(): EngineFeatures {
    return this.#engine.features;
  }

  open(events: EngineEvents): void {
    const alive = <A extends unknown[]>(call: (...args: A) => void): ((...args: A) => void) => {
      return (...args) => {
        if (!this.#isDead) call(...args);
      };
    };
    this.#engine.open({
      up: alive(() => {
        this.#isUp = true;
        events.up();
      }),
      down: alive((error) => {
        this.#isUp = false;
        events.down(error);
      }),
      subscribed: alive((channels) => events.subscribed(channels)),
      denied: alive((channels, error) => events.denied(channels, error)),
      published: alive((count) => events.published(count)),
      refused: alive((count, error) => events.refused(count, error)),
      message: alive((channel, frame) => this.#message(events, channel, frame)),
    });
  }

  #message(events: EngineEvents, channel: string, frame: Uint8Array): void {
    if (isTopic(channel) && this.losses > 0) {
      this.losses--;
      this.onLoss();
      return;
    }
    // Borrowed: the copy is overwritten as soon as the function has returned.
    const borrowed = Uint8Array.from(frame);
    this.onMessage(frame);
    events.message(channel, borrowed);
    borrowed.fill(0xff);
    if (!isTopic(channel) || this.duplicates === 0) return;
    this.duplicates--;
    events.message(channel, Uint8Array.from(frame));
  }

  #request(): void {
    assert.ok(this.#isUp, "the engine is asked for something while it is down");
  }

  subscribe(channels: readonly string[]): void {
    this.#request();
    this.#engine.subscribe(channels);
  }

  unsubscribe(channels: readonly string[]): void {
    this.#request();
    this.#engine.unsubscribe(channels);
  }

  publish(channel: string, frame: Uint8Array): void {
    this.#request();
    if (this.#isLate(channel)) this.published.push({ channel, frame });
    if (this.published.length > REMEMBERED) this.published.shift();
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
    void this.#engine.close();
  }
}

function isTopic(channel: string): boolean {
  return !channel.startsWith("i");
}
