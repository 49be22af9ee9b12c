import { type Engine, Relay, type RelayOptions } from "@mantou/pubsub/relay";

/** What may wait for an engine that cannot be reached. */
export interface QueueOptions {
  /** Bytes of all frames that wait. The oldest are dropped beyond it. 4 MiB by default. */
  readonly bytes?: number;
  /** Seconds after which a frame is dropped. 10 by default. */
  readonly seconds?: number;
}

/** The options of every engine. */
export interface CommonOptions {
  /** What the names of its channels begin with. Programs that share an engine need one each. `"mantou"` by default. */
  readonly prefix?: string;
  readonly queue?: QueueOptions;
}

/** What a server gives to its relay: everything but the engine and the queue. */
export type RelayOptionsOfServer = Omit<RelayOptions, "engine" | "queue">;

/** A way to the other instances, for `serve({ backplane })`. */
export interface Backplane {
  readonly name: "local" | "valkey" | "nats";
  readonly queue: QueueOptions;
  /**
   * A new engine, which is not connected yet: one for each server.
   * @param scope keeps the topics of several servers of one program apart. The same server has the same scope in each instance.
   */
  createEngine(scope?: string): Engine;
  /**
   * A new relay on a new engine, which `open()` connects. `serve()` calls it, and loads nothing of a relay otherwise.
   * @throws TypeError, RangeError for an option that is wrong; the message names it
   */
  createRelay(options: RelayOptionsOfServer, scope?: string): Relay;
}

export function backplaneOf(
  name: Backplane["name"],
  queue: QueueOptions,
  createEngine: (scope?: string) => Engine,
): Backplane {
  return {
    name,
    queue,
    createEngine,
    createRelay: (options, scope) => new Relay({ ...options, engine: createEngine(scope), queue }),
  };
}
