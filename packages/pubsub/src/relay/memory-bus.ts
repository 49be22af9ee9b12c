import type { Engine, EngineEvents, EngineFeatures } from "./engine.ts";
import type { HistoryEvents } from "./history/history-engine.ts";
import { MemoryHistory } from "./history/memory-history.ts";
import {
  type AppendRequest,
  type MemoryConnection,
  MemoryEngine,
  type MemoryRequest,
} from "./memory-engine.ts";

export interface MemoryBusOptions {
  /**
   * Runs a task later, never at once. Tasks of the same link and direction run in the order of the calls: `out` is the way of an
   * engine's requests, `in` that of its events. `(task) => setImmediate(task)` does; a test may hold a link up.
   */
  defer(task: () => void, link: Engine, direction: "out" | "in"): void;
  /** 16 MiB and 64 KiB by default. */
  readonly maxFrameBytes?: number;
  /** A clock in milliseconds, for the seconds of histories. */
  now?(): number;
  /** A new name for each epoch of a history; random by default. */
  epoch?(): string;
}

const MAX_FRAME_BYTES = 16 * 1024 * 1024 + 64 * 1024;

/** An engine in the memory of this process: several servers of one process share their topics by it, and tests have it as the standard. */
export class MemoryBus {
  readonly #defer: MemoryBusOptions["defer"];
  readonly #features: EngineFeatures;
  readonly #engines = new Set<MemoryEngine>();
  readonly #channels = new Map<string, Set<MemoryConnection>>();
  /** What it keeps. A test may make it forget. */
  readonly history: MemoryHistory;
  #isStopped = false;

  constructor({ defer, maxFrameBytes = MAX_FRAME_BYTES, now, epoch }: MemoryBusOptions) {
    this.#defer = defer;
    this.#features = { maxFrameBytes };
    this.history = new MemoryHistory({
      now: now ?? (() => performance.now()),
      isSubscribed: (channel) => this.#channels.has(channel),
      ...(epoch === undefined ? {} : { epoch }),
    });
  }

  /** A new engine, for one relay. */
  engine(): Engine {
    return new MemoryEngine(this, this.#features);
  }

  /** The channels that an engine has subscribed. */
  channelsOf(engine: Engine): string[] {
    return engine instanceof MemoryEngine ? [...(engine.connection?.channels ?? [])] : [];
  }

  /** Breaks the connection of an engine. What is on its way in either direction is lost. It connects again at once. */
  disconnect(engine: Engine, error: Error): void {
    if (!(engine instanceof MemoryEngine) || engine.connection === null) return;
    this.#sever(engine, error);
    this.connect(engine);
  }

  /** Breaks all connections. Nothing connects until `start`. */
  stop(error: Error): void {
    this.#isStopped = true;
    for (const engine of this.#engines) this.#sever(engine, error);
  }

  start(): void {
    this.#isStopped = false;
    for (const engine of this.#engines) this.connect(engine);
  }

  #sever(engine: MemoryEngine, error: Error): void {
    const { connection } = engine;
    if (connection === null) return;
    this.#leaveAll(connection);
    engine.connection = null;
    this.#defer(
      () => {
        engine.forgetRequests();
        engine.events?.down(error);
      },
      engine,
      "in",
    );
  }

  #leaveAll(connection: MemoryConnection): void {
    for (const channel of connection.channels) this.#leave(connection, channel);
  }

