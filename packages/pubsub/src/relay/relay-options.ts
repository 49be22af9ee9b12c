import { Buffer } from "node:buffer";
import type { Engine } from "./engine.ts";
import { INSTANCE_BYTES, type ReceivedFrames } from "./frame.ts";
import type { HistoryHost } from "./history/history-host.ts";
import { MOST_QUEUE_SECONDS, QUEUE_BYTES, QUEUE_SECONDS } from "./limits.ts";
import type { PresenceHost } from "./presence/presence-host.ts";

/** What an event of a relay tells. A host passes it on; nothing of it is an exception. */
export type RelayEvent =
  /** The engine can be reached, and all topics are subscribed there. */
  | { readonly type: "up" }
  /** The engine cannot be reached. Told once, and not again for each attempt that fails; then for the attempt that succeeds and breaks. */
  | { readonly type: "down"; readonly error: Error }
  /**
   * This instance has missed messages of other instances. With a topic: so many messages of one other instance (in hexadecimal). Without: it was
   * away from the engine, and may have missed messages of any topic; holes are then told topic by topic, when the next frame shows them.
   */
  | { readonly type: "gap"; readonly topic: string; readonly count: number; readonly instance: string }
  | { readonly type: "gap"; readonly topic: null; readonly count: null }
  /**
   * The engine refuses the subscription of a topic: this instance gets nothing of it from others, until the engine takes it on a later connection. Told
   * once for a topic, as long as it has members. All other topics go on.
   */
  | { readonly type: "refused"; readonly topic: string; readonly error: Error }
  /**
   * Other instances don't get so many messages that were published here. `full`: the queue's bytes; `old`: the queue's seconds;
   * `size`: a message is longer than the engine takes; `refused`: the engine has said no (`error`); `closed`: the relay was closed.
   */
  | {
      readonly type: "dropped";
      readonly reason: DropReason;
      readonly messages: number;
      readonly bytes: number;
      readonly error?: Error;
    };

export type DropReason = "full" | "old" | "size" | "refused" | "closed";

/** The functions by which a relay calls its host. They may call the relay. */
export interface RelayHost {
  /** Messages of another instance, for the members that the topic has here. The bytes are borrowed until it returns. */
  deliver(topic: string, frames: ReceivedFrames): void;
  /** The host calls `flush()` at the end of this turn of the event loop. */
  schedule(): void;
  /** Never called by `publish`, `subscribe` or `unsubscribe`: by `flush`, `tick`, `close` and the engine. */
  event(event: RelayEvent): void;
  /** How many members a topic has here. Other instances ask for it. */
  memberCount(topic: string): number;
}

export interface RelayOptions {
  readonly engine: Engine;
  readonly host: RelayHost;
  /** 8 random bytes, new for each process. */
  readonly instance: Uint8Array;
  /** A clock in milliseconds that never goes back, for example `() => performance.now()`. */
  now(): number;
  /** History topics. The engine must have `history`. */
  readonly history?: HistoryHost;
  /** Members of topics. */
  readonly presence?: PresenceHost;
  /** What may wait for the engine: 4 MiB and 10 seconds by default. The oldest frames are dropped. */
  readonly queue?: { readonly bytes?: number; readonly seconds?: number };
}

/** The connections of a topic in the cluster. */
export interface TopicCount {
  /** The sum over the instances that have answered, this one included. */
  readonly connections: number;
  readonly instances: number;
  /** Living instances that have not answered within a second. */
  readonly silent: number;
}

/** Counters since the relay was made, and what is true now. */
export interface RelayMetrics {
  readonly state: "up" | "down";
  /** How often the engine came up again. */
  readonly reconnects: number;
  /** Milliseconds of the last heartbeat through the engine and back; null before the first. */
  readonly lag: number | null;
  readonly framesOut: number;
  readonly messagesOut: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly messagesIn: number;
  readonly bytesIn: number;
  /** Own frames that came back. */
  readonly echoes: number;
  /** Frames that came a second time. */
  readonly duplicates: number;
  /** Holes in the numbers of another instance, and the messages that are missing in them. */
  readonly holes: number;
  readonly missed: number;
  /** Frames that are not ours, malformed or too long. */
  readonly refusedFrames: number;
  /** Messages that were dropped, for whatever reason. */
  readonly dropped: number;
  /** Bytes of the frames that wait, with 256 for each frame. */
  readonly queueBytes: number;
  /** Topics that are subscribed, with those that linger. */
  readonly topics: number;
  /** Instances that live, this one included. */
  readonly instances: number;
}

interface ResolvedOptions {
  readonly engine: Engine;
  readonly host: RelayHost;
  /** Latin-1. */
  readonly instance: string;
  readonly now: () => number;
  readonly queue: { readonly bytes: number; readonly seconds: number };
  readonly history: HistoryHost | null;
  readonly presence: PresenceHost | null;
}

/** @throws TypeError, RangeError */
export function resolveOptions(options: RelayOptions): ResolvedOptions {
  const { engine, host, instance, queue = {}, history = null, presence = null } = options;
  const { bytes = QUEUE_BYTES, seconds = QUEUE_SECONDS } = queue;
  if (!(instance instanceof Uint8Array) || instance.length !== INSTANCE_BYTES) {
    throw new TypeError(`instance must be ${INSTANCE_BYTES} bytes`);
  }
  if (history !== null && engine.history === undefined) {
    throw new TypeError("history needs an engine that keeps messages");
  }
  between("queue.bytes", bytes, Number.MAX_SAFE_INTEGER);
  between("queue.seconds", seconds, MOST_QUEUE_SECONDS);
  return {
    engine,
    host,
    instance: Buffer.from(instance).toString("latin1"),
    now: () => options.now(),
    queue: { bytes, seconds },
    history,
    presence,
  };
}

function between(name: string, value: number, most: number): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, not ${typeof value}`);
  if (value >= 0 && value <= most) return;
  throw new RangeError(`${name} must be from 0 to ${most}, not ${value}`);
}
