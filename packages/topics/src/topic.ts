import { checkPosition, epochOf, offsetOf } from "./position.ts";
import type { Payload, TopicEvents } from "./types.ts";

/**
 * A number of last messages, of the server or of the page: the server closes for good if it is asked for others than 1 to 9,999.
 * @param text empty for none
 * @throws RangeError
 */
export function checkLast(text: unknown): number {
  if (/^([1-9]\d{0,3})?$/.test(text as string)) return Number(text);
  throw new RangeError(`last ${text}`);
}

/** What a topic asks and tells. */
export interface TopicHost {
  emit<E extends keyof TopicEvents>(event: E, detail: TopicEvents[E]): void;
  save(topic: string, position: string): void;
  /** Asks for what is behind `from`, up to `to`. */
  ask(rawTopic: string, from: string, to: string): void;
  /** How many last messages a topic without a position begins with; undefined: as the server advises. */
  readonly last: number | undefined;
}

/**
 * One topic with history: what of the messages on the wire goes to the page ("What a client does" in docs/topics-protocol.md). A replay ends where
 * the live messages begin, so the offset alone tells which of the two a message is.
 */
export class Topic {
  /** The position behind what the page has, if it has anything: of the same epoch as `#live`. */
  mine: string;
  readonly #name: string;
  /** The name as the server wrote it, which is how it is sent back. */
  readonly #raw: string;
  readonly #host: TopicHost;
  /** What comes live is behind it, while subscribed. */
  #live = "";
  /** The end of the replay that is awaited. */
  #asked = "";
  /** Live messages that came before the end of the replay. */
  #held: (readonly [position: string, data: Payload | null])[] = [];
  /** The server's advice. */
  #last = 0;

  constructor(name: string, raw: string, mine: string, host: TopicHost) {
    this.#name = name;
    this.#raw = raw;
    this.mine = mine;
    this.#host = host;
  }

  /**
   * A message of the server.
   * @throws TypeError and RangeError for what is not of the protocol
   */
  receive(verb: string, word: string, payload: Payload, last: string): void {
    if (verb === "+") this.#subscribed(word && checkPosition(word), checkLast(last));
    else if (verb === "-") {
      this.end();
      this.#host.emit("unsubscribed", { topic: this.#name });
    } else if (this.#live) {
      if (verb === "=") this.#complete(word);
      else if (verb === "!") this.#gap(checkPosition(word));
      else if (/[mo]/.test(verb))
        this.#take(checkPosition(`${epochOf(this.#live)}.${word}`), verb === "m" ? payload : null);
    }
  }

  /** The connection has ended, or the topic was taken from it. */
  end(): void {
    this.#live = "";
    this.#asked = "";
    this.#held = [];
  }

  /** @param position empty for a topic without history */
  #subscribed(position: string, last: number): void {
    this.end();
    this.#host.emit("subscribed", { topic: this.#name, position: position || null });
    if (!position) return;
    // The listener may have forgotten it.
    const mine = this.mine;
    this.#last = this.#host.last ?? last;
    if (mine && epochOf(mine) !== epochOf(position)) this.#gap(position);
    else {
      this.#live = position;
      if (!mine) this.#begin(position);
      else if (mine === position) this.#emitLive();
      // Also if it is ahead: only the server can tell a late one from one that has lost its tail.
      else this.#ask(mine, position);
    }
  }

  /** @param data null for the client's own message, which is left out */
  #take(position: string, data: Payload | null): void {
    const offset = offsetOf(position);
    // Also one whose offset it has: the answer may be that it was another message.
    if (this.#asked && offset > offsetOf(this.#live)) this.#held.push([position, data]);
    else if (offset > offsetOf(this.mine)) {
      this.#moveTo(position);
      if (data !== null) this.#host.emit("message", { topic: this.#name, data, position });
    }
  }

  #complete(position: string): void {
    if (this.#asked !== position) return;
    this.#asked = "";
    if (offsetOf(position) > offsetOf(this.mine)) this.#moveTo(position);
    this.#release();
  }

  #gap(position: string): void {
    if (epochOf(this.#live) !== epochOf(position)) this.#held = [];
    // The answer to what was asked before a later `+`: news would be ahead.
    else if (position !== this.#asked && offsetOf(position) <= offsetOf(this.#live)) return;
    this.#live = position;
    this.#asked = "";
    this.#moveTo(position);
    this.#host.emit("gap", { topic: this.#name, position });
    this.#begin(position);
  }

  /** Starts with the last messages, if some are wanted. */
  #begin(position: string): void {
    if (this.#last && offsetOf(position)) {
      this.#moveTo("");
      this.#ask(`*${this.#last}`, position);
    } else {
      this.#moveTo(position);
      this.#release();
    }
  }

  #ask(from: string, to: string): void {
    this.#asked = to;
    this.#host.ask(this.#raw, from, to);
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const [position, data] of held) this.#take(position, data);
    this.#emitLive();
  }

  #emitLive(): void {
    this.#host.emit("live", { topic: this.#name });
  }

  #moveTo(position: string): void {
    this.mine = position;
    // Before the page gets the message: what is delivered and not saved would come twice.
    this.#host.save(this.#name, position);
  }
}
