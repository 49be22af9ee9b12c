import type { ServeOptions, serve } from "@mantou/serve";

export type RunningServer = ReturnType<typeof serve>;

/** What a server under attack does. Its module exports it as `program`, and runs in the child process. */
export interface Program {
  /** What `serve` gets, besides where it listens. */
  readonly options: Partial<ServeOptions<never, string>>;
  /** Answers what the attack asks (`Target.ask`); data is JSON. */
  answer?(question: string, data: unknown, server: RunningServer): unknown;
}

/** What every server under attack can tell of itself: the answer to `Target.vitals`. */
export interface Vitals {
  /** Physical memory now, in MB. */
  readonly rss: number;
  /** The most there has been, since the last reset. */
  readonly peakRss: number;
  /** JavaScript's heap behind a collection, in MB. */
  readonly heap: number;
  /** Memory outside of it: Buffers. Behind a collection, too. */
  readonly external: number;
  /** The longest turn of the event loop since the last reset, in ms of CPU time of its thread, without collections: a busy machine does not count. */
  readonly longestTurn: number;
  /** Files and sockets that are open (/proc/self/fd). */
  readonly descriptors: number;
  readonly pendingRequests: number;
  readonly pendingWebSockets: number;
}
