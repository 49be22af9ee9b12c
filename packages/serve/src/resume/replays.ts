import type { BackplaneError, HistorySlice, Position } from "@mantou/pubsub/relay";
import type { TopicSocket } from "../websocket/topic-session.ts";
import type { PageBudget } from "./page-budget.ts";
import type { Replay } from "./replay.ts";
import type { SessionHost } from "./session-host.ts";

/** The session that is told how its replays end. */
export interface ReplayEnds {
  /** All was sent. */
  complete(topic: string, to: Position): void;
  /** The rest is not there any more. */
  gap(topic: string, to: Position): void;
  /** Nothing is there any more. */
  nothing(topic: string, to: Position): void;
  /** It cannot be read now: the client is told where it is live when it can. */
  join(topic: string): void;
}

/** The replays of one topic client, one for each topic: each page waits until the client has taken the one before. */
export class Replays {
  readonly #host: SessionHost;
  readonly #socket: TopicSocket;
  readonly #budget: PageBudget;
  readonly #session: ReplayEnds;
  readonly #replays = new Map<string, Replay>();

  constructor(host: SessionHost, socket: TopicSocket, budget: PageBudget, session: ReplayEnds) {
    this.#host = host;
    this.#socket = socket;
    this.#budget = budget;
    this.#session = session;
  }

  /** The topics that have one. */
  get topics(): Iterable<string> {
    return this.#replays.keys();
  }

  start(replay: Replay): void {
    this.#replays.set(replay.topic, replay);
    this.#read(replay);
  }

  delete(topic: string): void {
    this.#replays.delete(topic);
  }

  clear(): void {
    this.#replays.clear();
  }

  /** The client has taken all bytes. */
  drained(): void {
    for (const replay of [...this.#replays.values()]) {
      if (replay.waits && this.#replays.get(replay.topic) === replay) this.#read(replay);
    }
  }

  /** The topic has got messages, or goes on from another place. @returns whether this waits for more */
  moved(topic: string): boolean {
    const replay = this.#replays.get(topic);
    if (replay === undefined) return false;
    if (this.#isAhead(replay)) return true;
    this.#read(replay);
    return false;
  }

  #read(replay: Replay): void {
    replay.waits = this.#budget.isSpent;
    if (replay.waits) return;
    this.#host.history.read(replay.topic, replay.after, (error, slice) => {
      if (this.#replays.get(replay.topic) !== replay) return;
      // What is published may end the replay: a gap does.
      this.#socket.flushPublished();
      if (this.#replays.get(replay.topic) !== replay || this.#socket.closed) return;
      if (slice === null) this.#failed(replay, error);
      else this.#send(replay, slice);
    });
  }

  #send(replay: Replay, slice: HistorySlice): void {
    const { topic, to } = replay;
    // Other replays may have sent pages since this one asked.
    replay.waits = this.#budget.isSpent;
    if (replay.waits) return;
    const { forms } = this.#host;
    const page = replay.page(slice, (name, frames) => forms.ofHistory(name, frames), this.#budget.left);
    if (page.forms.length > 0) {
      replay.hasSent = true;
      this.#budget.spend(page.forms);
      this.#socket.page(forms.page(page.forms));
      this.#socket.awaitDrained();
    }
    if (page.state === "more") {
      // The next page has to wait, unless this one was of own messages alone.
      replay.waits = page.forms.length > 0;
      if (!replay.waits) this.#read(replay);
      return;
    }
    if (page.state === "complete" && this.#isAhead(replay)) {
      this.#host.awaitMessages(topic, this.#session);
      return;
    }
    this.#replays.delete(topic);
    if (page.state === "complete") this.#session.complete(topic, to);
    else this.#endIncomplete(replay);
  }

  /**
   * The client has got messages of another instance that are still to come here. They are compared when they are here: an engine that
   * loses them on the way would give their numbers to others, which the client would drop as known.
   */
  #isAhead({ topic, after }: Replay): boolean {
    const live = this.#host.history.position(topic);
    return after !== null && live !== null && live.epoch === after.epoch && live.offset < after.offset;
  }

  #failed(replay: Replay, error: Error | null): void {
    const { topic } = replay;
    this.#replays.delete(topic);
    const { code } = (error ?? {}) as Partial<BackplaneError>;
    // It is told where it is live when the engine can be read again, and asks once more.
    if (code === "down") this.#session.join(topic);
    else if (code !== "closed") this.#endIncomplete(replay);
  }

  #endIncomplete({ topic, to, hasSent, isOfLast }: Replay): void {
    if (hasSent) this.#session.gap(topic, to);
    // A client that is told a gap would ask for the same again, without end.
    else if (isOfLast) this.#session.complete(topic, to);
    else this.#session.nothing(topic, to);
  }
}
