import type { HistoryEvents, HistoryRule, Place } from "@mantou/pubsub/relay";
import type { ConnectionHistory } from "../connection.ts";
import type { HubHistory } from "./hub-history.ts";

/** Histories for the process that is the hub. What it is told waits for the next turn, in its order. */
export class OwnHistory implements ConnectionHistory {
  readonly #history: HubHistory;
  readonly #events: HistoryEvents;
  readonly #endTurn: () => void;
  #told: (() => void)[] = [];

  constructor(history: HubHistory, events: HistoryEvents, endTurn: () => void) {
    this.#history = history;
    this.#events = events;
    this.#endTurn = endTurn;
  }

  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    retry: boolean,
  ): void {
    const { place, duplicate } = this.#history.append({ request, channel, frame, count, rule, retry });
    this.#tell(() => this.#events.appended(request, place, duplicate));
  }

  read(request: number, channel: string, from: number, limit: number): void {
    const slice = this.#history.read({ request, channel, from, limit });
    this.#tell(() => this.#events.slice(request, slice));
  }

  rotate(channel: string, epoch: string): void {
    this.#history.rotate(channel, epoch);
  }

  /** A frame of a channel that this process has subscribed. */
  placed(channel: string, frame: Uint8Array, place: Place): void {
    this.#tell(() => this.#events.message(channel, frame, place));
  }

  /** Tells what waits, as long as the connection is there. */
  answer(isOver: () => boolean): void {
    const told = this.#told;
    this.#told = [];
    for (const tell of told) if (!isOver()) tell();
  }

  #tell(tell: () => void): void {
    this.#told.push(tell);
    this.#endTurn();
  }
}
