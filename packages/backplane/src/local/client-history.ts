import type { Buffer } from "node:buffer";
import type { HistoryEvents, HistoryRule } from "@mantou/pubsub/relay";
import type { ConnectionHistory } from "../connection.ts";
import type { FrameSocket } from "./frame-socket.ts";
import {
  APPENDED,
  decodeAppended,
  decodePlaced,
  decodeSlice,
  encodeAppend,
  encodeRead,
  encodeRotate,
  PLACED,
  SLICE,
} from "./history-wire.ts";

/** Histories for a client of the hub. */
export class ClientHistory implements ConnectionHistory {
  readonly #link: FrameSocket;
  readonly #events: HistoryEvents;
  /** Appends without an answer. */
  #unanswered = 0;
  #settled: (() => void) | null = null;

  constructor(link: FrameSocket, events: HistoryEvents) {
    this.#link = link;
    this.#events = events;
  }

  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    retry: boolean,
  ): void {
    this.#unanswered++;
    this.#link.send(encodeAppend({ request, channel, frame, count, rule, retry }));
  }

  read(request: number, channel: string, from: number, limit: number): void {
    this.#link.send(encodeRead({ request, channel, from, limit }));
  }

  rotate(channel: string, epoch: string): void {
    this.#link.send(encodeRotate(channel, epoch));
  }

  /** Resolves when all appends are answered. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#unanswered === 0) resolve();
      this.#settled = resolve;
    });
  }

  /** The connection is being left: answers to appends are told, and nothing else. */
  receiveAnswer(frame: Buffer): void {
    if (frame[4] === APPENDED) this.receive(frame);
  }

  /** The connection is over: no answer comes. */
  end(): void {
    this.#settled?.();
  }

  /** @returns false for a frame that is none of these, or malformed */
  receive(frame: Buffer): boolean {
    switch (frame[4]) {
      case PLACED: {
        const placed = decodePlaced(frame);
        if (placed !== null) this.#events.message(placed.channel, placed.frame, placed.place);
        return placed !== null;
      }
      case APPENDED: {
        const answer = decodeAppended(frame);
        if (answer === null) return false;
        if (--this.#unanswered === 0) this.#settled?.();
        this.#events.appended(answer.request, answer.place, answer.duplicate);
        return true;
      }
      case SLICE: {
        const answer = decodeSlice(frame);
        if (answer !== null) this.#events.slice(answer.request, answer.slice);
        return answer !== null;
      }
      default:
        return false;
    }
  }
}
