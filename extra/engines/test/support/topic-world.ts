import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fromUrl } from "@mantou/backplane";
import { HistoryMember } from "./history-member.ts";
import { checkTopicLogs, type TopicCounts } from "./topic-check.ts";
import { TopicInstance } from "./topic-instance.ts";
import { TopicPage } from "./topic-page.ts";

const TOPIC = "room/1";
const OBSERVER = "observer";

export interface TopicWorldOptions {
  /** The engine's URL for the observer. */
  readonly direct?: string;
  /** So many workers behind one port. */
  readonly workers?: number;
}

/** Instances in processes of their own, pages that go to any of them, and an observer at the engine, which logs what all should have. */
export class TopicWorld {
  readonly instances: TopicInstance[] = [];
  readonly pages: TopicPage[] = [];
  readonly observer: HistoryMember;
  readonly #log: string[] = [];
  readonly #engine: string;

  private constructor(engine: string, direct: string) {
    this.#engine = engine;
    const rule = { size: 10_000, seconds: 600 };
    this.observer = new HistoryMember(OBSERVER, fromUrl(direct), {
      rule,
      onEntry: (_topic, entry) => {
        const [kind, text] = "gap" in entry ? ["!", ""] : ["m", ` ${entry.message}`];
        this.#log.push(`${kind} ${OBSERVER} ${entry.epoch}.${entry.offset}.${text}`);
      },
    });
    this.observer.subscribe(TOPIC);
  }

  /**
   * Starts two instances, or one of workers, and pages at them, which are live then.
   * @param engine its URL for the instances
   */
  static async start(
    pages: number,
    engine: string,
    { direct = engine, workers = 0 }: TopicWorldOptions = {},
  ): Promise<TopicWorld> {
    const world = new TopicWorld(engine, direct);
    await world.observer.until(() => world.observer.isLive(TOPIC));
    for (let i = 0; i < (workers === 0 ? 2 : 1); i++)
      world.instances.push(await TopicInstance.start(engine, workers === 0 ? {} : { workers }));
    const { ports } = world;
    for (let i = 0; i < pages; i++) {
      let next = i;
      world.pages.push(new TopicPage(`p${i}`, () => `ws://127.0.0.1:${ports[next++ % ports.length]}/`));
    }
    await world.untilAllAre((page) => page.isLive);
    return world;
  }

  get ports(): readonly number[] {
    return this.instances.map(({ port }) => port);
  }

  /** Another process takes the place of an instance which has ended. */
  async restart(i: number): Promise<void> {
    this.instances[i] = await TopicInstance.start(this.#engine, { port: this.instances[i]!.port });
  }

  /** Lets the pages say a number in turn, about 50 a second, until the function that it returns is called. */
  publishing(): () => void {
    let next = 0;
    const timer = setInterval(() => this.pages[next++ % this.pages.length]!.say(), 20);
    return () => clearInterval(timer);
  }

  /** Waits until the pages have said so much more, as the observer has seen. */
  async untilSaid(messages: number): Promise<void> {
    const wanted = this.#log.length + messages;
    await this.observer.until(() => this.#log.length >= wanted);
  }

  async untilAllAre(condition: (page: TopicPage) => boolean): Promise<void> {
    while (!this.pages.every(condition)) await sleep(10);
  }

  /** Publishes a last message, and another one if that reveals a gap, until all have it. Then all logs are checked. */
  async check(lost?: readonly string[]): Promise<{ problems: string[]; counts: TopicCounts }> {
    // What was said last may come behind the last message, or be lost with the engine.
    const isHeard = () =>
      this.pages.every(({ lastSaid }) => lastSaid === null || this.observer.has(TOPIC, lastSaid));
    for (let waited = 0; waited < 5000 && !isHeard(); waited += 20) await sleep(20);
    for (let arrived = false; !arrived; ) {
      this.observer.publish(TOPIC);
      const text = `${OBSERVER} ${this.observer.published.get(TOPIC)}`;
      const isThere = () => this.observer.has(TOPIC, text) && this.pages.every((page) => page.has(text));
      for (let waited = 0; waited < 5000 && !isThere(); waited += 20) await sleep(20);
      arrived = isThere();
    }
    const lines = [...this.#log, ...this.pages.flatMap(({ log }) => log)];
    const { MANTOU_TOPIC_LOGS: folder } = process.env;
    if (folder !== undefined) writeFileSync(join(folder, `${Date.now()}.log`), `${lines.join("\n")}\n`);
    return checkTopicLogs(lines, OBSERVER, new Set(lost));
  }

  async stop(): Promise<void> {
    for (const page of this.pages) page.close();
    await Promise.all([this.observer.close(), ...this.instances.map((instance) => instance.kill())]);
  }
}
