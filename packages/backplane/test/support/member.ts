import { Buffer } from "node:buffer";
import type { Engine } from "@mantou/pubsub/relay";
import { afterEachTest } from "../../../../vitest.after-each.ts";
import type { Backplane } from "../../src/backplane.ts";

const open = new Set<Engine>();

afterEachTest(async () => {
  await Promise.all([...open].map((engine) => engine.close()));
  open.clear();
});

/** An engine, and a log of what it tells: one line for each event. */
export class Member {
  readonly engine: Engine;
  readonly log: string[] = [];
  readonly errors: Error[] = [];
  #published = 0;
  #wake: (() => void)[] = [];

  constructor(backplane: Backplane, scope?: string) {
    this.engine = backplane.createEngine(scope);
    open.add(this.engine);
    this.engine.open({
      up: () => this.#add("up"),
      down: (error) => {
        this.errors.push(error);
        this.#add("down");
      },
      subscribed: (channels) => this.#add(`subscribed ${channels.join(" ")}`),
      denied: (channels, error) => this.#add(`denied ${channels.join(" ")}: ${error.message}`),
      message: (channel, frame) => this.#add(`${channel}: ${Buffer.from(frame).toString()}`),
      published: (count) => {
        this.#published += count;
        this.#add(`published ${this.#published}`);
      },
      refused: (count, error) => this.#add(`refused ${count} ${error.message}`),
    });
  }

  /** Resolves when the log has a line, behind those that were seen by an earlier call. */
  async sees(line: string, from = 0): Promise<number> {
    for (;;) {
      const at = this.log.indexOf(line, from);
      if (at !== -1) return at + 1;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Resolves when a line of the log is one that `isWanted` accepts. */
  async until(isWanted: (line: string) => boolean): Promise<string> {
    for (let from = 0; ; ) {
      const found = this.log.slice(from).find(isWanted);
      if (found !== undefined) return found;
      from = this.log.length;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async subscribe(...channels: string[]): Promise<void> {
    const { length } = this.log;
    this.engine.subscribe(channels);
    this.engine.flush();
    await this.sees(`subscribed ${channels.join(" ")}`, length);
  }

  publish(channel: string, ...texts: string[]): void {
    for (const text of texts) this.engine.publish(channel, Buffer.from(text));
    this.engine.flush();
  }

  #add(line: string): void {
    this.log.push(line);
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
