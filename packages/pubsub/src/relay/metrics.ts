import type { DropReason, RelayEvent } from "./relay-options.ts";

/** What a relay counts, by the names of `RelayMetrics`. */
export class Counters {
  reconnects = 0;
  framesOut = 0;
  messagesOut = 0;
  bytesOut = 0;
  framesIn = 0;
  messagesIn = 0;
  bytesIn = 0;
  echoes = 0;
  duplicates = 0;
  holes = 0;
  missed = 0;
  refusedFrames = 0;
}

/** The messages that were dropped since the last event: one event for each reason, however many frames they were. */
export class Drops {
  /** Messages, since the beginning. */
  total = 0;
  readonly #byReason = new Map<DropReason, { messages: number; bytes: number; error: Error | undefined }>();

  add(reason: DropReason, messages: number, bytes: number, error?: Error): void {
    if (messages === 0) return;
    this.total += messages;
    const known = this.#byReason.get(reason) ?? { messages: 0, bytes: 0, error: undefined };
    known.messages += messages;
    known.bytes += bytes;
    known.error ??= error;
    this.#byReason.set(reason, known);
  }

  take(): RelayEvent[] {
    if (this.#byReason.size === 0) return [];
    const events = [...this.#byReason].map(
      ([reason, { messages, bytes, error }]): RelayEvent =>
        error === undefined
          ? { type: "dropped", reason, messages, bytes }
          : { type: "dropped", reason, messages, bytes, error },
    );
    this.#byReason.clear();
    return events;
  }
}