  #leave(connection: MemoryConnection, channel: string): void {
    connection.channels.delete(channel);
    const members = this.#channels.get(channel);
    members?.delete(connection);
    if (members?.size === 0) this.#channels.delete(channel);
  }

  /** @internal */
  connect(engine: MemoryEngine): void {
    this.#engines.add(engine);
    this.#defer(
      () => {
        if (this.#isStopped || engine.connection !== null || engine.events === null) return;
        const connection = { engine, channels: new Set<string>() };
        engine.connection = connection;
        this.#answer(connection, (events) => {
          engine.known = connection;
          events.up();
        });
      },
      engine,
      "out",
    );
  }

  /** @internal */
  send(engine: MemoryEngine, requests: readonly MemoryRequest[]): void {
    const connection = engine.known;
    if (connection === null) return;
    this.#defer(
      () => {
        if (engine.connection === connection) this.#execute(connection, requests);
      },
      engine,
      "out",
    );
  }

  /** @internal Ends a connection behind the answers to all that was asked. */
  close(engine: MemoryEngine): Promise<void> {
    this.#engines.delete(engine);
    return new Promise((resolve) => {
      const end = (): void => {
        engine.connection = null;
        resolve();
      };
      this.#defer(
        () => {
          if (engine.connection !== null) this.#leaveAll(engine.connection);
          this.#defer(end, engine, "in");
        },
        engine,
        "out",
      );
    });
  }

  #execute(connection: MemoryConnection, requests: readonly MemoryRequest[]): void {
    for (const request of requests) {
      if (request.type === "publish") this.#publish(connection, request.channel, request.frame);
      else if (request.type === "subscribe") this.#subscribe(connection, request.channels);
      else if (request.type === "append") this.#append(connection, request);
      else if (request.type === "read") {
        const { number, channel, from, limit } = request;
        const slice = this.history.read(channel, from, limit);
        this.#tell(connection, (events) => events.slice(number, slice));
      } else if (request.type === "rotate") this.history.rotate(request.channel, request.epoch);
      else for (const channel of request.channels) this.#leave(connection, channel);
    }
  }

  #subscribe(connection: MemoryConnection, channels: readonly string[]): void {
    for (const channel of channels) {
      connection.channels.add(channel);
      const members = this.#channels.get(channel);
      if (members === undefined) this.#channels.set(channel, new Set([connection]));
      else members.add(connection);
    }
    this.#answer(connection, (events) => events.subscribed(channels));
  }

  #publish(connection: MemoryConnection, channel: string, frame: Uint8Array): void {
    if (frame.length > this.#features.maxFrameBytes) {
      const error = new Error(`a frame of ${frame.length} bytes is longer than maxFrameBytes`);
      this.#answer(connection, (events) => events.refused(1, error));
      return;
    }
    for (const member of this.#channels.get(channel) ?? []) {
      this.#answer(member, (events) => events.message(channel, frame));
    }
    this.#answer(connection, (events) => events.published(1));
  }

  #append(connection: MemoryConnection, request: AppendRequest): void {
    const { number, channel, frame, count, rule, retry } = request;
    if (frame.length > this.#features.maxFrameBytes) {
      const error = new Error(`a frame of ${frame.length} bytes is longer than maxFrameBytes`);
      this.#tell(connection, (events) => events.failed(number, error, false));
      return;
    }
    const { place, duplicate } = this.history.append(channel, frame, count, rule, retry);
    if (!duplicate) {
      for (const member of this.#channels.get(channel) ?? []) {
        this.#tell(member, (events) => events.message(channel, frame, place));
      }
    }
    this.#tell(connection, (events) => events.appended(number, place, duplicate));
  }

  #tell(connection: MemoryConnection, tell: (events: HistoryEvents) => void): void {
    const { engine } = connection;
    this.#arrive(connection, () => {
      if (engine.historyEvents !== null) tell(engine.historyEvents);
    });
  }

  #answer(connection: MemoryConnection, tell: (events: EngineEvents) => void): void {
    const { engine } = connection;
    this.#arrive(connection, () => {
      if (engine.events !== null) tell(engine.events);
    });
  }

  /** Runs a task at the other end of a connection, if it is still there then. */
  #arrive(connection: MemoryConnection, task: () => void): void {
    const { engine } = connection;
    this.#defer(
      () => {
        if (engine.connection === connection) task();
      },
      engine,
      "in",
    );
  }
}
