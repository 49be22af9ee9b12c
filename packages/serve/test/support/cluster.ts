import { type Engine, MemoryBus, Relay } from "@mantou/pubsub/relay";
import { until } from "@mantou/testing/wait";
import type { Backplane, TopicRule } from "../../src/api/topics.ts";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { startWebSockets, type WebSocketServer } from "./websocket-pair.ts";

/** A server of a cluster. */
export interface Instance extends WebSocketServer {
  readonly engine: Engine;
}

interface Queue {
  readonly bytes?: number;
  readonly seconds?: number;
}

/** Instances of one program, in this process, on an engine in its memory. */
export class MemoryCluster {
  readonly bus: MemoryBus;
  readonly #topics: Record<string, TopicRule>;

  /** @param topics of all instances */
  constructor(maxFrameBytes = 1024 * 1024, topics: Record<string, TopicRule> = {}) {
    this.#topics = topics;
    this.bus = new MemoryBus({ defer: (task) => setImmediate(task), maxFrameBytes });
  }

  /** What `valkey()` returns, but for the engine. */
  backplane(engine: Engine = this.bus.engine(), queue: Queue = {}): Backplane {
    return { createRelay: (options) => new Relay({ ...options, engine, queue }) };
  }

  /** A server that has not reached the engine yet. */
  startDown(handler: WebSocketHandler = {}, queue?: Queue): Instance {
    const engine = this.bus.engine();
    const more = { backplane: this.backplane(engine, queue), topics: this.#topics };
    const started = startWebSockets(handler, systemClock, more);
    // Otherwise they are logged.
    for (const event of ["down", "dropped"] as const) started.server.topics.on(event, () => {});
    return { ...started, engine };
  }

  async start(handler: WebSocketHandler = {}, queue?: Queue): Promise<Instance> {
    const instance = this.startDown(handler, queue);
    await this.isUp(instance);
    return instance;
  }

  async isUp({ server }: Instance): Promise<void> {
    await until(() => server.topics.state === "up", "the backplane");
  }

  /** Waits until the engine sends messages of the topics to this instance. */
  async hears({ engine }: Instance, ...topics: string[]): Promise<void> {
    await until(() => {
      const channels = this.bus.channelsOf(engine);
      return topics.every((topic) => channels.includes(`t:${topic}`) || channels.includes(`ht:${topic}`));
    }, `subscriptions of ${topics.join()}`);
  }
}
