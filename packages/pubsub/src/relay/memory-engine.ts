import type { Engine, EngineEvents, EngineFeatures } from "./engine.ts";
import type { EngineHistory, HistoryEvents, HistoryRule } from "./history/history-engine.ts";

/** One connection of an engine. A task of an older one has no effect. */
export interface MemoryConnection {
  readonly engine: MemoryEngine;
  readonly channels: Set<string>;
}

export interface AppendRequest {
  readonly type: "append";
  readonly number: number;
  readonly channel: string;
  readonly frame: Uint8Array;
  readonly count: number;
  readonly rule: HistoryRule;
  readonly retry: boolean;
}

export type MemoryRequest =
  | { readonly type: "subscribe" | "unsubscribe"; readonly channels: readonly string[] }
  | { readonly type: "publish"; readonly channel: string; readonly frame: Uint8Array }
  | AppendRequest
  | {
      readonly type: "read";
      readonly number: number;
      readonly channel: string;
      readonly from: number;
      readonly limit: number;
    }
  | { readonly type: "rotate"; readonly channel: string; readonly epoch: string };

/** What an engine in memory needs of its bus. */
export interface EngineBus {
  connect(engine: MemoryEngine): void;
  send(engine: MemoryEngine, requests: readonly MemoryRequest[]): void;
  disconnect(engine: MemoryEngine, error: Error): void;
  close(engine: MemoryEngine): Promise<void>;
}

/** An engine of a bus: it collects the requests of a turn. */
export class MemoryEngine implements Engine {
  readonly features: EngineFeatures;
  readonly #bus: EngineBus;
  #requests: MemoryRequest[] = [];
  /** Null before `open` and after `close`. */
  events: EngineEvents | null = null;
  historyEvents: HistoryEvents | null = null;
  readonly history: EngineHistory = {
    listen: (events) => {
      this.historyEvents = events;
    },
    append: (number, channel, frame, count, rule, retry) => {
      this.#requests.push({ type: "append", number, channel, frame, count, rule, retry });
    },
    read: (number, channel, from, limit) => {
      this.#requests.push({ type: "read", number, channel, from, limit });
    },
    rotate: (channel, epoch) => {
      this.#requests.push({ type: "rotate", channel, epoch });
    },
  };
  /** The connection that the bus has. */
  connection: MemoryConnection | null = null;
  /** The one whose `up` has arrived. Requests belong to it: they are lost if it is not there any more. */
  known: MemoryConnection | null = null;

  constructor(bus: EngineBus, features: EngineFeatures) {
    this.#bus = bus;
    this.features = features;
  }

  open(events: EngineEvents): void {
    this.events = events;
    this.#bus.connect(this);
  }

  subscribe(channels: readonly string[]): void {
    this.#requests.push({ type: "subscribe", channels });
  }

  unsubscribe(channels: readonly string[]): void {
    this.#requests.push({ type: "unsubscribe", channels });
  }

  publish(channel: string, frame: Uint8Array): void {
    this.#requests.push({ type: "publish", channel, frame });
  }

  flush(): void {
    if (this.#requests.length === 0) return;
    this.#bus.send(this, this.#requests);
    this.#requests = [];
  }

  forgetRequests(): void {
    this.#requests = [];
    this.known = null;
  }

  reconnect(error: Error): void {
    this.#bus.disconnect(this, error);
  }

  close(): Promise<void> {
    this.flush();
    this.events = null;
    return this.#bus.close(this);
  }
}
