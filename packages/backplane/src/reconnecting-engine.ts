import { setImmediate } from "node:timers";
import type { Engine, EngineEvents, EngineHistory, HistoryEvents } from "@mantou/pubsub/relay";
import type { Connect, Connection, ConnectionEvents } from "./connection.ts";
import { FIRST_DELAY_MS, MOST_DELAY_MS } from "./limits.ts";
import { Retry } from "./retry.ts";

/** An engine that connects in the background, for ever. Each attempt makes a new connection, and nothing of an old one is used again. */
export class ReconnectingEngine implements Engine {
  readonly features: { maxFrameBytes: number };
  readonly #connect: Connect;
  readonly #prefix: string;
  readonly #retry: Retry = new Retry({ firstMs: FIRST_DELAY_MS, mostMs: MOST_DELAY_MS });
  #events: EngineEvents | null = null;
  #historyEvents: HistoryEvents | null = null;
  readonly history: EngineHistory = {
    listen: (events) => {
      this.#historyEvents = events;
    },
    append: (request, channel, frame, count, rule, retry) => {
      this.#connection?.history.append(request, this.#prefix + channel, frame, count, rule, retry);
    },
    read: (request, channel, from, limit, rule) => {
      this.#connection?.history.read(request, this.#prefix + channel, from, limit, rule);
    },
    rotate: (channel, epoch) => {
      this.#connection?.history.rotate(this.#prefix + channel, epoch);
    },
  };
  #connection: Connection | null = null;
  #beganAt = 0;
  /** The number of the attempt: events of earlier ones are dropped. */
  #attempts = 0;
  #isClosed = false;
  /** It is closed, and the connection is not over yet: what was appended may still be answered. */
  #isLeaving = false;

  /**
   * @param prefix of the channels
   * @param maxFrameBytes until a connection knows it
   */
  constructor(connect: Connect, prefix: string, maxFrameBytes: number) {
    this.#connect = connect;
    this.#prefix = prefix;
    this.features = { maxFrameBytes };
  }

  open(events: EngineEvents): void {
    this.#events = events;
    this.#attempt();
  }

  subscribe(channels: readonly string[]): void {
    const isVital = channels.every(isControl);
    this.#connection?.subscribe(
      channels.map((channel) => this.#prefix + channel),
      isVital,
    );
  }

  unsubscribe(channels: readonly string[]): void {
    this.#connection?.unsubscribe(channels.map((channel) => this.#prefix + channel));
  }

  publish(channel: string, frame: Uint8Array): void {
    this.#connection?.publish(this.#prefix + channel, frame, isControl(channel));
  }

  flush(): void {
    this.#connection?.flush();
  }

  reconnect(error: Error): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#dropConnection();
    const attempt = ++this.#attempts;
    void connection.leave();
    // Not within the call.
    setImmediate(() => this.#fail(attempt, error));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry.stop();
    const connection = this.#connection;
    this.#connection = null;
    this.#isLeaving = true;
    await connection?.leave();
    this.#isLeaving = false;
  }

  #attempt(): void {
    const attempt = ++this.#attempts;
    this.#connect(this.#eventsOf(attempt)).then(
      (connection) => this.#begin(attempt, connection),
      (error: unknown) => this.#fail(attempt, error as Error),
    );
  }

  #begin(attempt: number, connection: Connection): void {
    if (this.#isClosed || attempt !== this.#attempts) {
      void connection.leave();
      return;
    }
    this.#connection = connection;
    this.#beganAt = performance.now();
    this.features.maxFrameBytes = connection.maxFrameBytes;
    this.#events?.up();
  }

  #fail(attempt: number, error: Error): void {
    if (this.#isClosed || attempt !== this.#attempts) return;
    this.#dropConnection();
    this.#attempts++;
    this.#retry.schedule(() => this.#attempt());
    this.#events?.down(error);
  }

  /** A connection that breaks at once counts as a failed attempt: the engine would be asked for everything again and again. */
  #dropConnection(): void {
    const isGood = this.#connection !== null && performance.now() - this.#beganAt >= MOST_DELAY_MS;
    if (isGood) this.#retry.reset();
    this.#connection = null;
  }

  #eventsOf(attempt: number): ConnectionEvents {
    const events = this.#events!;
    const { length } = this.#prefix;
    const isCurrent = () => attempt === this.#attempts && this.#connection !== null;
    return {
      subscribed: (channels) => {
        if (isCurrent()) events.subscribed(channels.map((channel) => channel.slice(length)));
      },
      denied: (channels, error) => {
        if (!isCurrent()) return;
        events.denied(
          channels.map((channel) => channel.slice(length)),
          error,
        );
      },
      message: (channel, frame) => {
        if (isCurrent()) events.message(channel.slice(length), frame);
      },
      published: (count) => {
        if (isCurrent()) events.published(count);
      },
      refused: (count, error) => {
        if (isCurrent()) events.refused(count, error);
      },
      history: this.#historyEventsOf(isCurrent, () => this.#isLeaving && attempt === this.#attempts),
      lost: (error) => this.#fail(attempt, error),
    };
  }

  #historyEventsOf(isCurrent: () => boolean, isLeaving: () => boolean): HistoryEvents {
    const { length } = this.#prefix;
    return {
      message: (channel, frame, place) => {
        if (isCurrent()) this.#historyEvents?.message(channel.slice(length), frame, place);
      },
      appended: (request, place, duplicate) => {
        if (isCurrent() || isLeaving()) this.#historyEvents?.appended(request, place, duplicate);
      },
      slice: (request, slice) => {
        if (isCurrent()) this.#historyEvents?.slice(request, slice);
      },
      failed: (request, error, ambiguous) => {
        if (isCurrent()) this.#historyEvents?.failed(request, error, ambiguous);
      },
    };
  }
}

/** The relay's own channels: they carry its probe, which proves that a connection works in both directions. */
function isControl(channel: string): boolean {
  return channel === "i" || channel.startsWith("i:");
}
