import {
  type BinaryEvent,
  type Event,
  NO_STATUS,
  type PingPongEvent,
  type State,
  type TextEvent,
} from "../../src/index.ts";
import { plain } from "../support.ts";

export type Role = "client" | "server";

/** The calls of an application, at any time: it may send, or end the connection. */
export type Act = Saying | Ending;
export type Saying = TextEvent | BinaryEvent | PingPongEvent;
export interface Ending {
  readonly type: "close" | "fail";
  readonly code?: number;
  readonly reason: string;
}

/** A frame on its way: its event, and its bytes on the wire. */
interface Flying {
  readonly event: Event;
  readonly size: number;
}

/** One side by RFC 6455's rules, and the network behind it: frames have sizes, but no bytes. */
export class ModelSide {
  state: State = "open";
  /** All events, in the notation of `plain()`. */
  readonly received: string[] = [];
  /** Messages, pings and pongs that the application has sent: they must all arrive without a failure. */
  readonly exchange: string[] = [];
  /** The application's close code; null until it has closed. */
  closeCode: number | null = null;
  /** Bytes ever written. */
  written = 0;
  closesSent = 0;

  readonly #masked: boolean;
  readonly #flying: Flying[] = [];
  /** How much of the first of them has been delivered. */
  #delivered = 0;

  constructor(role: Role) {
    this.#masked = role === "client";
  }

  get inFlight(): number {
    return this.#flying.reduce((sum, { size }) => sum + size, 0) - this.#delivered;
  }

  act(action: Act): void {
    if (isEnding(action)) {
      if (this.state === "open") {
        this.closeCode = action.code ?? NO_STATUS;
        this.#send({ type: "close", code: this.closeCode, reason: action.reason });
        this.state = "closing-local";
      }
      if (action.type === "fail" && this.state !== "closed") this.state = "failed";
    } else if (this.state === "open") {
      this.exchange.push(plain(action));
      this.#send(action);
    }
  }

  /** Delivers up to `count` bytes of what `peer` has written; `react` is what the application does at its first event. */
  deliver(peer: ModelSide, count: number, react: Act | null): void {
    let reaction = react;
    for (const event of peer.#take(count)) {
      if (this.state !== "open" && this.state !== "closing-local") return;
      this.received.push(plain(event));
      if (event.type === "ping" && this.state === "open") this.#send({ type: "pong", bytes: event.bytes });
      if (event.type === "close") {
        if (this.state === "open") this.#send(event);
        this.state = "closed";
      }
      if (reaction !== null) this.act(reaction);
      reaction = null;
    }
  }

  #take(count: number): Event[] {
    const events: Event[] = [];
    this.#delivered += Math.min(count, this.inFlight);
    for (
      let next = this.#flying[0];
      next !== undefined && this.#delivered >= next.size;
      next = this.#flying[0]
    ) {
      this.#delivered -= next.size;
      events.push(next.event);
      this.#flying.shift();
    }
    return events;
  }

  #send(event: Event): void {
    const payload = payloadBytes(event);
    const size = 2 + (payload < 126 ? 0 : payload < 65_536 ? 2 : 8) + (this.#masked ? 4 : 0) + payload;
    this.#flying.push({ event, size });
    this.written += size;
    if (event.type === "close") this.closesSent++;
  }
}

export function isEnding(action: Act): action is Ending {
  return action.type === "close" || action.type === "fail";
}

function payloadBytes(event: Event): number {
  switch (event.type) {
    case "text":
      return Buffer.byteLength(event.text);
    case "close":
      return event.code === NO_STATUS ? 0 : 2 + Buffer.byteLength(event.reason);
    case "error":
      throw new Error("the model knows no errors");
    default:
      return event.bytes.length;
  }
}
