import type { Timed, Timeouts } from "./timeouts.ts";
import type { Transport } from "./transport.ts";

/** Seconds for the client to answer our Close frame and to close the connection. */
const CLOSE_SECONDS = 5;
/** Seconds before the idle timeout at which the client is pinged: time enough for its answer. */
const PING_SECONDS = 4;

/** What of a WebSocket's options says how long its client may be silent. */
export interface LivenessOptions {
  readonly idleTimeout: number;
  readonly sendPings: boolean;
}

/**
 * Whether a WebSocket's client is still there: pings one that is silent, and breaks the connection off if that does not
 * help, or if it does not take part in closing. A slow reader is neither idle nor dead: our ping, or our Close frame,
 * waits behind what it has yet to read.
 */
export class Liveness implements Timed {
  deadline: number = Number.POSITIVE_INFINITY;
  readonly #timeouts: Timeouts;
  readonly #transport: Transport;
  readonly #ping: () => void;
  #seconds = 0;
  /** Nothing is left to be tried before the connection is broken off. */
  #warned = false;
  #closing = false;
  /** Slow readers are not waited for. */
  #hurried = false;
  /** What the operating system had not taken when the deadline last came. */
  #unsent = 0;

  constructor(timeouts: Timeouts, transport: Transport, ping: () => void) {
    this.#timeouts = timeouts;
    this.#transport = transport;
    this.#ping = ping;
    timeouts.add(this);
  }

  /** The client has sent something. */
  heard({ idleTimeout, sendPings }: LivenessOptions): void {
    if (this.#closing) return;
    this.#warned = !sendPings;
    this.#seconds = sendPings && idleTimeout > 0 ? idleTimeout - PING_SECONDS : idleTimeout;
    this.deadline = this.#timeouts.after(this.#seconds);
  }

  /** From now on there is only so much time for the rest, which starts when this is called first. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#seconds = CLOSE_SECONDS;
    this.deadline = this.#timeouts.after(CLOSE_SECONDS);
  }

  /** The connection is to be gone by the next tick of the clock. */
  hurry(): void {
    this.close();
    this.#hurried = true;
    this.deadline = this.#timeouts.now + 1;
  }

  /** The connection is gone. */
  stop(): void {
    this.#timeouts.delete(this);
  }

  onTimeout(): void {
    const { unsent } = this.#transport;
    const progress = unsent > 0 && unsent !== this.#unsent;
    this.#unsent = unsent;
    if (progress && !this.#hurried) {
      this.deadline = this.#timeouts.after(this.#seconds);
    } else if (this.#closing || this.#warned) {
      this.#transport.destroy();
    } else {
      this.#warned = true;
      this.deadline = this.#timeouts.after(PING_SECONDS);
      this.#ping();
    }
  }
}
