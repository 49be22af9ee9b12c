import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryRule } from "@mantou/pubsub/relay";
import { NATS_ANSWER_MS, NATS_LOOK_MS } from "../limits.ts";
import type { HistoryStream, StreamConfig, StreamInfo } from "./history-stream.ts";
import { ask, JetStreamError, NO_STREAM, OTHER_STREAM } from "./jetstream.ts";
import type { NatsPackage } from "./package.ts";
import type { Requests } from "./requests.ts";

interface Job {
  /** Null for one that needs the stream as it is. */
  readonly rule: HistoryRule | null;
  run(): void;
  fail(error: Error): void;
}

/** JetStream's own number for a stream of that name with another configuration. */
const TAKEN = 10_058;
const TRIES = 4;

/** Brings the stream to what the rules of all topics need, before the first of them is used. What is asked meanwhile waits, in its order. */
export class HistorySetup {
  readonly #requests: Requests;
  readonly #stream: HistoryStream;
  readonly #package: NatsPackage;
  #config: StreamConfig | null = null;
  /** The rule that was found to be met last. */
  #met: HistoryRule | null = null;
  readonly #waiting = new Set<Job>();
  #isBusy = false;
  /** Null before the stream is known. */
  epoch: string | null = null;

  constructor(requests: Requests, stream: HistoryStream, nats: NatsPackage) {
    this.#requests = requests;
    this.#stream = stream;
    this.#package = nats;
  }

  /** Runs a job when the stream is as its rule needs it: at once if it is. */
  do(job: Job): void {
    if (!this.#isBusy && this.#isMet(job.rule)) job.run();
    else {
      this.#waiting.add(job);
      this.#work();
    }
  }

  /** Ends an epoch, if it is still the present one. @returns whether that was done */
  rotate(epoch: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const run = (): void => {
        if (this.epoch !== epoch) resolve(false);
        else this.#hold(this.#rotate(epoch).then(resolve, reject));
      };
      this.do({ rule: null, run, fail: reject });
    });
  }

  /** Another instance has ended the epoch. */
  refresh(): void {
    if (this.epoch !== null) this.#read().catch(() => {});
  }

  #isMet(rule: HistoryRule | null): boolean {
    if (rule === null || rule === this.#met) return true;
    if (this.#config === null || this.#stream.configure(rule, this.#config) !== null) return false;
    this.#met = rule;
    return true;
  }

  /** A loop, as thousands of appends may wait. */
  #work(): void {
    for (const job of this.#waiting) {
      if (this.#isBusy) return;
      if (this.#isMet(job.rule)) {
        this.#waiting.delete(job);
        job.run();
      } else this.#hold(this.#meet(job.rule!).catch((error: Error) => this.#failAll(error)));
    }
  }

  #failAll(error: Error): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const job of waiting) job.fail(error);
  }

  /** Jobs wait for a change of the stream. */
  #hold(change: Promise<void>): void {
    this.#isBusy = true;
    const go = (): void => {
      this.#isBusy = false;
      this.#work();
    };
    change.then(go, go);
  }

  async #meet(rule: HistoryRule): Promise<void> {
    for (let i = 0; ; i++) {
      const info = await this.#read();
      if (info?.state.last_seq === 0) await this.#untilServed();
      const config = this.#stream.configure(rule, info?.config ?? null);
      if (config === null) return;
      try {
        const action = info === null ? "STREAM.CREATE" : "STREAM.UPDATE";
        this.#take(await ask(this.#requests, this.#stream.api(action), config));
        return;
      } catch (error) {
        // Another instance has made it meanwhile.
        if (!(error instanceof JetStreamError) || error.reason !== TAKEN || i === TRIES) throw error;
      }
    }
  }

  /**
   * A stream that another instance makes is there before it is served, and NATS 2.9 ends by itself if it is read in between. What takes messages is
   * served: it is asked by one for another stream, which is refused.
   */
  async #untilServed(): Promise<void> {
    const headers = this.#package.headers();
    headers.set("Nats-Expected-Stream", "-");
    for (let waited = 0; ; waited += NATS_LOOK_MS) {
      try {
        await ask(this.#requests, this.#stream.append("-"), null, headers);
        return;
      } catch (error) {
        if (!(error instanceof JetStreamError)) throw error;
        if (error.reason === OTHER_STREAM) return;
        if (error.status !== 503) throw error;
        if (waited >= NATS_ANSWER_MS)
          throw new JetStreamError(503, NO_STREAM, "the stream of histories takes no messages");
      }
      await sleep(NATS_LOOK_MS, undefined, { ref: false });
    }
  }

  /** @returns null if there is no such stream */
  async #read(): Promise<StreamInfo | null> {
    try {
      return this.#take(await ask(this.#requests, this.#stream.api("STREAM.INFO"), null));
    } catch (error) {
      if (error instanceof JetStreamError && error.reason === NO_STREAM) return null;
      throw error;
    }
  }

  async #rotate(epoch: string): Promise<boolean> {
    const info = await this.#read();
    if (info === null || this.epoch !== epoch) return false;
    const config = this.#stream.rotate(info.config);
    this.#take(await ask(this.#requests, this.#stream.api("STREAM.UPDATE"), config));
    return true;
  }

  #take(answer: Record<string, unknown>): StreamInfo {
    const info = answer as unknown as StreamInfo;
    this.#config = info.config;
    this.#met = null;
    this.epoch = this.#stream.epochOf(info);
    return info;
  }
}
