import type { ServeOptions, serve } from "@mantou/serve";

export type RunningServer = ReturnType<typeof serve>;

/** The program of a server under attack. Its module exports it as `program`, and runs in the child process. */
export interface Program {
  /** The options of `serve`, without the address. */
  readonly options: Partial<ServeOptions<never, string>>;
  /** Replies to a question of the attack (`Target.ask`); data is JSON. */
  reply?(question: string, data: unknown, server: RunningServer): unknown;
}

/** The measurements of every server under attack: the reply to `Target.vitals`. */
export interface Vitals {
  /** Physical memory now, in MB. */
  readonly rss: number;
  /** The peak since the last reset. */
  readonly peakRss: number;
  /** JavaScript's heap behind a collection, in MB. */
  readonly heap: number;
  /** Memory outside of it: Buffers. Behind a collection, too. */
  readonly external: number;
  /** The longest turn of the event loop since the last reset, in ms of CPU time of its thread, without collections: the machine's load does not count. */
  readonly longestTurn: number;
  /** Files and sockets that are open (/proc/self/fd). */
  readonly descriptors: number;
  readonly pendingRequests: number;
  readonly pendingWebSockets: number;
}
