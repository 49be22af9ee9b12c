import { randomBytes } from "node:crypto";
import type { Backplane } from "@mantou/backplane";
import {
  type BackplaneError,
  type HistoryRule,
  type PlacedFrames,
  type Position,
  Relay,
  type RelayEvent,
} from "@mantou/pubsub/relay";

export interface Message {
  readonly message: string;
  readonly epoch: string;
  readonly offset: number;
}

/** What the members of a topic got: a message with its place, or a gap. */
export type Entry = Message | { readonly gap: true; readonly epoch: string; readonly offset: number };

/** More than others publish while one connects again. */
export const RULE: HistoryRule = { size: 5000, seconds: 60 };

export interface HistoryMemberOptions {
  readonly rule?: HistoryRule;
  /** Is told what is written down. */
  onEntry?(topic: string, entry: Entry): void;
  onEvent?(event: RelayEvent): void;
}

/** One instance of a program with history topics, and a log of what its plain clients get. */
export class HistoryMember {
  readonly id: string;
  readonly relay: Relay;
  readonly log = new Map<string, Entry[]>();
  readonly events: RelayEvent[] = [];
  /** Messages that the engine has, with their positions, and those that failed, with the reason. */
  readonly kept = new Map<string, Position>();
  readonly failed = new Map<string, BackplaneError["code"]>();
  readonly published = new Map<string, number>();
  readonly #options: HistoryMemberOptions;
  readonly #timer: NodeJS.Timeout;
  /** How often a topic was read up to its top. */
  lives = 0;
  #turn: NodeJS.Immediate | null = null;
  #wake: (() => void)[] = [];
  /** Milliseconds that the relay's clock is ahead. */
  ahead = 0;

  constructor(id: string, { createEngine, queue }: Backplane, options: HistoryMemberOptions = {}) {
    this.id = id;
    this.#options = options;
    this.relay = new Relay({
      engine: createEngine(),
      instance: randomBytes(8),
      now: () => performance.now() + this.ahead,
      queue,
      host: {
        schedule: () => {
          this.#turn ??= setImmediate(() => {
            this.#turn = null;
            this.relay.flush();
          });
        },
        deliver: () => {},
        event: (event) => {
          this.events.push(event);
          options.onEvent?.(event);
          this.#notify();
        },
        memberCount: () => 0,
      },
      history: {
        deliver: (topic, frames) => this.#deliver(topic, frames),
        gap: (topic, { epoch, offset }) => this.#add(topic, { gap: true, epoch, offset }),
        live: () => {
          this.lives++;
          this.#notify();
        },
      },
    });
    this.relay.open();
    this.#timer = setInterval(() => this.relay.tick(), 50);
  }

  get rule(): HistoryRule {
    return this.#options.rule ?? RULE;
  }

  subscribe(topic: string): void {
    this.log.set(topic, []);
    this.relay.history!.subscribe(topic, this.rule);
  }

  /** Publishes the next numbers of a topic. */
  publish(topic: string, count = 1): void {
    let number = this.published.get(topic) ?? 0;
    for (let i = 0; i < count; i++) {
      const message = `${this.id} ${++number}`;
      const published = (error: BackplaneError | null, position: Position | null): void => {
        if (position === null) this.failed.set(`${topic} ${message}`, error!.code);
        else this.kept.set(`${topic} ${message}`, position);
        this.#notify();
      };
      const head = String.fromCharCode(0x81, message.length) + message;
      this.relay.history!.publish(topic, this.rule, {
        head,
        payload: null,
        compress: false,
        tag: 0,
        published,
      });
    }
    this.published.set(topic, number);
  }

  /** Resolves when `condition` holds: it is asked when something has come. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  has(topic: string, message: string): boolean {
    return this.log.get(topic)?.some((entry) => "message" in entry && entry.message === message) ?? false;
  }

  gaps(topic: string): number {
    return this.log.get(topic)?.filter((entry) => "gap" in entry).length ?? 0;
  }

  /** Whether the topic is subscribed, and read up to its top. */
  isLive(topic: string): boolean {
    return this.relay.state === "up" && this.relay.history!.position(topic) !== null;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#turn !== null) clearImmediate(this.#turn);
    await this.relay.close();
  }

  #deliver(topic: string, frames: PlacedFrames): void {
    let i = 0;
    for (const { payload } of frames) {
      const { epoch, offset } = frames.positionOf(i++);
      this.#add(topic, { message: payload.toString(), epoch, offset });
    }
  }

  #add(topic: string, entry: Entry): void {
    this.log.get(topic)?.push(entry);
    this.#options.onEntry?.(topic, entry);
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
