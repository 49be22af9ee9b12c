import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Engine, HistoryRule, Place, Slice } from "../../src/relay/index.ts";

export interface Live {
  readonly channel: string;
  readonly frame: Buffer;
  readonly place: Place;
}

export interface Answer {
  readonly epoch: string;
  readonly offset: number;
  readonly duplicate: boolean;
}

class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;
  readonly promise: Promise<T> = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** An engine with histories, whose answers are promises. */
export class HistoryClient {
  readonly engine: Engine;
  readonly live: Live[] = [];
  /** What else it told, a line each. */
  readonly log: string[] = [];
  readonly #appends = new Map<number, Deferred<Answer>>();
  readonly #reads = new Map<number, Deferred<Slice>>();
  #request = 0;
  #wake: (() => void)[] = [];

  constructor(engine: Engine, channels: readonly string[]) {
    this.engine = engine;
    const history = engine.history;
    assert.ok(history !== undefined, "the engine keeps no messages");
    history.listen({
      message: (channel, frame, place) => {
        // A place that the engine has taken itself is no message.
        if (frame.length > 0) this.live.push({ channel, frame: Buffer.from(frame), place });
        this.#notify();
      },
      appended: (request, { epoch, offset }, duplicate) => {
        this.#appends.get(request)?.resolve({ epoch, offset, duplicate });
        this.#appends.delete(request);
      },
      slice: (request, slice) => {
        const frames = slice.frames.map((each) => ({ ...each, frame: Buffer.from(each.frame) }));
        const topHead = slice.topHead === null ? null : Buffer.from(slice.topHead);
        this.#reads.get(request)?.resolve({ ...slice, topHead, frames });
        this.#reads.delete(request);
      },
      failed: (request, error, ambiguous) => {
        this.#say(`failed ${ambiguous ? "perhaps " : ""}${error.message}`);
        this.#appends.get(request)?.reject(error);
        this.#reads.get(request)?.reject(error);
      },
    });
    engine.open({
      up: () => {
        this.#say("up");
        engine.subscribe(channels);
        engine.flush();
      },
      down: (error) => {
        for (const each of [...this.#appends.values(), ...this.#reads.values()]) each.reject(error);
        this.#appends.clear();
        this.#reads.clear();
        this.#say(`down ${error.message}`);
      },
      subscribed: (all) => {
        for (const channel of all) this.#say(`subscribed ${channel}`);
      },
      denied: (all, error) => {
        for (const channel of all) this.#say(`denied ${channel} ${error.message}`);
      },
      message: (channel, frame) => this.#say(`message ${channel} ${frame.length}`),
      published: () => {},
      refused: () => {},
    });
  }

  append(channel: string, frame: Buffer, count: number, rule: HistoryRule, retry: boolean): Promise<Answer> {
    const answer = new Deferred<Answer>();
    this.#appends.set(++this.#request, answer);
    this.engine.history!.append(this.#request, channel, frame, count, rule, retry);
    return answer.promise;
  }

  read(channel: string, from: number, limit: number, rule: HistoryRule): Promise<Slice> {
    const answer = new Deferred<Slice>();
    this.#reads.set(++this.#request, answer);
    this.engine.history!.read(this.#request, channel, from, limit, rule);
    this.engine.flush();
    return answer.promise;
  }

  /** Resolves when `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #say(line: string): void {
    this.log.push(line);
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
